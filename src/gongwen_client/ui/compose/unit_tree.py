"""The directory as a tree with ticks, or what a search found as a list: thousands of units, few in sight."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import QTreeView

from gongwen_client.services.addressing import Addressing
from gongwen_client.ui.theme import colour, font
from gongwen_protocol.messages import Unit
from gongwen_protocol.regions import RegionNode, region_tree
from gongwen_protocol.sentences import sentence

_Index = QModelIndex | QPersistentModelIndex
_NO_REGION = "其他单位"
_ROW = 28
OBSTACLES = {
    "directory.unit_superseded": "已由其他单位承接",
    "directory.unit_not_enabled": "未启用",
    "directory.unit_not_yet": "未到启用日期",
    "directory.unit_outside": "不在交换范围",
    "directory.unit_receives_already": "已是接收单位",
}


@dataclass
class _Node:
    title: str
    row: int
    parent: int
    unit: Unit | None = None
    children: list[int] = field(default_factory=list)
    codes: tuple[str, ...] = ()
    """Codes of the units beneath that can be chosen."""
    count: int = 0
    """All units beneath."""


class UnitTreeModel(QAbstractItemModel):
    """``ticked(codes, wanted)``: a person ticked a unit or a whole region."""

    ticked = Signal(object, bool)

    def __init__(self, addressing: Addressing) -> None:
        super().__init__()
        self._addressing = addressing
        self._picked: Collection[str] = frozenset()
        self._strong = font(strong=True)
        self._nodes: list[_Node] = []
        self.flat = False
        self.show_tree()

    # -- what is shown ----------------------------------------------------------------------------------

    def show_tree(self) -> None:
        """The whole directory by region."""
        self.beginResetModel()
        self.flat = False
        self._nodes = [_Node("", 0, -1)]
        self._add_region(0, region_tree(self._addressing.book.units))
        self.endResetModel()

    def show_found(self, units: Sequence[Unit]) -> None:
        """What a search found, the best first."""
        self.beginResetModel()
        self.flat = True
        self._nodes = [_Node("", 0, -1)]
        for unit in units:
            self._add_unit(0, unit)
        self.endResetModel()

    def show_picked(self, codes: Collection[str]) -> None:
        """Tick these."""
        if codes == self._picked:
            return  # roles or order changed, which the tree does not show
        self._picked = codes
        top, last = self.index(0, 0), self.index(self.rowCount() - 1, 0)
        if top.isValid():
            self.dataChanged.emit(top, last, [Qt.ItemDataRole.CheckStateRole])
        for number, node in enumerate(self._nodes):
            if number and node.children:
                inside = self._index(node.children[0]), self._index(node.children[-1])
                self.dataChanged.emit(*inside, [Qt.ItemDataRole.CheckStateRole])

    def _add_region(self, parent: int, region: RegionNode) -> tuple[str, ...]:
        codes: list[str] = []
        for child in region.children.values():
            number = self._add(parent, _Node(child.name, 0, parent, count=len(child.all_units())))
            self._nodes[number].codes = self._add_region(number, child)
            codes += self._nodes[number].codes
        units = region.units
        if parent == 0 and units and region.children:
            number = self._add(0, _Node(_NO_REGION, 0, 0, count=len(units)))
            self._nodes[number].codes = tuple(self._add_units(number, units))
            return (*codes, *self._nodes[number].codes)
        return (*codes, *self._add_units(parent, units))

    def _add_units(self, parent: int, units: Sequence[Unit]) -> list[str]:
        for unit in units:
            self._add_unit(parent, unit)
        return [unit.code for unit in units if not self._addressing.obstacle(unit)]

    def _add_unit(self, parent: int, unit: Unit) -> None:
        obstacle = self._addressing.obstacle(unit)
        codes = () if obstacle else (unit.code,)
        self._add(parent, _Node(unit.name, 0, parent, unit, codes=codes))

    def _add(self, parent: int, node: _Node) -> int:
        number = len(self._nodes)
        node.row = len(self._nodes[parent].children)
        self._nodes.append(node)
        self._nodes[parent].children.append(number)
        return number

    # -- the model --------------------------------------------------------------------------------------

    def _node(self, index: _Index) -> _Node:
        return self._nodes[int(index.internalId())] if index.isValid() else self._nodes[0]

    def _index(self, number: int) -> QModelIndex:
        return self.createIndex(self._nodes[number].row, 0, number)

    def unit(self, index: _Index) -> Unit | None:
        """The unit at a place; None for a region."""
        return self._node(index).unit

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        children = self._node(parent).children
        if column or not 0 <= row < len(children):
            return QModelIndex()
        return self._index(children[row])

    def parent(self, index: _Index = QModelIndex()) -> QModelIndex:  # type: ignore[override] # noqa: B008
        above = self._node(index).parent if index.isValid() else -1
        return self._index(above) if above > 0 else QModelIndex()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._node(parent).children)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def flags(self, index: _Index) -> Qt.ItemFlag:
        shown = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return shown | Qt.ItemFlag.ItemIsUserCheckable if self._node(index).codes else shown

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        node = self._node(index)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._title(node)
        if role == Qt.ItemDataRole.CheckStateRole and node.codes:
            return self._state(node)
        if role == Qt.ItemDataRole.ForegroundRole and node.unit is not None and not node.codes:
            return colour("muted")
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(0, _ROW)
        if role == Qt.ItemDataRole.FontRole and node.unit is None:
            return self._strong
        if role == Qt.ItemDataRole.ToolTipRole and node.unit is not None:
            return self._tip(node.unit)
        return None

    def _title(self, node: _Node) -> str:
        if node.unit is None:
            return f"{node.title}（{node.count}）"
        obstacle = self._addressing.obstacle(node.unit)
        region = f"　{node.unit.region}" if self.flat and node.unit.region else ""
        following = self._addressing.in_place_of(node.unit)
        why = OBSTACLES.get(obstacle, "") if following is node.unit else f"已由“{following.name}”承接"
        return f"{node.title}{region}" + (f"（{why}）" if why else "")

    def _state(self, node: _Node) -> Qt.CheckState:
        picked = sum(code in self._picked for code in node.codes)
        if not picked:
            return Qt.CheckState.Unchecked
        return Qt.CheckState.Checked if picked == len(node.codes) else Qt.CheckState.PartiallyChecked

    def _tip(self, unit: Unit) -> str:
        names = "、".join(filter(None, (unit.short_name, *unit.plates)))
        lines = [f"{unit.name}（{unit.code}）", f"简称、挂牌：{names}" if names else ""]
        if obstacle := self._addressing.obstacle(unit):
            said = sentence(obstacle)
            lines += [said.what, said.do]
        return "\n".join(filter(None, lines))

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        node = self._node(index)
        # A half-ticked region is ticked whole first.
        wanted = self._state(node) is not Qt.CheckState.Checked
        self.ticked.emit(node.codes, wanted)
        return True


class UnitTree(QTreeView):
    """The view: Space and Enter tick."""

    def __init__(self, model: UnitTreeModel) -> None:
        super().__init__()
        self.setObjectName("units")
        self.setAccessibleName("通讯录")
        self.setModel(model)
        model.setParent(self)
        self.setHeaderHidden(True)
        self.setIndentation(18)
        self.setUniformRowHeights(True)
        self.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.activated.connect(lambda index: model.setData(index, None, Qt.ItemDataRole.CheckStateRole))
        self.open_regions()

    def open_regions(self) -> None:
        """Open the tree as far as it can be taken in at a glance."""
        model = self.model()
        if sum(model.rowCount(model.index(row, 0)) for row in range(model.rowCount())) <= 60:
            self.expandAll()
        else:
            self.collapseAll()
