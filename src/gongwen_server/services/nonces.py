"""Nonces of this process: each proof of possession is taken once within its window."""

from __future__ import annotations

import threading
from collections import deque
from datetime import datetime

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.proofs import PROOF_WINDOW

MOST = 200_000  # 50 bytes each; at this rate a recorded request is answered by refusal, never by oblivion


class NonceMemory:
    """Thread-safe. Several processes each remember their own: see ADR 0047 for what that leaves."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._seen: set[tuple[str, str]] = set()
        self._order: deque[tuple[datetime, tuple[str, str]]] = deque()
        self._lock = threading.Lock()

    def take(self, device_id: str, nonce: str, at: datetime, now: datetime) -> None:
        """Take a nonce whose proof was made ``at`` and fits the window. Raises RefusedError:
        device.proof_replayed for one that was here before, device.too_many when there are more than can be
        remembered."""
        name = (device_id, nonce)
        with self._lock:
            while self._order and self._order[0][0] < now:
                self._seen.discard(self._order.popleft()[1])
            if name in self._seen:
                raise RefusedError("device.proof_replayed")
            if len(self._seen) >= self._most:
                raise RefusedError("device.too_many")
            self._seen.add(name)
            # A proof may be dated ahead: it stays good until its own moment plus the window.
            self._order.append((max(at, now) + PROOF_WINDOW, name))
