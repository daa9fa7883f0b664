"""The exchange's book, opened for one transaction: receipts and changes are written with their cause.

The ledger's single row is locked first. So accepted changes have one order, on PostgreSQL as on SQLite: no
receipt is skipped in the chain, and no poll can overtake a change that commits later with a smaller number.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from gongwen_crypto.errors import BugError
from gongwen_protocol.messages import ReceiptEvent
from gongwen_server.db.tables import ChangeRow, DeliveryRow, DocumentRow, LedgerRow, ReceiptRow, UnitRow
from gongwen_server.log.chain import ReceiptChain, Statement
from gongwen_server.services.exchange import Exchange

LEDGER_ID = 1


class ChangeKind(StrEnum):
    """What changed for a unit."""

    DOCUMENT = "document"
    TICKET = "ticket"
    RECEIPT = "receipt"


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
        self._receipt_rows: list[dict[str, Any]] = []
        self._change_rows: list[dict[str, Any]] = []

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
            )
        )
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

    def close(self) -> None:
        """Write receipts, changes and the new heads."""
        self.session.flush()
        if self._receipt_rows:
            self.session.execute(insert(ReceiptRow), self._receipt_rows)
        if self._change_rows:
            self.session.execute(insert(ChangeRow), self._change_rows)
        self._row.receipt_sequence = self._chain.sequence
        self._row.receipt_digest = self._chain.digest
        self._row.change_sequence = self._changes
        self.session.flush()
