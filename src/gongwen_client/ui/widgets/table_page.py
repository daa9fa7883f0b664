"""A page whose work is done in one table with a search field above it."""

from __future__ import annotations

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QLineEdit

from gongwen_client.ui.lists.table import LinedTable
from gongwen_client.ui.widgets.page import Page


class TablePage(Page):
    """Remembers the widths and order of the table's columns."""

    table: LinedTable
    search: QLineEdit
    has_read = False
    """Whether what the table shows was read once."""

    def take_focus(self) -> None:
        """The table, where there is one in sight; on an empty page the search field, which shows it."""
        if self.table.isVisibleTo(self):
            self.table.setFocus()
        else:
            (self.search if self.has_read else self).setFocus()

    def first_read(self) -> None:
        """To be called whenever rows came: after the first time the keyboard is where work begins."""
        first, self.has_read = not self.has_read, True
        if first and self.isVisible() and not isinstance(QApplication.focusWidget(), QLineEdit):
            self.take_focus()

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
