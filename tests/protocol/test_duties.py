"""Duties by the clock on a calendar with make-up days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gongwen_protocol.calendar import WorkCalendar, read_year
from gongwen_protocol.duties import (
    checks_of,
    counts_for,
    due_at,
    half_day_ends,
    in_office_hours,
    longest_poll_gap,
    office_time,
)
from gongwen_protocol.profile import load_profile
from gongwen_protocol.resources import resource_path

BEIJING = ZoneInfo("Asia/Shanghai")
ORDOS, JIANGMEN, EXAMPLE = map(load_profile, ("ordos-2018", "jiangmen-2008", "example-2026"))
CALENDAR = WorkCalendar.of(
    read_year(path.read_text("utf-8")) for path in sorted(resource_path("calendar").glob("*.json"))
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("sent", "day"),
    [
        ("2026-10-10T15:29:59", "2026-10-10"),  # a make-up Saturday
        ("2026-10-10T15:30:00", "2026-10-12"),
        ("2026-10-11T09:00:00", "2026-10-12"),  # the Sunday after it
        ("2026-09-30T15:30:00", "2026-10-08"),  # on the eve of the holiday
        ("2026-10-01T10:00:00", "2026-10-08"),  # a Thursday off
        ("2026-11-20T15:30:00", "2026-11-23"),
    ],
)
def test_the_cutoff_on_the_working_day_calendar(sent: str, day: str) -> None:
    assert counts_for(JIANGMEN, CALENDAR, local(sent)) == date.fromisoformat(day)


def test_without_a_cutoff_the_day_itself_counts() -> None:
    assert counts_for(ORDOS, CALENDAR, local("2026-10-10T23:59:00")) == date(2026, 10, 10)
    assert counts_for(ORDOS, CALENDAR, local("2026-10-04T08:00:00")) == date(2026, 10, 8)


@pytest.mark.parametrize(
    ("sent", "urgency", "due"),
    [
        ("2026-11-23T09:00:00", "特急", "2026-11-23T11:00:00"),
        ("2026-11-23T11:00:00", "特急", "2026-11-23T15:30:00"),  # an hour before noon, one after the break
        ("2026-11-20T17:00:00", "特急", "2026-11-23T10:00:00"),  # over a weekend
        ("2026-09-30T17:30:00", "加急", "2026-10-08T15:00:00"),  # over a holiday
        ("2026-10-10T08:00:00", "", "2026-10-12T10:00:00"),  # 6.5 hours on the make-up Saturday
    ],
)
def test_deadlines_run_in_office_hours(sent: str, urgency: str, due: str) -> None:
    assert due_at(ORDOS, CALENDAR, local(sent), urgency) == local(due)


def test_no_deadline_where_none_is_stated() -> None:
    assert due_at(JIANGMEN, CALENDAR, local("2026-11-23T09:00:00"), "") is None
    assert due_at(ORDOS, CALENDAR, local("2026-11-23T09:00:00"), "火急") is None


def test_half_day_checks() -> None:
    day = date(2026, 11, 23)
    morning = [local("2026-11-23T09:12:00")]
    assert not checks_of(ORDOS, CALENDAR, day, morning).complete
    found = checks_of(ORDOS, CALENDAR, day, [*morning, local("2026-11-23T12:00:00")])
    assert (found.morning_done, found.afternoon_done, found.complete) == (1, 1, True)
    assert checks_of(ORDOS, CALENDAR, date(2026, 10, 1), []).complete
    assert not checks_of(ORDOS, CALENDAR, date(2026, 10, 10), []).complete  # make-up Saturday


def test_some_regions_look_on_days_off_too() -> None:
    sunday = date(2026, 11, 22)
    assert not checks_of(EXAMPLE, CALENDAR, sunday, [local("2026-11-22T10:00:00")]).complete
    twice = [local("2026-11-22T10:00:00"), local("2026-11-22T20:00:00")]
    assert checks_of(EXAMPLE, CALENDAR, sunday, twice).complete


def test_an_unknown_year_is_an_assumption() -> None:
    assert checks_of(ORDOS, CALENDAR, date(2031, 1, 1), []).assumed
    assert not checks_of(ORDOS, CALENDAR, date(2026, 1, 1), []).assumed


def test_the_machine_looks_no_less_often_than_a_person_must() -> None:
    assert longest_poll_gap(EXAMPLE) == 3600
    assert longest_poll_gap(ORDOS) == 5400


@pytest.mark.parametrize(
    ("begin", "end", "minutes"),
    [
        ("2026-11-23T09:00:00", "2026-11-23T10:30:00", 90),
        ("2026-11-23T11:30:00", "2026-11-23T15:00:00", 60),  # the break at noon does not count
        ("2026-11-20T17:00:00", "2026-11-23T09:00:00", 60),  # nor does a weekend
        ("2026-10-10T08:30:00", "2026-10-10T18:00:00", 390),  # a make-up Saturday does
        ("2026-11-23T10:00:00", "2026-11-23T09:00:00", 0),
    ],
)
def test_office_time_between_two_moments(begin: str, end: str, minutes: int) -> None:
    assert office_time(ORDOS, CALENDAR, local(begin), local(end)) == timedelta(minutes=minutes)


def test_office_hours_and_the_ends_of_half_days() -> None:
    assert in_office_hours(ORDOS, CALENDAR, local("2026-11-23T08:30:00"))
    assert not in_office_hours(ORDOS, CALENDAR, local("2026-11-23T12:00:00"))
    assert not in_office_hours(ORDOS, CALENDAR, local("2026-11-22T09:00:00"))
    assert half_day_ends(ORDOS, date(2026, 11, 23)) == (
        local("2026-11-23T12:00:00"),
        local("2026-11-23T17:30:00"),
    )
