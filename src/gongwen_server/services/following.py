"""What followed on deliveries, read for many of them at once: ranges, reminders, requests, arrivals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from gongwen_protocol.actions import ArrivalTick, CopyRange, Reminder, RequestKind, RequestView
from gongwen_protocol.profile import ReminderLevel
from gongwen_protocol.states import RequestState
from gongwen_server.db.tables import ArrivalRow, CopyRangeRow, ReminderRow, RequestRow

Row = TypeVar("Row", CopyRangeRow, ReminderRow, RequestRow, ArrivalRow)
DOCUMENT_ITSELF = -1
_AT_ONCE = 10_000  # parameters of one query


def _following(table: type[Row], order: InstrumentedAttribute[Any]) -> Select[Row]:
    """Made once: to make a query costs as much as to ask it, and each poll with news asks all four."""
    ids: BindParameter[Any] = bindparam("ids", expanding=True)
    return select(table).where(table.delivery_id.in_(ids)).order_by(order)


_RANGES = _following(CopyRangeRow, CopyRangeRow.first)
_REMINDERS = _following(ReminderRow, ReminderRow.at)
_REQUESTS = _following(RequestRow, RequestRow.asked_at)
_ARRIVALS = _following(ArrivalRow, ArrivalRow.position)


class Following:
    """Everything that followed on ``delivery_ids``, in order."""

    def __init__(self, session: Session, delivery_ids: Sequence[str]) -> None:
        self._session = session
        self._ids = delivery_ids
        self._ranges = self._read(_RANGES)
        self._reminders = self._read(_REMINDERS)
        self._requests = self._read(_REQUESTS)
        self._arrivals = self._read(_ARRIVALS)

    def ranges(self, delivery_id: str) -> tuple[CopyRange, ...]:
        """Its copy numbers."""
        return tuple(CopyRange(first=row.first, last=row.last) for row in self._ranges[delivery_id])

    def reminders(self, delivery_id: str) -> tuple[Reminder, ...]:
        """The sender's reminders, oldest first."""
        return tuple(
            Reminder(level=ReminderLevel(row.level), text=row.text, at=row.at, by_post=row.by_post)
            for row in self._reminders[delivery_id]
        )

    def requests(self, delivery_id: str) -> tuple[RequestView, ...]:
        """The receiver's requests, oldest first."""
        return tuple(request_view(row) for row in self._requests[delivery_id])

    def arrivals(self, delivery_id: str) -> tuple[ArrivalTick, ...]:
        """What came by paper."""
        return tuple(
            ArrivalTick(
                position=None if row.position == DOCUMENT_ITSELF else row.position,
                at=row.at,
                by_post=row.by_post,
                note=row.note,
            )
            for row in self._arrivals[delivery_id]
        )

    def _read(self, query: Select[Row]) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for begin in range(0, len(self._ids), _AT_ONCE):
            for row in self._session.scalars(query, {"ids": self._ids[begin : begin + _AT_ONCE]}):
                found[row.delivery_id].append(row)
        return found


def request_view(row: RequestRow) -> RequestView:
    """One request."""
    return RequestView(
        request_id=row.request_id,
        kind=RequestKind(row.kind),
        count=row.count,
        reason=row.reason,
        state=RequestState(row.state),
        asked_at=row.asked_at,
        asked_by=row.asked_by,
        granted=row.granted,
        answer=row.answer,
        answered_at=row.answered_at,
        answered_by=row.answered_by,
        pictured=row.pictured,
    )
