"""The demonstration's exchange: the real server in a process of its own, reached over loopback."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from itertools import chain
from pathlib import Path

from gongwen_client.practice.cast import (
    ACCOUNT,
    EXCHANGE,
    INSPECTOR,
    INSPECTOR_INITIAL,
    INSPECTOR_POST,
    POST,
    PROFILE,
    RECEIVER,
    SENDER,
    SUCCESSOR,
    SUCCESSOR_INITIAL,
    SUCCESSOR_POST,
    UNITS,
    DemoUnit,
)
from gongwen_crypto.errors import KnownError
from gongwen_protocol.announcements import SignedNotice

_ROLES = ("制作", "盖章", "发送", "接收", "打印", "归档")
_START_SECONDS = 30.0
_CHINA = timezone(timedelta(hours=8))
_PROGRAM = (sys.executable, "-m", "gongwen_server.cli")


@dataclass
class DemoExchange:
    """Sets up ``home`` through the server's own command line and serves it on a free port."""

    home: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _port: str = field(default="0", init=False)

    def set_up(self) -> None:
        """Create the exchange with its units and the accounts of those that have a password."""
        self._command("init", "--name", EXCHANGE, "--profile", PROFILE)
        with tempfile.TemporaryDirectory() as folder:
            roster = Path(folder) / "roster.toml"
            roster.write_text("\n".join(_entry(unit) for unit in UNITS), "utf-8")
            self._command("import", str(roster))
            initial = Path(folder) / "initial.txt"
            initial.write_text(INSPECTOR_INITIAL, "utf-8")
            self._command(
                "account", "add", SENDER.code, INSPECTOR, "--post", INSPECTOR_POST, "--roles", "督查",
                "--platform", "--initial-password-file", str(initial),
            )  # fmt: skip

    def add_encryption(self, folder: Path) -> None:
        """Register the encryption certificates in ``folder``, called after the units' codes."""
        self._command("encryption", "import", str(folder))

    def delegate_notices(self, folder: Path) -> None:
        """A key in ``folder`` that may announce while the exchange is down; its password lies beside it."""
        self._command("notice", "delegate", "--out", str(folder), "--password-file", str(_note(folder)))

    def sign_outage(self, key: Path, title: str, text: str, target: Path) -> None:
        """Write a notice of an outage that begins now, signed without the exchange (an e-mail would bring
        it)."""
        note = target.with_suffix(".txt")
        note.write_text(text, "utf-8")
        begins = datetime.now(UTC)
        outage = {
            "--begins": begins.isoformat(),
            "--ends": (begins + timedelta(hours=4)).isoformat(),
            "--measures": "紧急公文请派人送达并在恢复后补录；一般公文可以照常盖章发送，恢复后自动送达。",
            "--contact": "平台值班室 0000-1000000",
        }
        self._run(
            "notice", "sign", "--title", title, "--text-file", str(note), "--key", str(key),
            "--password-file", str(_note(key)), "--out", str(target), *chain.from_iterable(outage.items()),
        )  # fmt: skip

    def end_outage(self, file: Path) -> None:
        """Once it serves again: tell all units what ``file`` announced meanwhile, and that it is over."""
        signed = SignedNotice.model_validate_json(file.read_bytes())
        self._command("notice", "enter", str(file))
        reason = "检修完成，系统已恢复运行，停机期间的公文正在自动送达。"
        self._command("notice", "withdraw", signed.notice.notice_id, "--reason", reason)

    def start(self) -> str:
        """Serve; return the address, which stays the same when it is started again.

        Raises KnownError("demo.exchange_failed")."""
        with tempfile.TemporaryDirectory() as folder:
            port_file = Path(folder) / "port"
            log = (self.home / "server.log").open("ab")
            command = [
                *_PROGRAM,
                "serve",
                "--home",
                str(self.home),
                "--port",
                self._port,
                "--port-file",
                str(port_file),
            ]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
            log.close()
            deadline = time.monotonic() + _START_SECONDS
            while not (port_file.exists() and port_file.read_text().strip()):
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise KnownError("demo.exchange_failed", log=str(self.home / "server.log"))
                time.sleep(0.05)
            self._port = port_file.read_text().strip()
            return f"http://127.0.0.1:{self._port}"

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
        self._run(*words, "--home", str(self.home))

    def _run(self, *words: str) -> None:
        done = subprocess.run([*_PROGRAM, *words], capture_output=True, check=False, timeout=120)
        if done.returncode:
            raise KnownError("demo.exchange_failed", log=done.stderr.decode("utf-8", "replace"))


def _note(folder: Path) -> Path:
    """The password of a delegated key, in a file beside it."""
    note = folder.with_suffix(".password")
    if not note.exists():
        note.write_text(secrets.token_hex(16), "utf-8")
    return note


def _entry(unit: DemoUnit) -> str:
    """The unit's tables in a roster file; JSON strings are TOML strings."""
    fields = {"code": unit.code, "name": unit.name, "short_name": unit.short_name, "contact": unit.contact}
    lines = [
        "[[unit]]",
        *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()),
    ]
    lines += [f"rank = {unit.rank}", f"enabled = {str(unit.enabled).lower()}"]
    if unit.enabled:
        lines.append(f'enabled_from = "{datetime.now(_CHINA).date()}"')
    if unit.initial_password:
        lines += _account(unit, ACCOUNT, POST, unit.initial_password)
    if unit is RECEIVER:
        lines += _account(unit, SUCCESSOR, SUCCESSOR_POST, SUCCESSOR_INITIAL)
    return "\n".join(lines)


def _account(unit: DemoUnit, account: str, post: str, initial_password: str) -> list[str]:
    return [
        "[[account]]",
        f'unit_code = "{unit.code}"',
        f'account = "{account}"',
        f'post = "{post}"',
        f"roles = {json.dumps(_ROLES, ensure_ascii=False)}",
        f'initial_password = "{initial_password}"',
    ]
