"""Everything that two units can do with documents, by two PCs and every kind of call; and what came of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from fakes.desk import OFD, DeskPc
from fakes.exchange import RunningExchange
from gongwen_client.domain.following import DocumentMore
from gongwen_client.domain.intents import IntentKind
from gongwen_client.exchange.actions import give_back
from gongwen_client.services.asking import AskingService
from gongwen_client.services.followup import FollowUpService
from gongwen_crypto.errors import KnownError
from gongwen_protocol.actions import (
    Attendance,
    MeetingCall,
    MeetingReply,
    PaperCause,
    PaperRequest,
    SpecialAttachment,
)
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import (
    AcceptRequest,
    CheckResult,
    Finding,
    PrintTicket,
    Receipt,
    Recipient,
    RecipientRole,
    ReturnReason,
    ReturnRequest,
    TicketRequest,
    TicketSettle,
)
from gongwen_protocol.profile import ReminderLevel
from gongwen_protocol.receipts import verify_chain
from gongwen_protocol.states import DeliveryState
from gongwen_server.db.tables import (
    DeliveryRow,
    DocumentRow,
    ReceiptRow,
    RequestRow,
    TicketRow,
)
from gongwen_server.log.chain import signed_receipt

T = TypeVar("T")
Outcome = dict[str, tuple[object, ...]]
_LATE = Recipient(unit_code="003", role=RecipientRole.CC, copies=1)
_PRINTER = "一号打印机"


@dataclass
class Journey:
    """``sender`` is of unit 001, ``receiver`` of 002; both have been logged in. ``between`` is called
    between the parts, ``before_spooling`` once copies are reserved."""

    sender: DeskPc
    receiver: DeskPc
    between: Callable[[], None] = lambda: None
    before_spooling: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.follow = FollowUpService(self.sender.desk)
        self.ask = AskingService(self.receiver.desk)

    def travel(self) -> None:
        """All of it; returns when nothing waits any more."""
        for part in (
            *(self.receive_and_print, self._ask_and_answer, self._reply_and_supplement),
            *(self._recall, self._return_and_resend, self._go_on_paper),
        ):
            part()
            self.between()
        insist(self.receiver.duty.attended_check)
        self.settle()

    def settle(self) -> None:
        """Wait until both have told everything and heard everything."""
        for pc in (self.sender, self.receiver):
            pc.wait_until(lambda pc=pc: pc.duty.waiting() == 0)  # type: ignore[misc]
            pc.duty.poll_now()

    # -- the parts -----------------------------------------------------------------------------------------

    def _send(self, title: str, more: DocumentMore | None = None, size: int = 0) -> tuple[str, str]:
        draft = self.sender.ready_draft("002", title=title, body=OFD + title.encode() + os.urandom(size))
        if more is not None:
            self.sender.store.drafts.save(replace(draft, more=more))
        self.sender.sending.send(draft.document_id)
        self.receiver.wait_until(lambda: bool(self._deliveries(draft.document_id)))
        self.sender.wait_until(lambda: bool(self.sender.tracking.board(draft.document_id)))
        return draft.document_id, self._deliveries(draft.document_id)[0]

    def _deliveries(self, document_id: str) -> list[str]:
        rows = self.receiver.store.rows.incoming(None)
        return [row.delivery_id for row in rows if row.document_id == document_id]

    def _wish(self, kind: IntentKind, delivery: str, message: object = None) -> None:
        payload = "{}" if message is None else message.model_dump_json()  # type: ignore[attr-defined]
        self.receiver.store.outbox.add(kind, delivery, payload, self.receiver.desk.clock.now())
        self.receiver.engine.nudge()

    def _accept(self, delivery: str) -> None:
        body = self.receiver.store.documents.of_delivery(delivery).body
        ok = Finding.OK
        checks = CheckResult(body=ok, attachments=ok, seal=ok, layout=ok, body_digest=body.digest)
        self._wish(IntentKind.ACCEPT, delivery, AcceptRequest(checks=checks))
        self._wait_for(delivery, DeliveryState.RECEIVED)

    def _wait_for(self, delivery: str, state: DeliveryState) -> None:
        documents = self.receiver.store.documents
        self.receiver.wait_until(lambda: documents.delivery_state(delivery) is state)

    def receive_and_print(self) -> None:
        """One document to paper: two copies, of which one does not come out."""
        document, delivery = self._send("接收并打印", size=2_500_000)
        row = self.receiver.store.rows.incoming_one
        self.receiver.wait_until(lambda: row(delivery).state.value == "to_verify")
        body = self.receiver.store.documents.get(document).body
        assert self.receiver.desk.cabinet.place(body).path.stat().st_size == body.size
        self._wish(IntentKind.VIEW, delivery)
        self._accept(delivery)
        self.ask.working_copy(delivery, "传阅")
        self._print(delivery)

    def _print(self, delivery: str) -> None:
        """One copy comes out, one does not; as the print service does it, without a page."""
        pc = self.receiver
        request = canonical_bytes(TicketRequest(count=2, printer=_PRINTER)).decode()
        intent = pc.store.outbox.add_held(IntentKind.RESERVE, delivery, request, pc.desk.clock.now())
        actions = pc.engine.small_actions
        out, jammed = insist(lambda: actions.reserve(intent, abandoned=False)).tickets
        self.before_spooling()
        for ticket in (out, jammed):
            key = f"spool-{ticket.ticket_id}"
            path = f"/v1/tickets/{ticket.ticket_id}/spool"
            spooled = insist(lambda path=path, key=key: pc.api.post(path, None, PrintTicket, key))  # type: ignore[misc]
            pc.store.tickets.apply(spooled)
        settle = canonical_bytes(TicketSettle()).decode()
        pc.store.outbox.add(IntentKind.SETTLE, out.ticket_id, settle, pc.desk.clock.now())
        give_back(pc.store, jammed.ticket_id, "卡纸", pc.desk.clock)
        pc.engine.nudge()
        pc.wait_until(lambda: pc.store.outbox.count_pending() == 0)

    def _ask_and_answer(self) -> None:
        document, delivery = self._send("申请份数")
        for answer in ("grant", "refuse", "withdraw"):
            self.ask.more_copies(delivery, 1, answer)
            request = self._open_request(document, answer)
            if answer == "grant":
                self.follow.grant(request, 1, "同意")
            elif answer == "refuse":
                self.follow.refuse(request, "够用")
            else:
                self.ask.withdraw(request)
            self.receiver.wait_until(lambda: not self._open_requests(delivery))

    def _open_requests(self, delivery: str) -> list[str]:
        requests = self.receiver.store.documents.delivery(delivery).requests
        return [one.request_id for one in requests if one.state.value == "open"]

    def _open_request(self, document: str, reason: str) -> str:
        """The request once both sides know of it."""

        def known(pc: DeskPc) -> list[str]:
            details = [row.details for row in pc.tracking.board(document)]
            found = [one for view in details if view is not None for one in view.requests]
            return [one.request_id for one in found if one.reason == reason and one.state.value == "open"]

        delivery = self._deliveries(document)[0]
        documents = self.receiver.store.documents
        self.receiver.wait_until(lambda: documents.delivery(delivery).requests[-1:] != ())
        self.sender.wait_until(lambda: bool(known(self.sender)))
        self.receiver.wait_until(lambda: documents.delivery(delivery).requests[-1].reason == reason)
        return known(self.sender)[0]

    def _reply_and_supplement(self) -> None:
        drawing = SpecialAttachment(name="图纸", sent_by="机要通信")
        more = DocumentMore(special_attachments=(drawing,), meeting=MeetingCall(meeting="防汛会议"))
        document, delivery = self._send("会议和图纸", more)
        self.ask.reply(delivery, MeetingReply(attendance=Attendance.ATTENDS))
        self.ask.arrived(delivery, 0)
        self.follow.remind(document, ReminderLevel.NOTIFY, "请查收")
        self.follow.supplement(document, [_LATE])
        self.sender.wait_until(lambda: len(self.sender.tracking.board(document)) == 2)
        self.settle()

    def _recall(self) -> None:
        document, delivery = self._send("撤回")
        self.follow.recall(document, "误发")
        self._wait_for(delivery, DeliveryState.RECALLED)

    def _return_and_resend(self) -> None:
        document, delivery = self._send("退文再发")
        self._wish(IntentKind.RETURN, delivery, ReturnRequest(reason=ReturnReason.SEAL_FAULT))
        self._wait_for(delivery, DeliveryState.RETURNED)
        board = self.sender.tracking.board
        self.sender.wait_until(lambda: board(document)[0].state is DeliveryState.RETURNED)
        self.follow.resend(document, "重新盖章", ["002"])
        self._wait_for(delivery, DeliveryState.DELIVERED)

    def _go_on_paper(self) -> None:
        document, delivery = self._send("转纸质")
        request = PaperRequest(cause=PaperCause.OUTAGE, carried_by="机要通信", unit_codes=("002",))
        self.follow.go_on_paper(document, request)
        self._wait_for(delivery, DeliveryState.PAPER_FALLBACK)
        self.ask.arrived(delivery, None)
        self.receiver.wait_until(lambda: self.receiver.duty.waiting() == 0)


def insist(call: Callable[[], T]) -> T:
    """A person who clicks again when there was no answer."""
    for _ in range(40):
        try:
            return call()
        except KnownError:
            continue
    return call()


def outcome(exchange: RunningExchange) -> Outcome:
    """What the exchange holds, by title: states, receipts, copies; the order in which two sides were quicker
    left out."""
    found: Outcome = {}
    with exchange.exchange.reading() as session:
        for document in session.query(DocumentRow):
            receipts = [
                Receipt.model_validate_json(row.statement)
                for row in session.query(ReceiptRow).filter_by(document_id=document.document_id)
            ]
            deliveries = session.query(DeliveryRow).filter_by(document_id=document.document_id)
            ids = [row.delivery_id for row in deliveries]
            tickets = session.query(TicketRow).filter(TicketRow.delivery_id.in_(ids))
            requests = session.query(RequestRow).filter(RequestRow.delivery_id.in_(ids))
            title = str(document.elements.partition('"title":"')[2].partition('"')[0])
            assert title not in found, "a document was doubled"
            found[title] = (
                sorted((one.event.value, one.unit_code, one.copy_number or 0) for one in receipts),
                sorted((row.unit_code, row.state, row.copies, row.printed) for row in deliveries),
                sorted((row.copy_number, row.attempt, row.state) for row in tickets),
                sorted((row.reason, row.state, row.granted) for row in requests),
            )
    return found


def require_whole_evidence(exchange: RunningExchange) -> None:
    """The chain of receipts holds, from the first to the last."""
    certificate = exchange.exchange.signer.certificate_der
    with exchange.exchange.reading() as session:
        rows = session.query(ReceiptRow).order_by(ReceiptRow.sequence)
        receipts = [signed_receipt(row.statement, row.signature, certificate) for row in rows]
    assert verify_chain(receipts, [certificate]) is None
