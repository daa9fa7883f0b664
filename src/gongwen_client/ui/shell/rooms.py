"""Every page that the navigation shows, by its name."""

from __future__ import annotations

from gongwen_client.domain.registers import Book
from gongwen_client.services.office import Office
from gongwen_client.ui.archive.page import ArchivePage
from gongwen_client.ui.contacts.page import ContactsPage
from gongwen_client.ui.copying.check_page import CheckMarkPage
from gongwen_client.ui.diagnostics.page import DiagnosticsPage
from gongwen_client.ui.handover.page import HandoverPage
from gongwen_client.ui.home.page import HomePage
from gongwen_client.ui.lists import catalog
from gongwen_client.ui.lists.find_page import FindPage
from gongwen_client.ui.notices.page import NoticesPage
from gongwen_client.ui.preferences.page import PreferencesPage
from gongwen_client.ui.registers.book_page import BookPage
from gongwen_client.ui.registers.paper_book import PaperBookPage
from gongwen_client.ui.registers.seal_ledger import SealLedgerPage
from gongwen_client.ui.statistics.page import StatisticsPage
from gongwen_client.ui.tracking.requests_page import RequestsPage
from gongwen_client.ui.widgets.page import Page


def all_rooms(office: Office) -> dict[str, Page]:
    """The pages of an office; the main window adds the page of the keys, which it feeds itself."""
    pages: tuple[Page, ...] = (
        HomePage(office),
        FindPage(office),
        RequestsPage(office),
        BookPage(office, Book.RECEIVED),
        BookPage(office, Book.SENT),
        PaperBookPage(office),
        SealLedgerPage(office),
        ArchivePage(office),
        CheckMarkPage(office),
        DiagnosticsPage(office),
        PreferencesPage(office),
        HandoverPage(office),
        ContactsPage(office),
        NoticesPage(office),
        StatisticsPage(office),
    )
    return {**catalog.all_pages(office), **{page.objectName(): page for page in pages}}
