"""A page whose work is done in one table with a search field above it."""

from __future__ import annotations

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QLineEdit

from gongwen_client.ui.lists.table import LinedTable
from gongwen_client.ui.widgets.page import Page


class TablePage(Page):
    """Remembers the widths and order of the table's columns."""

    table: LinedTable
    search: QLineEdit

    def take_focus(self) -> None:
        """The table, where there is one in sight."""
        (self.table if self.table.isVisibleTo(self) else self).setFocus()

    def focus_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def remember(self, settings: QSettings) -> None:
        self.table.give_back()
        settings.setValue(f"lists/{self.objectName()}", self.table.horizontalHeader().saveState())
        self.table.share_out()

    def restore(self, settings: QSettings) -> None:
        state = settings.value(f"lists/{self.objectName()}")
        if state is not None:
            self.table.horizontalHeader().restoreState(state)
