"""The table of a long list: several rows may be chosen; place and choice survive a refresh."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu

from gongwen_client.services.lists import PAGE, Row
from gongwen_client.ui.lists.model import LongModel
from gongwen_client.ui.lists.table import LinedTable

_MANY = 2000
"""More chosen rows than this are not looked for one by one after rows moved."""


@dataclass(frozen=True)
class Sight:
    """What is in sight: the topmost row (identity and number), how many rows, and what is chosen."""

    top: str
    number: int
    count: int
    current: str
    current_number: int
    chosen: tuple[str, ...]


class LongTable(LinedTable):
    """``menu_wanted`` at a place on the screen; ``choice_changed`` with every change of what is chosen."""

    menu_wanted = Signal(QPoint)
    choice_changed = Signal()

    def __init__(self, model: LongModel, name: str, spoken: str) -> None:
        super().__init__(model, model.columns, name, spoken)
        self.rows = model
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        header = self.horizontalHeader()
        # Its own, always empty: with the table's it looks at every chosen row each time it is painted.
        header.setSelectionModel(QItemSelectionModel(model, header))
        header.setSectionsMovable(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(lambda at: self.column_menu().popup(header.mapToGlobal(at)))
        for number, one in enumerate(model.columns):
            header.setSectionHidden(number, one.hidden)
        self.selectionModel().selectionChanged.connect(lambda _new, _old: self.choice_changed.emit())

    # -- what is in sight and chosen --------------------------------------------------------------------

    def sight(self) -> Sight:
        """Where the person is in the list."""
        first, count = self.visible_rows()
        ids = self.rows.found.ids
        current = self.currentIndex().row()
        return Sight(
            top=ids[first] if first < len(ids) else "",
            number=first,
            count=count,
            current=ids[current] if 0 <= current < len(ids) else "",
            current_number=current,
            chosen=self.chosen_ids() if self.chosen_count() <= _MANY else (),
        )

    def visible_rows(self) -> tuple[int, int]:
        """Number of the topmost row, and how many fit."""
        first = max(0, self.rowAt(0))
        high = max(1, self.verticalHeader().defaultSectionSize())
        return first, max(PAGE // 3, self.viewport().height() // high + 2)

    def come_back(self, sight: Sight) -> None:
        """After rows came or went: choose what was chosen, stay at the row that was topmost."""
        place = self.rows.place
        top = place(sight.top)
        if top > 0 and sight.number > 0:  # at the very top, what is new is to be seen
            self.scrollTo(self.rows.index(top, 0), QAbstractItemView.ScrollHint.PositionAtTop)
        current = place(sight.current)
        if current < 0 and self.rows.found.ids:
            current = min(max(0, sight.current_number), len(self.rows.found.ids) - 1)
        if current < 0:
            return
        numbers = sorted(number for one in sight.chosen if (number := place(one)) >= 0) or [current]
        chosen = QItemSelection()
        last = len(self.rows.columns) - 1
        for first, end in _ranges(numbers):
            chosen.select(self.rows.index(first, 0), self.rows.index(end, last))
        selection = self.selectionModel()
        bar = self.verticalScrollBar()
        at = bar.value()
        flags = QItemSelectionModel.SelectionFlag
        selection.setCurrentIndex(self.rows.index(current, 0), flags.NoUpdate)
        selection.select(chosen, flags.ClearAndSelect)
        bar.setValue(at)

    def choose(self, identity: str) -> bool:
        """Choose one row by its identity; False when it is not in the list."""
        place = self.rows.place(identity)
        if place < 0:
            return False
        self.selectRow(place)
        self.scrollTo(self.rows.index(place, 0))
        return True

    def chosen(self) -> Row | None:
        """The current row, if it is here."""
        index = self.currentIndex()
        return self.rows.row(index.row()) if index.isValid() else None

    def chosen_id(self) -> str:
        """Identity of the current row, empty without one."""
        index = self.currentIndex()
        return self.rows.identity(index.row()) if index.isValid() else ""

    def chosen_count(self) -> int:
        """How many rows are chosen."""
        return sum(last - first + 1 for first, last in self._chosen_ranges())

    def chosen_ids(self) -> tuple[str, ...]:
        """Their identities, in the list's order."""
        ids = self.rows.found.ids
        return tuple(one for first, last in self._chosen_ranges() for one in ids[first : last + 1])

    def _chosen_ranges(self) -> list[tuple[int, int]]:
        selection = self.selectionModel().selection()
        parts = (selection.at(number) for number in range(selection.count()))
        return sorted((part.top(), part.bottom()) for part in parts)

    # -- menus ------------------------------------------------------------------------------------------

    def column_menu(self) -> QMenu:
        """Which columns are shown; the one that takes what is left always is."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        header = self.horizontalHeader()
        for number, column in enumerate(self.rows.columns):
            if column.width:
                act = menu.addAction(column.title)
                act.setCheckable(True)
                act.setChecked(not header.isSectionHidden(number))
                act.toggled.connect(lambda shown, at=number: header.setSectionHidden(at, not shown))
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            self.menu_wanted.emit(event.globalPos())
        elif (index := self.currentIndex()).isValid():
            self.menu_wanted.emit(self.viewport().mapToGlobal(self.visualRect(index).bottomLeft()))


def _ranges(numbers: list[int]) -> list[tuple[int, int]]:
    """Sorted numbers as ranges: 1 2 3 7 → (1, 3) (7, 7)."""
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return ranges
