"""The register books: numbers given in the transaction in which a document becomes received or sent."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from gongwen_client.domain.registers import (
    FOLLOWED,
    Book,
    Change,
    NewEntry,
    RegisterEntry,
    RegisterPage,
    RegisterQuery,
    local_day,
    received_fields,
    sent_fields,
)
from gongwen_client.store.database import Database
from gongwen_client.store.messages import read_elements
from gongwen_client.store.search import head_phrases, spread
from gongwen_client.store.times import from_text, optional_time, to_text
from gongwen_crypto.errors import KnownError
from gongwen_protocol.messages import DeliveryView
from gongwen_protocol.states import DeliveryState

_SELECT = """
SELECT e.*, a.archived_at, a.code AS file_code,
    (SELECT count(*) FROM register_changes AS c WHERE c.entry_id = e.entry_id AND c.old <> '') AS changes
FROM register_entries AS e LEFT JOIN archive_items AS a USING (entry_id)
"""
_NUMBER = """
SELECT max(ifnull((SELECT max(number) + 1 FROM register_entries WHERE book = :book AND year = :year), 1),
           ifnull((SELECT first FROM register_starts WHERE book = :book AND year = :year), 1))
"""
_MISSING_RECEIVED = """
SELECT v.view FROM deliveries AS v
WHERE v.to_us = 1 AND v.state = 'received' AND v.view <> ''
  AND NOT EXISTS (SELECT 1 FROM register_entries WHERE book = 'received' AND subject = v.delivery_id)
ORDER BY v.received_at
"""
_MISSING_SENT = """
SELECT document_id FROM documents
WHERE ours = 1 AND NOT EXISTS (SELECT 1 FROM register_entries WHERE book = 'sent' AND subject = document_id)
ORDER BY sent_at
"""
_SIGNERS = """
SELECT document_id, count(*) AS total, sum(state = 'received') AS received, max(handled_by) AS post,
    max(received_at) AS at
FROM deliveries WHERE document_id IN ({}) GROUP BY document_id
"""
_BATCH = 500
_MERGED = "与纸质件合并登记"
_FOLLOWED = "交换平台更新"


class RegisterTable:
    """Entries are added, corrected with a trace, and cancelled; triggers keep them from being removed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- from the exchange ----------------------------------------------------------------------------------

    def take_delivery(self, delivery: DeliveryView) -> None:
        """Enter a delivery that was received, if it is to us, or follow what changed about it. Joins the
        transaction that makes it received."""
        if delivery.state is not DeliveryState.RECEIVED:
            return
        with self._database.transaction() as connection:
            document = connection.execute(
                "SELECT d.sender_name, d.elements, d.attachments FROM deliveries AS v"
                " JOIN documents AS d USING (document_id) WHERE v.delivery_id = ? AND v.to_us = 1",
                (delivery.delivery_id,),
            ).fetchone()
            if document is None:  # one of ours at another unit
                return
            fields = received_fields(
                delivery,
                document["sender_name"],
                read_elements(document["elements"]),
                len(json.loads(document["attachments"])),
            )
            known = self._of(connection, Book.RECEIVED, delivery.delivery_id)
            if known is not None:
                self._follow(connection, known, fields, _latest(delivery))
                return
            day = local_day(delivery.received_at or delivery.delivered_at)
            new = NewEntry(Book.RECEIVED, day, fields, delivery.delivery_id, (fields["unit"],))
            paper = self._paper_of(connection, fields)
            if paper is None:
                self._insert(connection, new)
            else:
                self._merge(connection, paper, new, _latest(delivery))

    def take_document(self, document_id: str) -> None:
        """Enter a document that we sent, or follow what changed about it."""
        with self._database.transaction() as connection:
            known = self._of(connection, Book.SENT, document_id)
            total, copies, latest = connection.execute(
                "SELECT count(*), ifnull(sum(copies), 0), max(delivered_at) FROM deliveries"
                " WHERE document_id = ?",
                (document_id,),
            ).fetchone()
            if known is not None and (known.text("units"), known.text("copies")) == (str(total), str(copies)):
                return
            row = connection.execute(
                "SELECT elements, attachments, sent_at FROM documents WHERE document_id = ?", (document_id,)
            ).fetchone()
            units = tuple(
                str(unit[0])
                for unit in connection.execute(
                    "SELECT unit_name FROM deliveries WHERE document_id = ? ORDER BY role = 'cc', rowid",
                    (document_id,),
                )
            )
            files = len(json.loads(row["attachments"]))
            fields = sent_fields(read_elements(row["elements"]), files, units, copies) | {"units": str(total)}
            if known is None:
                day = local_day(from_text(row["sent_at"]))
                self._insert(connection, NewEntry(Book.SENT, day, fields, document_id, units))
            else:
                self._follow(connection, known, fields, from_text(latest))
                self._index(connection, known.entry_id, units)

    def catch_up(self) -> None:
        """Enter what was received or sent before this PC kept registers, in the order of the events."""
        with self._database.transaction() as connection:
            for row in connection.execute(_MISSING_RECEIVED).fetchall():
                self.take_delivery(DeliveryView.model_validate_json(row[0]))
            for row in connection.execute(_MISSING_SENT).fetchall():
                self.take_document(str(row[0]))

    # -- by the clerk ---------------------------------------------------------------------------------------

    def add(self, new: NewEntry) -> RegisterEntry:
        """A line for what came or went on paper; its number is the next one of the year."""
        with self._database.transaction() as connection:
            return self._entry(connection, self._insert(connection, new))

    def write(
        self, entry_id: int, values: Mapping[str, str], at: datetime, by_post: str, reason: str = ""
    ) -> RegisterEntry:
        """Write columns; what they held before is kept with time, post and reason."""
        with self._database.transaction() as connection:
            self._write(connection, self._entry(connection, entry_id), values, at, by_post, reason)
            return self._entry(connection, entry_id)

    def cancel(self, entry_id: int, reason: str, at: datetime, by_post: str) -> None:
        """注销: the line keeps its number and says why."""
        with self._database.transaction() as connection:
            entry = self._entry(connection, entry_id)
            if entry.cancelled:
                return
            connection.execute(
                "UPDATE register_entries SET cancelled = ? WHERE entry_id = ?", (reason, entry_id)
            )
            self._note(connection, entry_id, at, by_post, "cancelled", "", reason, reason)

    def join(self, kept: int, gone: int, at: datetime, by_post: str) -> RegisterEntry:
        """Make one entry of a paper one and an electronic one: ``kept`` takes over what ``gone`` says of the
        other track, ``gone`` is cancelled and names the number it went to."""
        with self._database.transaction() as connection:
            stays, goes = self._entry(connection, kept), self._entry(connection, gone)
            paper = goes if not goes.subject else stays
            values = {"paper": paper.text("paper") or paper.entered_on.isoformat()}
            self._write(connection, stays, values, at, by_post, f"与 {goes.label} 号合并")
            self.cancel(gone, f"与 {stays.label} 号合并", at, by_post)
            return self._entry(connection, kept)

    def start(self, book: Book, year: int, first: int, reason: str) -> None:
        """Let a book begin with another number than 1. Raises KnownError("register.begun") once it has an
        entry."""
        with self._database.transaction() as connection:
            if self._last_number(connection, book, year):
                raise KnownError("register.begun", year=year)
            connection.execute(
                "INSERT INTO register_starts VALUES (?, ?, ?, ?) ON CONFLICT (book, year)"
                " DO UPDATE SET first = excluded.first, reason = excluded.reason",
                (book.value, year, first, reason),
            )

    # -- reading --------------------------------------------------------------------------------------------

    def entry(self, entry_id: int) -> RegisterEntry:
        """Raises KnownError("register.no_entry")."""
        with self._database.reading() as connection:
            return self._with_signers(connection, [self._entry(connection, entry_id)])[0]

    def of_subject(self, book: Book, subject: str) -> RegisterEntry | None:
        """The entry of a delivery or document."""
        with self._database.reading() as connection:
            return self._of(connection, book, subject)

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

    def _insert(self, connection: sqlite3.Connection, new: NewEntry) -> int:
        year = new.entered_on.year
        number = connection.execute(_NUMBER, {"book": new.book.value, "year": year}).fetchone()[0]
        cursor = connection.execute(
            "INSERT INTO register_entries (book, year, number, subject, entered_on, fields)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (new.book.value, year, number, new.subject, new.entered_on.isoformat(), _json(new.fields)),
        )
        assert cursor.lastrowid is not None
        self._index(connection, cursor.lastrowid, new.units or (new.fields.get("unit", ""),))
        return cursor.lastrowid

    @staticmethod
    def _index(connection: sqlite3.Connection, entry_id: int, units: Iterable[str] | None = None) -> None:
        """Let an entry be found by what it says now; ``units`` None leaves those as they are."""
        row = connection.execute(
            "SELECT number, year, fields FROM register_entries WHERE entry_id = ?", (entry_id,)
        ).fetchone()
        fields = json.loads(row["fields"])
        keys = ("title", "doc_number", "unit", "office", "reply_number", "file_number", "remark")
        words = " ".join(
            [f"{row['number']} {row['year']}-{row['number']:04d}", *(fields.get(k, "") for k in keys)]
        )
        if units is None:
            connection.execute(
                "UPDATE register_search SET words = ? WHERE rowid = ?", (spread(words), entry_id)
            )
            return
        connection.execute("DELETE FROM register_search WHERE rowid = ?", (entry_id,))
        connection.execute(
            "INSERT INTO register_search (rowid, words, units) VALUES (?, ?, ?)",
            (entry_id, spread(words), spread("；".join(units))),
        )

    def _write(
        self,
        connection: sqlite3.Connection,
        entry: RegisterEntry,
        values: Mapping[str, str],
        at: datetime,
        by_post: str,
        reason: str,
    ) -> None:
        changed = {key: text for key, text in values.items() if text != entry.text(key)}
        if not changed:
            return
        for key, text in changed.items():
            self._note(connection, entry.entry_id, at, by_post, key, entry.text(key), text, reason)
        connection.execute(
            "UPDATE register_entries SET fields = ? WHERE entry_id = ?",
            (_json({**entry.fields, **changed}), entry.entry_id),
        )
        self._index(connection, entry.entry_id)

    def _follow(
        self, connection: sqlite3.Connection, known: RegisterEntry, fields: Mapping[str, str], at: datetime
    ) -> None:
        """What the exchange changed; a column that the clerk corrected stays the clerk's."""
        own = {
            str(row[0])
            for row in connection.execute(
                "SELECT field FROM register_changes WHERE entry_id = ? AND by_post <> ''", (known.entry_id,)
            )
        }
        values = {key: fields[key] for key in FOLLOWED if fields.get(key) and key not in own}
        if "units" in fields:
            connection.execute(
                "UPDATE register_entries SET fields = json_set(fields, '$.units', ?) WHERE entry_id = ?",
                (fields["units"], known.entry_id),
            )
            known = self._entry(connection, known.entry_id)
        self._write(connection, known, values, at, "", _FOLLOWED)

    def _merge(
        self, connection: sqlite3.Connection, paper: RegisterEntry, new: NewEntry, at: datetime
    ) -> None:
        """The electronic document of a line that was entered when its paper came."""
        connection.execute(
            "UPDATE register_entries SET subject = ? WHERE entry_id = ?", (new.subject, paper.entry_id)
        )
        values = {key: text for key, text in new.fields.items() if text and not paper.text(key)}
        values["paper"] = paper.text("paper") or paper.entered_on.isoformat()
        values["way"] = "双轨"
        self._write(connection, paper, values, at, "", _MERGED)

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
    def _note(
        connection: sqlite3.Connection,
        entry_id: int,
        at: datetime,
        by_post: str,
        field: str,
        old: str,
        new: str,
        reason: str,
    ) -> None:
        connection.execute(
            "INSERT INTO register_changes (entry_id, at, by_post, field, old, new, reason)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (entry_id, to_text(at), by_post, field, old, new, reason),
        )

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


def _latest(delivery: DeliveryView) -> datetime:
    """The exchange's time of what it last said of a delivery."""
    times = (delivery.received_at, delivery.paper_arrived_at, delivery.delivered_at)
    return max(moment for moment in times if moment is not None)


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


def _json(fields: Mapping[str, str]) -> str:
    return json.dumps({key: text for key, text in fields.items() if text}, ensure_ascii=False)
