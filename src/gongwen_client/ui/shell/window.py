"""The main window: banner, navigation, pages, status; who hears what."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, QSize, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from gongwen_client.domain.rows import Connection, Duty
from gongwen_client.services.keys import KeyBoard
from gongwen_client.services.office import Office
from gongwen_client.token.keys import KeyRole, KeyState
from gongwen_client.ui import words
from gongwen_client.ui.compose.page import ComposePage
from gongwen_client.ui.home.page import HomePage
from gongwen_client.ui.keys.facts import in_brief
from gongwen_client.ui.keys.page import KeysPage
from gongwen_client.ui.lists.acts import ListActs
from gongwen_client.ui.lists.documents import DocumentList
from gongwen_client.ui.lists.page import ListPage
from gongwen_client.ui.login.password import PasswordDialog
from gongwen_client.ui.notices.follower import NoticeFollower
from gongwen_client.ui.notices.page import NoticesPage
from gongwen_client.ui.receive.attendance import Attendance
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_client.ui.shell.banner import Banner
from gongwen_client.ui.shell.cover import Cover
from gongwen_client.ui.shell.events import OfficeEvents
from gongwen_client.ui.shell.lock import LockPage
from gongwen_client.ui.shell.navigation import Navigation
from gongwen_client.ui.shell.opened import OpenDocument, View
from gongwen_client.ui.shell.reading import TextReading
from gongwen_client.ui.shell.rooms import Rooms
from gongwen_client.ui.shell.status import StatusLine
from gongwen_client.ui.shell.toast import Toast
from gongwen_client.ui.tasks import background, work
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.document_page import DocumentPage
from gongwen_client.ui.viewer.window import Viewers, ask_for_file, dropped_file
from gongwen_client.ui.widgets.basics import column, holder, row
from gongwen_client.ui.widgets.note_area import NoteArea, Notes
from gongwen_client.ui.widgets.page import Page
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.permissions import Action, may

_START = QSize(1366, 768)
_LEAST = QSize(1180, 680)


class MainWindow(QMainWindow):
    """Needs a logged-in office. ``page`` names the page in sight, or the one below the open document."""

    logged_out = Signal()
    closed = Signal()
    view_opened = Signal(object)

    def __init__(self, office: Office, settings_file: Path | None = None) -> None:
        super().__init__()
        session = office.login.session
        assert session is not None, "the main window needs a session"
        self.setObjectName("main_window")
        self.setWindowTitle(f"{session.unit_name} · 电子公文交换平台")
        self._office = office
        self._settings = QSettings(str(settings_file), QSettings.Format.IniFormat) if settings_file else None
        self.banner = Banner(session)
        self.navigation = Navigation(composes=may(session.roles, Action.COMPOSE))
        self.status = StatusLine()
        self.toast = Toast()
        self.notices = NoticeFollower(office, self)
        self.attendance = Attendance(office, self)
        self.note_area = NoteArea()
        self._loss_was_told = False
        self.page = ""
        self.pages = Rooms(office, self)
        self.pages.made.connect(self._furnish)
        self.viewers = Viewers(office.local)
        self._stack = QStackedWidget()
        self.documents = OpenDocument(office, self._stack, self.viewers, self.note_area)
        self.acts = ListActs(office, self)
        self._lock = LockPage(office, session)
        self._cover = Cover(self._laid_out(), self._lock, self.viewers)
        self.setCentralWidget(self._cover)
        self._reading = TextReading(office, self)
        self.events = OfficeEvents(office, self)
        self._connect()
        self._shortcuts()
        self._restore()
        self.refresh()
        self.look_for_keys()
        self.attendance.look()
        self._reading.nudge()
        self.open_page("home")
        self.attendance.look_for_deputies()
        # The first document of the day should not wait for a worker to start.
        work(self, office.render.warm_up).failed(lambda _error: None).start()

    # -- layout -----------------------------------------------------------------------------------------

    @property
    def view(self) -> View | None:
        """The document now open, None while a page is shown."""
        return self.documents.view

    def _laid_out(self) -> QWidget:
        self.setMinimumSize(_LEAST)
        self.setAcceptDrops(True)
        self.resize(_START)
        notes = Notes(self)
        for line in (self.attendance.bar, self.notices.strip, self.toast):
            notes.add(line)
        self.note_area.follow(notes)
        middle = column(self.note_area, gap=0)
        middle.addWidget(self._stack, 1)
        below = row(self.navigation, gap=0)
        below.addLayout(middle, 1)
        whole = column(self.banner, gap=0)
        whole.addLayout(below, 1)
        whole.addWidget(self.status)
        return holder(whole, "page")

    def _connect(self) -> None:
        self.navigation.chosen.connect(self.open_page)
        self.navigation.compose_wanted.connect(self.documents.compose)
        self.events.changed.connect(self._heard)
        self.notices.attach(self.events, self._open_notice)
        self.banner.password_wanted.connect(self._change_password)
        self.banner.lock_wanted.connect(self.lock)
        self.banner.file_wanted.connect(lambda: ask_for_file(self, self.viewers.open))
        self.banner.logout_wanted.connect(self.log_out)
        self._cover.covered.connect(self.attendance.notifier.set_covered)
        self._cover.lifted.connect(self.refresh)
        self.attendance.list_wanted.connect(self._come_forward)
        self.attendance.attended.connect(self.refresh)
        self.attendance.told.connect(self.toast.show_text)
        self.attendance.waiting.connect(self._lock.show_waiting)
        self.attendance.failed.connect(self.show_error)
        self.toast.opened.connect(lambda: self.open_page("pending"))
        background.on_unhandled(self.show_error)
        self._connect_documents()

    def _connect_documents(self) -> None:
        documents = self.documents
        documents.opened.connect(self._opened)
        documents.taken_in_hand.connect(self.attendance.bar.take_in_hand)
        documents.page_changed.connect(self._show_place)
        documents.closed.connect(lambda: self.open_page(self.page))
        documents.changed.connect(self.refresh)
        documents.failed.connect(self.show_error)
        documents.counts_changed.connect(self.refresh_counts)
        documents.handover_wanted.connect(self.log_out)
        self.acts.changed.connect(self.refresh)
        self.acts.draft_made.connect(documents.open_draft)

    def _furnish(self, page: Page) -> None:
        """A page that has just been made gets its place in the window, and is heard from now on."""
        self._stack.addWidget(page)
        if self._settings is not None:
            page.restore(self._settings)
        page.room_wanted.connect(self.open_page)
        page.row_wanted.connect(self.open_row)
        if isinstance(page, HomePage):
            page.attend_wanted.connect(self.attendance.attend)
            page.list_wanted.connect(self.open_list)
            page.day_known.connect(lambda day: self.banner.show_cutoff(day.cutoff, day.now))
        elif isinstance(page, KeysPage):
            page.reload_wanted.connect(self.look_for_keys)
        elif isinstance(page, NoticesPage):
            page.document_wanted.connect(self.documents.open_sent)
            self.notices.follow(page)
        elif isinstance(page, (DocumentList, ListPage)) and page.objectName() in self.documents.openers:
            page.opened.connect(self.documents.openers[page.objectName()])
        if isinstance(page, DocumentList):
            self.acts.attach(page)
            page.act_wanted.connect(self.documents.act)
            if page.objectName() == "pending":
                self.attendance.furnish(page)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_file(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A file that is dropped on the window is shown in one of its own."""
        if (path := dropped_file(event)) is not None:
            self.viewers.open(path)

    def _shortcuts(self) -> None:
        for keys, act in (
            ("F5", self._refresh_by_person),
            ("Ctrl+F", self._focus_search),
            ("Ctrl+Shift+F", lambda: self.open_page("find")),
            ("Ctrl+N", self.documents.compose),
            ("Ctrl+P", self._print),
            ("Ctrl+L", self.lock),
        ):
            QShortcut(QKeySequence(keys), self, act)

    # -- pages ------------------------------------------------------------------------------------------

    def open_page(self, name: str) -> None:
        """Show a list; an open document is closed, a draft once what was typed is on disk."""
        if isinstance(self.view, ComposePage) and self.view.unsaved:
            self.view.leave(lambda: self.open_page(name))
            return
        self.documents.close()
        self.page = name
        self._stack.setCurrentWidget(self._room)
        self.navigation.mark(name)
        self._room.reload()
        self._room.take_focus()

    @property
    def _room(self) -> Page:
        """The page that the navigation shows."""
        return self.pages[self.page]

    @property
    def home(self) -> HomePage:
        """The first page."""
        page = self.pages["home"]
        assert isinstance(page, HomePage)
        return page

    @property
    def keys_page(self) -> KeysPage:
        """The seal keys."""
        page = self.pages["keys"]
        assert isinstance(page, KeysPage)
        return page

    def list_page(self, name: str) -> DocumentList | ListPage:
        """A page that is a list of documents."""
        page = self.pages[name]
        assert isinstance(page, (DocumentList, ListPage))
        return page

    def open_list(self, name: str, state: str) -> None:
        """A list, narrowed to one state (all with an empty one)."""
        self.open_page(name)
        page = self.pages[name]
        if isinstance(page, DocumentList):
            page.show_only(state)

    def open_row(self, name: str, identity: str) -> None:
        """A document of a list, as if it had been chosen there."""
        self.open_page(name)
        page = self.pages[name]
        if isinstance(page, DocumentList):
            page.open_row(identity)

    def _open_notice(self, notice_id: str) -> None:
        page = self.pages["notices"]
        assert isinstance(page, NoticesPage)
        page.show_notice(notice_id)
        self.open_page("notices")

    def _show_place(self, name: str) -> None:
        """The open document belongs to another list now."""
        self.page = name
        self.navigation.mark(name)

    def _opened(self, view: View) -> None:
        if isinstance(view, IncomingView):
            self.toast.hide_news()
        self.view_opened.emit(view)

    # -- refreshing -------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Counts, duty, the list in sight and the open document."""
        self.refresh_counts()
        if self.page:
            self._room.reload()
        if self.page != "pending":  # what waits for a person is at hand at once
            self.pages["pending"].reload()
        self.documents.refresh()

    def refresh_counts(self) -> None:
        """Numbers beside the navigation, and the duty."""
        duty = self._office.duty
        work(self, duty.counts).then(self.navigation.show_counts).failed(self.show_error).start()
        work(self, duty.state).then(self._show_duty).failed(self.show_error).start()

    def _show_duty(self, duty: Duty) -> None:
        self.banner.show_duty(duty)
        self.status.show_duty(duty)
        self.documents.show_connection(duty.connection)
        if duty.connection is Connection.SESSION_EXPIRED and self._office.login.session is None:
            self._cover.cover(expired=True)  # who has just logged in again is not asked once more

    def _heard(self, topics: frozenset[str]) -> None:
        if "keys" in topics:
            self.look_for_keys()
        if topics & {"incoming", "drafts"}:
            self._reading.nudge()
            self.acts.look()
        if "directory" in topics and self.page == "contacts":
            self._room.reload()
        if topics & {"incoming", "notice"}:
            self.attendance.look()
        if topics & {"incoming", "sent", "drafts", "notice"}:
            if "sent" in topics:
                self.documents.follow_sent()
            self.refresh()
        else:
            self.refresh_counts()

    def look_for_keys(self) -> None:
        """Which seal keys are inserted, for the banner and an open seal dialog."""
        work(self, self._office.keys.look).then(self._show_keys).failed(self._no_keys).start()

    def _show_keys(self, board: KeyBoard) -> None:
        card = next((card for card in board.cards if card.role is KeyRole.SIGNING), None)
        self.banner.show_key(card.state if card else KeyState.ABSENT, in_brief(card) if card else "")
        self.keys_page.show_board(board)
        self.documents.look_for_keys()

    def _no_keys(self, error: GongwenError) -> None:
        self.banner.show_key(KeyState.ABSENT)
        self.keys_page.explain(error)
        self.documents.look_for_keys()

    # -- acts -------------------------------------------------------------------------------------------

    def _refresh_by_person(self) -> None:
        if self.page in ("home", "pending") and self.view is None:
            self.attendance.attend()
        else:
            self._office.duty.poll_now()
            self.refresh()

    def _focus_search(self) -> None:
        if isinstance(self.view, DocumentPage):
            self.view.reader.open_search()
            return
        if self.view is not None:
            self.open_page(self.page)
        self._room.focus_search()

    def _print(self) -> None:
        if isinstance(self.view, IncomingView):
            self.view.open_print()

    def _come_forward(self) -> None:
        self.showNormal()
        self.raise_()
        self.activateWindow()
        self.open_page("pending")

    def show_error(self, error: GongwenError) -> None:
        """An error whose cause has no place of its own."""
        self.toast.show_text(words.explained_in_line(error), tone=Tone.INVALID)

    def _change_password(self) -> None:
        PasswordDialog(self, self._office).open()

    def lock(self) -> None:
        """Cover the window."""
        self._cover.cover(expired=False)

    def log_out(self) -> None:
        """Leave; the log-in window comes back."""
        self.viewers.close_all()
        self.documents.close()
        work(self, self._office.login.log_out).always(self.logged_out.emit).failed(
            lambda _error: None
        ).start()

    # -- layout memory ----------------------------------------------------------------------------------

    def _restore(self) -> None:
        if self._settings is None:
            return
        geometry = self._settings.value("window/geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        self.navigation.restore(self._settings)

    def remember(self) -> None:
        """Write the layout down."""
        if self._settings is None:
            return
        self._settings.setValue("window/geometry", self.saveGeometry())
        self.navigation.remember(self._settings)
        for page in self.pages.there():
            page.remember(self._settings)
        self._settings.sync()

    def closeEvent(self, event: QCloseEvent) -> None:
        if isinstance(self.view, ComposePage) and not self.view.keep_now() and not self._loss_was_told:
            self._loss_was_told = True  # who closes once more after reading why wants it so
            event.ignore()
            return
        self.documents.close()
        self.viewers.close_all()
        self.remember()
        self.events.stop()
        self._reading.stop()
        background.on_unhandled(None)
        super().closeEvent(event)
        self.closed.emit()
