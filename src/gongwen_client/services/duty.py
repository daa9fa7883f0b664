"""Being on duty: connection, counts, attended checks (查收)."""

from __future__ import annotations

from datetime import datetime

from gongwen_client.domain.rows import Counts, Duty


class DutyService:
    """Machine heartbeat and a person's look are kept apart (design decision 13)."""

    def state(self) -> Duty:
        """What the status bar shows."""
        raise NotImplementedError

    def counts(self) -> Counts:
        """Numbers beside the navigation."""
        raise NotImplementedError

    def attended_check(self) -> datetime:
        """Slow. A person looked at the inbox (Ordos art. 11): the exchange's time of it."""
        raise NotImplementedError

    def poll_now(self) -> None:
        """Ask the exchange at once instead of at the next turn."""
        raise NotImplementedError
