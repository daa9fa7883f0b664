"""A thread that does what is due, sleeps until the next thing and can be woken."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from gongwen_crypto.errors import KnownError

JOIN_SECONDS = 3.0
AFTER_BUG_SECONDS = 30.0
AFTER_TROUBLE_SECONDS = 2.0

_log = logging.getLogger(__name__)


class LaneThread:
    """``step`` does everything due now and answers the seconds until it wants to run again, or None to
    wait until it is woken. What the step raises is handed to ``on_trouble``, and the lane goes on: soon after
    a KnownError (this PC's disk is full, say), later after a mistake of ours."""

    def __init__(
        self, name: str, step: Callable[[], float | None], on_trouble: Callable[[Exception], None]
    ) -> None:
        self._step = step
        self._on_trouble = on_trouble
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
            except KnownError as error:
                _log.warning("the %s lane waits: %s", self._thread.name, error.code)
                self._on_trouble(error)
                delay = AFTER_TROUBLE_SECONDS
            except Exception as error:
                if self._stopping.is_set():
                    return
                _log.exception("the %s lane met an unexpected error", self._thread.name)
                self._on_trouble(error)
                delay = AFTER_BUG_SECONDS
            self._wake.wait(delay)
