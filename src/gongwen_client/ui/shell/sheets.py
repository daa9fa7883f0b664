"""Dialogs that are open when the window is covered: put aside with all that was typed, and brought back."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QWidget

from gongwen_client.ui.widgets.dialog import Sheet


class OpenSheets:
    """A dialog over the covered window would keep the password field from the person."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._aside: list[Sheet] = []

    def put_aside(self) -> None:
        """Hide the dialogs that are open, the topmost last."""
        self._aside = [sheet for sheet in self._window.findChildren(Sheet) if sheet.isVisible()]
        for sheet in reversed(self._aside):
            sheet.hide()

    def bring_back(self) -> None:
        """Show them again, each as it was."""
        aside, self._aside = self._aside, []
        for sheet in aside:
            if shiboken6.isValid(sheet):
                sheet.show()
