"""The register books: numbers given in the transaction in which a document becomes received or sent."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime

from gongwen_client.domain.registers import (
    FOLLOWED,
    Book,
    NewEntry,
    RegisterEntry,
    local_day,
    received_fields,
    sent_fields,
)
from gongwen_client.store.messages import read_elements
from gongwen_client.store.register_reading import RegisterReading
from gongwen_client.store.search import spread
from gongwen_client.store.times import from_text, to_text
from gongwen_crypto.errors import KnownError
from gongwen_protocol.messages import DeliveryView
from gongwen_protocol.states import DeliveryState

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
_MERGED = "与纸质件合并登记"
_FOLLOWED = "交换平台更新"


class RegisterTable(RegisterReading):
    """Entries are added, corrected with a trace, and cancelled; triggers keep them from being removed."""

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


def _latest(delivery: DeliveryView) -> datetime:
    """The exchange's time of what it last said of a delivery."""
    times = (delivery.received_at, delivery.paper_arrived_at, delivery.delivered_at)
    return max(moment for moment in times if moment is not None)


def _json(fields: Mapping[str, str]) -> str:
    return json.dumps({key: text for key, text in fields.items() if text}, ensure_ascii=False)
