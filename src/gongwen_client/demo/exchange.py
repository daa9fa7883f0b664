"""The demonstration's exchange: the real server in a process of its own, reached over loopback."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from gongwen_client.demo.cast import ACCOUNT, EXCHANGE, POST, PROFILE, UNITS, DemoUnit
from gongwen_crypto.errors import KnownError

_ROLES = "制作,盖章,发送,接收,打印"
_START_SECONDS = 30.0


@dataclass
class DemoExchange:
    """Sets up ``home`` through the server's own command line and serves it on a free port."""

    home: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def set_up(self) -> None:
        """Create the exchange with its units and the accounts of those that have a password."""
        self._command("init", "--name", EXCHANGE, "--profile", PROFILE)
        for unit in UNITS:
            self._add(unit)

    def start(self) -> str:
        """Serve; return the address. Raises KnownError("demo.exchange_failed")."""
        with tempfile.TemporaryDirectory() as folder:
            port_file = Path(folder) / "port"
            log = (self.home / "server.log").open("ab")
            command = [*self._program("serve"), "--port", "0", "--port-file", str(port_file)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
            log.close()
            deadline = time.monotonic() + _START_SECONDS
            while not (port_file.exists() and port_file.read_text().strip()):
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise KnownError("demo.exchange_failed", log=str(self.home / "server.log"))
                time.sleep(0.05)
            return f"http://127.0.0.1:{port_file.read_text().strip()}"

    def stop(self) -> None:
        """Stop serving; harmless when it does not."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _add(self, unit: DemoUnit) -> None:
        options = ["--short-name", unit.short_name, "--rank", str(unit.rank), "--contact", unit.contact]
        if not unit.enabled:
            options.append("--not-enabled")
        self._command("unit", "add", unit.code, unit.name, *options)
        if unit.initial_password:
            self._command(
                "account",
                "add",
                unit.code,
                ACCOUNT,
                *("--post", POST, "--roles", _ROLES),
                typed=unit.initial_password + "\n",
            )

    def _command(self, *words: str, typed: str = "") -> None:
        done = subprocess.run(
            self._program(*words), input=typed.encode(), capture_output=True, check=False, timeout=60
        )
        if done.returncode:
            raise KnownError("demo.exchange_failed", log=done.stderr.decode("utf-8", "replace"))

    def _program(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "gongwen_server.cli", *words, "--home", str(self.home)]
