"""Sending: a document, its deliveries and the signed receipts of both become true in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.canonical import canonical_digest
from gongwen_protocol.decisions import SendFacts, may_attach_on_paper, may_call_meeting, may_send
from gongwen_protocol.identifiers import read_identifier
from gongwen_protocol.messages import DocumentView, FileReference, ReceiptEvent, Recipient, SendRequest
from gongwen_protocol.profile import BodyFormat
from gongwen_protocol.states import DeliveryState
from gongwen_server.db.tables import DeliveryRow, DocumentRow, FileRow, UnitRow, UploadRow
from gongwen_server.services import seal_ledgers, uploads
from gongwen_server.services.copies import issue_ranges
from gongwen_server.services.deadlines import deadline
from gongwen_server.services.directory import is_open_now, require_unfollowed
from gongwen_server.services.envelopes import enter_envelopes, require_envelopes, require_protection
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import ChangeKind, Ledger
from gongwen_server.services.replacing import replace_old
from gongwen_server.services.sessions import Caller
from gongwen_server.services.views import SEALS, SPECIAL, document_views

_SIGNATURES = {
    BodyFormat.OFD: (".ofd", b"PK\x03\x04"),
    BodyFormat.PDF: (".pdf", b"%PDF-"),
    BodyFormat.CEB: (".ceb", b"Founder CEB"),
}


def send(ledger: Ledger, caller: Caller, request: SendRequest) -> DocumentView:
    """Accept a document for delivery.

    Raises RefusedError: send.* (profile, files, recipients), secrecy.*, document.id_taken.
    """
    exchange, session = ledger.exchange, ledger.session
    _require_own_files(session, caller, request)
    _require_profile(exchange, request)
    require_protection(exchange, request)
    if session.get(DocumentRow, request.document_id) is not None:
        raise RefusedError("document.id_taken")
    units = known_recipients(exchange, session, caller, request.recipients)
    if request.end_to_end:
        require_envelopes(ledger, exchange.profile, request.envelopes, units.values())
    document = DocumentRow(
        document_id=request.document_id,
        sender_code=caller.unit_code,
        sender_name=caller.unit_name,
        sent_at=ledger.now,
        elements=request.elements.model_dump_json(),
        seals=SEALS.dump_json(request.seals).decode(),
        profile_id=request.profile_id,
        profile_version=request.profile_version,
        body_digest=request.body.digest,
        replaces=request.replaces,
        special_attachments=SPECIAL.dump_json(request.special_attachments).decode(),
        meeting=request.meeting.model_dump_json() if request.meeting else "",
        end_to_end=int(request.end_to_end),
        seen=request.seen.model_dump_json() if request.seen else "",
    )
    session.add(document)
    session.flush()
    session.execute(
        insert(FileRow),
        [
            {"document_id": request.document_id, "position": position, **_file_columns(file)}
            for position, file in enumerate((request.body, *request.attachments))
        ],
    )
    enter_envelopes(session, request.document_id, request.envelopes)
    deliveries = enter_deliveries(ledger, request.document_id, request.recipients, units)
    receivers = [delivery.unit_code for delivery in deliveries]
    head = request.seal_ledger
    if head is not None:
        seal_ledgers.witness(ledger, caller, document.document_id, head)
    ledger.state(
        ReceiptEvent.SENT,
        document,
        units[caller.unit_code],
        caller.post,
        (caller.unit_code, *receivers),
        said=None if head is None else canonical_digest(head),
    )
    state_delivered(ledger, document, deliveries, units)
    if request.replaces is not None:
        replace_old(ledger, caller, request.replaces, document.document_id, receivers)
    return document_views(session, caller.unit_code, [request.document_id])[0]


def _file_columns(file: FileReference) -> dict[str, str | int]:
    stored = file.stored
    columns: dict[str, str | int] = {"name": file.name, "digest": stored.digest, "size": stored.size}
    if file.cipher is None:
        return columns | {"plain_digest": "", "plain_size": 0}
    return columns | {"plain_digest": file.digest, "plain_size": file.size}


def _require_own_files(session: Session, caller: Caller, request: SendRequest) -> None:
    """Every file is a finished upload of this unit: naming another's digest gives no access to its bytes."""
    for file in (request.body, *request.attachments):
        known = session.scalar(
            select(UploadRow.upload_id).where(
                UploadRow.unit_code == caller.unit_code,
                UploadRow.digest == file.stored.digest,
                UploadRow.length == file.stored.size,
                UploadRow.state == uploads.COMPLETE,
            )
        )
        if known is None:
            raise RefusedError("send.file_missing", name=file.name)


def _require_profile(exchange: Exchange, request: SendRequest) -> None:
    if (request.profile_id, request.profile_version) != exchange.profile.key:
        raise RefusedError("send.other_profile", profile=exchange.profile.rule_name)
    elements = request.elements
    if elements.identifier:
        read_identifier(elements.identifier)
    names = (request.body.name, *(file.name for file in request.attachments))
    facts = SendFacts(
        body_format=_format(exchange, request.body),
        size=request.body.size + sum(file.size for file in request.attachments),
        urgency=elements.urgency,
        texts=(
            *(elements.title, elements.doc_number, elements.doc_kind, *names),
            *(attachment.name for attachment in request.special_attachments),
        ),
        copies=tuple(recipient.copies for recipient in request.recipients),
    )
    may_send(exchange.profile, facts).require()
    may_attach_on_paper(exchange.profile, len(request.special_attachments)).require()
    may_call_meeting(exchange.profile, request.meeting is not None).require()


def _format(exchange: Exchange, body: FileReference) -> str:
    """The body's format by name and first bytes, or empty: both must agree. Of an encrypted one the exchange
    sees the name only; the receiver's verification sees the rest."""
    start = exchange.blobs.head(body.stored.digest, 16)
    for body_format, (suffix, signature) in _SIGNATURES.items():
        fits = body.cipher is not None or start.startswith(signature)
        if body.name.lower().endswith(suffix) and fits:
            return body_format.value
    return ""


def known_recipients(
    exchange: Exchange, session: Session, caller: Caller, recipients: Sequence[Recipient]
) -> dict[str, UnitRow]:
    """The addressed units and the caller's own, by code. Raises RefusedError: send.recipient_*,
    send.unit_superseded."""
    codes = [recipient.unit_code for recipient in recipients]
    rows = session.scalars(select(UnitRow).where(UnitRow.code.in_([*codes, caller.unit_code])))
    units = {row.code: row for row in rows}
    seen: set[str] = set()
    for code in codes:
        unit = units.get(code)
        if unit is None:
            raise RefusedError("send.recipient_unknown", unit=code)
        if code in seen:
            raise RefusedError("send.recipient_twice", unit=unit.name)
        if code == caller.unit_code:
            raise RefusedError("send.recipient_self", unit=unit.name)
        require_unfollowed(exchange, session, unit)
        if not is_open_now(exchange, unit):
            raise RefusedError("send.recipient_not_enabled", unit=unit.name)
        seen.add(code)
    return units


def enter_deliveries(
    ledger: Ledger,
    document_id: str,
    recipients: Sequence[Recipient],
    units: dict[str, UnitRow],
    begin: int = 0,
) -> Sequence[DeliveryRow]:
    """Deliveries to ``recipients`` from place ``begin`` on, with their copy numbers."""
    due_at = deadline(ledger, ledger.session.get_one(DocumentRow, document_id))
    rows = [
        DeliveryRow(
            delivery_id=uuid.uuid4().hex,
            document_id=document_id,
            position=position,
            unit_code=recipient.unit_code,
            unit_name=units[recipient.unit_code].name,
            role=recipient.role.value,
            copies=recipient.copies,
            printed=0,
            state=DeliveryState.DELIVERED.value,
            delivered_at=ledger.now,
            due_at=due_at,
        )
        for position, recipient in enumerate(recipients, begin)
    ]
    ledger.session.add_all(rows)
    ledger.session.flush()
    issue_ranges(ledger.session, document_id, [(row.delivery_id, row.copies) for row in rows])
    return rows


def state_delivered(
    ledger: Ledger,
    document: DocumentRow,
    deliveries: Sequence[DeliveryRow],
    units: dict[str, UnitRow],
) -> None:
    """A ``delivered`` receipt for each unit and the sender, who all hear of the document."""
    for unit_code in (document.sender_code, *(delivery.unit_code for delivery in deliveries)):
        ledger.changed(unit_code, ChangeKind.DOCUMENT, document.document_id)
    for delivery in deliveries:
        ledger.state(
            ReceiptEvent.DELIVERED,
            document,
            units[delivery.unit_code],
            "",
            (document.sender_code, delivery.unit_code),
            delivery=delivery,
        )
