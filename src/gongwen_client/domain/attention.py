"""How loudly what waits asks to be looked at (收文提醒): a step for each document, by working time.

Pure: rules, calendar and facts in, steps out. All moments are aware and by the exchange's clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo

from gongwen_protocol.actions import Reminder
from gongwen_protocol.calendar import HalfDay, WorkCalendar
from gongwen_protocol.duties import checks_of, due_at, half_day_ends, in_office_hours, office_time
from gongwen_protocol.profile import RegionProfile, ReminderLevel

_HOURS_WITHOUT_RULE = 8
_AGAIN_SHARE, _URGENT_SHARE = 16, 4
DUTY_SOON, DUTY_LATE = timedelta(minutes=60), timedelta(minutes=15)


class Step(IntEnum):
    """None, told once, told again every now and then, a banner until somebody looks."""

    NONE = 0
    NEW = 1
    AGAIN = 2
    URGENT = 3


_STEP_OF = {
    ReminderLevel.NOTIFY: Step.NEW,
    ReminderLevel.URGE: Step.AGAIN,
    ReminderLevel.SUPERVISE: Step.URGENT,
}


@dataclass(frozen=True)
class Pace:
    """Working time after which a document that nobody looked at is told again, and becomes urgent."""

    again: timedelta
    urgent: timedelta


def pace(profile: RegionProfile, urgency: str, *, earlier: bool = False) -> Pace:
    """A sixteenth and a quarter of the hours within which it is to be received; of eight where the region
    states none (Ordos: 特急 8 and 30 minutes, 加急 15 and 60, others 30 and 120). ``earlier``: in half of
    that."""
    hours = {str(one.urgency): one.hours for one in profile.urgency_deadlines.value}
    whole = timedelta(hours=hours.get(urgency, _HOURS_WITHOUT_RULE))
    whole = whole / 2 if earlier else whole
    return Pace(whole / _AGAIN_SHARE, whole / _URGENT_SHARE)


@dataclass(frozen=True)
class Waiting:
    """A document that is to be received. ``unread``: nobody opened it."""

    delivery_id: str
    title: str
    sender_name: str
    urgency: str
    since: datetime
    unread: bool
    reminders: tuple[Reminder, ...] = ()


@dataclass(frozen=True)
class Alert:
    """A waiting document and how loudly it asks. ``late``: working time since it was due; ``reminder``: the
    sender's last one that nobody looked at."""

    waiting: Waiting
    step: Step
    due_at: datetime | None
    late: timedelta
    reminder: Reminder | None


def alert_of(
    profile: RegionProfile,
    calendar: WorkCalendar,
    waiting: Waiting,
    last_check: datetime | None,
    now: datetime,
    *,
    earlier: bool = False,
) -> Alert:
    """Attended is what was opened, or stood in the list when a person last looked (查收). A reminder later
    than that, and a deadline that has passed, ask anew."""
    looked = not waiting.unread or (last_check is not None and last_check >= waiting.since)
    due = due_at(profile, calendar, waiting.since, waiting.urgency)
    past = due is not None and due < now
    late = office_time(profile, calendar, due, now) if due is not None and past else timedelta(0)
    newest = waiting.reminders[-1] if waiting.reminders else None
    if newest is not None and last_check is not None and last_check >= newest.at:
        newest = None
    steps = [Step.URGENT if past else Step.NONE, _STEP_OF[newest.level] if newest else Step.NONE]
    if not looked:
        age = office_time(profile, calendar, waiting.since, now)
        steps.append(_step_of_age(age, pace(profile, waiting.urgency, earlier=earlier)))
    return Alert(waiting, max(steps), due, late, newest)


def _step_of_age(age: timedelta, bounds: Pace) -> Step:
    if age >= bounds.urgent:
        return Step.URGENT
    return Step.AGAIN if age >= bounds.again else Step.NEW


class CheckState(StrEnum):
    """A half-day's attended checks: not wanted, made, still open, soon over, over without."""

    FREE = "free"
    DONE = "done"
    OPEN = "open"
    SOON = "soon"
    MISSED = "missed"


@dataclass(frozen=True)
class HalfDayClock:
    """One half-day: how many checks were made of how many, the last one, and until when there is time."""

    half: HalfDay
    done: int
    wanted: int
    last: datetime | None
    ends: datetime
    state: CheckState


@dataclass(frozen=True)
class Clocks:
    """The two half-days of a day. ``assumed``: the calendar of the year is missing."""

    morning: HalfDayClock
    afternoon: HalfDayClock
    workday: bool
    assumed: bool
    article: str

    @property
    def present(self) -> HalfDayClock | None:
        """The half-day in which a check is still to be made and time is short."""
        return next((one for one in (self.morning, self.afternoon) if one.state is CheckState.SOON), None)


def clocks(
    profile: RegionProfile, calendar: WorkCalendar, checks: Iterable[datetime], now: datetime
) -> Clocks:
    """Today's half-days (Ordos art. 11) by the attended checks that the exchange recorded."""
    zone = ZoneInfo(profile.time_zone)
    local = now.astimezone(zone)
    day, rule = local.date(), profile.daily_checks.value
    times = sorted(check for check in checks if check.astimezone(zone).date() == day)
    whole, workday = checks_of(profile, calendar, day, times), calendar.is_workday(day)
    early = [one for one in times if one.astimezone(zone).time() < rule.noon]
    late = [one for one in times if one not in early] if workday else times
    ends = half_day_ends(profile, day)
    return Clocks(
        _half(HalfDay.MORNING, whole.morning_done, whole.morning_wanted, early, ends[0], now),
        _half(HalfDay.AFTERNOON, whole.afternoon_done, whole.afternoon_wanted, late, ends[1], now),
        workday,
        whole.assumed,
        profile.article_of("daily_checks"),
    )


def _half(
    half: HalfDay, done: int, wanted: int, times: Sequence[datetime], ends: datetime, now: datetime
) -> HalfDayClock:
    if done >= wanted:
        state = CheckState.DONE if done else CheckState.FREE
    elif now >= ends:
        state = CheckState.MISSED
    else:
        state = CheckState.SOON if ends - now <= DUTY_SOON else CheckState.OPEN
    return HalfDayClock(half, done, wanted, times[-1] if times else None, ends, state)


@dataclass(frozen=True)
class Attention:
    """Everything that asks for the person now, the loudest first. ``quiet``: outside office hours, when
    nothing rings and no banner rises; ``gap``: after how long the loudest may ring again."""

    alerts: tuple[Alert, ...]
    clocks: Clocks
    quiet: bool
    gap: timedelta
    now: datetime

    @property
    def step(self) -> Step:
        """The loudest step, that of the half-day's check included."""
        steps = [alert.step for alert in self.alerts]
        if (half := self.clocks.present) is not None:
            steps.append(Step.URGENT if half.ends - self.now <= DUTY_LATE else Step.AGAIN)
        return max(steps, default=Step.NONE)

    def at(self, step: Step) -> tuple[Alert, ...]:
        """The documents that have come to a step."""
        return tuple(alert for alert in self.alerts if alert.step >= step)


def attention(
    profile: RegionProfile,
    calendar: WorkCalendar,
    waiting: Iterable[Waiting],
    checks: Sequence[datetime],
    now: datetime,
    *,
    earlier: bool = False,
) -> Attention:
    """All together. ``checks``: attended checks of the last days, the newest last; ``earlier``: see
    ``pace``."""
    last = checks[-1] if checks else None
    found = [alert_of(profile, calendar, one, last, now, earlier=earlier) for one in waiting]
    loudest = sorted(found, key=lambda alert: (-alert.step, -alert.late, alert.waiting.since))
    gaps = [
        pace(profile, alert.waiting.urgency, earlier=earlier).again
        for alert in found
        if alert.step >= Step.AGAIN
    ]
    return Attention(
        tuple(loudest),
        clocks(profile, calendar, checks, now),
        quiet=not in_office_hours(profile, calendar, now),
        gap=min(gaps, default=pace(profile, "", earlier=earlier).again),
        now=now,
    )
