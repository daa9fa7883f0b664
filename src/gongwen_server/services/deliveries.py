"""What a receiving unit does with a delivery: view, accept, return, use."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.actions import WorkingCopy
from gongwen_protocol.basics import Message
from gongwen_protocol.canonical import canonical_digest
from gongwen_protocol.decisions import may_accept, may_return, use_receives
from gongwen_protocol.messages import AcceptRequest, DeliveryView, ReceiptEvent, ReturnRequest
from gongwen_protocol.profile import RegionProfile
from gongwen_protocol.states import DeliveryEvent, DeliveryState
from gongwen_protocol.transitions import DELIVERIES, acceptance_event
from gongwen_server.db.tables import DeliveryRow, DocumentRow, UnitRow
from gongwen_server.services.ledger import ChangeKind, Ledger
from gongwen_server.services.rules import rules_of
from gongwen_server.services.sessions import Caller
from gongwen_server.services.views import delivery_view

FIRST_PRINT = "first_original_print"
FIRST_COPY = "first_working_copy"


@dataclass(frozen=True)
class Case:
    """A delivery with its document, its unit, and the rules under which the document was sent."""

    delivery: DeliveryRow
    document: DocumentRow
    unit: UnitRow
    profile: RegionProfile

    @property
    def parties(self) -> tuple[str, str]:
        """Sender and receiver: those who hear of it."""
        return self.document.sender_code, self.delivery.unit_code

    @property
    def state(self) -> DeliveryState:
        """Where the delivery stands."""
        return DeliveryState(self.delivery.state)

    def advance(self, event: DeliveryEvent) -> None:
        """Take the next state. Raises RefusedError with the region's article when the event does not fit."""
        self.delivery.state = DELIVERIES.step(self.state, event, self.profile).value


def own_case(ledger: Ledger, caller: Caller, delivery_id: str) -> Case:
    """The caller's delivery. Another unit's does not exist for it: RefusedError("delivery.unknown")."""
    return _case(ledger, delivery_id, DeliveryRow.unit_code == caller.unit_code)


def case_of_sender(ledger: Ledger, caller: Caller, delivery_id: str) -> Case:
    """A delivery of a document of the caller's unit. Raises RefusedError("delivery.unknown")."""
    return _case(ledger, delivery_id, DocumentRow.sender_code == caller.unit_code)


def _case(ledger: Ledger, delivery_id: str, concerned: ColumnElement[bool]) -> Case:
    found = ledger.session.execute(
        select(DeliveryRow, DocumentRow, UnitRow)
        .join(DocumentRow, DocumentRow.document_id == DeliveryRow.document_id)
        .join(UnitRow, UnitRow.code == DeliveryRow.unit_code)
        .where(DeliveryRow.delivery_id == delivery_id, concerned)
    ).one_or_none()
    if found is None:
        raise RefusedError("delivery.unknown")
    delivery, document, unit = found
    return Case(delivery, document, unit, rules_of(ledger.exchange, ledger.session, document))


def view(ledger: Ledger, caller: Caller, delivery_id: str) -> DeliveryView:
    """Note the first time that a person opened the document; later ones change nothing."""
    case = own_case(ledger, caller, delivery_id)
    case.advance(DeliveryEvent.VIEW)
    if case.delivery.viewed_at is None:
        case.delivery.viewed_at = ledger.now
        announce(ledger, caller, case, ReceiptEvent.VIEWED)
    return delivery_view(ledger.session, case.delivery)


def accept(ledger: Ledger, caller: Caller, delivery_id: str, request: AcceptRequest) -> DeliveryView:
    """Checked and found right: received in law where acceptance is the receipt (Ordos art. 10), ready for the
    use that will be it elsewhere (Jiangmen art. 33 and 36). Raises RefusedError: accept.*, delivery.*."""
    case = own_case(ledger, caller, delivery_id)
    may_accept(case.profile, request.checks, case.document.body_digest).require()
    if acceptance_event(case.profile) is DeliveryEvent.ACCEPT:
        case.advance(DeliveryEvent.ACCEPT)
        _receive(ledger, caller, case, None)
    else:
        case.advance(DeliveryEvent.VERIFY)
        case.delivery.verified_at = ledger.now
        case.delivery.handled_by = caller.post
        announce(ledger, caller, case, ReceiptEvent.VERIFIED)
    return delivery_view(ledger.session, case.delivery)


def use(ledger: Ledger, caller: Caller, case: Case, kind: str) -> None:
    """The document was used in a way that is the receipt in some regions, the first time that it happens."""
    if use_receives(case.profile, case.state):
        case.advance(DeliveryEvent.USE)
        case.delivery.receipt_by = kind
        _receive(ledger, caller, case, kind)


def take_copy(ledger: Ledger, caller: Caller, delivery_id: str, request: WorkingCopy) -> DeliveryView:
    """A working copy without seal left the client (脱密下载). Raises RefusedError: print.not_received,
    delivery.*."""
    case = own_case(ledger, caller, delivery_id)
    case.advance(DeliveryEvent.COPY)
    use(ledger, caller, case, FIRST_COPY)
    announce(ledger, caller, case, ReceiptEvent.COPIED, reason=request.purpose)
    return delivery_view(ledger.session, case.delivery)


def _receive(ledger: Ledger, caller: Caller, case: Case, reason: str | None) -> None:
    case.delivery.received_at = ledger.now
    case.delivery.handled_by = caller.post
    announce(ledger, caller, case, ReceiptEvent.RECEIVED, reason)


def return_document(ledger: Ledger, caller: Caller, delivery_id: str, request: ReturnRequest) -> DeliveryView:
    """Send it back with a reason (退文). Raises RefusedError: return.note_required, delivery.*."""
    case = own_case(ledger, caller, delivery_id)
    may_return(case.profile, request).require()
    case.advance(DeliveryEvent.RETURN)
    case.delivery.returned_at = ledger.now
    case.delivery.return_reason = request.reason.value
    case.delivery.return_note = request.note.strip()
    case.delivery.handled_by = caller.post
    announce(ledger, caller, case, ReceiptEvent.RETURNED, request.reason.value)
    return delivery_view(ledger.session, case.delivery)


def announce(
    ledger: Ledger,
    caller: Caller,
    case: Case,
    event: ReceiptEvent,
    reason: str | None = None,
    copy_number: int | None = None,
    said: Message | None = None,
) -> None:
    """Receipt and change for both parties; ``said`` is the message whose digest the receipt carries."""
    case.delivery.revision += 1
    for unit_code in case.parties:
        ledger.changed(unit_code, ChangeKind.DOCUMENT, case.document.document_id)
    ledger.state(
        event,
        case.document,
        case.unit,
        caller.post,
        case.parties,
        delivery=case.delivery,
        copy_number=copy_number,
        reason=reason,
        said=canonical_digest(said) if said else None,
    )
