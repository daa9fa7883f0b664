"""The day of a clerk: what waits, what comes first, which days are worked (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from gongwen_client.domain.deadlines import CALM, urgency_rank
from gongwen_client.domain.notices import NoticeCard
from gongwen_protocol.calendar import WorkCalendar
from gongwen_protocol.duties import ChecksOfDay

_LOOK_AHEAD_DAYS = 60


class TaskKind(StrEnum):
    """What there is to do about a document."""

    RECEIVE = "receive"
    ANSWER_RETURN = "answer_return"
    ANSWER_REQUEST = "answer_request"
    URGE = "urge"
    SEAL = "seal"
    SEND = "send"


_ORDER = {kind: number for number, kind in enumerate(TaskKind)}


@dataclass(frozen=True)
class Task:
    """One thing to do. ``identity`` is that of the row in the list ``page``; ``due_at``: by when; ``since``:
    for how long it has been waiting; ``count``: units or requests that it is about."""

    kind: TaskKind
    page: str
    identity: str
    title: str
    unit: str
    urgency: str
    since: datetime
    due_at: datetime | None = None
    count: int = 0
    unread: bool = False

    def overdue(self, now: datetime) -> bool:
        """Whether its deadline has passed."""
        return self.due_at is not None and self.due_at < now

    def order(self, now: datetime) -> tuple[bool, int, float, int, float]:
        """What comes first: what is late, then the urgent, then by deadline, then by kind, then the older."""
        rank = urgency_rank(self.urgency) if self.kind is TaskKind.RECEIVE else CALM
        due = self.due_at.timestamp() if self.due_at is not None else float("inf")
        return (not self.overdue(now), rank, due, _ORDER[self.kind], self.since.timestamp())


@dataclass(frozen=True)
class Tallies:
    """The numbers of the first page. ``to_verify``: of the pending those whose files are here; ``open_sent``:
    sent and not received by all; ``overdue``: of these past the deadline; ``to_archive``: due within 30 days
    or late."""

    pending: int = 0
    to_verify: int = 0
    overdue: int = 0
    awaiting_seal: int = 0
    ready: int = 0
    open_sent: int = 0
    returned_to_us: int = 0
    requests: int = 0
    to_archive: int = 0


@dataclass(frozen=True)
class DayFact:
    """Something about coming days: a holiday's first to last day, or one day that is worked (调休)."""

    first: date
    last: date
    name: str
    worked: bool


@dataclass(frozen=True)
class Day:
    """All that the first page shows. ``now`` is the exchange's time, local to the region; ``cutoff``: today's
    same-day cut-off, None where there is none today; ``known``: whether the calendar of the year is here;
    ``noon`` parts the half-days of checking."""

    now: datetime
    workday: bool
    name: str
    known: bool
    checks: ChecksOfDay
    check_times: tuple[datetime, ...]
    noon: time
    cutoff: datetime | None
    counts_for: date
    tasks: tuple[Task, ...]
    more_tasks: int
    tallies: Tallies
    facts: tuple[DayFact, ...]
    next_workday: date
    notices: tuple[NoticeCard, ...] = ()


def day_facts(calendar: WorkCalendar, today: date, count: int = 3) -> tuple[DayFact, ...]:
    """The next holidays and make-up days from tomorrow on, at most ``count``."""
    found: list[DayFact] = []
    for fact in _facts(calendar, today):
        found.append(fact)
        if len(found) == count:
            break
    return tuple(found)


def _facts(calendar: WorkCalendar, today: date) -> Iterator[DayFact]:
    day = today + timedelta(days=1)
    end = today + timedelta(days=_LOOK_AHEAD_DAYS)
    while day <= end:
        name = calendar.holidays.get(day)
        if name is not None:
            last = day
            while calendar.holidays.get(last + timedelta(days=1)) == name:
                last += timedelta(days=1)
            yield DayFact(day, last, name, worked=False)
            day = last
        elif day in calendar.make_up_days:
            yield DayFact(day, day, "调休上班", worked=True)
        day += timedelta(days=1)
