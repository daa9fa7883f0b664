"""What changed for a unit since its cursor: one bounded page per call."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import Session

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.messages import PrintTicket, ReceiptList, SignedReceipt, SyncAnswer
from gongwen_protocol.states import DeliveryEvent, DeliveryState
from gongwen_protocol.transitions import DELIVERIES
from gongwen_server.db.tables import (
    CertificateRow,
    ChangeRow,
    CheckpointRow,
    DeliveryRow,
    DocumentRow,
    FileRow,
    LedgerRow,
    ReceiptRow,
    TicketRow,
    UploadRow,
)
from gongwen_server.log.chain import signed_receipt
from gongwen_server.services import notices
from gongwen_server.services.bell import Heads
from gongwen_server.services.evidence import growth, latest_checkpoint, signed_checkpoint
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import LEDGER_ID, ChangeKind
from gongwen_server.services.rules import rules_of
from gongwen_server.services.sessions import Caller
from gongwen_server.services.views import document_views, ticket_view

PAGE = 200

_ANY = (
    select(ChangeRow.sequence)
    .where(ChangeRow.unit_code == bindparam("unit"), ChangeRow.sequence > bindparam("cursor"))
    .limit(1)
)
_PULSE = (  # most polls ask nothing else: made once
    select(
        _ANY.scalar_subquery().label("news"),
        LedgerRow.change_sequence,
        CheckpointRow.size,
        CheckpointRow.statement,
        CheckpointRow.signature,
        CertificateRow.der,
    )
    .select_from(CheckpointRow)
    .join(CertificateRow, CertificateRow.digest == CheckpointRow.certificate_digest)
    .join(LedgerRow, LedgerRow.ledger_id == LEDGER_ID)
    .order_by(CheckpointRow.size.desc())
    .limit(1)
)
_CHANGES = (
    select(ChangeRow)
    .where(ChangeRow.unit_code == bindparam("unit"), ChangeRow.sequence > bindparam("cursor"))
    .order_by(ChangeRow.sequence)
    .limit(PAGE + 1)
)


def changes_since(exchange: Exchange, caller: Caller, cursor: int, tree: int) -> SyncAnswer:
    """The next page of changes, each thing once in its present state; and proof that the log only grew since
    its first ``tree`` leaves.

    Raises RefusedError("sync.cursor_ahead") when the client knows of changes that this exchange does not:
    its history was cut (restored from an old copy, or rewritten).
    """
    return _nothing_new(exchange, caller, cursor, tree) or _news(exchange, caller, cursor, tree)


def _nothing_new(exchange: Exchange, caller: Caller, cursor: int, tree: int) -> SyncAnswer | None:
    """The answer to a unit for which nothing changed; None when there may be more to say. Most polls end
    here, so it is one query, which sees one moment, and a second one when the log has grown."""
    with exchange.asking() as connection:
        found = connection.execute(_PULSE, {"unit": caller.unit_code, "cursor": cursor}).one_or_none()
        if found is None or found.news is not None or cursor > found.change_sequence:
            return None
        consistency = growth(connection, tree, found.size)
    return SyncAnswer(
        cursor=cursor,
        more=False,
        server_time=exchange.clock.now(),
        documents=(),
        tickets=(),
        receipts=(),
        checkpoint=signed_checkpoint(found.statement, found.signature, found.der),
        consistency=consistency,
    )


def _news(exchange: Exchange, caller: Caller, cursor: int, tree: int) -> SyncAnswer:
    with exchange.reading() as session:
        rows = session.scalars(_CHANGES, {"unit": caller.unit_code, "cursor": cursor}).all()
        page = rows[:PAGE]
        if not page and cursor > 0:
            _require_known(session, cursor)
        changed = _references(page, ChangeKind.DOCUMENT)
        documents = document_views(session, caller.unit_code, changed) if changed else ()
        sequences = [int(text) for text in _references(page, ChangeKind.RECEIPT)]
        receipts = _receipts(session, ReceiptRow.sequence.in_(sequences)) if sequences else ()
        # After the receipts: the checkpoint then reaches all of them, whoever commits meanwhile.
        checkpoint = latest_checkpoint(session)
        return SyncAnswer(
            cursor=page[-1].sequence if page else cursor,
            more=len(rows) > PAGE,
            server_time=exchange.clock.now(),
            documents=documents,
            tickets=_tickets(session, _references(page, ChangeKind.TICKET)),
            receipts=receipts,
            checkpoint=checkpoint,
            consistency=growth(session, tree, checkpoint.checkpoint.size) if checkpoint else (),
            notices=notices.find(session, _references(page, ChangeKind.NOTICE)),
        )


def has_changes(exchange: Exchange, caller: Caller, cursor: int) -> bool:
    """Whether the unit has to hear of something beyond ``cursor``."""
    with exchange.asking() as connection:
        return connection.scalar(_ANY, {"unit": caller.unit_code, "cursor": cursor}) is not None


def newest_changes(exchange: Exchange, after: int | None) -> tuple[int, Heads]:
    """The highest change number, and each unit's newest change beyond ``after`` (none asked for: none)."""
    with exchange.reading() as session:
        if after is None:
            return session.scalar(select(func.max(ChangeRow.sequence))) or 0, {}
        rows = session.execute(
            select(ChangeRow.unit_code, func.max(ChangeRow.sequence).label("newest"))
            .where(ChangeRow.sequence > after)
            .group_by(ChangeRow.unit_code)
        )
        heads: Heads = {row.unit_code: row.newest for row in rows}
        return max(heads.values(), default=after), heads


def receipts_of(exchange: Exchange, caller: Caller, document_id: str) -> ReceiptList:
    """Receipts of a document that concern the caller's unit: all for the sender; for a receiver the sending
    and its own. Raises RefusedError("document.unknown") for units that are no party."""
    with exchange.reading() as session:
        document = session.get(DocumentRow, document_id)
        own = session.scalar(
            select(DeliveryRow.delivery_id).where(
                DeliveryRow.document_id == document_id, DeliveryRow.unit_code == caller.unit_code
            )
        )
        if document is None or (document.sender_code != caller.unit_code and own is None):
            raise RefusedError("document.unknown")
        concerned = ReceiptRow.document_id == document_id
        if document.sender_code != caller.unit_code:
            concerned &= or_(ReceiptRow.delivery_id == own, ReceiptRow.delivery_id.is_(None))
        return ReceiptList(receipts=_receipts(session, concerned))


def require_party(exchange: Exchange, caller: Caller, digest: str) -> None:
    """Raise RefusedError unless the unit sent a document with this file or may fetch one that it received:
    ``blob.unknown``, or ``delivery.recalled`` and the like with the region's article; ``blob.removed`` where
    the region's time for contents is over, ``blob.lost`` where the store has lost it."""
    with exchange.reading() as session:
        parts = session.execute(
            select(DocumentRow, DeliveryRow)
            .join(FileRow, FileRow.document_id == DocumentRow.document_id)
            .outerjoin(
                DeliveryRow,
                (DeliveryRow.document_id == DocumentRow.document_id)
                & (DeliveryRow.unit_code == caller.unit_code),
            )
            .where(
                FileRow.digest == digest,
                or_(DocumentRow.sender_code == caller.unit_code, DeliveryRow.delivery_id.is_not(None)),
            )
        ).all()
        refusal, article = RefusedError("blob.unknown"), ""
        for document, delivery in parts:
            profile = rules_of(exchange, session, document)
            article = profile.article_of("retention")
            if document.sender_code == caller.unit_code:
                break
            try:
                DELIVERIES.step(DeliveryState(delivery.state), DeliveryEvent.FETCH, profile)
                break
            except RefusedError as error:
                refusal = error
        else:
            raise refusal
        if exchange.blobs.holds(digest):
            return
        # The sweep takes uploads away with the bytes, in one transaction with its record.
        uploaded = session.scalar(select(UploadRow.upload_id).where(UploadRow.digest == digest).limit(1))
        if uploaded is None:
            raise RefusedError("blob.removed", article=article)
        raise RefusedError("blob.lost")


def _require_known(session: Session, cursor: int) -> None:
    newest = session.scalar(select(LedgerRow.change_sequence).where(LedgerRow.ledger_id == LEDGER_ID))
    if newest is None or cursor > newest:
        raise RefusedError("sync.cursor_ahead")


def _references(rows: Sequence[ChangeRow], kind: ChangeKind) -> list[str]:
    """References of one kind, each once, by first mention."""
    return list(dict.fromkeys(row.reference for row in rows if row.kind == kind.value))


def _tickets(session: Session, ticket_ids: Collection[str]) -> tuple[PrintTicket, ...]:
    if not ticket_ids:
        return ()
    rows = session.execute(
        select(TicketRow, DeliveryRow)
        .join(DeliveryRow, DeliveryRow.delivery_id == TicketRow.delivery_id)
        .where(TicketRow.ticket_id.in_(ticket_ids))
        .order_by(TicketRow.delivery_id, TicketRow.copy_number, TicketRow.attempt)
    )
    return tuple(ticket_view(ticket, delivery) for ticket, delivery in rows)


def _receipts(session: Session, condition: ColumnElement[bool]) -> tuple[SignedReceipt, ...]:
    rows = session.execute(
        select(ReceiptRow, CertificateRow.der)
        .join(CertificateRow, CertificateRow.digest == ReceiptRow.certificate_digest)
        .where(condition)
        .order_by(ReceiptRow.sequence)
    )
    return tuple(signed_receipt(row.statement, row.signature, certificate) for row, certificate in rows)
