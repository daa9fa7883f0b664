"""The ledger of seal uses (用印台账; 《电子印章管理办法》: who sealed what, when, is kept)."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from gongwen_client.domain.drafts import StampPlace
from gongwen_client.domain.rows import SealUse
from gongwen_client.store.database import Database
from gongwen_client.store.times import from_text, optional_time, to_text

_BEGIN = """
INSERT INTO seal_uses (
    document_id, title, key_serial, seal_name, post, started_at, page_index, x, y, width, height, result
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

STARTED = "started"
SEALED = "sealed"
INTERRUPTED = "interrupted"


class SealLedger:
    """A line is written before the key is used and finished once; triggers keep it from being changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(
        self,
        *,
        document_id: str,
        title: str,
        key_serial: str,
        seal_name: str,
        post: str,
        place: StampPlace,
        now: datetime,
    ) -> int:
        """Open a line; answers its number."""
        with self._database.transaction() as connection:
            cursor = connection.execute(
                _BEGIN,
                (
                    document_id,
                    title,
                    key_serial,
                    seal_name,
                    post,
                    to_text(now),
                    place.page_index,
                    place.x,
                    place.y,
                    place.width,
                    place.height,
                    STARTED,
                ),
            )
            assert cursor.lastrowid is not None
            return cursor.lastrowid

    def finish(self, use_id: int, result: str, now: datetime) -> None:
        """``sealed`` or the code of what went wrong."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE seal_uses SET result = ?, finished_at = ? WHERE use_id = ?",
                (result, to_text(now), use_id),
            )

    def finish_interrupted(self, now: datetime) -> None:
        """Lines that a crash left open: the key may have signed, and no sealed document came of it."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE seal_uses SET result = ?, finished_at = ? WHERE result = ?",
                (INTERRUPTED, to_text(now), STARTED),
            )

    def list(self) -> list[SealUse]:
        """Newest first."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT * FROM seal_uses ORDER BY use_id DESC").fetchall()
            return [_use(row) for row in rows]


def _use(row: sqlite3.Row) -> SealUse:
    return SealUse(
        use_id=row["use_id"],
        document_id=row["document_id"],
        title=row["title"],
        key_serial=row["key_serial"],
        seal_name=row["seal_name"],
        post=row["post"],
        started_at=from_text(row["started_at"]),
        finished_at=optional_time(row["finished_at"]),
        place=StampPlace(row["page_index"], row["x"], row["y"], row["width"], row["height"]),
        result=row["result"],
    )
