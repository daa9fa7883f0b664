"""Whether the exchange can do its work now: what a proxy, an administrator and Prometheus ask."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from sqlalchemy import func, select, update

from gongwen_crypto.errors import GongwenError, KnownError
from gongwen_server.db.tables import DeliveryRow, LedgerRow
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import LEDGER_ID

LEAST_FREE = 1 << 30  # bytes: below this an exchange should get no more work
REMEMBERED = 2.0  # seconds: asking often must not become work of its own


class Readiness:
    """Checks by doing: the evidence is written, the store is written, the disk has room."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._problem: GongwenError | None = None

    def require(self) -> None:
        """Raise KnownError: exchange.evidence_unwritable, exchange.store_unavailable, exchange.disk_full,
        exchange.disk_low."""
        with self._lock:
            if time.monotonic() - self._looked > REMEMBERED:
                self._problem = self._look()
                self._looked = time.monotonic()
            if self._problem is not None:
                raise self._problem

    def _look(self) -> GongwenError | None:
        try:
            with self._exchange.writing() as session:
                ours = LedgerRow.ledger_id == LEDGER_ID
                session.execute(update(LedgerRow).where(ours).values(tree_size=LedgerRow.tree_size))
            self._exchange.blobs.require_writable()
            free = self._exchange.blobs.free_bytes()
            if free is not None and free < LEAST_FREE:
                return KnownError("exchange.disk_low", megabytes=free >> 20)
        except KnownError as error:
            return error
        return None


@dataclass(frozen=True)
class Figures:
    """What the exchange holds, for its metrics."""

    receipts: int
    log_size: int
    changes: int
    deliveries: dict[str, int]
    waiting_units: int
    free_bytes: int | None


def figures(exchange: Exchange) -> Figures:
    """Raises KnownError("exchange.unavailable")."""
    with exchange.reading() as session:
        row = session.get_one(LedgerRow, LEDGER_ID)
        counted = session.execute(
            select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state).order_by(DeliveryRow.state)
        )
        states = {state: count for state, count in counted}  # noqa: C416 - rows are no pairs to dict()
        return Figures(
            receipts=row.receipt_sequence,
            log_size=row.tree_size,
            changes=row.change_sequence,
            deliveries=states,
            waiting_units=exchange.bell.waiting,
            free_bytes=exchange.blobs.free_bytes(),
        )
