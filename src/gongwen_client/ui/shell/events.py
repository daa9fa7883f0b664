"""The office's announcements, brought to the GUI thread and gathered.

What comes alone is passed on at once; a flood (a transfer with its progress, a download tried again and
again) refreshes the windows twice a second, not more.
"""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from gongwen_client.services.office import Office

_AT_ONCE_MS = 30
_IN_A_FLOOD_MS = 500


class OfficeEvents(QObject):
    """``changed(frozenset of topics)``: one signal for what came meanwhile."""

    changed = Signal(object)
    _heard = Signal(object)

    def __init__(self, office: Office, parent: QObject) -> None:
        super().__init__(parent)
        self._topics: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._last = QElapsedTimer()
        self._timer.timeout.connect(self._pass_on)
        self._heard.connect(self._gather, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe = office.subscribe(self._heard.emit)

    def _gather(self, topics: frozenset[str]) -> None:
        self._topics |= topics
        if not self._timer.isActive():
            flood = self._last.isValid() and self._last.elapsed() < _IN_A_FLOOD_MS
            self._timer.start(_IN_A_FLOOD_MS if flood else _AT_ONCE_MS)

    def _pass_on(self) -> None:
        self._last.start()
        topics, self._topics = frozenset(self._topics), set()
        self.changed.emit(topics)

    def stop(self) -> None:
        """Hear no more."""
        self._unsubscribe()
        self._timer.stop()
