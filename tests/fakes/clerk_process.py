"""The busy clerk (``fakes.busy_clerk``), or one who only seals (``fakes.sealing_clerk``), as a process to
kill or to starve, and what must hold of its PC."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from gongwen_client.domain.seal_ledger import LedgerStep, uses_of
from gongwen_client.exchange.files import digest_file
from gongwen_client.store import Store
from gongwen_protocol.states import TicketState

TESTS = Path(__file__).resolve().parents[1]
PATHS = os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])


class Clerk:
    """The process, and what it says."""

    def __init__(
        self,
        home: Path,
        url: str,
        target: int,
        environment: Mapping[str, str] = MappingProxyType({}),
        trade: str = "fakes.busy_clerk",
    ) -> None:
        command = [sys.executable, "-m", trade, str(home), url, str(target)]
        home.mkdir(exist_ok=True)
        self.complaints = home / "complaints.txt"
        with self.complaints.open("ab") as complaints:
            self.process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
                env=os.environ | {"PYTHONPATH": PATHS} | environment,
            )
        assert self.process.stdout is not None
        self._output = self.process.stdout
        assert self._output.readline() == "ready\n"
        self._idle = threading.Event()
        self._sealing = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def works_for(self, seconds: float) -> bool:
        """Let it work; True when it has become idle."""
        return self._idle.wait(seconds)

    def begins_to_seal(self) -> bool:
        """Wait until the key is about to be asked; False when there is nothing left to seal."""
        while not self._sealing.wait(0.05):
            if self._idle.is_set() or self.process.poll() is not None:
                return False
        return True

    def kill(self) -> None:
        """No goodbye."""
        self.process.kill()
        self.end()

    def end(self) -> None:
        """Wait for its end."""
        self.process.wait(30)
        self._reader.join(5)
        self._output.close()

    def _read(self) -> None:
        for line in self._output:
            if line == "idle\n":
                self._idle.set()
            elif line == "sealing\n":
                self._sealing.set()


def check_pc(home: Path, *ends: LedgerStep) -> None:
    """Nothing half-done: files whole, no copy unaccounted for or beyond the quota, uses of the seal sealed,
    interrupted or, where ``ends`` allows it, ended otherwise."""
    database = home / "data" / "gongwen.db"
    connection = sqlite3.connect(database)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    store = Store(database, home / "data" / "drafts")
    for draft in store.drafts.list(None):
        assert draft.body is None or digest_file(draft.body.path) == draft.body.digest
    uses = uses_of(store.seal_uses.entries())
    assert {use.result for use in uses} <= {LedgerStep.SEALED, LedgerStep.INTERRUPTED, *ends}
    sealed = {use.signature_id for use in uses if use.result is LedgerStep.SEALED}
    assert {mark.signature_id for draft in store.drafts.all() for mark in draft.seals} <= sealed
    printed = in_doubt = 0
    for row in store.rows.incoming(None):
        states = [ticket.state for ticket in store.tickets.of_delivery(row.delivery_id)]
        assert len([state for state in states if state is not TicketState.VOID]) <= row.copies
        assert TicketState.RESERVED not in states, "a copy is unaccounted for"
        printed += states.count(TicketState.PRINTED)
        in_doubt += states.count(TicketState.SPOOLED)
    store.close()
    paper = len([path for path in (home / "printed").glob("*.pdf") if path.stat().st_size])
    assert printed <= paper <= printed + in_doubt
