"""Announcements beside the log-in: who cannot log in because of an outage must read of it there."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gongwen_client.services.office import Office
from gongwen_client.ui.notices.page import NoticesDialog
from gongwen_client.ui.notices.strip import NoticeStrip
from gongwen_client.ui.tasks import work
from gongwen_client.ui.widgets.basics import button


class NoticesBeforeLogin(QObject):
    """``strip`` tells of an outage, ``link`` opens all announcements; both work without the exchange."""

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(window)
        self._office = office
        self._window = window
        self.dialog: NoticesDialog | None = None
        self.strip = NoticeStrip()
        self.strip.opened.connect(self.open)
        self.link = button("公告和停机通知", self.open, kind="link", name="all_notices")
        self._look()
        # Whether the exchange answers is the log-in's to say, not this line's.
        work(self, office.notices.refresh).always(self._look).failed(lambda _error: None).start()

    def open(self, notice_id: str = "") -> None:
        """All of them, with one chosen."""
        self.dialog = NoticesDialog(self._window, self._office, notice_id)
        self.dialog.board.looked.connect(self._look)
        self.dialog.finished.connect(self._closed)
        self.dialog.open()

    def _closed(self) -> None:
        self.dialog = None

    def _look(self) -> None:
        work(self, self._office.notices.to_show).then(self.strip.show_cards).failed(
            lambda _error: None
        ).start()
