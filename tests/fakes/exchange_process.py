"""The exchange in a process of its own, for tests that kill it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import gongwen_server


class ServedProcess:
    """``gongwen-server serve`` on a port that stays the same over restarts."""

    def __init__(self, home: Path, environment: Mapping[str, str] = MappingProxyType({}), *more: str) -> None:
        """``more``: further options of ``serve``."""
        self._home = home
        self._more = more
        self._environment = environment
        self._port = 0
        self._process: subprocess.Popen[str] | None = None
        self.ready = threading.Event()
        self.url = ""

    def start(self) -> None:
        """Serve; returns when clients may connect."""
        source = str(Path(gongwen_server.__file__).parent.parent)
        with (self._home / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "gongwen_server.cli", "serve"),
                    *("--home", str(self._home), "--port", str(self._port), *self._more),
                ],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                env={**os.environ, "PYTHONPATH": source, "PYTHONUTF8": "1", **self._environment},
            )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip().partition("：")[2]
        assert self.url, (self._home / "server.log").read_text("utf-8")
        self._port = int(self.url.rpartition(":")[2])
        self.ready.set()

    @property
    def process_id(self) -> int:
        """Of the process that was started; there may be others below it."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """SIGKILL: nothing is flushed, nobody is told."""
        self.ready.clear()
        self._end(kill=True)

    def stop(self) -> None:
        """SIGTERM: ends after the requests under way."""
        self.ready.clear()
        self._end(kill=False)

    def _end(self, *, kill: bool) -> None:
        assert self._process is not None
        if kill:
            self._process.kill()
        else:
            self._process.terminate()
        self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()
