"""Slow work off the GUI thread, its answer back on it.

    work(self, lambda: office.drafts.check(draft_id)).then(self._show).failed(self._explain).start()

The owner is a QObject: an answer that comes after the owner is gone is dropped. An error nobody handles goes
to the handler given to ``on_unhandled`` (the main window shows it), never to silence.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, Self, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from gongwen_crypto.errors import BugError, GongwenError

Answer = TypeVar("Answer")
THREADS = 8
"""Most of them wait for a worker or the exchange."""
_log = logging.getLogger(__name__)


class Background:
    """The threads that do the work. One per program; ``stop`` waits for what runs."""

    def __init__(self, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="ui-work")
        self._unhandled: Callable[[GongwenError], None] | None = None
        self._open: set[Future[None]] = set()
        self._lock = threading.Lock()

    def submit(self, call: Callable[[], None]) -> None:
        """Run ``call`` on a worker thread; after ``stop`` it is dropped."""
        with self._lock:
            try:
                future = self._pool.submit(call)
            except RuntimeError:
                return
            self._open.add(future)
        future.add_done_callback(self._forget)

    def _forget(self, future: Future[None]) -> None:
        with self._lock:
            self._open.discard(future)

    @property
    def idle(self) -> bool:
        """True while nothing runs or waits."""
        with self._lock:
            return not self._open

    def on_unhandled(self, handler: Callable[[GongwenError], None] | None) -> None:
        """Who shows an error that its caller did not ask for."""
        self._unhandled = handler

    def unhandled(self, error: GongwenError) -> None:
        """Hand an error to that handler, and always to the log."""
        _log.error("unhandled in a background call: %s", error)
        if self._unhandled is not None:
            self._unhandled(error)

    def stop(self) -> None:
        """Drop what has not begun and wait for the rest."""
        with self._lock:
            pool = self._pool
        pool.shutdown(wait=True, cancel_futures=True)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="ui-work")


background = Background()


class _Courier(QObject):
    """Carries one outcome from the worker thread to the GUI thread."""

    arrived = Signal(object)


class Work(QObject, Generic[Answer]):
    """One piece of work; built with ``work`` and its fluent methods."""

    def __init__(self, owner: QObject, call: Callable[[], Answer]) -> None:
        super().__init__()
        self._owner = owner
        self._call = call
        self._then: Callable[[Answer], None] | None = None
        self._failed: Callable[[GongwenError], None] | None = None
        self._always: Callable[[], None] | None = None
        self._courier = _Courier()
        self._courier.arrived.connect(self._finish, Qt.ConnectionType.QueuedConnection)

    def then(self, handler: Callable[[Answer], None]) -> Self:
        """Called on the GUI thread with the answer."""
        self._then = handler
        return self

    def failed(self, handler: Callable[[GongwenError], None]) -> Self:
        """Called on the GUI thread with the error."""
        self._failed = handler
        return self

    def always(self, handler: Callable[[], None]) -> Self:
        """Called on the GUI thread before ``then`` or ``failed``."""
        self._always = handler
        return self

    def start(self) -> None:
        """Begin. Keeps itself alive until the outcome was delivered."""
        _running.add(self)
        background.submit(self._run)

    def _run(self) -> None:
        outcome: tuple[bool, object]
        try:
            outcome = (True, self._call())
        except GongwenError as error:
            outcome = (False, error)
        except Exception as error:
            _log.exception("a background call failed unexpectedly")
            bug = BugError("ui.unexpected", kind=type(error).__name__)
            bug.__cause__ = error
            outcome = (False, bug)
        self._courier.arrived.emit(outcome)

    @Slot(object)
    def _finish(self, outcome: tuple[bool, object]) -> None:
        _running.discard(self)
        if not shiboken6.isValid(self._owner):
            return
        if self._always is not None:
            self._always()
        good, value = outcome
        if good:
            if self._then is not None:
                self._then(value)  # type: ignore[arg-type]
            return
        assert isinstance(value, GongwenError)
        if self._failed is not None:
            self._failed(value)
        else:
            background.unhandled(value)


_running: set[Work] = set()  # type: ignore[type-arg]


def work(owner: QObject, call: Callable[[], Answer]) -> Work[Answer]:
    """Prepare ``call`` for the background; ``owner`` must be on the GUI thread."""
    return Work(owner, call)
