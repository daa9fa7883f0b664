"""Handovers between clerks: kept for good."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from gongwen_client.domain.handover import Handover, HandoverList
from gongwen_client.store.database import Database
from gongwen_client.store.times import from_text, optional_time, to_text
from gongwen_crypto.errors import KnownError
from gongwen_protocol.canonical import canonical_bytes, canonical_digest


class HandoverTable:
    """A list is fixed when the first clerk confirms; the second one confirms the very same."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, handed: HandoverList, at: datetime) -> Handover:
        """The handing-over clerk has confirmed the list."""
        with self._database.transaction() as connection:
            cursor = connection.execute(
                "INSERT INTO handovers (list, digest, from_account, from_post, from_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    canonical_bytes(handed).decode(),
                    canonical_digest(handed),
                    handed.from_account,
                    handed.from_post,
                    to_text(at),
                ),
            )
            assert cursor.lastrowid is not None
            return self.get(cursor.lastrowid)

    def take(self, handover_id: int, account: str, post: str, at: datetime) -> Handover:
        """The new clerk has confirmed; a second time changes nothing."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE handovers SET to_account = ?, to_post = ?, to_at = ?"
                " WHERE handover_id = ? AND to_at = ''",
                (account, post, to_text(at), handover_id),
            )
            return self.get(handover_id)

    def note_disabled(self, handover_id: int, at: datetime) -> Handover:
        """The unit's administrator has stopped the old account."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE handovers SET disabled_at = ? WHERE handover_id = ? AND disabled_at = ''",
                (to_text(at), handover_id),
            )
            return self.get(handover_id)

    def get(self, handover_id: int) -> Handover:
        """Raises KnownError("handover.not_found")."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT * FROM handovers WHERE handover_id = ?", (handover_id,)
            ).fetchone()
        if row is None:
            raise KnownError("handover.not_found", handover=handover_id)
        return _handover(row)

    def all(self) -> list[Handover]:
        """Newest first."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT * FROM handovers ORDER BY handover_id DESC").fetchall()
            return [_handover(row) for row in rows]


def _handover(row: sqlite3.Row) -> Handover:
    return Handover(
        handover_id=row["handover_id"],
        list=HandoverList.model_validate_json(row["list"]),
        digest=row["digest"],
        from_account=row["from_account"],
        from_post=row["from_post"],
        from_at=from_text(row["from_at"]),
        to_account=row["to_account"],
        to_post=row["to_post"],
        to_at=optional_time(row["to_at"] or None),
        disabled_at=optional_time(row["disabled_at"] or None),
    )
