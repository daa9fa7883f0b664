"""Keys of the 验证印章 and the statements that they sign, as a client would send them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

from gongwen_crypto.issue import Subject, Usage, issue, make_root
from gongwen_crypto.software import SoftwareSigner
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import DocumentView, PrintStatement, PrintTicket, TicketSettle


def certified(unit: str, days: int = 300, usage: Usage = Usage.SIGNING) -> SoftwareSigner:
    """A key with a certificate of ``unit`` that ends in ``days``."""
    now = datetime.now(UTC)
    root = make_root(Subject("根", "根"), now - timedelta(days=900), now + timedelta(days=900))
    signer = SoftwareSigner.generate()
    start, end = now - timedelta(days=400), now + timedelta(days=days)
    return signer.with_certificate(issue(root, Subject(unit, unit), signer.public_key, usage, start, end))


def statement_about(document: DocumentView, tickets: tuple[PrintTicket, ...]) -> PrintStatement:
    """What is signed about the copies of one act of printing."""
    return PrintStatement(
        delivery_id=tickets[0].delivery_id,
        document_id=document.document_id,
        document_digest=document.body.digest,
        tickets=tuple(ticket.ticket_id for ticket in tickets),
        copy_numbers=tuple(ticket.copy_number for ticket in tickets),
        printer="一号打印机",
        key_serial="V-1",
        at=datetime.now(UTC),
    )


def signed(statement: PrintStatement, signer: SoftwareSigner) -> TicketSettle:
    """The body that settles a copy."""
    return TicketSettle(
        statement=statement,
        certificate=base64.b64encode(signer.certificate_der).decode(),
        signature=base64.b64encode(signer.sign(canonical_bytes(statement))).decode(),
    )
