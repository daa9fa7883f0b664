"""One running broker as its client sees it: a child process, a thread that talks to it, deadlines."""

from __future__ import annotations

import queue
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress

from gongwen_client.children import NO_WINDOW, command, environment
from gongwen_client.token.pin import wiped
from gongwen_client.token.wire import Frame, Json, PipeClosedError, read_frame, write_frame
from gongwen_crypto.errors import KnownError

COMMAND = command("gongwen_client.token.broker")
_END_SECONDS = 1.0


class BrokerProcess:
    """A broker that lives until :meth:`end`, its own death, or the first call that takes too long.

    Not thread-safe: the owner lets one caller in at a time.
    """

    def __init__(self, program: Sequence[str] = COMMAND) -> None:
        self._process = subprocess.Popen(
            program,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
            creationflags=NO_WINDOW,
        )
        self._requests: queue.SimpleQueue[Frame | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Json | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._converse, name="token-broker-pipe", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can still answer."""
        return self._thread.is_alive() and self._process.poll() is None

    def call(self, request: Frame, timeout: float) -> Json:
        """Send a request and wait ``timeout`` seconds for its answer.

        Raises KnownError("token.timeout") or KnownError("token.broker_died"); the broker is then ended, for
        nobody knows what it still does.
        """
        self._requests.put(request)
        try:
            answer = self._answers.get(timeout=timeout)
        except queue.Empty:
            self.end()
            raise KnownError("token.timeout", seconds=timeout) from None
        if answer is None:
            self.end()
            raise KnownError("token.broker_died")
        return answer

    def kill(self) -> None:
        """Kill the process, from any thread; a call that waits then raises token.broker_died."""
        self._process.kill()

    def end(self) -> None:
        """Close the pipe, or kill what does not go by itself; returns within 3 s whatever happens."""
        self._requests.put(None)
        self._thread.join(_END_SECONDS / 4)
        if self._thread.is_alive() or not self._gone():
            self.kill()
            self._thread.join(_END_SECONDS)
            self._gone()

    def _gone(self) -> bool:
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            return False  # stuck in the kernel; the thread is a daemon and nothing waits for it
        return True

    def _converse(self) -> None:
        """The thread: requests out, answers in. A None answer says that the broker is gone."""
        source, sink = self._process.stdout, self._process.stdin
        assert source is not None
        assert sink is not None
        with source:
            try:
                while (request := self._requests.get()) is not None:
                    with wiped(*request.secrets):
                        write_frame(sink, request)
                    self._answers.put(read_frame(source).body)
            except (PipeClosedError, OSError):
                self._answers.put(None)
            finally:
                with suppress(OSError):
                    sink.close()
