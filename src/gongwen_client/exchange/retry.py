"""The one retry policy: what may pass by itself, and how long to wait before asking again."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass

from gongwen_crypto.errors import GongwenError, KnownError

LONG = 86_400.0
RETRY_AFTER = "retry_after"  # the fact with the answer's header of that name
FOREGROUND_TRIES = 2
"""A person waits: one quick repeat (a kept connection that the server had closed), then the sentence."""


@dataclass(frozen=True)
class Backoff:
    """Exponential with full jitter; seconds. ``cap`` bounds how long a lifted fault goes unnoticed."""

    base: float = 1.0
    cap: float = 30.0

    def delay(self, attempts: int) -> float:
        """Seconds to wait after ``attempts`` failures (0 after the first)."""
        ceiling = min(self.cap, self.base * 2 ** min(attempts, 16))
        # Units must not come back in step after an outage; no secret depends on this.
        return random.uniform(ceiling / 2, ceiling)  # noqa: S311


def is_network(error: GongwenError) -> bool:
    """No conversation with the exchange came about: later ones will fare no better."""
    return isinstance(error, KnownError) and error.code.startswith("network.")


LONGEST_PAUSE = 300.0
"""Seconds: an exchange, or somebody in its place, cannot silence a PC for longer by asking it to wait."""


def pause_asked(error: GongwenError) -> float:
    """Seconds for which an exchange that is too busy asked us to stay away, and up to a half more, so that
    those whom it asked do not come back together; 0.0 when it did not ask."""
    asked = error.facts.get(RETRY_AFTER)
    if not isinstance(asked, int | float) or asked <= 0:
        return 0.0
    return random.uniform(1.0, 1.5) * min(float(asked), LONGEST_PAUSE)  # noqa: S311


HARMED_ON_ITS_WAY = frozenset(
    {"request.damaged", "device.proof_wrong", "device.proof_replayed", "device.proof_stale"}
)
"""The exchange got a request that was bent, doubled or held up by the network: made anew, with a proof of its
own and the same idempotency key, it will do. No decision of the exchange, so no wish ends by it."""


def is_worth_a_repeat(error: GongwenError) -> bool:
    """Whether the same call at once may fare better."""
    return is_network(error) or error.code in HARMED_ON_ITS_WAY


class RetryTimes:
    """When each waiting thing may be tried again, by the monotonic clock. Thread-safe."""

    def __init__(self, backoff: Backoff) -> None:
        self.backoff = backoff
        self._failures: dict[str, int] = {}
        self._due: dict[str, float] = {}
        self._lock = threading.Lock()

    def is_due(self, name: str) -> bool:
        """Whether it may be tried now."""
        with self._lock:
            return self._due.get(name, 0.0) <= time.monotonic()

    def failed(self, name: str, pause: float = 0.0) -> None:
        """It failed: wait longer than the last time, ``pause`` seconds at least."""
        with self._lock:
            failures = self._failures.get(name, 0)
            self._failures[name] = failures + 1
            self._due[name] = time.monotonic() + max(pause, self.backoff.delay(failures))

    def succeeded(self, name: str) -> None:
        """Forget it."""
        with self._lock:
            self._failures.pop(name, None)
            self._due.pop(name, None)

    def forget(self) -> None:
        """Everything may be tried at once."""
        with self._lock:
            self._due.clear()

    def seconds_until_next(self) -> float:
        """Until the first waiting thing falls due; None of them left: a long time. What is due by now is
        forgotten: whoever asked tries it at once, or it is gone."""
        with self._lock:
            now = time.monotonic()
            wait = min((due - now for due in self._due.values()), default=LONG)
            self._due = {name: due for name, due in self._due.items() if due > now}
            return max(0.0, wait)
