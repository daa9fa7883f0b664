"""Reading bodies for the search while the person does something else: a few at a time, in turn."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from gongwen_client.services.office import Office
from gongwen_client.ui.tasks import work

_SOON_MS = 1500
"""After something was opened or drafted: drawing and verifying come first."""
_NEXT_MS = 300


class TextReading(QObject):
    """``nudge`` when there may be something to read."""

    def __init__(self, office: Office, parent: QObject) -> None:
        super().__init__(parent)
        self._texts = office.texts
        self._reading = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._read)

    def nudge(self) -> None:
        """Read soon."""
        if not self._reading and not self._timer.isActive():
            self._timer.start(_SOON_MS)

    def stop(self) -> None:
        """Begin nothing more."""
        self._timer.stop()
        self._reading = True

    def _read(self) -> None:
        self._reading = True
        work(self, self._texts.catch_up).always(self._rest).then(self._go_on).failed(
            lambda _error: None
        ).start()

    def _rest(self) -> None:
        self._reading = False

    def _go_on(self, more: bool) -> None:
        if more:
            self._timer.start(_NEXT_MS)
