"""The lock over the window: what was on the screen is out of sight, and comes back as it was."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from gongwen_client.ui.shell.lock import LockPage
from gongwen_client.ui.shell.sheets import OpenSheets
from gongwen_client.ui.viewer.window import Viewers


class Cover(QStackedWidget):
    """``content``, or the lock page in its place; dialogs and windows of files go and come with it."""

    covered = Signal(bool)
    """Whether the window is covered now."""
    lifted = Signal()
    """The person is back."""

    def __init__(self, content: QWidget, lock: LockPage, viewers: Viewers) -> None:
        super().__init__()
        self._content, self._lock, self._viewers = content, lock, viewers
        self._sheets = OpenSheets(self)
        self.addWidget(content)
        self.addWidget(lock)
        lock.unlocked.connect(self._lift)

    def cover(self, *, expired: bool) -> None:
        """Cover the window; ``expired``: because the session ended, not because the person wished it."""
        if self.currentWidget() is self._lock:
            return
        self.covered.emit(True)
        self._sheets.put_aside()
        self.setCurrentWidget(self._lock)
        self._viewers.set_covered(True)
        self._lock.cover(expired=expired)

    def _lift(self) -> None:
        self.covered.emit(False)
        self.setCurrentWidget(self._content)
        self._sheets.bring_back()
        self._viewers.set_covered(False)
        self.lifted.emit()
