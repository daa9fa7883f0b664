"""Working days of 2025 and 2026 as the State Council announced them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from gongwen_client.domain.calendar import HalfDay, WorkCalendar
from gongwen_protocol.resources import resource_path


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    files = sorted(resource_path("calendar").glob("*.json"))
    return WorkCalendar.from_json(path.read_text("utf-8") for path in files)


@pytest.mark.parametrize(
    "day",
    ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10", "2025-01-26"],
)
def test_make_up_weekends_are_worked(calendar: WorkCalendar, day: str) -> None:
    assert date.fromisoformat(day).weekday() >= 5
    assert calendar.is_workday(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-01-01", "2026-02-23", "2026-06-19", "2026-10-07", "2025-10-08"])
def test_holidays_on_weekdays_are_free(calendar: WorkCalendar, day: str) -> None:
    assert date.fromisoformat(day).weekday() < 5
    assert not calendar.is_workday(date.fromisoformat(day))


def test_days_off_and_on_add_up(calendar: WorkCalendar) -> None:
    """Length of the holidays as announced: 28 days in 2025, 33 in 2026; 5 and 6 make-up days."""
    assert [sum(day.year == year for day in calendar.holidays) for year in (2025, 2026)] == [28, 33]
    assert [sum(day.year == year for day in calendar.make_up_days) for year in (2025, 2026)] == [5, 6]
    assert all(day.weekday() >= 5 for day in calendar.make_up_days)
    assert calendar.holidays[date(2026, 2, 17)] == "春节"


def test_a_year_without_data_is_flagged_and_plain(calendar: WorkCalendar) -> None:
    assert calendar.knows(date(2026, 12, 31))
    assert not calendar.knows(date(2027, 1, 1))
    assert calendar.is_workday(date(2027, 1, 1)), "a Friday"
    assert not calendar.is_workday(date(2027, 1, 2))


def test_next_workday_skips_the_spring_festival(calendar: WorkCalendar) -> None:
    assert calendar.next_workday(date(2026, 2, 14)) == date(2026, 2, 24)
    assert calendar.next_workday(date(2026, 2, 13)) == date(2026, 2, 14)


def test_half_days(calendar: WorkCalendar) -> None:
    assert calendar.half_day(datetime(2026, 2, 14, 11, 59)) is HalfDay.MORNING
    assert calendar.half_day(datetime(2026, 2, 14, 12, 0)) is HalfDay.AFTERNOON
    assert calendar.half_day(datetime(2026, 2, 15, 9, 0)) is None


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        "nonsense",
        '{"year": 2026, "holidays": [{"name": "x", "from": "2026-01-02", "to": "2026-01-01"}],'
        ' "make_up_days": []}',
        '{"year": 2026, "holidays": [], "make_up_days": ["2025-01-04"]}',
        '{"year": 2026, "holidays": [{"name": "x", "from": "2026-01-03", "to": "2026-01-03"}],'
        ' "make_up_days": ["2026-01-03"]}',
    ],
)
def test_a_bad_document_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        WorkCalendar.from_json([text])
