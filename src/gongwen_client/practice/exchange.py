"""The demonstration's exchange: the real server in a process of its own, reached over loopback."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from gongwen_client.practice.cast import ACCOUNT, EXCHANGE, POST, PROFILE, UNITS, DemoUnit
from gongwen_crypto.errors import KnownError

_ROLES = ("制作", "盖章", "发送", "接收", "打印", "归档")
_START_SECONDS = 30.0


@dataclass
class DemoExchange:
    """Sets up ``home`` through the server's own command line and serves it on a free port."""

    home: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def set_up(self) -> None:
        """Create the exchange with its units and the accounts of those that have a password."""
        self._command("init", "--name", EXCHANGE, "--profile", PROFILE)
        with tempfile.TemporaryDirectory() as folder:
            roster = Path(folder) / "roster.toml"
            roster.write_text("\n".join(_entry(unit) for unit in UNITS), "utf-8")
            self._command("import", str(roster))

    def add_encryption(self, folder: Path) -> None:
        """Register the encryption certificates in ``folder``, called after the units' codes."""
        self._command("encryption", "import", str(folder))

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

    def _command(self, *words: str) -> None:
        done = subprocess.run(self._program(*words), capture_output=True, check=False, timeout=120)
        if done.returncode:
            raise KnownError("demo.exchange_failed", log=done.stderr.decode("utf-8", "replace"))

    def _program(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "gongwen_server.cli", *words, "--home", str(self.home)]


def _entry(unit: DemoUnit) -> str:
    """The unit's tables in a roster file; JSON strings are TOML strings."""
    fields = {"code": unit.code, "name": unit.name, "short_name": unit.short_name, "contact": unit.contact}
    lines = [
        "[[unit]]",
        *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()),
    ]
    lines += [f"rank = {unit.rank}", f"enabled = {str(unit.enabled).lower()}"]
    if unit.initial_password:
        lines += [
            "[[account]]",
            f'unit_code = "{unit.code}"',
            f'account = "{ACCOUNT}"',
            f'post = "{POST}"',
            f"roles = {json.dumps(_ROLES, ensure_ascii=False)}",
            f'initial_password = "{unit.initial_password}"',
        ]
    return "\n".join(lines)
