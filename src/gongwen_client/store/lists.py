"""Lists of any length: first the identities in order, then the rows that are looked at (ADR 0051).

Every condition is a piece of SQL with its values; texts of a person are values, never SQL.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from gongwen_client.domain.drafts import Draft
from gongwen_client.domain.lists import DECIDED, WAITING, Follow, Found, ListName, ListQuery, SortKey, found
from gongwen_client.domain.returns import Handling
from gongwen_client.domain.rows import DeliveryRow, IncomingRow, IncomingState, SentRow
from gongwen_client.store.database import Database
from gongwen_client.store.drafts import DraftTable
from gongwen_client.store.returns import EVER as EVER_RETURNED
from gongwen_client.store.returns import OPEN as OPEN_RETURNS
from gongwen_client.store.returns import ReturnNotes, handled
from gongwen_client.store.rows import INCOMING, SENT, delivery_row, incoming_row, sent_row
from gongwen_client.store.search import body_phrase, head_phrase
from gongwen_client.store.times import from_text, to_text
from gongwen_protocol.states import DocumentState

Line = TypeVar("Line")
_SHOWN = {
    ListName.PENDING: WAITING,
    ListName.RECEIVED: DECIDED,
    ListName.RETURNED: (IncomingState.RETURNED,),
}
_DRAFTED = {
    ListName.DRAFTS: (DocumentState.DRAFT,),
    ListName.AWAITING_SEAL: (DocumentState.AWAITING_SEAL,),
    ListName.READY: (DocumentState.READY, DocumentState.SENDING),
}
_URGENCY = "CASE json_extract(d.elements, '$.urgency') WHEN '特急' THEN 0 WHEN '加急' THEN 1 ELSE 2 END"
_STATE = """
CASE WHEN v.state NOT IN ('delivered', 'viewed', 'verified') THEN v.state ELSE
    CASE (SELECT kind FROM intents AS i WHERE i.subject = v.delivery_id AND i.state = 'pending'
          AND i.kind IN ('accept', 'return'))
        WHEN 'accept' THEN 'received'
        WHEN 'return' THEN 'returned'
        ELSE CASE WHEN v.state = 'verified' THEN v.state ELSE {waiting} END
    END
END
"""  # as in rows.INCOMING
_WAITING_STATE = _STATE.format(
    waiting="CASE WHEN d.fetch = 2 THEN 'to_verify' WHEN d.obstacle <> '' THEN 'locked'"
    " WHEN d.fetch = 1 THEN 'downloading' ELSE 'pending' END"
)
_DECIDED_STATE = _STATE.format(waiting="''")
"""Asks the delivery alone, so that 100,000 of them are read from an index."""
_OPEN = "v.state IN ('delivered', 'viewed', 'verified')"
_ANY_OF_OURS = "d.document_id IN (SELECT v.document_id FROM deliveries AS v WHERE v.to_us = 0 AND "
_FOLLOWED = {
    Follow.OPEN: f"{_ANY_OF_OURS}{_OPEN})",
    Follow.OVERDUE: f"{_ANY_OF_OURS}{_OPEN})",  # which of the open ones: the caller's ``only``
    Follow.RETURNED: f"{_ANY_OF_OURS}v.state = 'returned')",
    Follow.REQUESTED: f"{_ANY_OF_OURS}v.open_requests > 0)",
    Follow.COMPLETE: f"NOT {_ANY_OF_OURS}v.state <> 'received')",
}
_TIME = {
    ListName.PENDING: "d.sent_at",
    ListName.RECEIVED: "ifnull(v.received_at, v.delivered_at)",
    ListName.RETURNED: "ifnull(v.returned_at, v.delivered_at)",
    ListName.SENT: "d.sent_at",
    ListName.RETURNED_TO_US: "v.returned_at",
}


_REGISTERED = """
SELECT e.subject, e.year, e.number, a.archived_at FROM register_entries AS e
LEFT JOIN archive_items AS a USING (entry_id)
WHERE e.book = 'received' AND e.cancelled = '' AND e.subject IN ({})
"""


_FIRST_UNITS = """
SELECT d.document_id, (SELECT json_group_array(unit_name) FROM (
    SELECT unit_name FROM deliveries WHERE document_id = d.document_id AND to_us = 0
    ORDER BY role = 'cc', rowid LIMIT 2))
FROM documents AS d WHERE d.document_id IN ({})
"""


def _element(name: str) -> str:
    return f"json_extract(d.elements, '$.{name}')"


@dataclass
class _Question:
    """A SELECT of identities in the making."""

    identity: str
    source: str
    time: str
    orders: dict[SortKey, str]
    conditions: list[str] = field(default_factory=list)
    values: list[object] = field(default_factory=list)

    def want(self, condition: str, *values: object) -> None:
        self.conditions.append(condition)
        self.values.extend(values)

    def sql(self, query: ListQuery, own_order: str) -> str:
        order = own_order
        if query.sort is not None and query.sort in self.orders:
            direction = "DESC" if query.descending else "ASC"
            order = f"{self.orders[query.sort]} {direction}, {own_order}"
        where = " AND ".join(self.conditions) or "1"
        return f"SELECT {self.identity} FROM {self.source} WHERE {where} ORDER BY {order}"  # noqa: S608 (own words only)


class ListQueries:
    """Reading only. All calls may take some 0.1 s with 100,000 documents and belong off the GUI thread."""

    def __init__(self, database: Database, drafts: DraftTable) -> None:
        self._database = database
        self._drafts = drafts
        self._return_notes = ReturnNotes(database)

    def find(self, query: ListQuery, only: Iterable[str] | None = None) -> Found:
        """The rows that answer, of ``only`` those where given."""
        ids = self._ids(query, bodies=True)
        if only is not None:
            wanted = frozenset(only)
            ids = tuple(one for one in ids if one in wanted)
        return found(ids)

    def by_body(self, query: ListQuery, ids: Sequence[str]) -> frozenset[str]:
        """Those of ``ids`` (few) that answer by the words of their text alone."""
        if not query.words.strip():
            return frozenset()
        return frozenset(ids) - frozenset(self._ids(query, bodies=False, among=ids))

    def incoming(self, ids: Sequence[str]) -> list[IncomingRow]:
        """Those of ``ids`` that are there, in their order."""
        query = f"{INCOMING} SELECT * FROM incoming WHERE delivery_id IN ({_marks(ids)})"  # noqa: S608
        rows = {row["delivery_id"]: incoming_row(row) for row in self._read(query, ids)}
        for entry in self._read(_REGISTERED.format(_marks(ids)), ids):
            number = f"{entry['year']}-{entry['number']:04d}"
            rows[entry["subject"]] = replace(
                rows[entry["subject"]], register_number=number, archived=bool(entry["archived_at"])
            )
        return _in_order(ids, rows)

    def sent(self, ids: Sequence[str]) -> list[SentRow]:
        """The same of sent documents, with the unit that has been waited for longest."""
        marks = _marks(ids)
        rows = [
            sent_row(row)
            for row in self._read(f"{SENT} AND d.document_id IN ({marks}) GROUP BY d.document_id", ids)
        ]
        waiting: dict[str, list[sqlite3.Row]] = {}
        query = (
            "SELECT document_id, unit_name, delivered_at FROM deliveries AS v"  # noqa: S608 (own words only)
            f" WHERE to_us = 0 AND {_OPEN} AND document_id IN ({marks}) ORDER BY delivered_at, unit_code"
        )
        for row in self._read(query, ids):
            waiting.setdefault(row["document_id"], []).append(row)
        named = {row[0]: tuple(json.loads(row[1])) for row in self._read(_FIRST_UNITS.format(marks), ids)}
        told = {
            row.document_id: replace(
                _with_waiting(row, waiting.get(row.document_id, [])), units=named.get(row.document_id, ())
            )
            for row in rows
        }
        return _in_order(ids, told)

    def drafts(self, ids: Sequence[str]) -> list[Draft]:
        """The same of drafts."""
        return [draft for one in ids if (draft := self._drafts.find(one)) is not None]

    def returned_to_us(self, ids: Sequence[str]) -> list[tuple[SentRow, DeliveryRow]]:
        """The same of deliveries that came back, with their documents."""
        query = f"SELECT * FROM deliveries WHERE delivery_id IN ({_marks(ids)})"  # noqa: S608
        rows = self._read(query, ids)
        documents = {row["delivery_id"]: row["document_id"] for row in rows}
        sent = {row.document_id: row for row in self.sent(sorted(set(documents.values())))}
        notes = self._return_notes.all()
        pairs = {
            row["delivery_id"]: (
                sent[row["document_id"]],
                handled(delivery_row(row), notes.get(row["delivery_id"])),
            )
            for row in rows
        }
        return _in_order(ids, pairs)

    def senders(self) -> tuple[str, ...]:
        """Names of units that ever sent something here."""
        query = "SELECT DISTINCT sender_name FROM documents WHERE ours = 0 ORDER BY sender_name"
        return tuple(row[0] for row in self._read(query, ()))

    def waiting(self) -> list[tuple[str, datetime, str]]:
        """What waits for a person, as (delivery, sent, urgency)."""
        states = [state.value for state in WAITING]
        query = (
            f"SELECT v.delivery_id, d.sent_at, {_element('urgency')} FROM deliveries AS v"  # noqa: S608
            " JOIN documents AS d USING (document_id)"
            " WHERE v.to_us = 1 AND v.state IN ('delivered', 'viewed')"
            f" AND {_WAITING_STATE} IN ({_marks(states)})"
        )
        return [(row[0], from_text(row[1]), row[2] or "") for row in self._read(query, states)]

    def open_sent(self) -> list[tuple[str, datetime, str]]:
        """Sent documents that a unit has not received, as (document, sent, urgency)."""
        query = (
            f"SELECT DISTINCT d.document_id, d.sent_at, {_element('urgency')} FROM deliveries AS v"  # noqa: S608
            f" JOIN documents AS d USING (document_id) WHERE v.to_us = 0 AND {_OPEN}"
        )
        return [(row[0], from_text(row[1]), row[2] or "") for row in self._read(query, ())]

    # -- parts ----------------------------------------------------------------------------------------------

    def _ids(self, query: ListQuery, *, bodies: bool, among: Sequence[str] = ()) -> tuple[str, ...]:
        if query.name.incoming:
            question, order = self._incoming(query), _order_of_incoming(query.name)
        elif query.name.draft:
            question, order = self._drafted(query), "d.updated_at DESC"
        elif query.name is ListName.SENT:
            question, order = self._sent(query), "d.sent_at DESC"
        else:
            question, order = self._returned(query), f"{OPEN_RETURNS} DESC, v.returned_at DESC"
        self._narrow(question, query)
        for word in query.words.split():
            self._word(question, query.name, word, bodies=bodies)
        if among:
            question.want(f"{question.identity} IN ({_marks(among)})", *among)
        return tuple(row[0] for row in self._read(question.sql(query, order), question.values))

    def _incoming(self, query: ListQuery) -> _Question:
        state = _WAITING_STATE if query.name is ListName.PENDING else _DECIDED_STATE
        # An outer join that nothing asks is left out; with words the few documents come first.
        question = _Question(
            "v.delivery_id",
            "documents AS d CROSS JOIN deliveries AS v ON v.document_id = d.document_id"
            if query.words.strip()
            else "deliveries AS v LEFT JOIN documents AS d ON d.document_id = v.document_id",
            _TIME[query.name],
            {
                SortKey.TIME: "d.sent_at",
                SortKey.DONE: _TIME[query.name],
                SortKey.UNIT: "d.sender_name",
                SortKey.SIZE: "d.size",
                SortKey.STATE: state,
                SortKey.COPIES: "v.copies - v.printed",
                SortKey.REMINDERS: "v.reminders",
                SortKey.REASON: "v.return_reason",
            },
        )
        shown = [one.value for one in _SHOWN[query.name] if not query.states or one.value in query.states]
        question.want(f"v.to_us = 1 AND {state} IN ({_marks(shown)})", *shown)
        if query.name is ListName.PENDING:  # no wish makes a decided delivery undecided
            question.want("v.state IN ('delivered', 'viewed')")
        if query.unit:
            question.want("d.sender_name = ?", query.unit)
        return question

    def _drafted(self, query: ListQuery) -> _Question:
        states = [state.value for state in _DRAFTED[query.name]]
        question = _Question(
            "d.document_id",
            "drafts AS d",
            "d.updated_at",
            {
                SortKey.TIME: "d.updated_at",
                SortKey.STATE: "d.state",
                SortKey.RECIPIENTS: "json_array_length(d.recipients)",
                SortKey.PROGRESS: "json_array_length(d.seals)",
            },
        )
        question.want(f"d.state IN ({_marks(states)})", *states)
        return question

    def _sent(self, query: ListQuery) -> _Question:
        waits = "(SELECT min(v.delivered_at) FROM deliveries AS v WHERE v.document_id = d.document_id"
        question = _Question(
            "d.document_id",
            "documents AS d",
            _TIME[query.name],
            {
                SortKey.TIME: "d.sent_at",
                SortKey.SIZE: "d.size",
                SortKey.PROGRESS: "(SELECT avg(v.state = 'received') FROM deliveries AS v"
                " WHERE v.document_id = d.document_id)",
                SortKey.REMINDERS: "(SELECT sum(v.reminders) FROM deliveries AS v"
                " WHERE v.document_id = d.document_id)",
                SortKey.WAITING: f"{waits} AND v.to_us = 0 AND {_OPEN})",
            },
        )
        question.want("d.ours = 1")
        wanted = [condition for state, condition in _FOLLOWED.items() if state.value in query.states]
        if wanted:
            question.want(f"({' OR '.join(wanted)})")
        if query.unit:
            question.want(
                "d.document_id IN (SELECT document_id FROM deliveries WHERE to_us = 0 AND unit_name = ?)",
                query.unit,
            )
        return question

    def _returned(self, query: ListQuery) -> _Question:
        question = _Question(
            "v.delivery_id",
            "deliveries AS v JOIN documents AS d USING (document_id)",
            _TIME[query.name],
            {
                SortKey.TIME: "v.returned_at",
                SortKey.UNIT: "v.unit_name",
                SortKey.REASON: "v.return_reason",
                SortKey.STATE: OPEN_RETURNS,
            },
        )
        if query.states == {Handling.OPEN.value}:
            question.want(OPEN_RETURNS)
        else:
            question.want(EVER_RETURNED)
        if query.states == {Follow.COMPLETE.value}:
            question.want(f"NOT ({OPEN_RETURNS})")
        if query.unit:
            question.want("v.unit_name = ?", query.unit)
        return question

    @staticmethod
    def _narrow(question: _Question, query: ListQuery) -> None:
        question.orders |= {
            SortKey.TITLE: _element("title"),
            SortKey.NUMBER: _element("doc_number"),
            SortKey.KIND: _element("doc_kind"),
            SortKey.URGENCY: _URGENCY,
        }
        if query.since is not None:
            question.want(f"{question.time} >= ?", to_text(query.since))
        if query.until is not None:
            question.want(f"{question.time} < ?", to_text(query.until))
        if query.kind:
            question.want(f"{_element('doc_kind')} = ?", query.kind)
        if query.urgency:
            question.want(f"ifnull({_element('urgency')}, '') = ?", _urgency(query.urgency))

    @staticmethod
    def _word(question: _Question, name: ListName, word: str, *, bodies: bool) -> None:
        """One word must occur in the head, in a unit's name or in the text."""
        if name.draft:
            places = ["d.elements LIKE ? ESCAPE '\\'"]
            if bodies:
                places.append(
                    "d.document_id IN (SELECT document_id FROM draft_texts WHERE text LIKE ? ESCAPE '\\')"
                )
            question.want(f"({' OR '.join(places)})", *[_like(word)] * len(places))
            return
        head, body = head_phrase(word), body_phrase(word)
        if not head:
            question.want("0")
            return
        rows, values = ["SELECT rowid FROM search WHERE search MATCH ?"], [head]
        if bodies and body:
            rows.append("SELECT rowid FROM body_search WHERE body_search MATCH ?")
            values.append(body)
        places = [f"d.row_id IN ({' UNION '.join(rows)})"]
        if not name.incoming:
            places.append(
                "d.document_id IN (SELECT document_id FROM deliveries WHERE to_us = 0 AND unit_name IN"
                " (SELECT json_extract(view, '$.name') FROM units"
                " WHERE json_extract(view, '$.name') LIKE ? ESCAPE '\\'))"
            )
            values.append(_like(word))
        question.want(f"({' OR '.join(places)})", *values)

    def _read(self, query: str, values: Iterable[object]) -> list[sqlite3.Row]:
        with self._database.reading() as connection:
            return connection.execute(query, tuple(values)).fetchall()


def _order_of_incoming(name: ListName) -> str:
    newest = "v.delivered_at DESC"
    return f"{_URGENCY}, {newest}" if name is ListName.PENDING else newest


def _urgency(word: str) -> str:
    return "" if word == "平件" else word


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _like(word: str) -> str:
    for special in ("\\", "%", "_"):
        word = word.replace(special, f"\\{special}")
    return f"%{word}%"


def _with_waiting(row: SentRow, units: list[sqlite3.Row]) -> SentRow:
    if not units:
        return row
    return replace(
        row,
        waiting=len(units),
        waiting_unit=units[0]["unit_name"],
        waiting_since=from_text(units[0]["delivered_at"]),
    )


def _in_order(ids: Sequence[str], rows: dict[str, Line]) -> list[Line]:
    return [rows[one] for one in ids if one in rows]
