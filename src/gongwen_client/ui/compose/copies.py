"""接收单位 and print copies of a draft: one row per unit, copy numbers as the exchange will give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSpinBox,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from gongwen_client.domain.copy_numbers import expected_ranges
from gongwen_client.domain.paper import WHOLE_DOCUMENT, numbers_of, shared_out, sheets
from gongwen_client.ui import words
from gongwen_client.ui.theme import Size, Space, colour
from gongwen_client.ui.widgets.basics import button, column, label, row
from gongwen_client.ui.widgets.chip import CellDelegate
from gongwen_client.ui.widgets.dialog import boxed
from gongwen_protocol.actions import CopyRange, SpecialAttachment
from gongwen_protocol.messages import Recipient, Unit

MOST_COPIES = 9999
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class CopyRow:
    """A recipient, the copy numbers that its copies will have, and its copies of each part on paper."""

    recipient: Recipient
    name: str
    range: CopyRange | None
    paper: tuple[int, ...]

    def count(self, part: int | None) -> int:
        """Print copies, or copies of a part on paper."""
        return self.recipient.copies if part is None else self.paper[part]

    @property
    def numbers(self) -> str:
        """1—5, 6, or a dash."""
        if self.range is None:
            return "—"
        first, last = self.range.first, self.range.last
        return str(first) if first == last else f"{first}—{last}"


@dataclass(frozen=True)
class CopyColumn:
    """``width`` in px, 0 takes what is left; ``part``: which part on paper it counts, None: print copies."""

    title: str
    text: Callable[[CopyRow], str]
    width: int = 0
    edits: bool = False
    part: int | None = None
    tip: str = ""


NAME = CopyColumn("单位", lambda line: line.name)
ROLE = CopyColumn("主/抄", lambda line: words.ROLES[line.recipient.role], 60)
COPIES = CopyColumn("份数", lambda line: str(line.recipient.copies), 76, edits=True)
NUMBERS = CopyColumn("份号", lambda line: line.numbers, 88)
FIRST = CopyColumn("起始编号", lambda line: str(line.range.first) if line.range else "—", 88)
LAST = CopyColumn("结束编号", lambda line: str(line.range.last) if line.range else "—", 88)
ON_PAPER = CopyColumn("纸质", lambda line: str(sum(line.paper)) if any(line.paper) else "—", 52)
"""All parts on paper together, where there is no room for each."""
_SHORT = 4


def paper_columns(papers: Sequence[SpecialAttachment], *, edits: bool) -> tuple[CopyColumn, ...]:
    """One for each part on paper: 纸质同送 first, then the special attachments by their first words."""
    return tuple(
        CopyColumn(
            paper_title(one),
            partial(_on_paper, part),
            84,
            edits,
            part,
            one.name,
        )
        for part, one in enumerate(papers)
    )


def _on_paper(part: int, line: CopyRow) -> str:
    return str(line.paper[part]) if line.paper[part] else "—"


def paper_title(part: SpecialAttachment) -> str:
    """As its column is headed."""
    if part.name == WHOLE_DOCUMENT:
        return "纸质公文"
    return part.name if len(part.name) <= _SHORT else f"{part.name[:_SHORT]}…"


class CopiesModel(QAbstractTableModel):
    """``edited(tuple of Recipient)`` follows every change of copies, ``papers_edited`` of those on paper."""

    edited = Signal(object)
    papers_edited = Signal()

    def __init__(self, columns: Sequence[CopyColumn]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.lines: tuple[CopyRow, ...] = ()
        self._units: Mapping[str, Unit] = {}
        self._papers: tuple[SpecialAttachment, ...] = ()
        self._shared: list[dict[str, int]] = []

    def show_recipients(
        self,
        recipients: Sequence[Recipient],
        units: Mapping[str, Unit],
        papers: Sequence[SpecialAttachment] = (),
    ) -> None:
        """Replace all rows; ``papers``: what goes on paper beside them."""
        self.beginResetModel()
        codes = [one.unit_code for one in recipients]
        self._units, self._papers = units, tuple(papers)
        self._shared = [numbers_of(one, codes) for one in papers]
        self.lines = self._counted(recipients)
        self.endResetModel()

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """What the rows say now."""
        return tuple(line.recipient for line in self.lines)

    @property
    def papers(self) -> tuple[SpecialAttachment, ...]:
        """What goes on paper, with the numbers of each unit."""
        return tuple(
            shared_out(part, numbers) for part, numbers in zip(self._papers, self._shared, strict=True)
        )

    def set_numbers(self, places: Sequence[int], copies: int, part: int | None) -> None:
        """As ``set_copies``, or of a part on paper."""
        if part is None:
            self.set_copies(places, copies)
            return
        codes = [one.unit_code for one in self.recipients]
        self._shared[part].update({codes[place]: copies for place in places})
        self.lines = self._counted(self.recipients)
        self.dataChanged.emit(self.index(0, 0), self.index(len(self.lines) - 1, len(self.columns) - 1))
        self.papers_edited.emit()

    def set_copies(self, places: Sequence[int], copies: int) -> None:
        """Give the rows at these places so many copies."""
        wanted = frozenset(places)
        recipients = tuple(
            one.model_copy(update={"copies": copies}) if place in wanted else one
            for place, one in enumerate(self.recipients)
        )
        if recipients == self.recipients:
            return
        self.lines = self._counted(recipients)
        self.dataChanged.emit(self.index(0, 0), self.index(len(self.lines) - 1, len(self.columns) - 1))
        self.edited.emit(recipients)

    def _counted(self, recipients: Sequence[Recipient]) -> tuple[CopyRow, ...]:
        return tuple(
            CopyRow(
                one,
                self._name(one.unit_code),
                numbers,
                tuple(shared[one.unit_code] for shared in self._shared),
            )
            for one, numbers in zip(recipients, expected_ranges(recipients), strict=True)
        )

    def _name(self, code: str) -> str:
        unit = self._units.get(code)
        return unit.name if unit else code

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        shown = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return shown.title
        return shown.tip if role == Qt.ItemDataRole.ToolTipRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line, shown = self.lines[index.row()], self.columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return shown.text(line)
        if role == Qt.ItemDataRole.EditRole:
            return line.count(shown.part)
        if role == Qt.ItemDataRole.ToolTipRole:
            return "双击或按 F2 改份数" if shown.edits else shown.text(line)
        if role == Qt.ItemDataRole.ForegroundRole and shown is not NAME and not shown.edits:
            return colour("muted")
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        shown = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return shown | Qt.ItemFlag.ItemIsEditable if self.columns[index.column()].edits else shown

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole:
            return False
        part = self.columns[index.column()].part
        self.set_numbers((index.row(),), min(max(int(value), 0), MOST_COPIES), part)
        return True


class CopiesTable(QTableView):
    """The rows; digits and F2 begin to edit the copies, Enter goes on to the next row. Del removes."""

    remove_wanted = Signal()

    def __init__(self, model: CopiesModel, name: str) -> None:
        super().__init__()
        self.rows = model
        self.setObjectName(name)
        self.setAccessibleName("接收单位和打印份数")
        self.setModel(model)
        model.setParent(self)
        self.setItemDelegate(_CopiesDelegate(self))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(Size.ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(48)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for number, shown in enumerate(model.columns):
            stretch = QHeaderView.ResizeMode.Stretch if not shown.width else QHeaderView.ResizeMode.Fixed
            header.setSectionResizeMode(number, stretch)
            if shown.width:
                header.resizeSection(number, shown.width)

    def chosen_places(self) -> list[int]:
        """The marked rows."""
        return sorted({index.row() for index in self.selectionModel().selectedRows()})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_wanted.emit()
            return
        if event.text().isdigit() or event.key() == Qt.Key.Key_F2:
            here = self.currentIndex()
            if here.isValid() and not self.rows.columns[here.column()].edits:
                place = next(number for number, shown in enumerate(self.rows.columns) if shown.edits)
                self.setCurrentIndex(self.rows.index(here.row(), place))
        super().keyPressEvent(event)


class _CopiesDelegate(CellDelegate):
    """A number field over the cell; it says whose copies it holds."""

    def createEditor(
        self, parent: QWidget, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        field = QSpinBox(parent)
        field.setRange(0, MOST_COPIES)
        model = index.model()
        assert isinstance(model, CopiesModel)
        shown = model.columns[index.column()]
        field.setAccessibleName(f"{model.lines[index.row()].name} {shown.tip or '打印份数'}")
        return field

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        assert isinstance(editor, QSpinBox)
        editor.setValue(int(index.data(Qt.ItemDataRole.EditRole)))
        editor.selectAll()

    def setModelData(
        self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        assert isinstance(editor, QSpinBox)
        editor.interpretText()
        model.setData(index, editor.value())

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> None:
        editor.setGeometry(option.rect.adjusted(0, 2, 0, -2))


def totals(recipients: Sequence[Recipient], papers: Sequence[SpecialAttachment] = ()) -> str:
    """单位数, 总份数 and pieces of paper."""
    if not recipients:
        return "未选接收单位"
    total = sum(one.copies for one in recipients)
    said = f"{len(recipients)} 个单位，共 {total} 份"
    paper = sheets(papers, [one.unit_code for one in recipients])
    return f"{said}，另送纸质 {paper} 份" if paper else said


class CopiesGrid(QWidget):
    """The short form inside the page. ``changed(tuple of Recipient)`` follows every change."""

    changed = Signal(object)
    pick_wanted = Signal()
    grid_wanted = Signal()

    _MOST_ROWS = 7

    def __init__(self) -> None:
        super().__init__()
        self._units: Mapping[str, Unit] = {}
        self._papers: tuple[SpecialAttachment, ...] = ()
        self.rows = CopiesModel((NAME, ROLE, COPIES, NUMBERS))
        self.rows.edited.connect(self._edited)
        self.table = CopiesTable(self.rows, "copies")
        self.table.remove_wanted.connect(self._remove)
        self._box = boxed(self.table)
        self._total = label("", "small")
        self.pick_button = button(
            "选择单位(&D)", self.pick_wanted.emit, picture="people", name="pick_recipients"
        )
        self.grid_button = button("设置打印份数(&P)", self.grid_wanted.emit, name="set_copies")
        self.remove_button = button("移除", self._remove, kind="link", name="remove_recipient")
        acts = row(self.pick_button, self.grid_button, self.remove_button, None)
        self.setLayout(column(self._box, acts, self._total, gap=Space.INSIDE))
        self.show_recipients((), {})

    def show_recipients(
        self,
        recipients: Sequence[Recipient],
        units: Mapping[str, Unit],
        papers: Sequence[SpecialAttachment] = (),
    ) -> None:
        """Replace all rows."""
        self._units, self._papers = units, tuple(papers)
        self.rows.show_recipients(recipients, units)
        shown = min(len(recipients), self._MOST_ROWS)
        self._box.setVisible(bool(recipients))
        self._box.setFixedHeight((shown + 1) * Size.ROW + 4)
        self.grid_button.setVisible(bool(recipients))
        self.remove_button.setVisible(bool(recipients))
        self._show_total()

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """What the rows say now."""
        return self.rows.recipients

    def set_copies(self, code: str, copies: int) -> None:
        """Set the print copies of one unit as a person would."""
        places = [place for place, one in enumerate(self.recipients) if one.unit_code == code]
        self.rows.set_copies(places, copies)

    def _edited(self, recipients: tuple[Recipient, ...]) -> None:
        self._show_total()
        self.changed.emit(recipients)

    def _remove(self) -> None:
        gone = frozenset(self.table.chosen_places())
        kept = tuple(one for place, one in enumerate(self.recipients) if place not in gone)
        if gone:
            self.show_recipients(kept, self._units, self._papers)
            self.changed.emit(kept)

    def _show_total(self) -> None:
        self._total.setText(totals(self.recipients, self._papers))
