"""What a receiving unit does with a delivery: view, accept, return."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.decisions import may_accept, may_return
from gongwen_protocol.messages import AcceptRequest, DeliveryView, ReceiptEvent, ReturnRequest
from gongwen_protocol.states import DeliveryEvent, DeliveryState, next_delivery_state
from gongwen_server.db.tables import DeliveryRow, DocumentRow, UnitRow
from gongwen_server.services.accounts import Caller
from gongwen_server.services.ledger import ChangeKind, Ledger
from gongwen_server.services.views import delivery_view


@dataclass(frozen=True)
class Case:
    """A delivery of the calling unit, locked for this transaction, with its document."""

    delivery: DeliveryRow
    document: DocumentRow
    unit: UnitRow

    @property
    def parties(self) -> tuple[str, str]:
        """Sender and receiver: those who hear of it."""
        return self.document.sender_code, self.delivery.unit_code


def own_case(ledger: Ledger, caller: Caller, delivery_id: str) -> Case:
    """The caller's delivery. Another unit's does not exist for it: RefusedError("delivery.unknown")."""
    found = ledger.session.execute(
        select(DeliveryRow, DocumentRow, UnitRow)
        .join(DocumentRow, DocumentRow.document_id == DeliveryRow.document_id)
        .join(UnitRow, UnitRow.code == DeliveryRow.unit_code)
        .where(DeliveryRow.delivery_id == delivery_id, DeliveryRow.unit_code == caller.unit_code)
    ).one_or_none()
    if found is None:
        raise RefusedError("delivery.unknown")
    delivery, document, unit = found
    return Case(delivery, document, unit)


def view(ledger: Ledger, caller: Caller, delivery_id: str) -> DeliveryView:
    """Note the first time that a person opened the document; later ones change nothing."""
    case = own_case(ledger, caller, delivery_id)
    _advance(case, DeliveryEvent.VIEW)
    if case.delivery.viewed_at is None:
        case.delivery.viewed_at = ledger.now
        announce(ledger, caller, case, ReceiptEvent.VIEWED)
    return delivery_view(case.delivery)


def accept(ledger: Ledger, caller: Caller, delivery_id: str, request: AcceptRequest) -> DeliveryView:
    """Receive the document in law (Ordos art. 10). Raises RefusedError: accept.*, delivery.not_allowed."""
    case = own_case(ledger, caller, delivery_id)
    may_accept(ledger.exchange.profile, request.checks, case.document.body_digest).require()
    receive(ledger, caller, case)
    return delivery_view(case.delivery)


def receive(ledger: Ledger, caller: Caller, case: Case, reason: str | None = None) -> None:
    """Move a delivery to received; ``reason`` names the event where acceptance was not it."""
    _advance(case, DeliveryEvent.ACCEPT)
    case.delivery.received_at = ledger.now
    case.delivery.handled_by = caller.post
    announce(ledger, caller, case, ReceiptEvent.RECEIVED, reason)


def return_document(ledger: Ledger, caller: Caller, delivery_id: str, request: ReturnRequest) -> DeliveryView:
    """Send it back with a reason (退文). Raises RefusedError: return.note_required, delivery.not_allowed."""
    case = own_case(ledger, caller, delivery_id)
    may_return(ledger.exchange.profile, request).require()
    _advance(case, DeliveryEvent.RETURN)
    case.delivery.returned_at = ledger.now
    case.delivery.return_reason = request.reason.value
    case.delivery.return_note = request.note.strip()
    case.delivery.handled_by = caller.post
    announce(ledger, caller, case, ReceiptEvent.RETURNED, request.reason.value)
    return delivery_view(case.delivery)


def announce(
    ledger: Ledger,
    caller: Caller,
    case: Case,
    event: ReceiptEvent,
    reason: str | None = None,
    copy_number: int | None = None,
) -> None:
    """Receipt and change for both parties."""
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
    )


def _advance(case: Case, event: DeliveryEvent) -> None:
    case.delivery.state = next_delivery_state(DeliveryState(case.delivery.state), event).value
