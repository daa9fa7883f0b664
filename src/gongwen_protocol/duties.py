"""Duties by the clock: for which day a document counts, when it is due, which checks are still to be made.

Pure: profile and working-day calendar in, answer out. All moments are aware; days are local to the region.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gongwen_protocol.calendar import WorkCalendar
from gongwen_protocol.profile import RegionProfile

_HALF_DAY_SECONDS = 3 * 3600


def before_cutoff(profile: RegionProfile, moment: datetime) -> bool:
    """Whether something sent at ``moment`` lies before that local day's cut-off; days off aside."""
    cutoff = profile.same_day_cutoff.value
    return cutoff is None or moment.astimezone(ZoneInfo(profile.time_zone)).time() < cutoff


def counts_for(profile: RegionProfile, calendar: WorkCalendar, moment: datetime) -> date:
    """The working day that a document sent at ``moment`` counts for (Jiangmen art. 32): that day itself if
    it is worked and the cut-off has not passed, else the next one that is worked (make-up days included)."""
    day = moment.astimezone(ZoneInfo(profile.time_zone)).date()
    if calendar.is_workday(day) and before_cutoff(profile, moment):
        return day
    return calendar.next_workday(day)


def due_at(
    profile: RegionProfile, calendar: WorkCalendar, sent_at: datetime, urgency: str
) -> datetime | None:
    """When a document is to be received at the latest: the region's working hours for its urgency, counted
    within office hours of working days. None where the region states no hours."""
    hours = {str(entry.urgency): entry.hours for entry in profile.urgency_deadlines.value}.get(urgency)
    if hours is None:
        return None
    zone, left = ZoneInfo(profile.time_zone), timedelta(hours=hours)
    moment = sent_at.astimezone(zone)
    day = moment.date()
    while True:
        for begin, end in _office_spans(profile, calendar, day, zone):
            start = max(begin, moment)
            if start >= end:
                continue
            if end - start >= left:
                return start + left
            left -= end - start
        day += timedelta(days=1)


def office_time(profile: RegionProfile, calendar: WorkCalendar, begin: datetime, end: datetime) -> timedelta:
    """How much of the time between two moments lies in office hours; zero when ``end`` is not later."""
    zone, total = ZoneInfo(profile.time_zone), timedelta(0)
    first, last = begin.astimezone(zone), end.astimezone(zone)
    day = first.date()
    while day <= last.date():
        for opens, closes in _office_spans(profile, calendar, day, zone):
            total += max(timedelta(0), min(closes, last) - max(opens, first))
        day += timedelta(days=1)
    return total


def in_office_hours(profile: RegionProfile, calendar: WorkCalendar, moment: datetime) -> bool:
    """Whether somebody can be expected at the desk: not at noon, at night, at weekends and holidays."""
    zone = ZoneInfo(profile.time_zone)
    local = moment.astimezone(zone)
    spans = _office_spans(profile, calendar, local.date(), zone)
    return any(opens <= local < closes for opens, closes in spans)


def half_day_ends(profile: RegionProfile, day: date) -> tuple[datetime, datetime]:
    """Until when the morning's and the afternoon's attended checks of a working day are to be made: the end
    of the office hours, in the morning never later than the region's noon."""
    zone, hours = ZoneInfo(profile.time_zone), profile.office_hours.value
    morning = min(hours.morning_to, profile.daily_checks.value.noon)
    return datetime.combine(day, morning, zone), datetime.combine(day, hours.afternoon_to, zone)


@dataclass(frozen=True)
class ChecksOfDay:
    """A day's attended checks (查收) against the region's number, per half-day. ``assumed``: the calendar of
    the year is missing."""

    day: date
    morning_done: int
    morning_wanted: int
    afternoon_done: int
    afternoon_wanted: int
    assumed: bool

    @property
    def complete(self) -> bool:
        """Whether the day's duty is done."""
        return self.morning_done >= self.morning_wanted and self.afternoon_done >= self.afternoon_wanted


def checks_of(
    profile: RegionProfile, calendar: WorkCalendar, day: date, checks: Iterable[datetime]
) -> ChecksOfDay:
    """Which checks of ``day`` (local) were made, by the exchange's times, and how many the region wants. On a
    day off its number counts for the whole day."""
    zone, rule = ZoneInfo(profile.time_zone), profile.daily_checks.value
    local = [check.astimezone(zone) for check in checks]
    times = [check.time() for check in local if check.date() == day]
    morning = sum(moment < rule.noon for moment in times)
    assumed = not calendar.knows(day)
    if not calendar.is_workday(day):
        return ChecksOfDay(day, 0, 0, len(times), rule.day_off, assumed)
    return ChecksOfDay(day, morning, rule.morning, len(times) - morning, rule.afternoon, assumed)


def longest_poll_gap(profile: RegionProfile) -> float:
    """Seconds: a machine that polls at least this often looks no less often than a person has to."""
    rule = profile.daily_checks.value
    return _HALF_DAY_SECONDS / (max(rule.morning, rule.afternoon, 1) + 1)


def _office_spans(
    profile: RegionProfile, calendar: WorkCalendar, day: date, zone: ZoneInfo
) -> list[tuple[datetime, datetime]]:
    if not calendar.is_workday(day):
        return []
    hours = profile.office_hours.value

    def at(moment: time) -> datetime:
        return datetime.combine(day, moment, zone)

    return [
        (at(hours.morning_from), at(hours.morning_to)),
        (at(hours.afternoon_from), at(hours.afternoon_to)),
    ]
