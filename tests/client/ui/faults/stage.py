"""A town of two units with rare names and long titles, whose network, exchange, session, disk and key go
wrong on command."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import shiboken6
from PySide6.QtWidgets import QWidget

from client.ui.driving import bury, settle, until
from client.ui.town import PIN, UNITS, Town
from client.ui.windows import disk_full
from fakes.exchange import ALL_ROLES, PASSWORD, Caller
from fakes.meddler import NOT_NOW, OUT_OF_ORDER, Fault, Meddler, Refusal, nothing
from fakes.printer import FakePrinter
from gongwen_client.domain.following import DocumentMore
from gongwen_client.domain.rows import Connection, IncomingRow, IncomingState, SentRow
from gongwen_client.services.office import Office
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_client.ui.safety import Safety
from gongwen_client.ui.sending.sent_view import SentView
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.tasks import background
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.actions import MeetingCall, SpecialAttachment
from gongwen_protocol.messages import Recipient, RecipientRole, Role

SENDER, RECEIVER = "150600098", "150600099"
SENDER_NAME, RECEIVER_NAME = "示范市𠮷𡈽镇人民政府办公室", "示范市𡈽𠮷河水利管理站"
TITLE = f"{SENDER_NAME}关于" + "切实做好𠮷𡈽河防汛抗旱和堤防巡查" * 10 + "工作的紧急通知"
"""200 characters at most, some of them beyond the basic plane."""
_HANDS_OFF = ("GET /v1/sync", "GET /v1/changes", "GET /v1/server", "POST /v1/session", "POST /v1/challenges")
"""What is asked by itself, and what lets a person in again."""


class Trouble(Enum):
    """What goes wrong."""

    NO_NETWORK = "no network"
    LOST_ANSWERS = "the exchange acts, its answers are lost"
    REFUSED = "the exchange refuses (409)"
    OUT_OF_ORDER = "the exchange is out of order (500)"
    SESSION_ENDED = "the session has ended"
    KEY_OUT = "the key is pulled out"
    DISK_FULL = "the disk is full"


@dataclass
class Scene:
    """A screen with everything typed and ``act`` to be done. ``done``: how often it has been done, as those
    know who answer for it; ``typed``: what a person typed; ``again`` opens the same once more;
    ``fill`` types once more what is never kept (passwords)."""

    screen: QWidget
    act: Callable[[], object]
    done: Callable[[], int]
    typed: Callable[[], object] = lambda: None
    fill: Callable[[], object] = lambda: None
    again: Callable[[], Scene] | None = None
    now: Callable[[], QWidget | None] = lambda: None
    """The screen that took the first one's place, with all that was typed."""

    @property
    def open(self) -> bool:
        """Whether the screen is in sight, or what took its place."""
        present = self.now()
        if present is not None:
            self.screen = present
        return shiboken6.isValid(self.screen) and self.screen.isVisible()


@dataclass
class Stage:
    """``unhandled``: errors that no screen took, which is a mistake."""

    town: Town
    gate: Meddler
    printer: FakePrinter
    sender: Office
    receiver: Office
    witness: Caller
    """Another administrator of the receiver, who asks the exchange without anything in between."""
    unhandled: list[GongwenError] = field(default_factory=list)

    @classmethod
    def build(cls, home: Path) -> Stage:
        """Both clerks at work."""
        town = Town.found(home)
        everything = frozenset({*ALL_ROLES, Role.ADMIN})
        town.add_unit(SENDER, SENDER_NAME, everything)
        town.add_unit(RECEIVER, RECEIVER_NAME, everything)
        gate = Meddler(town.exchange.url)
        town.address = gate.url
        printer = FakePrinter()
        offices = town.logged_in(SENDER), town.logged_in(RECEIVER, printer=printer)
        for office in offices:
            office.preferences.change(lock_on_key_removal=True)
        town.exchange.add_account(RECEIVER, "witness", post="监督员", roles=everything)
        return cls(town, gate, printer, *offices, town.exchange.log_in(RECEIVER, "witness"))

    def stop(self) -> None:
        """End it all."""
        background.stop()
        self.witness.close()
        self.gate.stop()
        self.town.stop()

    # -- documents and windows --------------------------------------------------------------------------

    def draft(self) -> str:
        """A document with a long title, ready for the seal."""
        office = self.sender
        document = office.drafts.create().document_id
        draft = office.drafts.set_body(document, self.town.body)
        office.drafts.add_attachment(document, self.town.attachment)
        changed = {"title": TITLE, "doc_number": "示𠮷发〔2026〕5号"}
        office.drafts.set_elements(document, draft.elements.model_copy(update=changed))
        recipients = (
            Recipient(unit_code=RECEIVER, role=RecipientRole.MAIN, copies=3),
            Recipient(unit_code=UNITS[2][0], role=RecipientRole.MAIN, copies=2),
        )
        office.drafts.set_recipients(document, recipients)
        drawing = SpecialAttachment(name="𠮷𡈽河堤防平面图" * 8, sent_by="机要通信")
        meeting = MeetingCall(meeting="𠮷𡈽河防汛工作会议")
        office.drafts.set_more(document, DocumentMore(special_attachments=(drawing,), meeting=meeting))
        return document

    def ready(self) -> str:
        """One that is sealed."""
        office, document = self.sender, self.draft()
        office.drafts.submit_for_seal(document)
        key = office.sealing.keys()[0].key_id
        office.sealing.seal(document, key, PIN, office.sealing.suggest(document, key))
        return document

    def sent(self) -> SentRow:
        """One that both units have."""
        office, document = self.sender, self.ready()
        office.sending.send(document)
        until(lambda: any(row.document_id == document for row in office.tracking.sent()))
        until(lambda: any(row.document_id == document for row in self.receiver.incoming.list()))
        return next(row for row in office.tracking.sent() if row.document_id == document)

    def delivery(self, document: str) -> IncomingRow:
        """What the receiver has of it, downloaded."""
        until(lambda: self._delivery(document).state is IncomingState.TO_VERIFY)
        return self._delivery(document)

    def _delivery(self, document: str) -> IncomingRow:
        return self.receiver.incoming.of_document(document)

    def accepted(self) -> IncomingRow:
        """A document that the receiver has accepted."""
        row = self.delivery(self.sent().document_id)
        checks = self.receiver.incoming.verify(row.delivery_id).checks
        self.receiver.incoming.accept(row.delivery_id, checks)
        until(lambda: not self.receiver.incoming.get(row.delivery_id).pending)
        return self.receiver.incoming.get(row.delivery_id)

    @contextmanager
    def window(self, office: Office) -> Iterator[MainWindow]:
        """The main window, which locks when the key is pulled out; errors that nobody took are noted."""
        window = MainWindow(office)
        window.resize(1366, 768)
        Safety(window, office, None)

        def note(error: GongwenError) -> None:
            self.unhandled.append(error)
            window.show_error(error)

        background.on_unhandled(note)
        window.show()
        settle()
        yield window
        window.close()
        settle()
        bury(window)

    # -- troubles ---------------------------------------------------------------------------------------

    @contextmanager
    def trouble(self, trouble: Trouble, office: Office) -> Iterator[None]:
        """``office`` has this trouble; at the end the cause is gone, and a person has logged in again."""
        undo: Callable[[], object] = lambda: self.gate.begin(nothing)  # noqa: E731
        if trouble is Trouble.NO_NETWORK:
            self.gate.begin(lambda _operation, _before: Fault.LOST_REQUEST)
        elif trouble is Trouble.LOST_ANSWERS:
            self.gate.begin(_of_acts(Fault.LOST_ANSWER))
        elif trouble is Trouble.REFUSED:
            self.gate.begin(_of_acts(NOT_NOW))
        elif trouble is Trouble.OUT_OF_ORDER:
            self.gate.begin(_of_acts(OUT_OF_ORDER))
        elif trouble is Trouble.SESSION_ENDED:
            self.end_session(office)
        elif trouble is Trouble.KEY_OUT:
            undo = self.pull_key(office)
        if trouble is Trouble.DISK_FULL:
            with disk_full():
                yield
        else:
            yield
        undo()
        office.duty.poll_now()

    def end_session(self, office: Office) -> None:
        """The exchange ends it, as an administrator would; the PC learns of it at its next word."""
        grant = office.login.session
        assert grant is not None
        caller = Caller(self.town.exchange.url)
        caller.use(grant)
        assert caller.call("DELETE", "/v1/session").status_code < 300
        caller.close()

    def pull_key(self, office: Office) -> Callable[[], object]:
        """Out; the answer puts it back."""
        [key] = office.places.keyfiles.glob("*.gwkey")
        aside = key.rename(office.places.data / key.name)
        return lambda: aside.rename(key)


def _of_acts(fault: Fault | Refusal) -> Callable[[str, int], Fault | Refusal | None]:
    """Only what changes something: the exchange can be read, and a person can log in."""
    return lambda operation, _before: (
        fault if not operation.startswith(("GET", "HEAD")) and operation not in _HANDS_OFF else None
    )


def unlock(window: MainWindow) -> None:
    """The person is back."""
    window._lock.password.setText(PASSWORD)
    window._lock.unlock()
    until(lambda: not window._lock.isVisible())
    until(lambda: window._office.duty.state().connection is not Connection.SESSION_EXPIRED)


def sent_view(window: MainWindow, row: SentRow) -> SentView:
    """The sent document, open at its board."""
    window.documents.open_sent(row)
    view = window.view
    assert isinstance(view, SentView)
    until(lambda: view.followed is not None)
    view.show_board()
    settle()
    return view


def incoming_view(window: MainWindow, row: IncomingRow) -> IncomingView:
    """The received document, open and verified."""
    window.documents.open_incoming(row)
    view = window.view
    assert isinstance(view, IncomingView)
    until(lambda: view.standing is not None and view.verification is not None)
    settle()
    return view
