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
        numbers = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.rows.rows[number] for number in numbers]

    def show_rows(self, rows: Sequence[Any]) -> None:
        """New rows; those that were chosen and are still there stay chosen, and the view where it was."""
        chosen = {self.rows.identity(index.row()) for index in self.selectionModel().selectedRows()}
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
        for number in range(len(model.rows)):
            if model.identity(number) in identities:
                picked.select(model.index(number, 0), model.index(number, last))
        flags = QItemSelectionModel.SelectionFlag
        here = model.place(current) if current is not None else -1
        if here >= 0:
            self.selectionModel().setCurrentIndex(model.index(here, 0), flags.NoUpdate)
        self.selectionModel().select(picked, flags.ClearAndSelect)
