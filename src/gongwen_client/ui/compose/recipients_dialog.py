"""选择接收单位: the directory at the left with search, the chosen units at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gongwen_client.ui import words
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.viewer.panel import scrolled
from gongwen_client.ui.widgets.basics import ElidedLabel, button, column, holder, label, row, tool
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.search import SearchField
from gongwen_protocol.messages import Recipient, RecipientRole, Unit

_CODE = Qt.ItemDataRole.UserRole
_NO_REGION = "其他单位"
_DEFAULT_COPIES = 1


class RecipientsDialog(Sheet):
    """Answers with ``chosen(tuple of Recipient)``, main recipients first, each in the directory's order."""

    chosen = Signal(object)

    def __init__(
        self, parent: QWidget | None, units: Sequence[Unit], recipients: Sequence[Recipient], own_code: str
    ) -> None:
        super().__init__(
            parent,
            "recipients_dialog",
            "选择主送、抄送单位",
            "勾选接收单位，在右侧区分主送和抄送。未启用的单位不能联网接收，请用其他途径送达。",
            picture="people",
            tone="action",
        )
        self.resize(900, 600)
        self._units = [unit for unit in units if unit.code != own_code]
        self._picked = {item.unit_code: item for item in recipients}
        self.search = SearchField("unit_search", "按名称、简称或编码查找", "查找单位")
        self.tree = QTreeWidget()
        self.tree.setObjectName("units")
        self.tree.setAccessibleName("通讯录")
        self.tree.setHeaderHidden(True)
        self.tree.setIndentation(18)
        self.tree.setUniformRowHeights(True)
        self._lines: QVBoxLayout = column(gap=0)
        self._count = label("", "strong")
        self._fill_tree()
        self.body.addLayout(self._halves(), 1)
        self.add_safe("取消(&C)")
        self.take_button = self.add_action("选定单位(&Y)", self._take, name="take")
        self.search.textChanged.connect(self._filter)
        self.tree.itemChanged.connect(self._toggled)
        self._show_picked()

    def _halves(self) -> QHBoxLayout:
        area = scrolled(holder(column(self._lines, None)))
        caption = row(self._count, None, button("清空", self.clear, kind="link", name="clear"))
        both = row(gap=Space.GROUP)
        both.addLayout(column(self.search, _boxed(self.tree)), 1)
        both.addLayout(column(caption, _boxed(area)), 1)
        return both

    # -- the directory ----------------------------------------------------------------------------------

    def _fill_tree(self) -> None:
        self.tree.blockSignals(True)
        regions: dict[str, QTreeWidgetItem] = {}
        for unit in self._units:
            region = unit.region or _NO_REGION
            if region not in regions:
                regions[region] = QTreeWidgetItem(self.tree, [region])
                regions[region].setSizeHint(0, QSize(0, Size.CONTROL))
                regions[region].setFlags(
                    Qt.ItemFlag.ItemIsEnabled
                    | Qt.ItemFlag.ItemIsUserCheckable
                    | Qt.ItemFlag.ItemIsAutoTristate
                )
            item = QTreeWidgetItem(regions[region], [unit.name if unit.enabled else f"{unit.name}（未启用）"])
            item.setData(0, _CODE, unit.code)
            if unit.enabled:
                item.setFlags(
                    Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
                )
                checked = unit.code in self._picked
                item.setCheckState(0, Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked)
            else:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
                item.setToolTip(0, "该单位尚未启用电子公文交换，请用其他途径送达。")
        self.tree.expandAll()
        self.tree.blockSignals(False)

    def _regions(self) -> list[QTreeWidgetItem]:
        found = (self.tree.topLevelItem(number) for number in range(self.tree.topLevelItemCount()))
        return [region for region in found if region is not None]

    def _items(self) -> list[QTreeWidgetItem]:
        return [item for region in self._regions() for item in _children(region)]

    def _filter(self, text: str) -> None:
        wanted = text.strip()
        by_code = {unit.code: unit for unit in self._units}
        for item in self._items():
            unit = by_code[item.data(0, _CODE)]
            found = any(wanted in field for field in (unit.name, unit.short_name, unit.code))
            item.setHidden(bool(wanted) and not found)
        for region in self._regions():
            region.setHidden(all(item.isHidden() for item in _children(region)))

    def _toggled(self, item: QTreeWidgetItem, _column: int) -> None:
        code = item.data(0, _CODE)
        if code is None:
            return
        if item.checkState(0) is Qt.CheckState.Checked:
            self._picked.setdefault(
                code, Recipient(unit_code=code, role=RecipientRole.MAIN, copies=_DEFAULT_COPIES)
            )
        else:
            self._picked.pop(code, None)
        self._show_picked()

    def choose(self, code: str, role: RecipientRole = RecipientRole.MAIN) -> None:
        """Tick a unit as a person would, and set its role."""
        for item in self._items():
            if item.data(0, _CODE) == code and item.flags() & Qt.ItemFlag.ItemIsUserCheckable:
                item.setCheckState(0, Qt.CheckState.Checked)
                self._set_role(code, role)
        self._show_picked()

    def clear(self) -> None:
        """Take all units out."""
        for item in self._items():
            if item.flags() & Qt.ItemFlag.ItemIsUserCheckable:
                item.setCheckState(0, Qt.CheckState.Unchecked)

    # -- the chosen units -------------------------------------------------------------------------------

    def recipients(self) -> tuple[Recipient, ...]:
        """What is chosen now."""
        order = {unit.code: number for number, unit in enumerate(self._units)}
        known = [item for item in self._picked.values() if item.unit_code in order]
        return tuple(sorted(known, key=lambda item: (item.role is RecipientRole.CC, order[item.unit_code])))

    def _set_role(self, code: str, role: RecipientRole) -> None:
        if code in self._picked:
            self._picked[code] = self._picked[code].model_copy(update={"role": role})
            self._show_count()

    def _show_count(self) -> None:
        chosen = self.recipients()
        main = sum(item.role is RecipientRole.MAIN for item in chosen)
        self._count.setText(f"已选 {len(chosen)} 个：主送 {main}，抄送 {len(chosen) - main}")
        self.take_button.setEnabled(bool(chosen))

    def _show_picked(self) -> None:
        while (old := self._lines.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        names = {unit.code: unit.name for unit in self._units}
        for item in self.recipients():
            self._lines.addWidget(self._line(item, names[item.unit_code]))
        self._show_count()

    def _line(self, item: Recipient, name: str) -> QWidget:
        role = QComboBox()
        role.setAccessibleName(f"{name}：主送或抄送")
        role.addItems(list(words.ROLES.values()))
        role.setCurrentIndex(list(words.ROLES).index(item.role))
        role.currentIndexChanged.connect(
            lambda number: self._set_role(item.unit_code, list(words.ROLES)[number])
        )
        role.setFixedWidth(80)
        layout = row(gap=Space.INSIDE, margins=(Space.ROW, 2, Space.INSIDE, 2))
        layout.addWidget(ElidedLabel(name), 1)
        layout.addWidget(role)
        layout.addWidget(tool("close", f"移除 {name}", lambda: self._remove(item.unit_code)))
        return holder(layout)

    def _remove(self, code: str) -> None:
        for entry in self._items():
            if entry.data(0, _CODE) == code:
                entry.setCheckState(0, Qt.CheckState.Unchecked)

    def _take(self) -> None:
        self.chosen.emit(self.recipients())
        self.accept()


def _children(region: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    found = (region.child(place) for place in range(region.childCount()))
    return [item for item in found if item is not None]


def _boxed(part: QWidget) -> QFrame:
    frame = QFrame()
    frame.setProperty("role", "boxed")
    frame.setLayout(column(part, margins=(1, 1, 1, 1)))
    return frame
