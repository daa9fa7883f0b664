"""Keeps the line above the pages right: asks what is announced whenever something changed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from gongwen_client.domain.notices import NoticeCard
from gongwen_client.services.office import Office
from gongwen_client.ui.notices.page import NoticesPage
from gongwen_client.ui.notices.strip import NoticeStrip
from gongwen_client.ui.shell.events import OfficeEvents
from gongwen_client.ui.tasks import work

_TOPICS = frozenset({"notices", "sent"})


class NoticeFollower(QObject):
    """Wires the strip, the page of announcements and the office's events together."""

    def __init__(self, office: Office, parent: QObject) -> None:
        super().__init__(parent)
        self._office = office
        self.strip = NoticeStrip()
        self._page: NoticesPage | None = None

    def attach(self, events: OfficeEvents, open_notice: Callable[[str], None]) -> None:
        """``open_notice`` shows a notice on its page."""
        self.strip.opened.connect(open_notice)
        events.changed.connect(self._heard)
        self.look()

    def follow(self, page: NoticesPage) -> None:
        """Keep the page right as well, once there is one."""
        self._page = page
        page.board.looked.connect(self.look)

    def look(self) -> None:
        """What is to be said now."""
        work(self, self._office.notices.to_show).then(self._show).failed(lambda _error: None).start()

    def _show(self, cards: list[NoticeCard]) -> None:
        self.strip.show_cards(cards)

    def _heard(self, topics: frozenset[str]) -> None:
        if not topics & _TOPICS:
            return
        self.look()
        if self._page is not None and self._page.isVisible():
            self._page.reload()
