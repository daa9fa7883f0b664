"""Telephone calls about sent documents, and words that were typed and not handed in."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta

from gongwen_client.domain.board import Call
from gongwen_client.store.database import Database
from gongwen_client.store.times import from_text, to_text

KEPT_FOR = timedelta(days=90)


class CallTable:
    """Lines are added, never changed (电话联系记录)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, call: Call) -> Call:
        """Note a call; the answer has its number."""
        with self._database.transaction() as connection:
            cursor = connection.execute(
                "INSERT INTO calls (document_id, unit_code, spoken_with, said, at, by_post)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    call.document_id,
                    call.unit_code,
                    call.spoken_with,
                    call.said,
                    to_text(call.at),
                    call.by_post,
                ),
            )
            row = connection.execute("SELECT * FROM calls WHERE call_id = ?", (cursor.lastrowid,)).fetchone()
            return _call(row)

    def of_document(self, document_id: str) -> list[Call]:
        """All about a document, the newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM calls WHERE document_id = ? ORDER BY at DESC, call_id DESC", (document_id,)
            ).fetchall()
            return [_call(row) for row in rows]


class KeptWords:
    """What stands in a dialog that was closed without handing in: nothing typed is lost."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, form: str, subject: str, words: Mapping[str, str], now: datetime) -> None:
        """Keep what was typed; nothing typed is nothing kept. What lies about for 90 days is forgotten."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM kept_words WHERE at < ?", (to_text(now - KEPT_FOR),))
            if not any(words.values()):
                connection.execute("DELETE FROM kept_words WHERE form = ? AND subject = ?", (form, subject))
                return
            connection.execute(
                "INSERT INTO kept_words (form, subject, words, at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (form, subject) DO UPDATE SET words = excluded.words, at = excluded.at",
                (form, subject, json.dumps(dict(words), ensure_ascii=False), to_text(now)),
            )

    def kept(self, form: str, subject: str) -> dict[str, str]:
        """What was typed, by field."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT words FROM kept_words WHERE form = ? AND subject = ?", (form, subject)
            ).fetchone()
        return {} if row is None else {str(name): str(text) for name, text in json.loads(row[0]).items()}

    def forget(self, form: str, subject: str) -> None:
        """It was handed in."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM kept_words WHERE form = ? AND subject = ?", (form, subject))


def _call(row: sqlite3.Row) -> Call:
    return Call(
        document_id=row["document_id"],
        unit_code=row["unit_code"],
        spoken_with=row["spoken_with"],
        said=row["said"],
        at=from_text(row["at"]),
        by_post=row["by_post"],
        call_id=row["call_id"],
    )
