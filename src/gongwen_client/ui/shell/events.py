"""The office's announcements, brought to the GUI thread and gathered for a moment."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gongwen_client.services.office import Office

_GATHER_MS = 80


class OfficeEvents(QObject):
    """``changed(frozenset of topics)``: one signal for what came within 80 ms."""

    changed = Signal(object)
    _heard = Signal(object)

    def __init__(self, office: Office, parent: QObject) -> None:
        super().__init__(parent)
        self._topics: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_GATHER_MS)
        self._timer.timeout.connect(self._pass_on)
        self._heard.connect(self._gather, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe = office.subscribe(self._heard.emit)

    def _gather(self, topics: frozenset[str]) -> None:
        self._topics |= topics
        if not self._timer.isActive():
            self._timer.start()

    def _pass_on(self) -> None:
        topics, self._topics = frozenset(self._topics), set()
        self.changed.emit(topics)

    def stop(self) -> None:
        """Hear no more."""
        self._unsubscribe()
        self._timer.stop()
