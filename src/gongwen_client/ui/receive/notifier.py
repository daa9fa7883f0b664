"""Telling the person that a document came: tray where there is one, else banner and window alert."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from gongwen_client.domain.rows import IncomingRow
from gongwen_client.ui.theme import colour
from gongwen_client.ui.theme.icons import icon

_LOOK_FOR_TRAY_MS = 30_000
_SHOWN_MS = 15_000


class Notifier(QObject):
    """Compares the waiting documents with those already told and tells the new ones, each once."""

    told = Signal(str)
    clicked = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._known: set[str] | None = None
        self._tray: QSystemTrayIcon | None = None
        self.sound = True
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_FOR_TRAY_MS)
        self._look.timeout.connect(self._find_tray)
        self._look.start()
        self._find_tray()

    @property
    def has_tray(self) -> bool:
        """True where the desktop has a place for the tray icon (it may start later than we do)."""
        return self._tray is not None

    def _find_tray(self) -> None:
        if self._tray is not None or not QSystemTrayIcon.isSystemTrayAvailable():
            return
        self._tray = QSystemTrayIcon(icon("brand", colour("brand").name()), self)
        self._tray.setToolTip("公文交换")
        self._tray.activated.connect(lambda _reason: self.clicked.emit())
        self._tray.messageClicked.connect(self.clicked)
        self._tray.show()

    def waiting(self, rows: list[IncomingRow]) -> None:
        """The documents that wait now. The first call only learns what was there before."""
        unread = {row.delivery_id: row for row in rows if row.unread}
        known, self._known = self._known, set(unread) | (self._known or set())
        if known is None:
            return
        fresh = [row for delivery_id, row in unread.items() if delivery_id not in known]
        if fresh:
            self._tell(fresh)

    def _tell(self, rows: list[IncomingRow]) -> None:
        first = rows[0]
        text = f"{first.sender_name} 发来《{first.elements.title}》"
        if len(rows) > 1:
            text = f"{text}等 {len(rows)} 份公文"
        if self._tray is not None:
            self._tray.showMessage("收到新公文", text, self._tray.icon(), _SHOWN_MS)
        QApplication.alert(self._window)
        if self.sound:
            QApplication.beep()
        self.told.emit(text)
