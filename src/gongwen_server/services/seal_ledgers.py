"""Witnessing the ledgers of seal uses (用印台账) that units keep on their PCs.

With each document a PC states where its ledger stands. The exchange keeps that, binds it into the signed
receipt of sending, and compares: a ledger only grows, so one that became shorter, or says something else at
the same place, was written anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from gongwen_protocol.messages import SealLedgerHead
from gongwen_server.db.tables import SealLedgerHeadRow, UnitRow
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.sessions import Caller

SHORTER, OTHER = "shorter", "other"


@dataclass(frozen=True)
class WitnessedLedger:
    """One ledger as the exchange has seen it. ``faults``: documents at which it did not continue."""

    unit_name: str
    chain: str
    newest: int
    documents: int
    last_at: datetime
    faults: tuple[str, ...]


def witness(ledger: Ledger, caller: Caller, document_id: str, head: SealLedgerHead) -> None:
    """Keep the head of the ledger of the sending PC. A fault holds up no document: it goes on record."""
    fault = _fault(ledger, caller.unit_code, head)
    ledger.session.add(
        SealLedgerHeadRow(
            document_id=document_id,
            unit_code=caller.unit_code,
            chain=head.chain,
            sequence=head.sequence,
            digest=head.digest,
            fault=fault,
            at=ledger.now,
        )
    )
    if fault:
        ledger.note(caller.unit_code, "seal_ledger.fault", document_id, fault=fault, chain=head.chain)


def witnessed(exchange: Exchange) -> Sequence[WitnessedLedger]:
    """All ledgers by unit, for the administrator."""
    row = SealLedgerHeadRow
    with exchange.reading() as session:
        faults: dict[tuple[str, str], list[str]] = {}
        for unit, chain, document in session.execute(
            select(row.unit_code, row.chain, row.document_id).where(row.fault != "").order_by(row.at)
        ):
            faults.setdefault((unit, chain), []).append(document)
        found = session.execute(
            select(
                UnitRow.name, row.unit_code, row.chain, func.max(row.sequence), func.count(), func.max(row.at)
            )
            .join(UnitRow, UnitRow.code == row.unit_code)
            .group_by(UnitRow.name, row.unit_code, row.chain)
            .order_by(row.unit_code)
        )
        return [
            WitnessedLedger(name, chain, newest, count, at, tuple(faults.get((code, chain), ())))
            for name, code, chain, newest, count, at in found
        ]


def _fault(ledger: Ledger, unit_code: str, head: SealLedgerHead) -> str:
    row = SealLedgerHeadRow
    newest, digest = ledger.session.execute(
        select(row.sequence, row.digest)
        .where(row.unit_code == unit_code, row.chain == head.chain)
        .order_by(row.sequence.desc())
        .limit(1)
    ).one_or_none() or (0, "")
    if head.sequence < newest:
        return SHORTER
    return OTHER if head.sequence == newest and head.digest != digest else ""
