"""The one clock. Everything that asks for the time takes a :class:`Clock`, so that tests can set it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

LOCAL = timezone(timedelta(hours=8), "北京时间")
"""All of China keeps one time without summer time (since 1992); a fixed offset needs no zone database."""


class Clock(Protocol):
    """Wall time for what people read, monotonic time for time-outs."""

    def now(self) -> datetime:
        """The moment in UTC, aware."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never goes back."""


class SystemClock:
    """The PC's clock. Deadlines and receipts use the server's time instead."""

    def now(self) -> datetime:
        """The moment in UTC, aware."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds from an arbitrary start."""
        return time.monotonic()


def to_local(moment: datetime) -> datetime:
    """``moment`` (aware) in Beijing time, for display and for the rules of working hours."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(LOCAL)
