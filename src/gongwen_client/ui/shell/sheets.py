"""Dialogs that are open when the window is covered: put aside with all that was typed, and brought back. PINs
alone are forgotten."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QDialog, QWidget

from gongwen_client.ui.widgets.pin_field import PinField


class OpenSheets:
    """A dialog over the covered window would keep the password field from the person, and show what it is
    about to whoever passes by. ``part`` is any part of the window."""

    def __init__(self, part: QWidget) -> None:
        self._part = part
        self._aside: list[QDialog] = []

    def put_aside(self) -> None:
        """Hide the dialogs that are open, the topmost last."""
        self._aside = [dialog for dialog in self._part.window().findChildren(QDialog) if dialog.isVisible()]
        for dialog in reversed(self._aside):
            for field in dialog.findChildren(PinField):
                field.clear()
            dialog.hide()

    def bring_back(self) -> None:
        """Show them again, each as it was."""
        aside, self._aside = self._aside, []
        for dialog in aside:
            if shiboken6.isValid(dialog):
                dialog.show()
