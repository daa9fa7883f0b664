"""Marks on printed copies (验真码): signed when a copy is spooled, told about to whoever holds the paper."""

from __future__ import annotations

import base64

from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.copy_marks import CopyMark, CopyMarkStatus, mark_text, read_mark
from gongwen_protocol.messages import Elements
from gongwen_protocol.states import TicketState
from gongwen_server.db.tables import DeliveryRow, DocumentRow, TicketRow, UnitRow
from gongwen_server.services.deliveries import Case
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import Ledger


def issue(ledger: Ledger, case: Case, ticket: TicketRow) -> str:
    """The text of the mark for a copy that goes to the printer now."""
    mark = CopyMark(
        ticket_id=ticket.ticket_id,
        document_digest=case.document.body_digest,
        copy_number=ticket.copy_number,
        attempt=ticket.attempt,
        unit_code=case.unit.code,
        at=ledger.now,
    )
    return mark_text(mark, ledger.exchange.signer)


def status(exchange: Exchange, text: str) -> CopyMarkStatus:
    """What became of the copy that a mark names. Without a genuine mark nothing is told.

    Raises RefusedError: copy_mark.forged, copy_mark.unknown (a genuine one of before a restoration).
    """
    try:
        read = read_mark(text)
    except KnownError as error:
        raise RefusedError("copy_mark.forged") from error
    former = (base64.b64decode(handover.seal.certificate) for handover in exchange.handovers)
    if not read.signed_by((exchange.signer.certificate_der, *former)):
        raise RefusedError("copy_mark.forged")
    with exchange.reading() as session:
        ticket = session.get(TicketRow, read.mark.ticket_id)
        if ticket is None:
            raise RefusedError("copy_mark.unknown")
        delivery = session.get_one(DeliveryRow, ticket.delivery_id)
        document = session.get_one(DocumentRow, delivery.document_id)
        elements = Elements.model_validate_json(document.elements)
        return CopyMarkStatus(
            ticket_id=ticket.ticket_id,
            document_digest=document.body_digest,
            state=TicketState(ticket.state),
            copy_number=ticket.copy_number,
            copies=delivery.copies,
            unit_name=session.get_one(UnitRow, delivery.unit_code).name,
            sender_name=document.sender_name,
            doc_number=elements.doc_number,
            title=elements.title,
            changed_at=ticket.changed_at,
            void_reason=ticket.void_reason,
        )
