"""Places for worker processes: who gets which one, and what becomes of one that failed."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gongwen_client.render.process import WorkerProcess
from gongwen_crypto.errors import KnownError


class Seats:
    """At most ``most`` seats; who asks for one waits until one is free. Safe for several threads."""

    def __init__(self, most: int, command: Sequence[str]) -> None:
        self._most = most
        self._command = tuple(command)
        self._free: list[Seat] = []
        self._busy: set[Seat] = set()
        self._made = 0
        self._stopped = False
        self._change = threading.Condition()

    def take(self, path: Path | None) -> Seat:
        """A free seat, preferably one whose worker has the document open. Raises ``KnownError``
        ``render.stopped``."""
        with self._change:
            while True:
                if self._stopped:
                    raise KnownError("render.stopped")
                if self._free:
                    return self._occupied(self._free.pop(self._best(path)))
                if self._made < self._most:
                    self._made += 1
                    return self._occupied(Seat())
                self._change.wait()

    def take_holder(self, path: Path) -> Seat | None:
        """An idle seat whose worker may have the document open; the seat forgets it."""
        with self._change:
            for index, seat in enumerate(self._free):
                if path in seat.paths:
                    seat.paths.remove(path)
                    return self._occupied(self._free.pop(index))
        return None

    @contextmanager
    def at_work(self, seat: Seat) -> Iterator[WorkerProcess]:
        """The worker of a seat that was taken; the seat is given back afterwards. One whose worker failed,
        hung or lied starts anew next time. Raises ``KnownError``: render.stopped, render.worker_died."""
        try:
            worker = seat.worker(self._command)
            if self._stopped:
                raise KnownError("render.stopped")
            yield worker
        except KnownError as error:
            if error.code in ("render.worker_died", "render.timeout", "render.out_of_memory"):
                seat.drop()
            raise
        finally:
            with self._change:
                self._busy.discard(seat)
                stopped = self._stopped
                if not stopped:
                    self._free.append(seat)
                    self._change.notify()
            if stopped:
                seat.drop()

    def close(self) -> None:
        """End all workers, also those at work; nobody gets a seat any more."""
        with self._change:
            self._stopped = True
            idle, self._free = self._free, []
            busy = tuple(self._busy)
            self._change.notify_all()
        for seat in (*idle, *busy):
            seat.kill()
        for seat in idle:
            seat.drop()

    def pids(self) -> tuple[int, ...]:
        """Process ids of the idle workers."""
        with self._change:
            return tuple(pid for seat in self._free if (pid := seat.pid) is not None)

    def _occupied(self, seat: Seat) -> Seat:
        self._busy.add(seat)
        return seat

    def _best(self, path: Path | None) -> int:
        for index, seat in enumerate(self._free):
            if path in seat.paths:
                return index
        return len(self._free) - 1


class Seat:
    """A place for a worker, and the documents that it last looked at."""

    def __init__(self) -> None:
        self._worker: WorkerProcess | None = None
        self.paths: list[Path] = []

    def worker(self, command: Sequence[str]) -> WorkerProcess:
        """The worker, started when there is none. Raises ``KnownError`` ``render.worker_died``."""
        if self._worker is not None and self._worker.alive:
            return self._worker
        self.drop()
        try:
            self._worker = WorkerProcess(command)
        except OSError as error:
            raise KnownError("render.worker_died") from error
        return self._worker

    @property
    def pid(self) -> int | None:
        """Process id of a living worker."""
        worker = self._worker
        return worker.pid if worker is not None and worker.alive else None

    def note(self, path: Path) -> None:
        """The worker looked at this document last."""
        self.paths = [path, *(known for known in self.paths if known != path)][:4]

    def kill(self) -> None:
        """Kill the worker, from any thread; whoever has the seat drops it."""
        worker = self._worker
        if worker is not None:
            worker.kill()

    def drop(self) -> None:
        """End the worker; the next one starts anew."""
        worker, self._worker = self._worker, None
        self.paths = []
        if worker is not None:
            worker.end()
