"""A thread that does what is due, sleeps until the next thing and can be woken."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

JOIN_SECONDS = 3.0
AFTER_BUG_SECONDS = 30.0

_log = logging.getLogger(__name__)


class LaneThread:
    """``step`` does everything due now and answers the seconds until it wants to run again, or None to
    wait until it is woken. An unexpected error is handed to ``on_bug``, and the lane goes on later."""

    def __init__(
        self, name: str, step: Callable[[], float | None], on_bug: Callable[[Exception], None]
    ) -> None:
        self._step = step
        self._on_bug = on_bug
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def stopping(self) -> bool:
        """Long work asks this between its parts."""
        return self._stopping.is_set()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Run the step at once (again, when it is running)."""
        self._wake.set()

    def ask_to_stop(self) -> None:
        """No further step is begun."""
        self._stopping.set()
        self._wake.set()

    def join(self) -> None:
        """Wait for the thread, at most ``JOIN_SECONDS``."""
        if self._thread.is_alive():
            self._thread.join(JOIN_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                delay = self._step()
            except Exception as error:
                if self._stopping.is_set():
                    return
                _log.exception("the %s lane met an unexpected error", self._thread.name)
                self._on_bug(error)
                delay = AFTER_BUG_SECONDS
            self._wake.wait(delay)
