"""What every page of the main window can do."""

from __future__ import annotations

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import QWidget


class Page(QWidget):
    """One entry of the navigation; its object name is its name there. ``room_wanted`` asks the main window to
    show another page, ``row_wanted`` (page, identity) for a document of one."""

    room_wanted = Signal(str)
    row_wanted = Signal(str, str)

    def reload(self) -> None:
        """Ask for what is shown again; called whenever the page comes into sight or something changed."""

    def take_focus(self) -> None:
        """Put the keyboard where work begins."""
        self.setFocus()

    def focus_search(self) -> None:
        """Ctrl+F, on pages that can be searched."""

    def remember(self, settings: QSettings) -> None:
        """Write down how the page is laid out."""

    def restore(self, settings: QSettings) -> None:
        """Lay the page out as :meth:`remember` wrote."""
