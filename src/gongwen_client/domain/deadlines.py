"""By when a document is to be received: the region's hours for its urgency, else its cut-off (pure)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from gongwen_protocol.calendar import WorkCalendar
from gongwen_protocol.duties import counts_for, due_at
from gongwen_protocol.profile import RegionProfile

URGENCY_RANKS = {"特急": 0, "加急": 1}
CALM = 2
"""Rank of a document without urgency."""


def urgency_rank(urgency: str) -> int:
    """0 for 特急, 1 for 加急, 2 for what is not urgent."""
    return URGENCY_RANKS.get(urgency, CALM)


def receive_by(
    profile: RegionProfile, calendar: WorkCalendar, sent_at: datetime, urgency: str
) -> datetime | None:
    """The region's working hours for the urgency; where it states none, the end of the working day that the
    document counts for by the cut-off (Jiangmen art. 32). None where the region has neither."""
    due = due_at(profile, calendar, sent_at, urgency)
    if due is not None or profile.same_day_cutoff.value is None:
        return due
    day = counts_for(profile, calendar, sent_at)
    return datetime.combine(day, profile.office_hours.value.afternoon_to, ZoneInfo(profile.time_zone))


@dataclass(frozen=True)
class Deadlines:
    """``receive_by`` under one set of rules, each answer computed once."""

    of: Callable[[datetime, str], datetime | None]

    @classmethod
    def under(cls, profile: RegionProfile, calendar: WorkCalendar) -> Deadlines:
        """The rules in force."""
        return cls(cache(lambda sent_at, urgency: receive_by(profile, calendar, sent_at, urgency)))

    def order(self, sent_at: datetime, urgency: str) -> tuple[float, int, float]:
        """What comes first of what waits: the earliest deadline, then the urgent, then the older."""
        due = self.of(sent_at, urgency)
        return (
            due.timestamp() if due is not None else float("inf"),
            urgency_rank(urgency),
            sent_at.timestamp(),
        )
