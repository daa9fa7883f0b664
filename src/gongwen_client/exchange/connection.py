"""What the client knows of its connection: shared by lanes, services and status bar."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime

from gongwen_client.domain.rows import Connection


@dataclass(frozen=True)
class ConnectionFacts:
    """``last_heartbeat`` is the exchange's time of the last answered poll; ``problem`` a sentence."""

    connection: Connection = Connection.OFFLINE
    last_heartbeat: datetime | None = None
    next_poll: datetime | None = None
    server_time_offset: float = 0.0
    problem: str = ""


class ConnectionState:
    """Immutable facts, replaced as a whole."""

    def __init__(self) -> None:
        self._facts = ConnectionFacts()
        self._lock = threading.Lock()

    @property
    def facts(self) -> ConnectionFacts:
        """The present facts."""
        with self._lock:
            return self._facts

    def answered(self, server_time: datetime, here: datetime, problem: str = "") -> bool:
        """A poll was answered; True when the exchange was away before."""
        offset = (server_time - here).total_seconds()
        return self._change(
            connection=Connection.ONLINE,
            last_heartbeat=server_time,
            server_time_offset=offset,
            problem=problem,
        )

    def failed(self, problem: str) -> bool:
        """No conversation came about; True when there was one before."""
        return self._change(connection=Connection.OFFLINE, problem=problem)

    def expired(self, problem: str) -> bool:
        """A person has to log in; True when nobody had to before."""
        return self._change(connection=Connection.SESSION_EXPIRED, problem=problem)

    def troubled(self, problem: str) -> bool:
        """Something here went wrong, whatever the connection is like."""
        return self._change(problem=problem)

    def plan(self, next_poll: datetime | None) -> None:
        """When the next poll will be."""
        self._change(next_poll=next_poll)

    def _change(self, **changes: object) -> bool:
        with self._lock:
            before = self._facts
            self._facts = replace(before, **changes)  # type: ignore[arg-type]
            return self._facts.connection is not before.connection
