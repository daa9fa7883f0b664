"""The exchange's book, opened for one transaction: receipts and changes are written with their cause.

The ledger's single row is locked first. So accepted changes have one order, on PostgreSQL as on SQLite: no
receipt is skipped in the chain, and no poll can overtake a change that commits later with a smaller number.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Session

from gongwen_crypto.errors import BugError
from gongwen_protocol.basics import Message
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.checkpoints import Checkpoint
from gongwen_protocol.messages import ReceiptEvent
from gongwen_server.db.database import insert_many
from gongwen_server.db.tables import (
    AuditRow,
    ChangeRow,
    CheckpointRow,
    DeliveryRow,
    DocumentRow,
    LeafRow,
    LedgerRow,
    NodeRow,
    ReceiptRow,
    UnitRow,
)
from gongwen_server.log.chain import ReceiptChain, Statement
from gongwen_server.log.tree import GrowingTree
from gongwen_server.services.exchange import Exchange

LEDGER_ID = 1


class ChangeKind(StrEnum):
    """What changed for a unit."""

    DOCUMENT = "document"
    TICKET = "ticket"
    RECEIPT = "receipt"
    NOTICE = "notice"


class LeafKind(StrEnum):
    """What a leaf of the log is about."""

    RECEIPT = "receipt"
    AUDIT = "audit"


class AuditEntry(Message):
    """One act of administration, by whom and on what."""

    sequence: int
    at: datetime
    actor: str
    action: str
    subject: str
    facts: dict[str, str]


class Ledger:
    """Collects what one transaction states and whom it concerns; ``close`` writes all of it."""

    def __init__(self, exchange: Exchange, session: Session) -> None:
        row = session.scalar(select(LedgerRow).where(LedgerRow.ledger_id == LEDGER_ID).with_for_update())
        if row is None:
            raise BugError("exchange.ledger_missing")
        self.session = session
        self.exchange = exchange
        self.now: datetime = exchange.clock.now()
        self._row = row
        self._chain = ReceiptChain(exchange.signer, row.receipt_sequence, row.receipt_digest)
        self._changes = row.change_sequence
        self._audit = row.audit_sequence
        self._tree = GrowingTree(row.tree_size, self._nodes)
        self._receipt_rows: list[dict[str, Any]] = []
        self._change_rows: list[dict[str, Any]] = []
        self._leaf_rows: list[dict[str, Any]] = []
        self._audit_rows: list[dict[str, Any]] = []

    def state(
        self,
        event: ReceiptEvent,
        document: DocumentRow,
        party: UnitRow,
        by_post: str,
        hearers: Iterable[str],
        *,
        delivery: DeliveryRow | None = None,
        copy_number: int | None = None,
        reason: str | None = None,
        said: str | None = None,
    ) -> None:
        """Make a signed receipt about ``party`` and let ``hearers`` (unit codes) know of it."""
        link = self._chain.state(
            Statement(
                event=event,
                document_id=document.document_id,
                body_digest=document.body_digest,
                unit_code=party.code,
                unit_name=party.name,
                at=self.now,
                by_post=by_post,
                delivery_id=delivery.delivery_id if delivery else None,
                copy_number=copy_number,
                reason=reason,
                said=said,
            )
        )
        self.log(LeafKind.RECEIPT, link.sequence, link.statement)
        self._receipt_rows.append(
            {
                "sequence": link.sequence,
                "document_id": document.document_id,
                "delivery_id": delivery.delivery_id if delivery else None,
                "statement": link.statement,
                "signature": link.signature,
                "certificate_digest": self.exchange.certificate_digest,
            }
        )
        for unit_code in hearers:
            self.changed(unit_code, ChangeKind.RECEIPT, str(link.sequence))

    def changed(self, unit_code: str, kind: ChangeKind, reference: str) -> None:
        """Note that ``unit_code`` has to hear of a document, ticket or receipt."""
        self._changes += 1
        self._change_rows.append(
            {"sequence": self._changes, "unit_code": unit_code, "kind": kind.value, "reference": reference}
        )

    def note(self, actor: str, action: str, subject: str, **facts: str) -> None:
        """Put an act of administration on record. No secret may be among ``facts``."""
        self._audit += 1
        entry = AuditEntry(
            sequence=self._audit, at=self.now, actor=actor, action=action, subject=subject, facts=facts
        )
        statement = canonical_bytes(entry)
        self.log(LeafKind.AUDIT, entry.sequence, statement)
        self._audit_rows.append({"sequence": entry.sequence, "statement": statement})

    def log(self, kind: LeafKind, sequence: int, statement: bytes) -> None:
        """Make a statement the next leaf of the log."""
        position = self._tree.append(statement)
        self._leaf_rows.append({"position": position, "kind": kind.value, "sequence": sequence})

    def close(self) -> None:
        """Write receipts, acts, changes, the log's new nodes and checkpoint, and the new heads."""
        self.session.flush()
        for table, rows in (
            (ReceiptRow, self._receipt_rows),
            (AuditRow, self._audit_rows),
            (LeafRow, self._leaf_rows),
            (NodeRow, [{"number": number, "hash": value} for number, value in self._tree.fresh.items()]),
            (ChangeRow, self._change_rows),
        ):
            insert_many(self.session, table, rows)
        if self._leaf_rows:
            self._sign_checkpoint()
        self._row.receipt_sequence = self._chain.sequence
        self._row.receipt_digest = self._chain.digest
        self._row.change_sequence = self._changes
        self._row.audit_sequence = self._audit
        self._row.tree_size = self._tree.size
        self.session.flush()

    def _sign_checkpoint(self) -> None:
        statement = canonical_bytes(
            Checkpoint(
                origin=self.exchange.name,
                size=self._tree.size,
                root=self._tree.root().hex(),
                at=self.now,
            )
        )
        self.session.add(
            CheckpointRow(
                size=self._tree.size,
                statement=statement,
                signature=self.exchange.signer.sign(statement),
                certificate_digest=self.exchange.certificate_digest,
            )
        )

    def _nodes(self, numbers: Iterable[int]) -> dict[int, bytes]:
        return read_nodes(self.session, numbers)


_NODES = select(NodeRow.number, NodeRow.hash).where(NodeRow.number.in_(bindparam("numbers", expanding=True)))


def read_nodes(session: Session | Connection, numbers: Iterable[int]) -> dict[int, bytes]:
    """Stored nodes of the log by their numbers."""
    rows = session.execute(_NODES, {"numbers": list(numbers)})
    return {row.number: row.hash for row in rows}
