"""The outbox: the only table that a click writes for the exchange (design §3)."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from gongwen_client.domain.intents import (
    ONE_WISH,
    Intent,
    IntentKind,
    IntentState,
    Lane,
    RefusedWish,
    new_key,
)
from gongwen_client.store.database import Database
from gongwen_client.store.times import from_text, to_text

_INSERT = """
INSERT INTO intents (idempotency_key, kind, lane, subject, payload, state, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_HEADS = """
SELECT * FROM intents AS this
WHERE lane = ? AND state = 'pending' AND NOT EXISTS (
    SELECT 1 FROM intents AS earlier
    WHERE earlier.subject = this.subject AND earlier.state = 'pending' AND earlier.intent_id < this.intent_id
)
ORDER BY intent_id LIMIT 500
"""
_SUPERSEDE = "UPDATE intents SET state = 'superseded' WHERE subject = ? AND kind = ? AND state = 'refused'"

# A later wish takes the place of an earlier one that was refused.
_DECISIONS = (IntentKind.ACCEPT, IntentKind.RETURN)


class Outbox:
    """Intents in the order of their clicks. Each lane has one engine thread, so that nothing needs to be
    locked between claim and result: a crash leaves the intent pending, with its key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kind: IntentKind, subject: str, payload: str, now: datetime) -> Intent:
        """Write an intent, or answer the pending one that it repeats (a double click)."""
        with self._database.transaction() as connection:
            pending = self._pending(connection, kind, subject, None if kind in ONE_WISH else payload)
            if pending is not None:
                return pending
            siblings = _DECISIONS if kind in _DECISIONS else (kind,)
            connection.executemany(
                _SUPERSEDE,
                [(subject, sibling.value) for sibling in siblings],
            )
            return self._insert(connection, kind, subject, payload, IntentState.PENDING, now)

    def add_held(self, kind: IntentKind, subject: str, payload: str, now: datetime) -> Intent:
        """Write an intent that the caller performs itself while a person waits. Should the program die
        first, ``reopen`` leaves it to the engine; no other intent is merged with it."""
        with self._database.transaction() as connection:
            return self._insert(connection, kind, subject, payload, IntentState.HELD, now)

    def hand_over(self, intent: Intent) -> None:
        """The caller does not know what became of a held intent: the engine finds out."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE intents SET state = 'pending' WHERE intent_id = ? AND state = 'held'",
                (intent.intent_id,),
            )

    def drop(self, intent: Intent) -> None:
        """The caller gave a held intent up; nobody performs it any more."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE intents SET state = 'superseded' WHERE intent_id = ? AND state = 'held'",
                (intent.intent_id,),
            )

    def reopen(self) -> None:
        """At the start of the program nobody holds an intent."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE intents SET state = 'pending' WHERE state = 'held'")

    def heads(self, lane: Lane) -> list[Intent]:
        """The pending intents that may be tried, oldest first: of each subject the earliest one.

        When to try again is the engine's memory, not a column: a wrong wall clock must not stop anything.
        """
        with self._database.reading() as connection:
            rows = connection.execute(_HEADS, (lane.value,)).fetchall()
            return [_intent(row) for row in rows]

    def finish(self, intent: Intent, now: datetime) -> None:
        """The exchange has done it."""
        self._close(intent, IntentState.DONE, "", now)

    def refuse(self, intent: Intent, error: str, now: datetime) -> None:
        """The exchange said no for good; ``error`` is the sentence for the person."""
        self._close(intent, IntentState.REFUSED, error, now)

    def note_failure(self, intent: Intent, error: str) -> None:
        """It failed for now."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE intents SET attempts = attempts + 1, last_error = ? WHERE intent_id = ?",
                (error, intent.intent_id),
            )

    def pending(self, kind: IntentKind, subject: str) -> Intent | None:
        """The pending intent of this kind and subject."""
        with self._database.reading() as connection:
            return self._pending(connection, kind, subject, None)

    def refusals(self, subject: str) -> list[str]:
        """Why the exchange refused the last wishes about ``subject``, newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT last_error FROM intents WHERE subject = ? AND state = 'refused'"
                " ORDER BY intent_id DESC LIMIT 20",
                (subject,),
            ).fetchall()
            return [str(row[0]) for row in rows]

    def refused(self, subject: str) -> list[RefusedWish]:
        """Wishes about ``subject`` that were refused and that nobody has put aside, newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM intents WHERE subject = ? AND state = 'refused'"
                " ORDER BY intent_id DESC LIMIT 20",
                (subject,),
            ).fetchall()
            return [
                RefusedWish(
                    row["intent_id"],
                    IntentKind(row["kind"]),
                    row["subject"],
                    row["payload"],
                    row["last_error"],
                    from_text(row["finished_at"]),
                )
                for row in rows
            ]

    def put_aside(self, intent_id: int) -> None:
        """A person has read why a wish was refused."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE intents SET state = 'superseded' WHERE intent_id = ? AND state = 'refused'",
                (intent_id,),
            )

    def waiting(self, subject: str) -> list[Intent]:
        """Wishes about ``subject`` that the exchange has not heard of yet, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM intents WHERE subject = ? AND state = 'pending' ORDER BY intent_id", (subject,)
            ).fetchall()
            return [_intent(row) for row in rows]

    def count_pending(self) -> int:
        """How many intents wait for the exchange."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT count(*) FROM intents WHERE state = 'pending'").fetchone()
            return int(row[0])

    @staticmethod
    def _pending(
        connection: sqlite3.Connection, kind: IntentKind, subject: str, payload: str | None
    ) -> Intent | None:
        row = connection.execute(
            "SELECT * FROM intents WHERE subject = :subject AND kind = :kind AND state = 'pending'"
            " AND (:payload IS NULL OR payload = :payload)",
            {"subject": subject, "kind": kind.value, "payload": payload},
        ).fetchone()
        return None if row is None else _intent(row)

    @staticmethod
    def _insert(
        connection: sqlite3.Connection,
        kind: IntentKind,
        subject: str,
        payload: str,
        state: IntentState,
        now: datetime,
    ) -> Intent:
        values = (new_key(), kind.value, kind.lane.value, subject, payload, state.value, to_text(now))
        cursor = connection.execute(_INSERT, values)
        row = connection.execute("SELECT * FROM intents WHERE intent_id = ?", (cursor.lastrowid,)).fetchone()
        return _intent(row)

    def _close(self, intent: Intent, state: IntentState, error: str, now: datetime) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE intents SET state = ?, attempts = attempts + 1, last_error = ?, finished_at = ?"
                " WHERE intent_id = ? AND state IN ('pending', 'held')",
                (state.value, error, to_text(now), intent.intent_id),
            )


def _intent(row: sqlite3.Row) -> Intent:
    return Intent(
        row["intent_id"],
        row["idempotency_key"],
        IntentKind(row["kind"]),
        row["subject"],
        row["payload"],
        row["attempts"],
        from_text(row["created_at"]),
        row["last_error"],
    )
