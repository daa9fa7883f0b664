"""Leftovers of access are thrown away: ended sessions, answered challenges, old failures, codes out of
date."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from sqlalchemy import delete

from gongwen_crypto.errors import GongwenError
from gongwen_server.db.tables import DeviceCodeRow, FailedLoginRow, SessionRow, UsedNonceRow
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.sessions import ended

SWEEP_SECONDS = 600.0
FAILURES_KEPT = timedelta(
    days=1
)  # well over the longest block: guesses must not be forgotten by waiting a little

_log = logging.getLogger("gongwen.server")


def sweep(exchange: Exchange) -> None:
    """Throw away what has ended. Evidence is never touched."""
    now = exchange.clock.now()
    with exchange.writing() as session:
        session.execute(delete(SessionRow).where(ended(now)))
        session.execute(delete(UsedNonceRow).where(UsedNonceRow.expires_at <= now))
        session.execute(delete(DeviceCodeRow).where(DeviceCodeRow.expires_at <= now))
        session.execute(delete(FailedLoginRow).where(FailedLoginRow.last_at <= now - FAILURES_KEPT))


class Sweeper:
    """Sweeps now and then for as long as the exchange is served."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> None:
        """Begin; the first sweep is at once."""
        self._thread.start()

    def stop(self) -> None:
        """End and wait for it."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                sweep(self._exchange)
            except GongwenError as error:
                _log.warning("not swept: %s", error.code)
            if self._stopping.wait(SWEEP_SECONDS):
                return
