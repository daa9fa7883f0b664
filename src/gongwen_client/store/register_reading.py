"""Reading the register books: entries, parts of a book, corrections, numbers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from gongwen_client.domain.registers import (
    Book,
    Change,
    RegisterEntry,
    RegisterPage,
    RegisterQuery,
    local_day,
)
from gongwen_client.store.database import Database
from gongwen_client.store.search import head_phrases
from gongwen_client.store.times import from_text, optional_time
from gongwen_crypto.errors import KnownError

_SELECT = """
SELECT e.*, a.archived_at, a.code AS file_code,
    (SELECT count(*) FROM register_changes AS c WHERE c.entry_id = e.entry_id AND c.old <> '') AS changes
FROM register_entries AS e LEFT JOIN archive_items AS a USING (entry_id)
"""
_SIGNERS = """
SELECT document_id, count(*) AS total, sum(state = 'received') AS received, max(handled_by) AS post,
    max(received_at) AS at
FROM deliveries WHERE document_id IN ({}) GROUP BY document_id
"""
_BATCH = 500


class RegisterReading:
    """What the books say. Changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entry(self, entry_id: int) -> RegisterEntry:
        """Raises KnownError("register.no_entry")."""
        with self._database.reading() as connection:
            return self._with_signers(connection, [self._entry(connection, entry_id)])[0]

    def of_subject(self, book: Book, subject: str) -> RegisterEntry | None:
        """The entry of a delivery or document."""
        with self._database.reading() as connection:
            return self._of(connection, book, subject)

    def labels(self, book: Book, subjects: Sequence[str]) -> dict[str, str]:
        """The numbers of those documents or deliveries that a book has, e.g. 2026-0012."""
        query = "SELECT subject, year, number FROM register_entries WHERE book = ? AND subject IN ({})"
        found: dict[str, str] = {}
        with self._database.reading() as connection:
            for place in range(0, len(subjects), _BATCH):
                part = subjects[place : place + _BATCH]
                for row in connection.execute(query.format(", ".join("?" * len(part))), (book.value, *part)):
                    found[row["subject"]] = f"{row['year']}-{row['number']:04d}"
        return found

    def like(self, book: Book, doc_number: str, title: str) -> list[RegisterEntry]:
        """Entries of the same number or, without one, the same title, newest first."""
        key, text = ("doc_number", doc_number) if doc_number else ("title", title)
        with self._database.reading() as connection:
            rows = connection.execute(
                _SELECT + f"WHERE e.book = ? AND e.cancelled = '' AND json_extract(e.fields, '$.{key}') = ?"
                " ORDER BY e.year DESC, e.number DESC LIMIT 5",
                (book.value, text),
            ).fetchall()
            return [_entry(row) for row in rows]

    def page(self, query: RegisterQuery, first: int, count: int) -> RegisterPage:
        """``count`` entries of what is found from the ``first`` on."""
        where, values = _conditions(query)
        order = "DESC" if query.newest_first else "ASC"
        with self._database.reading() as connection:
            total = connection.execute(
                f"SELECT count(*) FROM register_entries AS e WHERE {where}",  # noqa: S608 (marks only)
                values,
            ).fetchone()[0]
            rows = connection.execute(
                f"{_SELECT} WHERE {where} ORDER BY e.number {order} LIMIT ? OFFSET ?", (*values, count, first)
            ).fetchall()
            found = self._with_signers(connection, [_entry(row) for row in rows])
        return RegisterPage(tuple(found), first, int(total))

    def changes(self, entry_id: int) -> list[Change]:
        """Everything that was ever corrected, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM register_changes WHERE entry_id = ? ORDER BY change_id", (entry_id,)
            ).fetchall()
            return [_change(row) for row in rows]

    def changes_of(self, book: Book, year: int) -> dict[int, list[Change]]:
        """The corrections of a whole book, by entry."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT c.* FROM register_changes AS c JOIN register_entries AS e USING (entry_id)"
                " WHERE e.book = ? AND e.year = ? ORDER BY c.change_id",
                (book.value, year),
            ).fetchall()
        found: dict[int, list[Change]] = {}
        for row in rows:
            found.setdefault(row["entry_id"], []).append(_change(row))
        return found

    def years(self, book: Book) -> list[int]:
        """Years that have a book, newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT DISTINCT year FROM register_entries WHERE book = ? ORDER BY year DESC", (book.value,)
            ).fetchall()
            return [int(row[0]) for row in rows]

    def last_number(self, book: Book, year: int) -> int:
        """The number given last; 0 while there is none."""
        with self._database.reading() as connection:
            return self._last_number(connection, book, year)

    def start_of(self, book: Book, year: int) -> tuple[int, str]:
        """(first number, why it is not 1)."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT first, reason FROM register_starts WHERE book = ? AND year = ?", (book.value, year)
            ).fetchone()
            return (1, "") if row is None else (int(row["first"]), str(row["reason"]))

    # -- inside ---------------------------------------------------------------------------------------------

    @staticmethod
    def _paper_of(connection: sqlite3.Connection, fields: Mapping[str, str]) -> RegisterEntry | None:
        """The line of the same number from the same unit that has paper only."""
        if not fields["doc_number"]:
            return None
        row = connection.execute(
            _SELECT + "WHERE e.book = 'received' AND e.subject IS NULL AND e.cancelled = ''"
            " AND json_extract(e.fields, '$.doc_number') = ? AND json_extract(e.fields, '$.unit') = ?",
            (fields["doc_number"], fields["unit"]),
        ).fetchone()
        return None if row is None else _entry(row)

    @staticmethod
    def _of(connection: sqlite3.Connection, book: Book, subject: str) -> RegisterEntry | None:
        row = connection.execute(
            _SELECT + "WHERE e.book = ? AND e.subject = ?", (book.value, subject)
        ).fetchone()
        return None if row is None else _entry(row)

    @staticmethod
    def _entry(connection: sqlite3.Connection, entry_id: int) -> RegisterEntry:
        row = connection.execute(_SELECT + "WHERE e.entry_id = ?", (entry_id,)).fetchone()
        if row is None:
            raise KnownError("register.no_entry", entry=entry_id)
        return _entry(row)

    @staticmethod
    def _last_number(connection: sqlite3.Connection, book: Book, year: int) -> int:
        row = connection.execute(
            "SELECT ifnull(max(number), 0) FROM register_entries WHERE book = ? AND year = ?",
            (book.value, year),
        ).fetchone()
        return int(row[0])

    @staticmethod
    def _with_signers(connection: sqlite3.Connection, entries: list[RegisterEntry]) -> list[RegisterEntry]:
        """签收人 of sent documents, as far as their receipts have come; what the clerk wrote goes before."""
        wanted = [one.subject for one in entries if one.book is Book.SENT and one.subject]
        told: dict[str, str] = {}
        for place in range(0, len(wanted), _BATCH):
            part = wanted[place : place + _BATCH]
            for row in connection.execute(_SIGNERS.format(", ".join("?" * len(part))), part):
                told[row["document_id"]] = _signer(row)
        return [
            _with_field(one, "signer", told.get(one.subject, "")) if not one.text("signer") else one
            for one in entries
        ]


def _conditions(query: RegisterQuery) -> tuple[str, list[object]]:
    where = ["e.book = ?", "e.year = ?"]
    values: list[object] = [query.book.value, query.year]
    if query.month:
        where.append("e.entered_on LIKE ?")
        values.append(f"{query.year}-{query.month:02d}-%")
    match = [f"words : {phrase}" for phrase in head_phrases(query.words)]
    match += [f"units : {phrase}" for phrase in head_phrases(query.unit)]
    if match:
        where.append("e.entry_id IN (SELECT rowid FROM register_search WHERE register_search MATCH ?)")
        values.append(" AND ".join(match))
    return " AND ".join(where), values


def _signer(row: sqlite3.Row) -> str:
    if not row["received"]:
        return ""
    if row["total"] == 1:
        return f"{row['post']} {local_day(from_text(row['at'])):%m-%d}"
    return f"已接收 {row['received']}/{row['total']}"


def _with_field(entry: RegisterEntry, key: str, text: str) -> RegisterEntry:
    return replace(entry, fields={**entry.fields, key: text}) if text else entry


def _entry(row: sqlite3.Row) -> RegisterEntry:
    return RegisterEntry(
        entry_id=row["entry_id"],
        book=Book(row["book"]),
        year=row["year"],
        number=row["number"],
        subject=row["subject"] or "",
        entered_on=date.fromisoformat(row["entered_on"]),
        fields=json.loads(row["fields"]),
        cancelled=row["cancelled"],
        changes=row["changes"],
        archived_at=optional_time(row["archived_at"] or None),
        file_code=row["file_code"] or "",
    )


def _change(row: sqlite3.Row) -> Change:
    return Change(from_text(row["at"]), row["by_post"], row["field"], row["old"], row["new"], row["reason"])
