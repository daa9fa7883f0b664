"""The log as clients ask for it: the latest checkpoint, proof of growth, proof that a receipt is in it."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.checkpoints import Checkpoint, GrowthProof, InclusionProof, SignedCheckpoint
from gongwen_protocol.merkle import leaf_hash
from gongwen_protocol.signatures import Seal
from gongwen_server.db.tables import (
    AuditRow,
    CertificateRow,
    CheckpointRow,
    DeliveryRow,
    DocumentRow,
    LeafRow,
    LedgerRow,
    ReceiptRow,
)
from gongwen_server.log.tree import GrowingTree, prove_consistency, prove_inclusion
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import LEDGER_ID, LeafKind, Ledger, read_nodes
from gongwen_server.services.sessions import Caller
from gongwen_server.services.views import encoded

_LATEST = (  # every poll asks it: made once
    select(CheckpointRow, CertificateRow.der)
    .join(CertificateRow, CertificateRow.digest == CheckpointRow.certificate_digest)
    .order_by(CheckpointRow.size.desc())
    .limit(1)
)


def latest_checkpoint(session: Session) -> SignedCheckpoint | None:
    """What the exchange commits to now; None before the first statement."""
    found = session.execute(_LATEST).one_or_none()
    if found is None:
        return None
    row, certificate = found
    return signed_checkpoint(row.statement, row.signature, certificate)


@lru_cache(maxsize=4)
def signed_checkpoint(statement: bytes, signature: bytes, certificate: bytes) -> SignedCheckpoint:
    """The message for what is stored; until the log grows every poll brings the same."""
    return SignedCheckpoint(
        checkpoint=Checkpoint.model_validate_json(statement),
        seal=Seal(signature=encoded(signature), certificate=encoded(certificate)),
    )


def growth(session: Session | Connection, old: int, new: int) -> tuple[str, ...]:
    """Proof that the log of ``old`` leaves is the beginning of that of ``new``. Raises
    RefusedError("sync.cursor_ahead") when the client has seen more than there is."""
    if old > new:
        raise RefusedError("sync.cursor_ahead")
    if old == new:
        return ()
    return tuple(step.hex() for step in prove_consistency(old, new, lambda asked: read_nodes(session, asked)))


def prove_growth(exchange: Exchange, old: int, new: int) -> GrowthProof:
    """The proof between any two states of the log. Raises RefusedError("log.no_such_states")."""
    with exchange.reading() as session:
        tree_size = session.scalar(select(LedgerRow.tree_size).where(LedgerRow.ledger_id == LEDGER_ID)) or 0
        if not old <= new <= tree_size:
            raise RefusedError("log.no_such_states", size=tree_size)
        return GrowthProof(path=growth(session, old, new))


def proof_of(exchange: Exchange, caller: Caller, sequence: int, size: int) -> InclusionProof:
    """Path of a receipt in the log's first ``size`` leaves. Raises RefusedError("receipt.unknown") for a
    receipt that does not concern the unit, or that is not among those leaves."""
    with exchange.reading() as session:
        concerned = session.scalar(
            select(ReceiptRow.sequence)
            .join(DocumentRow, DocumentRow.document_id == ReceiptRow.document_id)
            .outerjoin(DeliveryRow, DeliveryRow.document_id == ReceiptRow.document_id)
            .where(
                ReceiptRow.sequence == sequence,
                (DocumentRow.sender_code == caller.unit_code)
                | (
                    (DeliveryRow.unit_code == caller.unit_code)
                    & (ReceiptRow.delivery_id.is_(None) | (ReceiptRow.delivery_id == DeliveryRow.delivery_id))
                ),
            )
            .limit(1)
        )
        leaf = session.scalar(
            select(LeafRow.position).where(
                LeafRow.kind == LeafKind.RECEIPT.value, LeafRow.sequence == sequence
            )
        )
        tree_size = session.scalar(select(LedgerRow.tree_size).where(LedgerRow.ledger_id == LEDGER_ID)) or 0
        if concerned is None or leaf is None or not leaf < size <= tree_size:
            raise RefusedError("receipt.unknown")
        path = prove_inclusion(leaf, size, lambda asked: read_nodes(session, asked))
    return InclusionProof(index=leaf, size=size, path=tuple(step.hex() for step in path))


def catch_up(exchange: Exchange, session: Session) -> None:
    """Receipts from before there was a log become its first leaves."""
    logged = session.scalar(
        select(func.count()).select_from(LeafRow).where(LeafRow.kind == LeafKind.RECEIPT.value)
    )
    missing = session.execute(
        select(ReceiptRow.sequence, ReceiptRow.statement)
        .where(ReceiptRow.sequence > (logged or 0))
        .order_by(ReceiptRow.sequence)
    ).all()
    if not missing:
        return
    ledger = Ledger(exchange, session)
    for sequence, statement in missing:
        ledger.log(LeafKind.RECEIPT, sequence, statement)
    ledger.close()


def broken_at(exchange: Exchange) -> int | None:
    """Compute the whole log again from what is stored; the first leaf whose node says otherwise, or None.

    For inspections and after a restored backup: clients find a rewritten history by themselves.
    """
    with exchange.reading() as session:
        statements = {
            LeafKind.RECEIPT.value: {
                row.sequence: row.statement for row in session.scalars(select(ReceiptRow))
            },
            LeafKind.AUDIT.value: {row.sequence: row.statement for row in session.scalars(select(AuditRow))},
        }
        tree = GrowingTree(0, lambda _: {})
        for leaf in session.scalars(select(LeafRow).order_by(LeafRow.position)):
            statement = statements[leaf.kind].pop(leaf.sequence, None)
            stored = read_nodes(session, [2 * leaf.position]).get(2 * leaf.position)
            if statement is None or leaf_hash(statement) != stored or tree.append(statement) != leaf.position:
                return leaf.position
        checkpoint = latest_checkpoint(session)
        whole = checkpoint is None or (
            checkpoint.checkpoint.size == tree.size and checkpoint.checkpoint.root == tree.root().hex()
        )
        return None if whole and not any(statements.values()) else tree.size
