"""The pages that the navigation shows, by their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from gongwen_client.domain.lists import ListName
from gongwen_client.services.office import Office
from gongwen_client.ui.archive.page import ArchivePage
from gongwen_client.ui.contacts.page import ContactsPage
from gongwen_client.ui.copying.check_page import CheckMarkPage
from gongwen_client.ui.diagnostics.page import DiagnosticsPage
from gongwen_client.ui.handover.page import HandoverPage
from gongwen_client.ui.home.page import HomePage
from gongwen_client.ui.keys.page import KeysPage
from gongwen_client.ui.lists.catalog import list_page
from gongwen_client.ui.lists.find_page import FindPage
from gongwen_client.ui.notices.page import NoticesPage
from gongwen_client.ui.preferences.page import PreferencesPage
from gongwen_client.ui.registers.book_page import ROOM_OF, BookPage
from gongwen_client.ui.registers.paper_book import PaperBookPage
from gongwen_client.ui.registers.seal_ledger import SealLedgerPage
from gongwen_client.ui.statistics.page import StatisticsPage
from gongwen_client.ui.tracking.requests_page import RequestsPage
from gongwen_client.ui.widgets.page import Page

_MAKERS: Mapping[str, Callable[[Office], Page]] = {
    "home": HomePage,
    "find": FindPage,
    "requests": RequestsPage,
    **{room: partial(BookPage, book=book) for book, room in ROOM_OF.items()},
    "paper_register": PaperBookPage,
    "seal_ledger": SealLedgerPage,
    "archive": ArchivePage,
    "copy_marks": CheckMarkPage,
    "diagnostics": DiagnosticsPage,
    "settings": PreferencesPage,
    "handover": HandoverPage,
    "contacts": ContactsPage,
    "notices": NoticesPage,
    "statistics": StatisticsPage,
    "keys": KeysPage,
    **{name.value: partial(list_page, name=name) for name in ListName},
}
NAMES = tuple(_MAKERS)
"""All pages there can be."""


class Rooms(QObject):
    """The pages of an office. ``rooms[name]`` makes the page when it is wanted for the first time, so that a
    start does not wait for pages that nobody opens today."""

    made = Signal(object)
    """The new page, before whoever wanted it gets it."""

    def __init__(self, office: Office, parent: QObject) -> None:
        super().__init__(parent)
        self._office = office
        self._made: dict[str, Page] = {}

    def __getitem__(self, name: str) -> Page:
        """Raises KeyError for a name that the navigation does not know."""
        page = self._made.get(name)
        if page is None:
            page = self._made[name] = _MAKERS[name](self._office)
            assert page.objectName() == name, f"{page.objectName()} is made as {name}"
            self.made.emit(page)
        return page

    def there(self) -> Sequence[Page]:
        """Those that have been made."""
        return tuple(self._made.values())
