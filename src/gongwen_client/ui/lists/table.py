"""Rows of any kind in a table: columns as data, sorting, unread rows in bold."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from gongwen_client.domain.lists import SortKey
from gongwen_client.ui.theme import Size, colour, font
from gongwen_client.ui.widgets.chip import CHIP_ROLE, DOT_ROLE, CellDelegate
from gongwen_client.ui.words import StateWord

Row = TypeVar("Row")
_Index = QModelIndex | QPersistentModelIndex
_READING = 600
"""px: what a title is left before other columns grow."""
_LEGIBLE = 120
"""px: with less than this the table scrolls sideways instead."""


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column. ``width`` in px, 0 takes what is left; in a wide window it grows to ``most``. ``sort``
    defaults to the text. Of long lists:
    ``key`` is what the store orders by, ``full`` the text of an exported cell that says more than the shown
    one; ``hidden`` columns wait in the header's menu."""

    title: str
    text: Callable[[Row], str]
    width: int = 0
    state: Callable[[Row], StateWord | None] | None = None
    sort: Callable[[Row], Any] | None = None
    tip: Callable[[Row], str] | None = None
    right: bool = False
    quiet: bool = False
    key: SortKey | None = None
    full: Callable[[Row], str] | None = None
    hidden: bool = False
    most: int = 0

    def cell(self, row: Row, role: int) -> Any:
        """What a table shows of ``row`` here; roles that depend on more than the column are the model's."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(row)
        if role == CHIP_ROLE and self.state is not None:
            return self.state(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tip(row) if self.tip else self.text(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment
        if role == Qt.ItemDataRole.ForegroundRole and self.quiet:
            return colour("muted")
        return None

    @property
    def alignment(self) -> int:
        """Of the cells and of the head."""
        side = Qt.AlignmentFlag.AlignRight if self.right else Qt.AlignmentFlag.AlignLeft
        return int(side | Qt.AlignmentFlag.AlignVCenter)


class RowModel(QAbstractTableModel, Generic[Row]):
    """The rows. ``identity`` tells rows apart across refreshes, so that a selection survives."""

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        identity: Callable[[Row], Hashable],
        unread: Callable[[Row], bool] | None = None,
    ) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.rows: list[Row] = []
        self._identity = identity
        self._unread = unread
        self._order: tuple[int, Qt.SortOrder] | None = None
        self._strong = font(strong=True)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Replace all rows, keeping the chosen order."""
        self.beginResetModel()
        self.rows = list(rows)
        self._arrange()
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.columns[section].alignment
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], self.columns[index.column()]
        if role == DOT_ROLE and index.column() == 0 and self._unread is not None:
            return self._unread(row)
        if role == Qt.ItemDataRole.FontRole and self._unread is not None and self._unread(row):
            return self._strong
        return column.cell(row, role)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 keeps the order in which the rows came."""
        self.layoutAboutToBeChanged.emit()
        self._order = None if column < 0 else (column, order)
        self._arrange()
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        if self._order is None:
            return
        column = self.columns[self._order[0]]
        self.rows.sort(key=column.sort or column.text, reverse=self._order[1] is Qt.SortOrder.DescendingOrder)

    def place(self, identity: Hashable) -> int:
        """Number of the row with this identity, or -1."""
        return next((number for number, row in enumerate(self.rows) if self._identity(row) == identity), -1)

    def identity(self, number: int) -> Hashable:
        """Identity of a row by its number."""
        return self._identity(self.rows[number])


class LinedTable(QTableView):
    """The look of all lists: whole rows, no grid, Enter and double click open."""

    def __init__(
        self, model: QAbstractTableModel, columns: Sequence[Column[Any]], name: str, spoken: str
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setModel(model)
        model.setParent(self)
        self.setItemDelegate(CellDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(Size.ROW)
        self._columns = tuple(columns)
        self._given = {number: column.width for number, column in enumerate(columns) if column.most}
        self._lay_out_columns(columns)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.share_out()

    def share_out(self) -> None:
        """Let columns grow by what the titles do not need to be read."""
        header = self.horizontalHeader()
        room = self.viewport().width() - sum(
            0 if header.isSectionHidden(number) else self._least(number) for number in range(header.count())
        )
        grown = [number for number in self._given if self._may_grow(number)]
        wanted = sum(self._columns[number].most - self._columns[number].width for number in grown)
        share = min(1.0, max(0.0, room / wanted)) if wanted else 0.0
        for number in grown:
            column = self._columns[number]
            self._resize(number, column.width + int((column.most - column.width) * share))
        self._keep_titles_legible(room)

    def _keep_titles_legible(self, room: int) -> None:
        """``room``: what is left when every title has got ``_READING`` px; negative in a narrow window."""
        header = self.horizontalHeader()
        titles = [
            number
            for number, column in enumerate(self._columns)
            if not column.width and not header.isSectionHidden(number)
        ]
        squeezed = bool(titles) and _READING + room // len(titles) < _LEGIBLE
        mode = QHeaderView.ResizeMode.Interactive if squeezed else QHeaderView.ResizeMode.Stretch
        for number in titles:
            header.setSectionResizeMode(number, mode)
            if squeezed:
                header.resizeSection(number, _LEGIBLE)

    def give_back(self) -> None:
        """As if the window were narrow: what grew by itself is not what a person chose."""
        for number in self._given:
            if self._may_grow(number):
                self._resize(number, self._columns[number].width)

    def _may_grow(self, number: int) -> bool:
        """Whether nobody has changed the width of this column."""
        header = self.horizontalHeader()
        return not header.isSectionHidden(number) and header.sectionSize(number) == self._given[number]

    def _least(self, number: int) -> int:
        if not self._columns[number].width:
            return _READING
        ours = number in self._given and self._may_grow(number)
        return self._columns[number].width if ours else self.horizontalHeader().sectionSize(number)

    def _resize(self, number: int, width: int) -> None:
        self._given[number] = width
        self.horizontalHeader().resizeSection(number, width)

    def _lay_out_columns(self, columns: Sequence[Column[Any]]) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(48)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for number, column in enumerate(columns):
            if column.width:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Interactive)
                header.resizeSection(number, column.width)
            else:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        self.setSortingEnabled(True)


class RowTable(LinedTable):
    """A table whose rows are all here; one is chosen at a time."""

    def __init__(self, model: RowModel[Any], name: str, spoken: str) -> None:
        super().__init__(model, model.columns, name, spoken)
        self.rows = model

    def show_rows(self, rows: Sequence[Any]) -> None:
        """New rows; the selected one stays selected if it is still there."""
        chosen = self.chosen()
        identity = None if chosen is None else self.rows.identity(self.currentIndex().row())
        self.rows.show_rows(rows)
        place = self.rows.place(identity) if identity is not None else -1
        if place < 0 and self.rows.rows:
            place = 0
        if place >= 0:
            self.selectRow(place)

    def choose(self, identity: Hashable) -> bool:
        """Select a row by its identity; False when it is not in the list."""
        place = self.rows.place(identity)
        if place < 0:
            return False
        self.selectRow(place)
        self.scrollTo(self.rows.index(place, 0))
        return True

    def chosen(self) -> Any:
        """The selected row, or None."""
        index = self.currentIndex()
        return self.rows.rows[index.row()] if index.isValid() else None
