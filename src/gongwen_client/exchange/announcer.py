"""Tells subscribers what changed, on a thread of its own: never on the thread that made the change."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)

Topics = frozenset[str]
Callback = Callable[[Topics], None]

JOIN_SECONDS = 3.0


class Announcer:
    """Topics that gather while a callback runs are told together."""

    def __init__(self) -> None:
        self._callbacks: dict[int, Callback] = {}
        self._next = 0
        self._topics: set[str] = set()
        self._stopping = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin telling."""
        self._thread = threading.Thread(target=self._run, name="announcer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop telling; what was not told yet is forgotten. Called by a callback it does not wait."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(JOIN_SECONDS)

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Hear of changes; the answer ends it."""
        with self._changed:
            number = self._next
            self._next += 1
            self._callbacks[number] = callback

        def unsubscribe() -> None:
            with self._changed:
                self._callbacks.pop(number, None)

        return unsubscribe

    def tell(self, *topics: str) -> None:
        """Something about these topics changed."""
        with self._changed:
            self._topics |= set(topics)
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._topics or self._stopping)
                if self._stopping:
                    return
                topics, self._topics = frozenset(self._topics), set()
                callbacks = list(self._callbacks.values())
            for callback in callbacks:
                try:
                    callback(topics)
                except Exception:
                    _log.exception("a subscriber failed")
