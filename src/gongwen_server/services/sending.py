"""Sending: a document, its deliveries and the signed receipts of both become true in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.decisions import SendFacts, may_send
from gongwen_protocol.messages import DocumentView, FileReference, ReceiptEvent, SendRequest
from gongwen_protocol.profile import BodyFormat
from gongwen_protocol.states import DeliveryState
from gongwen_server.db.tables import DeliveryRow, DocumentRow, FileRow, UnitRow, UploadRow
from gongwen_server.services import uploads
from gongwen_server.services.accounts import Caller
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import ChangeKind, Ledger
from gongwen_server.services.views import SEALS, document_views

_SIGNATURES = {
    BodyFormat.OFD: (".ofd", b"PK\x03\x04"),
    BodyFormat.PDF: (".pdf", b"%PDF-"),
    BodyFormat.CEB: (".ceb", b"Founder CEB"),
}


def send(ledger: Ledger, caller: Caller, request: SendRequest) -> DocumentView:
    """Accept a document for delivery.

    Raises RefusedError: send.* (profile, files, recipients), document.id_taken.
    """
    exchange, session = ledger.exchange, ledger.session
    _require_own_files(session, caller, request)
    _require_profile(exchange, request)
    if session.get(DocumentRow, request.document_id) is not None:
        raise RefusedError("document.id_taken")
    units = _recipients(session, caller, request)
    document = DocumentRow(
        document_id=request.document_id,
        sender_code=caller.unit_code,
        sender_name=caller.unit_name,
        sent_at=ledger.now,
        elements=request.elements.model_dump_json(),
        seals=SEALS.dump_json(request.seals).decode(),
        profile_id=request.profile_id,
        body_digest=request.body.digest,
    )
    session.add(document)
    session.flush()
    session.execute(
        insert(FileRow),
        [
            {"document_id": request.document_id, "position": position, **file.model_dump()}
            for position, file in enumerate((request.body, *request.attachments))
        ],
    )
    deliveries = _deliver(ledger, request, units)
    _state(ledger, caller, document, deliveries, units)
    return document_views(session, caller.unit_code, [request.document_id])[0]


def _require_own_files(session: Session, caller: Caller, request: SendRequest) -> None:
    """Every file is a finished upload of this unit: naming another's digest gives no access to its bytes."""
    for file in (request.body, *request.attachments):
        known = session.scalar(
            select(UploadRow.upload_id).where(
                UploadRow.unit_code == caller.unit_code,
                UploadRow.digest == file.digest,
                UploadRow.length == file.size,
                UploadRow.state == uploads.COMPLETE,
            )
        )
        if known is None:
            raise RefusedError("send.file_missing", name=file.name)


def _require_profile(exchange: Exchange, request: SendRequest) -> None:
    if request.profile_id != exchange.profile.profile_id:
        raise RefusedError("send.other_profile", profile=exchange.profile.rule_name)
    elements = request.elements
    names = (request.body.name, *(file.name for file in request.attachments))
    facts = SendFacts(
        body_format=_format(exchange, request.body),
        size=request.body.size + sum(file.size for file in request.attachments),
        urgency=elements.urgency,
        texts=(elements.title, elements.doc_number, elements.doc_kind, *names),
        copies=tuple(recipient.copies for recipient in request.recipients),
    )
    may_send(exchange.profile, facts).require()


def _format(exchange: Exchange, body: FileReference) -> str:
    """The body's format by name and first bytes, or empty: both must agree."""
    start = exchange.blobs.head(body.digest, 16)
    for body_format, (suffix, signature) in _SIGNATURES.items():
        if body.name.lower().endswith(suffix) and start.startswith(signature):
            return body_format.value
    return ""


def _recipients(session: Session, caller: Caller, request: SendRequest) -> dict[str, UnitRow]:
    codes = [recipient.unit_code for recipient in request.recipients]
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
        if not unit.enabled:
            raise RefusedError("send.recipient_not_enabled", unit=unit.name)
        seen.add(code)
    return units


def _deliver(ledger: Ledger, request: SendRequest, units: dict[str, UnitRow]) -> Sequence[DeliveryRow]:
    rows = [
        DeliveryRow(
            delivery_id=uuid.uuid4().hex,
            document_id=request.document_id,
            position=position,
            unit_code=recipient.unit_code,
            unit_name=units[recipient.unit_code].name,
            role=recipient.role.value,
            copies=recipient.copies,
            printed=0,
            state=DeliveryState.DELIVERED.value,
            delivered_at=ledger.now,
        )
        for position, recipient in enumerate(request.recipients)
    ]
    ledger.session.add_all(rows)
    ledger.session.flush()
    return rows


def _state(
    ledger: Ledger,
    caller: Caller,
    document: DocumentRow,
    deliveries: Sequence[DeliveryRow],
    units: dict[str, UnitRow],
) -> None:
    """One ``sent`` receipt for all, one ``delivered`` receipt for each unit and the sender."""
    receivers = [delivery.unit_code for delivery in deliveries]
    for unit_code in (caller.unit_code, *receivers):
        ledger.changed(unit_code, ChangeKind.DOCUMENT, document.document_id)
    ledger.state(
        ReceiptEvent.SENT, document, units[caller.unit_code], caller.post, (caller.unit_code, *receivers)
    )
    for delivery in deliveries:
        ledger.state(
            ReceiptEvent.DELIVERED,
            document,
            units[delivery.unit_code],
            "",
            (caller.unit_code, delivery.unit_code),
            delivery=delivery,
        )
