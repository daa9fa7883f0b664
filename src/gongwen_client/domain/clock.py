"""The one way to the wall clock (design §5). Time-outs use the monotonic clock instead."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """``host`` has the real one; tests turn their own."""

    def now(self) -> datetime:
        """UTC, aware."""
