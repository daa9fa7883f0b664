"""What is typed is on disk within a second, in the order in which it was typed."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from gongwen_client.domain.drafts import Draft
from gongwen_client.ui.tasks import work
from gongwen_crypto.errors import GongwenError

AFTER_MS = 600
"""From the first change on, however fast one goes on typing."""
AGAIN_MS = 3000
"""After a write that failed (a full disk), until it succeeds."""

Save = Callable[[], Draft]


class Autosave(QObject):
    """``prepare`` is asked on the GUI thread for what is to be written, and answers the call that writes it.
    One write at a time; a later one is never overtaken."""

    saved = Signal(object)
    failed = Signal(object)

    def __init__(self, owner: QObject, prepare: Callable[[], Save]) -> None:
        super().__init__(owner)
        self._prepare = prepare
        self._dirty = False
        self._running = False
        self._then: list[Callable[[], object]] = []
        self._writing = threading.Lock()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.flush)

    @property
    def unsaved(self) -> bool:
        """Whether something is not on disk yet."""
        return self._dirty or self._running

    @property
    def typed(self) -> bool:
        """Whether the form holds something newer than what was last handed to the disk."""
        return self._dirty

    def touch(self) -> None:
        """Something changed."""
        self._dirty = True
        if not self._timer.isActive() and not self._running:
            self._timer.start(AFTER_MS)

    def flush(self, then: Callable[[], object] | None = None) -> None:
        """Write now; ``then`` is called once everything is on disk."""
        if then is not None:
            self._then.append(then)
        if self._running:
            return
        if not self._dirty:
            self._go_on()
            return
        self._timer.stop()
        self._dirty, self._running = False, True
        save = self._prepare()
        work(self, lambda: self._write(save)).then(self._done).failed(self._broke).start()

    def write_now(self) -> None:
        """Write on this thread, before the window closes. Raises what the write raises."""
        self._timer.stop()
        if not self.unsaved:
            return
        save = self._prepare()
        self._write(save)
        self._dirty = False

    def drop(self) -> None:
        """What is typed is not wanted any more."""
        self._timer.stop()
        self._dirty = False

    def _write(self, save: Save) -> Draft:
        with self._writing:
            return save()

    def _done(self, draft: Draft) -> None:
        self._running = False
        self.saved.emit(draft)
        if self._dirty:
            self.flush() if self._then else self._timer.start(AFTER_MS)
        else:
            self._go_on()

    def _go_on(self) -> None:
        waiting, self._then = self._then, []
        for then in waiting:
            then()

    def _broke(self, error: GongwenError) -> None:
        self._running, self._dirty, self._then = False, True, []
        self.failed.emit(error)
        self._timer.start(AGAIN_MS)
