"""Locking by itself: after a time without a key or a movement, and when the seal key is pulled out.

What was typed stays: pages are only covered, dialogs only put aside. PINs alone are forgotten.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from gongwen_client.services.keys import KeyBoard
from gongwen_client.services.office import Office
from gongwen_client.token.keys import KeyRole
from gongwen_client.ui.shell.lock import LockPage
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.tasks import work

_LOOK_MS = 5_000
_SIGNS_OF_LIFE = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.InputMethod,
    }
)


class LockGuard(QObject):
    """One per main window; it ends with it. ``now`` gives seconds that never go back."""

    def __init__(self, window: MainWindow, office: Office, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(window)
        self._window = window
        self._office = office
        self._now = now
        self._active_at = now()
        self._keys: frozenset[str] | None = None
        page = window.findChild(LockPage)
        assert page is not None, "a main window has its lock"
        self._page = page
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        window.events.changed.connect(self._heard)
        self._ask_for_keys()
        app = QApplication.instance()
        assert app is not None, "windows have an application"
        app.installEventFilter(self)

    @property
    def minutes(self) -> int:
        """After how many minutes the window locks; 0: never. The region's limit holds for everybody."""
        wanted = self._office.preferences.now.idle_minutes
        rule = self._office.help.region().idle_lock_minutes
        if rule is None:
            return wanted
        return min(wanted, rule.value) if wanted else rule.value

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIGNS_OF_LIFE:
            self._active_at = self._now()
        return False

    def look(self) -> None:
        """Lock when nobody was there for long enough."""
        minutes = self.minutes
        if minutes and not self._page.isVisible() and self._now() - self._active_at >= 60 * minutes:
            self._window.lock()

    # -- the seal key -----------------------------------------------------------------------------------

    def _heard(self, topics: frozenset[str]) -> None:
        if "keys" in topics:
            self._ask_for_keys()

    def _ask_for_keys(self) -> None:
        work(self, self._office.keys.look).then(self._keys_came).failed(lambda _error: None).start()

    def _keys_came(self, board: KeyBoard) -> None:
        here = frozenset(card.key.serial for card in board.cards if card.role is KeyRole.SIGNING)
        before, self._keys = self._keys, here
        wanted = self._office.preferences.now.lock_on_key_removal
        if wanted and before and before - here and not self._page.isVisible():
            self._window.lock()
