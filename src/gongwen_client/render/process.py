"""One running worker as the client sees it: a child process, shared memory, a thread, deadlines."""

from __future__ import annotations

import queue
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress

from gongwen_client.children import NO_WINDOW, command, environment
from gongwen_client.render.memory import PixelMemory
from gongwen_client.render.wire import Message, PipeClosedError, receive, send
from gongwen_crypto.errors import KnownError

COMMAND = command("gongwen_client.render.worker")
_END_SECONDS = 1.0


class WorkerProcess:
    """A worker that lives until :meth:`end`, its own death, or the first call that takes too long.

    Not thread-safe: the owner lets one caller in at a time.
    """

    def __init__(self, program: Sequence[str] = COMMAND) -> None:
        self.memory = PixelMemory.create()
        try:
            self._process = subprocess.Popen(
                (*program, self.memory.address),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(),
                pass_fds=self.memory.inherited,  # none on Windows, where this would be refused
                creationflags=NO_WINDOW,
            )
        except BaseException:
            self.memory.close()
            raise
        self._ready = False
        self._requests: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._converse, name="render-worker-pipe", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can still answer."""
        return self._thread.is_alive() and self._process.poll() is None

    def call(self, request: Message, seconds: float, start_seconds: float) -> Message:
        """Send a request and wait ``seconds`` for its answer, the first time also for the start.

        Raises ``KnownError`` ``render.timeout`` or ``render.worker_died``; the worker is then ended.
        """
        self._requests.put(request)
        if not self._ready:
            self._next_answer(start_seconds)
            self._ready = True
        return self._next_answer(seconds)

    def kill(self) -> None:
        """Kill the process, from any thread; a call that waits then raises ``render.worker_died``."""
        self._process.kill()

    def end(self) -> None:
        """End the worker, whatever it does. Returns within 3 s."""
        self._requests.put(None)
        self.kill()
        self._thread.join(_END_SECONDS)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_SECONDS)
        self.memory.close()

    def _next_answer(self, seconds: float) -> Message:
        try:
            answer = self._answers.get(timeout=seconds)
        except queue.Empty:
            raise KnownError("render.timeout", seconds=round(seconds)) from None
        if answer is None:
            raise KnownError("render.worker_died")
        return answer

    def _converse(self) -> None:
        """The thread: requests out, answers in. A None answer says that the worker is gone."""
        source, sink = self._process.stdout, self._process.stdin
        assert source is not None
        assert sink is not None
        with source:
            try:
                self._answers.put(receive(source))
                while (request := self._requests.get()) is not None:
                    send(sink, request)
                    self._answers.put(receive(source))
            except (PipeClosedError, OSError):
                self._answers.put(None)
            finally:
                with suppress(OSError):
                    sink.close()
