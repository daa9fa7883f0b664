"""Working days of the public service: data of the State Council's yearly notice, rules that are pure.

Holidays and make-up days (调休上班) are published each November for the next year only, so they are data
(``resources/calendar/YEAR.json``, later refreshed from the exchange). For a year without data Monday to
Friday count as working days and :meth:`WorkCalendar.knows` is False, which the client must show.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

NOON = time(12, 0)


class HalfDay(StrEnum):
    """The two windows in which incoming documents must be looked at (Ordos art. 11)."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked. ``holidays`` maps a day off to its name, e.g. 春节."""

    holidays: dict[date, str] = field(default_factory=dict)
    make_up_days: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    @classmethod
    def from_json(cls, documents: Iterable[str]) -> WorkCalendar:
        """Build from the texts of ``resources/calendar/*.json``.

        Raises ValueError where a text is not such a document or a day lies outside its year: a calendar
        that is half right would move deadlines silently.
        """
        holidays: dict[date, str] = {}
        make_up_days: set[date] = set()
        years: set[int] = set()
        for text in documents:
            try:
                document = json.loads(text)
                year = int(document["year"])
                off = dict(_holidays(document["holidays"]))
                worked = {date.fromisoformat(day) for day in document["make_up_days"]}
            except (KeyError, TypeError) as error:
                raise ValueError(f"not a calendar document: {error!r}") from error
            if any(day.year != year for day in (*off, *worked)) or worked & off.keys():
                raise ValueError(f"the calendar of {year} contradicts itself")
            holidays |= off
            make_up_days |= worked
            years.add(year)
        return cls(holidays, frozenset(make_up_days), frozenset(years))

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


def _holidays(entries: Iterable[dict[str, str]]) -> Iterable[tuple[date, str]]:
    for entry in entries:
        day, last = date.fromisoformat(entry["from"]), date.fromisoformat(entry["to"])
        if last < day:
            raise ValueError(f"the holiday {entry['name']} ends before it begins")
        while day <= last:
            yield day, entry["name"]
            day += timedelta(days=1)
