"""A server clock that tests move."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta


class MovingClock:
    """The real time plus what it was moved by: certificates stay valid, sessions expire on command."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._offset = timedelta()

    def now(self) -> datetime:
        """The present moment of this clock, UTC."""
        with self._lock:
            return datetime.now(UTC) + self._offset

    def move(self, span: timedelta) -> None:
        """Let time pass (or step back)."""
        with self._lock:
            self._offset += span
