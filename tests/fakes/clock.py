"""A clock that moves only when told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 23, 1, 12, tzinfo=UTC)  # a Monday, 09:12 in Beijing


class FakeClock:
    """Starts on a working morning; wall and monotonic time go together unless the wall is set back."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, **duration: float) -> None:
        """Let time pass, e.g. ``advance(minutes=5)``."""
        step = timedelta(**duration)
        self._now += step
        self._monotonic += step.total_seconds()

    def set_wall(self, moment: datetime) -> None:
        """Somebody sets the PC's clock; monotonic time does not notice."""
        self._now = moment
