"""The two clocks of duty, never merged: a machine polled; a person looked (Ordos art. 11)."""

from __future__ import annotations

import logging
import threading
import uuid
from datetime import datetime

from sqlalchemy import bindparam, update

from gongwen_crypto.errors import KnownError
from gongwen_protocol.messages import AttendedCheck, AttendedCheckAnswer
from gongwen_server.db.database import insert_if_absent
from gongwen_server.db.tables import AttendedCheckRow, PolledHalfRow, UnitRow
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.half_days import HalfDays
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.sessions import Caller

FLUSH_SECONDS = 5.0
_log = logging.getLogger("gongwen.server")


def attend(ledger: Ledger, caller: Caller, request: AttendedCheck) -> AttendedCheckAnswer:
    """Record that a person of the unit looked at the inbox."""
    ledger.session.add(
        AttendedCheckRow(
            check_id=uuid.uuid4().hex,
            unit_code=caller.unit_code,
            by_post=caller.post,
            looked_at=request.looked_at,
            recorded_at=ledger.now,
        )
    )
    ledger.session.get_one(UnitRow, caller.unit_code).attended_at = ledger.now
    return AttendedCheckAnswer(recorded_at=ledger.now)


class Heartbeats:
    """Remembers polls and writes them some seconds later, all together: a poll costs no write of its own.

    A killed server forgets at most ``FLUSH_SECONDS`` of them; the next poll of each unit mends that.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._seen: dict[str, datetime] = {}
        self._noted: tuple[int, set[str]] = (0, set())
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeats", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is left and end the thread."""
        self._stopping.set()
        self._thread.join(3)

    def beat(self, unit_code: str) -> None:
        """The unit's machine polled just now."""
        now = self._exchange.clock.now()
        with self._lock:
            self._seen[unit_code] = now

    def flush(self) -> None:
        """Write what was seen since the last time."""
        with self._lock:
            seen, self._seen = self._seen, {}
        if not seen:
            return
        with self._exchange.writing() as session:
            session.connection().execute(
                update(UnitRow)
                .where(UnitRow.code == bindparam("unit"))
                .values(heartbeat_at=bindparam("moment")),
                [{"unit": unit, "moment": moment} for unit, moment in seen.items()],
            )
            fresh = self._new_halves(seen)
            for half, unit in fresh:
                insert_if_absent(session, PolledHalfRow, half=half, unit_code=unit)
        self._remember(fresh)

    def _new_halves(self, seen: dict[str, datetime]) -> list[tuple[int, str]]:
        """Half-days in which a unit polled for the first time, as far as this process knows."""
        half_days = HalfDays.of(self._exchange.profile, self._exchange.clock.now())
        half, noted = self._noted
        polled = ((half_days.number(moment), unit) for unit, moment in seen.items())
        return [(number, unit) for number, unit in polled if number != half or unit not in noted]

    def _remember(self, fresh: list[tuple[int, str]]) -> None:
        """What is on disk need not be written again; only the present half-day is worth remembering."""
        for number, unit in fresh:
            if number > self._noted[0]:
                self._noted = (number, set())
            if number == self._noted[0]:
                self._noted[1].add(unit)

    def _run(self) -> None:
        while not self._stopping.wait(FLUSH_SECONDS):
            self._try_flush()
        self._try_flush()

    def _try_flush(self) -> None:
        try:
            self.flush()
        except KnownError:
            _log.warning("heartbeats not written", exc_info=True)
