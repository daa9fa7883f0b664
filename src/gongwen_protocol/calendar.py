"""Working days of the public service: data of the State Council's yearly notice, rules that are pure.

Holidays and make-up days (调休上班) are published each November for the next year only, so they are data
(``resources/calendar/YEAR.json``, changed by the administrator, signed by the exchange). For a year without
data Monday to Friday count as working days; :meth:`WorkCalendar.knows` is False then, which clients show.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from gongwen_protocol.basics import Message
from gongwen_protocol.signatures import Seal

NOON = time(12, 0)


class HalfDay(StrEnum):
    """The two windows in which incoming documents must be looked at (Ordos art. 11)."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


class Holiday(Message):
    """Days off in a row, ends included."""

    model_config = ConfigDict(populate_by_name=True)

    name: str
    first: date = Field(alias="from")
    last: date = Field(alias="to")

    def days(self) -> Iterator[date]:
        """Each of them."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)


class CalendarYear(Message):
    """One year's notice: days off and make-up days, and where that stands."""

    year: Annotated[int, Field(ge=2000, le=2200)]
    source: str
    issued: date
    holidays: tuple[Holiday, ...]
    make_up_days: tuple[date, ...]

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        off = {day for holiday in self.holidays for day in holiday.days()}
        for holiday in self.holidays:
            if holiday.last < holiday.first:
                raise ValueError(f"the holiday {holiday.name} ends before it begins")
        if any(day.year != self.year for day in (*off, *self.make_up_days)) or off & set(self.make_up_days):
            raise ValueError(f"the calendar of {self.year} contradicts itself")
        return self


class CalendarStatement(Message):
    """What the exchange states about working days."""

    years: tuple[CalendarYear, ...]
    at: datetime


class SignedCalendar(Message):
    """GET /v1/calendar."""

    statement: CalendarStatement
    seal: Seal


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked. ``holidays`` maps a day off to its name, e.g. 春节."""

    holidays: dict[date, str] = field(default_factory=dict)
    make_up_days: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    @classmethod
    def of(cls, years: Iterable[CalendarYear]) -> WorkCalendar:
        """Build from years; of two for one year the later one counts."""
        latest = {entry.year: entry for entry in years}
        return cls(
            {day: one.name for entry in latest.values() for one in entry.holidays for day in one.days()},
            frozenset(day for entry in latest.values() for day in entry.make_up_days),
            frozenset(latest),
        )

    @classmethod
    def from_json(cls, documents: Iterable[str]) -> WorkCalendar:
        """Build from the texts of ``resources/calendar/*.json``.

        Raises ValueError where a text is not such a document or a day lies outside its year: a calendar
        that is half right would move deadlines silently.
        """
        return cls.of([read_year(text) for text in documents])

    def knows(self, day: date) -> bool:
        """False where the year's notice is missing and Monday to Friday is only an assumption."""
        return day.year in self.years

    def is_workday(self, day: date) -> bool:
        """Whether ``day`` (local date) is worked: make-up weekends are, holidays on weekdays are not."""
        if day in self.make_up_days:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def half_day(self, moment: datetime) -> HalfDay | None:
        """The check window that ``moment`` (local wall time) falls into; None on a day off."""
        if not self.is_workday(moment.date()):
            return None
        return HalfDay.MORNING if moment.time() < NOON else HalfDay.AFTERNOON

    def next_workday(self, day: date) -> date:
        """The first working day after ``day``."""
        candidate = day + timedelta(days=1)
        while not self.is_workday(candidate):
            candidate += timedelta(days=1)
        return candidate


def read_year(text: str) -> CalendarYear:
    """One document of ``resources/calendar``. Raises ValueError."""
    entries = json.loads(text)
    if not isinstance(entries, dict):
        raise ValueError("not a calendar document")
    return CalendarYear.model_validate({"source": "", "issued": date.min, **entries})
