"""The lists of documents (待收 … 退回): which rows, in which order, and the rows that are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from gongwen_client.domain.deadlines import Deadlines
from gongwen_client.domain.drafts import Draft
from gongwen_client.domain.lists import WAITING, Follow, Found, ListName, ListQuery, SortKey, found
from gongwen_client.domain.rows import DeliveryRow, IncomingRow, SentRow
from gongwen_client.durable import write_atomically
from gongwen_client.services.desk import Desk
from gongwen_docs.register import RegisterTable
from gongwen_protocol.profile import ReminderLevel

Row = IncomingRow | SentRow | Draft | tuple[SentRow, DeliveryRow]
PAGE = 60
"""Rows that are read at once."""


class ListService:
    """All calls are slow (up to some 0.3 s with 100,000 documents)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def find(self, query: ListQuery) -> Found:
        """Which rows answer, in order."""
        only = self.overdue() if Follow.OVERDUE.value in query.states else None
        answer = self._desk.store.lists.find(query, only)
        if query.name is ListName.PENDING and query.sort is SortKey.DUE:
            return self._by_deadline(answer, descending=query.descending)
        return answer

    def rows(self, name: ListName, ids: Sequence[str]) -> Sequence[Row]:
        """The rows of ``ids`` that are still there, in their order, with their deadlines."""
        lists = self._desk.store.lists
        if not ids:
            return ()
        if name.draft:
            return lists.drafts(ids)
        deadlines = self.deadlines()
        if name.incoming:
            return [_with_deadline(row, deadlines) for row in lists.incoming(ids)]
        if name is ListName.SENT:
            return [_sent_with_deadline(row, deadlines) for row in lists.sent(ids)]
        return lists.returned_to_us(ids)

    def all_rows(self, name: ListName, ids: Sequence[str]) -> Iterator[Row]:
        """The same of many, page by page."""
        for start in range(0, len(ids), PAGE):
            yield from self.rows(name, ids[start : start + PAGE])

    def by_body(self, query: ListQuery, ids: Sequence[str]) -> frozenset[str]:
        """Those of ``ids`` that were found by their text alone."""
        return self._desk.store.lists.by_body(query, ids)

    def units(self, name: ListName) -> tuple[str, ...]:
        """Names of units that the list can be narrowed to."""
        if name.draft:
            return ()
        if name.incoming:
            return self._desk.store.lists.senders()
        return tuple(unit.name for unit in self._desk.store.units.list())

    def overdue(self) -> tuple[str, ...]:
        """Sent documents that a unit should have received by now (what is to be urged, Ordos art. 9)."""
        return self.follow_up()[1]

    def follow_up(self) -> tuple[int, tuple[str, ...]]:
        """How many sent documents a unit has not received, and those of them that are overdue."""
        now, deadlines = self.server_now(), self.deadlines()
        waiting = self._desk.store.lists.open_sent()
        late = (one for one, sent_at, urgency in waiting if _passed(deadlines.of(sent_at, urgency), now))
        return len(waiting), tuple(late)

    def reminder_rules(self) -> tuple[tuple[ReminderLevel, ...], str]:
        """The levels of urging that the region has, and the article."""
        rule = self._desk.profile().reminders
        return rule.value.levels, self._desk.profile().cite(rule.article)

    def deadlines(self) -> Deadlines:
        """By the rules in force and the working days as the exchange stated them."""
        return Deadlines.under(self._desk.profile(), self._desk.store.rules.calendar())

    def server_now(self) -> datetime:
        """The exchange's time: deadlines and receipts go by it."""
        offset = self._desk.engine.connection.facts.server_time_offset
        return self._desk.clock.now() + timedelta(seconds=offset)

    def _by_deadline(self, answer: Found, *, descending: bool) -> Found:
        deadlines = self.deadlines()
        order = {
            delivery: deadlines.order(sent_at, urgency)
            for delivery, sent_at, urgency in self._desk.store.lists.waiting()
        }
        known = (one for one in answer.ids if one in order)
        return found(tuple(sorted(known, key=order.__getitem__, reverse=descending)))


def _passed(due: datetime | None, now: datetime) -> bool:
    return due is not None and due < now


def _with_deadline(row: IncomingRow, deadlines: Deadlines) -> IncomingRow:
    if row.state not in WAITING:
        return row
    return replace(row, due_at=deadlines.of(row.sent_at, row.elements.urgency))


def _sent_with_deadline(row: SentRow, deadlines: Deadlines) -> SentRow:
    if not row.waiting:
        return row
    return replace(row, due_at=deadlines.of(row.sent_at, row.elements.urgency))


def write_spreadsheet(table: RegisterTable, target: Path) -> Path:
    """Slow. CSV where the name ends so, else Excel; the file as it was written. Raises KnownError: file.*,
    host.disk_full."""
    from gongwen_docs.register.spreadsheets import to_csv, to_xlsx  # not at each start

    if target.suffix.lower() == ".csv":
        write_atomically(target, to_csv(table))
        return target
    if target.suffix.lower() != ".xlsx":
        target = target.with_name(f"{target.name}.xlsx")
    write_atomically(target, to_xlsx(table))
    return target


def titles(rows: Iterable[Row]) -> tuple[str, ...]:
    """What dialogs about several documents name."""
    return tuple(row[0].elements.title if isinstance(row, tuple) else row.elements.title for row in rows)
