"""Figures (统计): what each of them counts is written down in docs/statistics.md, with its article.

They are about units, times and numbers; no title, no content, no person is among them (Jiangmen plan 三: who
inspects does not read).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import Field, NonNegativeInt

from gongwen_protocol.basics import Message, Moment, ShortText
from gongwen_protocol.calendar import WorkCalendar
from gongwen_protocol.duties import counts_for, due_at
from gongwen_protocol.profile import RegionProfile

LONGEST_PERIOD_DAYS = 400
MOST_CELLS = 1_000_000
"""Half-days × units of one map: 10,000 units over a month are 620,000."""


class HalfDuty(StrEnum):
    """What a unit did in a half-day (Ordos art. 11). Letters, so that a row is a text and prints without
    colour."""

    CHECKED = "C"  # 人工查收, as often as the region wants
    PARTLY = "c"  # 人工查收, but not often enough
    POLLED = "P"  # 仅轮询: the machine asked, nobody looked
    NONE = "N"  # 无: neither
    OFF = "-"  # nothing is wanted: a day off, or a half-day that the region leaves free
    LEAVE = "L"  # the unit is excused (leave on record)
    PENDING = "F"  # not over yet
    CLOSED = "U"  # the unit took no part yet


class DutyDay(Message):
    """A column pair of the map. ``name``: of the holiday, 调休上班 for a make-up day; ``assumed``: the year's
    notice is missing."""

    day: date
    workday: bool
    name: str = ""
    assumed: bool = False


class DutyRow(Message):
    """One unit: two letters of ``HalfDuty`` for each day, morning first. ``wanted``: half-days in which a
    look was due, ``met``: those of them with enough looks."""

    unit_code: str
    unit_name: str
    region: str
    cells: str
    met: NonNegativeInt
    wanted: NonNegativeInt


class DutyMap(Message):
    """GET /v1/statistics/duty (值守热力图)."""

    server_time: Moment
    days: tuple[DutyDay, ...]
    units: tuple[DutyRow, ...]
    rule: str = Field(description="the article that wants the looks")


class MonthFigures(Message):
    """One unit in one month (local time), by the day of delivery or sending.

    Receiving: ``delivered`` = received (``in_time``, ``late``, or ``untimed`` where the region states no
    deadline) + ``waiting`` (of these ``overdue``) + ``returned`` + ``recalled`` + ``replaced`` by a
    corrected document + ``on_paper``. ``reminded``: those of ``delivered`` that the sender had to ask for.
    ``minutes``: from delivery to receipt, summed over what was received. Sending: documents (``sent``), the
    units that they went to, and how many of those returned them."""

    month: str
    delivered: NonNegativeInt = 0
    in_time: NonNegativeInt = 0
    late: NonNegativeInt = 0
    untimed: NonNegativeInt = 0
    waiting: NonNegativeInt = 0
    overdue: NonNegativeInt = 0
    returned: NonNegativeInt = 0
    recalled: NonNegativeInt = 0
    replaced: NonNegativeInt = 0
    on_paper: NonNegativeInt = 0
    reminded: NonNegativeInt = 0
    minutes: NonNegativeInt = 0
    sent: NonNegativeInt = 0
    sent_to: NonNegativeInt = 0
    sent_returned: NonNegativeInt = 0


class UnitStatistics(Message):
    """One unit's months; those without anything are left out."""

    unit_code: str
    unit_name: str
    region: str
    months: tuple[MonthFigures, ...]


class Statistics(Message):
    """GET /v1/statistics. All days are local to the region, ends included."""

    server_time: Moment
    first: date
    last: date
    months: tuple[str, ...]
    units: tuple[UnitStatistics, ...]


class Leave(Message):
    """POST /v1/leaves: a unit is excused from its looks, days included, and why. On record for ever."""

    unit_code: ShortText
    first: date
    last: date
    reason: ShortText


class LeaveView(Leave):
    """As it stands on record."""

    by_account: str
    at: Moment


class LeaveList(Message):
    """GET /v1/leaves, newest first."""

    leaves: tuple[LeaveView, ...]


def receive_by(
    profile: RegionProfile, calendar: WorkCalendar, sent_at: datetime, urgency: str
) -> datetime | None:
    """The deadline that timeliness is measured by: the region's hours for the urgency (Ordos art. 9), else
    the end of office hours of the working day that the document counts for (Jiangmen art. 32). None where
    the region says neither."""
    by_hours = due_at(profile, calendar, sent_at, urgency)
    if by_hours is not None or profile.same_day_cutoff.value is None:
        return by_hours
    day = counts_for(profile, calendar, sent_at)
    return datetime.combine(day, profile.office_hours.value.afternoon_to, ZoneInfo(profile.time_zone))


def total(months: Sequence[MonthFigures], name: str = "") -> MonthFigures:
    """Several months as one."""
    fields = [field for field in MonthFigures.model_fields if field != "month"]
    return MonthFigures(month=name, **{field: sum(getattr(one, field) for one in months) for field in fields})
