"""Several processes that serve one exchange on one port, of one machine with several processors.

They share the database and the store of bytes and nothing else, as processes on several machines do (ADR
0049). One that dies is started anew; all end with the one that started them, however it ends.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Semaphore
from pathlib import Path

import uvicorn

from gongwen_crypto.errors import KnownError
from gongwen_server.api import serving
from gongwen_server.api.journal import log_to_stderr
from gongwen_server.api.serving import TlsFiles
from gongwen_server.services import administration

AGAIN_SECONDS = 1.0
"""Pause before a process that died is started anew: one that cannot live must not keep the machine busy."""

STOP_SECONDS = 3 * serving.STOP_SECONDS
_CONTEXT = multiprocessing.get_context("spawn")  # threads of the first process do not survive a fork
_log = logging.getLogger("gongwen.server")


@dataclass(frozen=True)
class Work:
    """What each process serves."""

    home: Path
    key_password_file: Path | None
    host: str
    tls: TlsFiles | None


def reserve(work: Work, port: int) -> socket.socket:
    """The port for all processes; it takes no connection itself. Raises KnownError:
    exchange.workers_unsupported, exchange.tls_required, exchange.address_in_use."""
    if not hasattr(socket, "SO_REUSEPORT"):
        raise KnownError("exchange.workers_unsupported")
    with serving.bind(work.host, port, tls=work.tls is not None) as alone:  # also not shared with a stranger
        port = alone.getsockname()[1]
    return serving.bind_shared(work.host, port, tls=work.tls is not None)


class Workers:
    """``run`` returns on SIGTERM or SIGINT, when all have ended."""

    def __init__(self, work: Work, place: socket.socket, count: int) -> None:
        self._work = work
        self._port = place.getsockname()[1]
        self._count = count
        self._listening = _CONTEXT.Semaphore(0)
        self._processes: list[SpawnProcess] = []

    def run(self, announce: Callable[[], None]) -> None:
        """Serve; ``announce`` is called once, when clients may connect."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _leave)
        try:
            self._processes = [self._started() for _ in range(self._count)]
            while not self._listening.acquire(timeout=AGAIN_SECONDS):
                self._processes = [self._alive(process) for process in self._processes]
            announce()
            while True:
                wait([process.sentinel for process in self._processes])
                time.sleep(AGAIN_SECONDS)
                self._processes = [self._alive(process) for process in self._processes]
        except SystemExit:
            self._stop()

    def _started(self) -> SpawnProcess:
        process = _CONTEXT.Process(target=_serve, args=(self._work, self._port, self._listening), daemon=True)
        process.start()
        return process

    def _alive(self, process: SpawnProcess) -> SpawnProcess:
        if process.is_alive():
            return process
        _log.error("a process of the exchange died (%s) and is started anew", process.exitcode)
        process.close()
        return self._started()

    def _stop(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join(STOP_SECONDS)
            process.kill()


def _leave(_signal: int, _frame: object) -> None:
    raise SystemExit


def _serve(work: Work, port: int, listening: Semaphore) -> None:
    """One process: everything of its own but the port."""
    log_to_stderr()
    with (
        administration.opened(work.home, key_password_file=work.key_password_file) as exchange,
        serving.bind_shared(work.host, port, tls=work.tls is not None) as listener,
    ):
        listener.listen(serving.BACKLOG)
        listening.release()
        server = serving.make_server(exchange, work.tls)
        threading.Thread(target=_end_with_parent, args=(server,), name="parent", daemon=True).start()
        server.run(sockets=[listener])


def _end_with_parent(server: uvicorn.Server) -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    server.should_exit = True
