"""Rows as the messages that both sides know."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import BindParameter, bindparam, or_, select
from sqlalchemy.orm import Session

from gongwen_protocol.actions import MeetingCall, MeetingReply, SpecialAttachment
from gongwen_protocol.checkpoints import SignedCheckpoint
from gongwen_protocol.contacts import UnitContact
from gongwen_protocol.messages import (
    DeliveryView,
    DocumentView,
    Elements,
    FileReference,
    PrintTicket,
    RecipientRole,
    SealFact,
    Unit,
)
from gongwen_protocol.secrecy import Cipher
from gongwen_protocol.states import DeliveryState, TicketState
from gongwen_server.db.tables import DeliveryRow, DocumentRow, FileRow, TicketRow, UnitRow
from gongwen_server.services.following import Following

SEALS = TypeAdapter(tuple[SealFact, ...])
SPECIAL = TypeAdapter(tuple[SpecialAttachment, ...])
CONTACTS = TypeAdapter(tuple[UnitContact, ...])

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_DOCUMENTS = select(DocumentRow).where(DocumentRow.document_id.in_(_IDS))
_FILES = select(FileRow).where(FileRow.document_id.in_(_IDS)).order_by(FileRow.position)
_VISIBLE = (
    select(DeliveryRow)
    .join(DocumentRow, DocumentRow.document_id == DeliveryRow.document_id)
    .where(
        DeliveryRow.document_id.in_(_IDS),
        or_(DocumentRow.sender_code == bindparam("unit"), DeliveryRow.unit_code == bindparam("unit")),
    )
    .order_by(DeliveryRow.position)
)


def encoded(data: bytes) -> str:
    """Base64 as messages carry it."""
    return base64.b64encode(data).decode()


def unit_view(row: UnitRow, *, enabled: bool) -> Unit:
    """A unit of the directory."""
    return Unit(
        code=row.code,
        name=row.name,
        short_name=row.short_name,
        region=row.region,
        rank=row.rank,
        enabled=enabled,
        contact=row.contact,
        plates=tuple(json.loads(row.plates)),
        batch=row.batch,
        enabled_from=row.enabled_from,
        successor_code=row.successor_code,
        successor_since=row.successor_since,
        contacts=CONTACTS.validate_json(row.contacts),
        contacts_confirmed=row.contacts_confirmed_at,
    )


def delivery_view(session: Session, row: DeliveryRow) -> DeliveryView:
    """The state of one delivery."""
    return delivery_views(session, [row])[0]


def delivery_views(session: Session, rows: Sequence[DeliveryRow]) -> tuple[DeliveryView, ...]:
    """The states of deliveries, with all that followed on them."""
    more = Following(session, [row.delivery_id for row in rows])
    return tuple(_delivery_view(row, more) for row in rows)


def _delivery_view(row: DeliveryRow, more: Following) -> DeliveryView:
    return DeliveryView(
        delivery_id=row.delivery_id,
        document_id=row.document_id,
        unit_code=row.unit_code,
        unit_name=row.unit_name,
        role=RecipientRole(row.role),
        copies=row.copies,
        printed=row.printed,
        state=DeliveryState(row.state),
        delivered_at=row.delivered_at,
        viewed_at=row.viewed_at,
        received_at=row.received_at,
        returned_at=row.returned_at,
        return_reason=row.return_reason,
        return_note=row.return_note,
        handled_by=row.handled_by,
        revision=row.revision,
        round=row.round,
        verified_at=row.verified_at,
        receipt_by=row.receipt_by,
        recalled_at=row.recalled_at,
        replaced_by=row.replaced_by,
        paper_since=row.paper_since,
        paper_arrived_at=row.paper_arrived_at,
        sender_note=row.sender_note,
        ranges=more.ranges(row.delivery_id),
        reminders=more.reminders(row.delivery_id),
        requests=more.requests(row.delivery_id),
        arrivals=more.arrivals(row.delivery_id),
        reply=MeetingReply.model_validate_json(row.reply) if row.reply else None,
    )


def ticket_view(row: TicketRow, delivery: DeliveryRow) -> PrintTicket:
    """A numbered copy."""
    return PrintTicket(
        ticket_id=row.ticket_id,
        delivery_id=row.delivery_id,
        document_id=delivery.document_id,
        copy_number=row.copy_number,
        copies=delivery.copies,
        attempt=row.attempt,
        printer=row.printer,
        state=TicketState(row.state),
        changed_at=row.changed_at,
        void_reason=row.void_reason,
        by_post=row.by_post,
    )


def document_views(session: Session, unit_code: str, document_ids: Sequence[str]) -> tuple[DocumentView, ...]:
    """Documents as ``unit_code`` may see them: the sender all deliveries, a receiver its own, in order."""
    ids = list(document_ids)
    documents = _by_id(session.scalars(_DOCUMENTS, {"ids": ids}))
    files: dict[str, list[FileRow]] = defaultdict(list)
    for file in session.scalars(_FILES, {"ids": ids}):
        files[file.document_id].append(file)
    found = session.scalars(_VISIBLE, {"ids": ids, "unit": unit_code}).all()
    deliveries: dict[str, list[DeliveryView]] = defaultdict(list)
    for delivery in delivery_views(session, found):
        deliveries[delivery.document_id].append(delivery)
    return tuple(_document_view(documents[one], files[one], deliveries[one]) for one in document_ids)


def file_reference(row: FileRow) -> FileReference:
    """A file as its document names it."""
    if not row.plain_digest:
        return FileReference(name=row.name, digest=row.digest, size=row.size)
    cipher = Cipher(digest=row.digest, size=row.size)
    return FileReference(name=row.name, digest=row.plain_digest, size=row.plain_size, cipher=cipher)


def _by_id(rows: Iterable[DocumentRow]) -> Mapping[str, DocumentRow]:
    return {row.document_id: row for row in rows}


def _document_view(
    row: DocumentRow, files: Sequence[FileRow], deliveries: Sequence[DeliveryView]
) -> DocumentView:
    references = [file_reference(file) for file in files]
    return DocumentView(
        document_id=row.document_id,
        sender_code=row.sender_code,
        sender_name=row.sender_name,
        sent_at=row.sent_at,
        elements=Elements.model_validate_json(row.elements),
        body=references[0],
        attachments=tuple(references[1:]),
        seals=SEALS.validate_json(row.seals),
        profile_id=row.profile_id,
        deliveries=tuple(deliveries),
        profile_version=row.profile_version,
        replaces=row.replaces,
        special_attachments=SPECIAL.validate_json(row.special_attachments),
        meeting=MeetingCall.model_validate_json(row.meeting) if row.meeting else None,
        seen=SignedCheckpoint.model_validate_json(row.seen) if row.seen else None,
    )
