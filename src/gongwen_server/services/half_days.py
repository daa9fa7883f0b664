"""Half-days as whole numbers, so that a database can count by them: twice the local day's number since 1970,
one more after noon. The same arithmetic exists here for a moment and for a column.

The region's distance from UTC is taken once for a whole question; China has no summer time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, case, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from gongwen_protocol.profile import RegionProfile

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = date(1970, 1, 1).toordinal()
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1) // _MICROSECOND


@dataclass(frozen=True)
class HalfDays:
    """``offset`` and ``noon`` are microseconds: of local time ahead of UTC, and since local midnight."""

    offset: int
    noon: int

    @classmethod
    def of(cls, profile: RegionProfile, now: datetime) -> HalfDays:
        """Those of a region."""
        offset = now.astimezone(ZoneInfo(profile.time_zone)).utcoffset() or timedelta()
        noon = profile.daily_checks.value.noon
        since = timedelta(hours=noon.hour, minutes=noon.minute, seconds=noon.second)
        return cls(offset // _MICROSECOND, since // _MICROSECOND)

    def number(self, moment: datetime) -> int:
        """The half-day that a moment falls into."""
        day, rest = divmod((moment - _EPOCH) // _MICROSECOND + self.offset, _DAY)
        return day * 2 + (rest >= self.noon)

    def column(self, moments: InstrumentedAttribute[Any]) -> ColumnElement[int]:
        """The same, computed by the database."""
        local = type_coerce(moments, BigInteger) + self.offset
        return local // _DAY * 2 + case((local % _DAY >= self.noon, 1), else_=0)

    def begin(self, day: date) -> datetime:
        """Local midnight at which ``day`` begins."""
        return _EPOCH + timedelta(days=day.toordinal() - _FIRST_DAY) - self.offset * _MICROSECOND

    def day_of(self, moment: datetime) -> date:
        """The local day of a moment."""
        return date.fromordinal(_FIRST_DAY + self.number(moment) // 2)


def first_half(day: date) -> int:
    """Number of the morning of a local day."""
    return (day.toordinal() - _FIRST_DAY) * 2
