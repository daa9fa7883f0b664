"""The same-day cut-off of a region (Jiangmen art. 32): sent before it counts as today."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from gongwen_protocol.profile import RegionProfile


def cutoff_today(profile: RegionProfile, now: datetime) -> datetime | None:
    """Today's cut-off as an aware moment; None where the region has none. ``now`` is aware."""
    clock = profile.same_day_cutoff.value
    if clock is None:
        return None
    zone = ZoneInfo(profile.time_zone)
    return datetime.combine(now.astimezone(zone).date(), clock, zone)
