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
from gongwen_client.ui.widgets.page import Page

_TOPICS = frozenset({"notices", "sent"})


class NoticeFollower(QObject):
    """Wires the strip, the page of announcements and the office's events together."""

    def __init__(self, office: Office, parent: QObject) -> None:
        super().__init__(parent)
        self._office = office
        self.strip = NoticeStrip()
        self._page: NoticesPage | None = None
        self._show_page: Callable[[str], None] | None = None

    def attach(
        self,
        events: OfficeEvents,
        page: Page,
        show_page: Callable[[str], None],
        show_sent: Callable[[object], None],
    ) -> None:
        """``show_page`` opens a page by its name, ``show_sent`` a SentRow."""
        assert isinstance(page, NoticesPage)
        self._page, self._show_page = page, show_page
        page.document_wanted.connect(show_sent)
        page.board.looked.connect(self.look)
        self.strip.opened.connect(self.open)
        events.changed.connect(self._heard)
        self.look()

    def open(self, notice_id: str) -> None:
        """Show a notice on its page."""
        assert self._page is not None
        assert self._show_page is not None
        self._page.show_notice(notice_id)
        self._show_page("notices")

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
