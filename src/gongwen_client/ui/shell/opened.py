"""The document now open over a page: which view shows it, and where the person goes from there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget

from gongwen_client.domain.board import OpenRequest
from gongwen_client.domain.drafts import Draft
from gongwen_client.domain.rows import Connection, IncomingRow, SentRow
from gongwen_client.services.office import Office
from gongwen_client.ui.compose.page import ComposePage
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_client.ui.sending.outgoing_view import OutgoingView
from gongwen_client.ui.sending.sent_view import SentView
from gongwen_client.ui.tasks import work
from gongwen_client.ui.viewer.document_page import DocumentPage
from gongwen_client.ui.viewer.window import Viewers
from gongwen_client.ui.widgets.note_area import NoteArea
from gongwen_protocol.states import DocumentState

View = IncomingView | OutgoingView | SentView | ComposePage


class OpenDocument(QObject):
    """``view`` is the open document, None while a page is shown."""

    opened = Signal(object)
    """The view that is now on the screen."""
    taken_in_hand = Signal(str)
    """The delivery that is being read; empty when none is."""
    page_changed = Signal(str)
    """The list that the open document belongs to now."""
    closed = Signal()
    """The person wants back to the page below."""
    changed = Signal()
    failed = Signal(object)
    """Why a document could not be opened or begun."""
    counts_changed = Signal()
    handover_wanted = Signal()
    """Somebody else goes on with the document: this person logs out."""

    def __init__(self, office: Office, stack: QStackedWidget, viewers: Viewers, notes: NoteArea) -> None:
        super().__init__(stack)
        self._office = office
        self._stack = stack
        self._viewers = viewers
        self._notes = notes
        self.view: View | None = None

    @property
    def openers(self) -> Mapping[str, Callable[[object], object]]:
        """What opens a row of a list, by the list's name."""
        return {
            "pending": self.open_incoming,
            "received": self.open_incoming,
            "returned": self.open_incoming,
            "drafts": self.open_draft,
            "awaiting_seal": self.open_draft,
            "ready": self.open_draft,
            "sent": self.open_sent,
            "returned_to_us": self.open_returned,
            "requests": self.open_asking,
        }

    def show(self, view: View) -> None:
        """Put a view in the place of the open one."""
        self.close()
        self.view = view
        self._stack.addWidget(view)
        self._stack.setCurrentWidget(view)
        view.closed.connect(self.closed)
        if isinstance(view, DocumentPage):
            self._notes.follow(view.said)
            view.file_wanted.connect(self._viewers.open)
        self.opened.emit(view)

    def close(self) -> None:
        """Take the open view away; what was typed in it is kept."""
        if self.view is None:
            return
        view, self.view = self.view, None
        self.taken_in_hand.emit("")
        if isinstance(view, ComposePage):
            view.keep_now()
        else:
            self._notes.leave(view.said)
        if isinstance(view, IncomingView):
            view.unlocker.forget(self)
        self._stack.removeWidget(view)
        view.hide()
        view.deleteLater()

    def refresh(self) -> None:
        """Show what has changed meanwhile."""
        if isinstance(self.view, (IncomingView, OutgoingView, SentView)):
            self.view.refresh()

    def show_connection(self, connection: Connection) -> None:
        """Whether what is sent now goes out at once."""
        if isinstance(self.view, OutgoingView):
            self.view.show_connection(connection)

    def look_for_keys(self) -> None:
        """Tell an open seal dialog that keys came or went."""
        if isinstance(self.view, OutgoingView) and self.view.seal_flow is not None:
            self.view.seal_flow.look_for_keys()

    # -- received ---------------------------------------------------------------------------------------

    def open_incoming(self, row: object) -> None:
        """A received document."""
        assert isinstance(row, IncomingRow)
        view = IncomingView(self._office, row)
        view.changed.connect(self.changed)
        view.moved.connect(self.page_changed)
        view.next_wanted.connect(self._go_on)
        view.other_wanted.connect(self.open_received)
        view.draft_made.connect(self.open_draft)
        self.show(view)
        self.taken_in_hand.emit(row.delivery_id)
        view.reader.pages.setFocus()

    def _go_on(self) -> None:
        """Back to the documents that wait."""
        self.page_changed.emit("pending")
        self.closed.emit()

    def act(self, name: str, rows: list[object]) -> None:
        """An act of a list's row that is done beside the open document."""
        if name in ("resend", "correct"):
            self._answer_return(name, rows[0])
        if name not in ("accept", "return", "print", "copy"):
            return
        self.open_incoming(rows[0])
        view = self.view
        assert isinstance(view, IncomingView)
        if name == "accept":  # only what was verified can be accepted
            view.loaded.connect(view.open_accept)
        else:
            {
                "return": view.open_return,
                "print": view.open_print,
                "copy": view.paper.open_copy,
            }[name]()

    def open_received(self, document_id: str) -> None:
        """Another document that came to this unit, e.g. the correction of the open one."""
        work(self, lambda: self._office.incoming.of_document(document_id)).then(self.open_incoming).failed(
            self.failed.emit
        ).start()

    # -- being made -------------------------------------------------------------------------------------

    def compose(self) -> None:
        """新建发文."""
        work(self, self._office.drafts.create).then(self.open_draft).failed(self.failed.emit).start()

    def open_draft(self, draft: object) -> None:
        """A draft for editing, or what waits for seal or sending."""
        assert isinstance(draft, Draft)
        if draft.state is DocumentState.DRAFT:
            self._edit(draft)
            return
        view = OutgoingView(self._office, draft)
        view.changed.connect(self._outgoing_changed)
        view.edit_wanted.connect(self.open_draft)
        view.handover_wanted.connect(self.handover_wanted)
        self.show(view)
        view.reader.pages.setFocus()

    def _edit(self, draft: Draft) -> None:
        page = ComposePage(self._office, draft)
        page.submitted.connect(self._submitted)
        page.saved.connect(self.counts_changed)
        page.handover_wanted.connect(self.handover_wanted)
        self.page_changed.emit("drafts")
        self.show(page)
        page.form.title.setFocus()

    def _submitted(self, draft: Draft) -> None:
        self.page_changed.emit("awaiting_seal")
        self.open_draft(draft)
        self.counts_changed.emit()

    def _outgoing_changed(self) -> None:
        if isinstance(self.view, OutgoingView):
            waits = self.view.draft.state is DocumentState.AWAITING_SEAL
            self.page_changed.emit("awaiting_seal" if waits else "ready")
        self.changed.emit()

    # -- sent -------------------------------------------------------------------------------------------

    def open_sent(self, row: object) -> None:
        """A sent document with its board."""
        assert isinstance(row, SentRow)
        view = SentView(self._office, row)
        view.edit_wanted.connect(self.open_draft)
        self.show(view)
        view.reader.pages.setFocus()

    def open_returned(self, pair: object) -> None:
        """A sent document at the unit that returned it."""
        assert isinstance(pair, tuple)
        self._open_board(pair[0], pair[1].delivery_id)

    def _answer_return(self, name: str, pair: object) -> None:
        """重发 or 补发更正 for a unit that sent the document back."""
        self.open_returned(pair)
        assert isinstance(pair, tuple)
        assert isinstance(self.view, SentView)
        if name == "resend":
            self.view.acts_of.open("resend", [pair[1]])
        else:
            self.view.acts_of.correct()

    def open_asking(self, one: object) -> None:
        """A sent document at the unit that asks for more copies."""
        assert isinstance(one, OpenRequest)
        self._open_board(one.sent, one.row.delivery_id)

    def _open_board(self, row: SentRow, delivery_id: str) -> None:
        self.open_sent(row)
        assert isinstance(self.view, SentView)
        self.view.show_board(delivery_id)

    def follow_sent(self) -> None:
        """A document that was being sent and has arrived goes over into its sent view."""
        view = self.view
        if not isinstance(view, OutgoingView):
            return
        document = view.draft.document_id

        def look(rows: list[SentRow]) -> None:
            row = next((row for row in rows if row.document_id == document), None)
            if row is not None and self.view is view:
                self.page_changed.emit("sent")
                self.open_sent(row)

        work(self, self._office.tracking.sent).then(look).failed(self.failed.emit).start()
