"""A table of units in which several can be chosen; they stay chosen when the rows are read again."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel
from PySide6.QtWidgets import QAbstractItemView

from gongwen_client.ui.lists.table import RowModel, RowTable


class UnitTable(RowTable):
    """Ctrl and Shift choose more, Ctrl+A all."""

    def __init__(self, model: RowModel[Any], name: str, spoken: str) -> None:
        super().__init__(model, name, spoken)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)

    def all_chosen(self) -> list[Any]:
        """The chosen rows in the order of the table."""
        return [self.rows.rows[number] for number in sorted(self._numbers())]

    def _numbers(self) -> set[int]:
        """The chosen rows, by their ranges: of thousands each index alone would take too long."""
        selection = self.selectionModel().selection()
        ranges = [selection.at(place) for place in range(selection.count())]
        return {number for one in ranges for number in range(one.top(), one.bottom() + 1)}

    def show_rows(self, rows: Sequence[Any]) -> None:
        """New rows; those that were chosen and are still there stay chosen, and the view where it was."""
        chosen = {self.rows.identity(number) for number in self._numbers()}
        current = self.currentIndex()
        here = self.rows.identity(current.row()) if current.isValid() else None
        place = self.verticalScrollBar().value()
        self.rows.show_rows(rows)
        self.choose_all(chosen, here)
        self.verticalScrollBar().setValue(place)

    def choose_all(self, identities: set[Hashable], current: Hashable = None) -> None:
        """Choose these rows; ``current`` has the keyboard."""
        model, last = self.rows, len(self.rows.columns) - 1
        picked = QItemSelection()
        wanted = [number for number in range(len(model.rows)) if model.identity(number) in identities]
        for first, end in _spans(wanted):
            picked.select(model.index(first, 0), model.index(end, last))
        flags = QItemSelectionModel.SelectionFlag
        here = model.place(current) if current is not None else -1
        if here >= 0:
            self.selectionModel().setCurrentIndex(model.index(here, 0), flags.NoUpdate)
        self.selectionModel().select(picked, flags.ClearAndSelect)


def _spans(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as (first, last) of those in a row."""
    spans: list[tuple[int, int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    return spans
