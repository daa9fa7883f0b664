"""The board of a sent document: each unit with what it still owes, by working days (应收时限)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gongwen_client.domain.rows import DeliveryRow, SentRow
from gongwen_protocol.actions import RequestView
from gongwen_protocol.calendar import WorkCalendar
from gongwen_protocol.duties import due_at, office_time
from gongwen_protocol.profile import RegionProfile
from gongwen_protocol.sentences import Sentence
from gongwen_protocol.states import CLOSED_TO_RECEIVER, OPEN_DELIVERIES, DeliveryState, RequestState


@dataclass(frozen=True)
class BoardLine:
    """One unit. ``due_at``: when it is to have received, None where the region states no hours or nothing is
    awaited any more; ``late``: working time since then. ``calls``: telephone calls noted on this PC."""

    row: DeliveryRow
    due_at: datetime | None = None
    late: timedelta = timedelta(0)
    calls: int = 0

    @property
    def awaited(self) -> bool:
        """Whether the unit still has to receive."""
        return self.row.state in OPEN_DELIVERIES

    @property
    def reminders(self) -> int:
        """How often it was reminded (催办次数)."""
        return len(self.row.details.reminders) if self.row.details else 0

    @property
    def open_requests(self) -> tuple[RequestView, ...]:
        """What the unit asks for and nobody answered."""
        details = self.row.details
        return tuple(one for one in details.requests if one.state is RequestState.OPEN) if details else ()

    @property
    def ranges(self) -> str:
        """Its copy numbers: 1—5、9—10."""
        found = self.row.details.ranges if self.row.details else ()
        parts = (str(one.first) if one.first == one.last else f"{one.first}—{one.last}" for one in found)
        return "、".join(parts)


@dataclass(frozen=True)
class Board:
    """All units of a document at a moment of the exchange's clock. ``hours``: the region's working hours for
    its urgency, stated in ``article``; ``assumed``: the working days of the year are not known."""

    lines: tuple[BoardLine, ...]
    now: datetime
    hours: int | None = None
    article: str = ""
    assumed: bool = False

    @property
    def counted(self) -> tuple[BoardLine, ...]:
        """Those that count for x / n: taken back and carried on paper are not waited for."""
        return tuple(line for line in self.lines if line.row.state not in CLOSED_TO_RECEIVER)

    @property
    def received(self) -> int:
        """x."""
        return sum(line.row.state is DeliveryState.RECEIVED for line in self.lines)

    @property
    def awaited(self) -> tuple[BoardLine, ...]:
        """Who has not received yet, the longest waiting first."""
        return tuple(sorted((line for line in self.lines if line.awaited), key=_delivered_at))

    @property
    def late(self) -> tuple[BoardLine, ...]:
        """Who should have received by now, the latest first."""
        found = (line for line in self.lines if line.late)
        return tuple(sorted(found, key=lambda line: line.late, reverse=True))

    @property
    def open_requests(self) -> int:
        """Requests that wait for an answer."""
        return sum(len(line.open_requests) for line in self.lines)


@dataclass(frozen=True)
class OpenRequest:
    """A receiver's request that waits for this unit's answer."""

    sent: SentRow
    row: DeliveryRow
    request: RequestView


@dataclass(frozen=True)
class Reach:
    """Which units an act will reach, and why not the others."""

    able: tuple[DeliveryRow, ...]
    unable: tuple[tuple[DeliveryRow, Sentence], ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The units that it reaches."""
        return tuple(row.unit_code for row in self.able)


@dataclass(frozen=True)
class Call:
    """A telephone call about a document (电话联系记录): with whom, by post, when, and what was said."""

    document_id: str
    unit_code: str
    spoken_with: str
    said: str
    at: datetime
    by_post: str
    call_id: int = 0


@dataclass
class Deadlines:
    """Deadlines of one document's deliveries; equal moments are reckoned once."""

    profile: RegionProfile
    calendar: WorkCalendar
    urgency: str
    now: datetime
    _known: dict[datetime, tuple[datetime | None, timedelta]] = field(default_factory=dict)

    def of(self, since: datetime) -> tuple[datetime | None, timedelta]:
        """(due, working time since then) of what was delivered at ``since``."""
        if since not in self._known:
            due = due_at(self.profile, self.calendar, since, self.urgency)
            late = due is not None and due < self.now
            time = office_time(self.profile, self.calendar, due, self.now) if late and due else timedelta(0)
            # Past by the clock, though no working time went by since: late all the same.
            self._known[since] = (due, max(time, timedelta(minutes=1)) if late else timedelta(0))
        return self._known[since]

    def line(self, row: DeliveryRow, calls: int = 0) -> BoardLine:
        """The line of one unit."""
        if row.state not in OPEN_DELIVERIES:
            return BoardLine(row, calls=calls)
        return BoardLine(row, *self.of(delivered_at(row)), calls=calls)

    @property
    def hours(self) -> int | None:
        """The region's working hours for this urgency."""
        hours = {str(one.urgency): one.hours for one in self.profile.urgency_deadlines.value}
        return hours.get(self.urgency)


Standing = Callable[[DeliveryRow], Sentence | None]
"""What speaks against an act on one unit, None when nothing does."""


def sort_out(rows: tuple[DeliveryRow, ...], against: Standing) -> Reach:
    """Which of the units an act reaches."""
    judged = [(row, against(row)) for row in rows]
    return Reach(
        tuple(row for row, why in judged if why is None),
        tuple((row, why) for row, why in judged if why is not None),
    )


def delivered_at(row: DeliveryRow) -> datetime:
    """When its present round began."""
    return row.details.delivered_at if row.details else row.at


def _delivered_at(line: BoardLine) -> datetime:
    return delivered_at(line.row)
