"""``kill -9`` of a working client at random moments: nothing lost, nothing doubled, nothing half-done."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.desk import DeskPc
from fakes.exchange import RunningExchange
from fakes.units import circular
from gongwen_client.demo.cast import RECEIVER, SENDER
from gongwen_client.domain.seal_ledger import LedgerStep, uses_of
from gongwen_client.exchange.files import digest_file
from gongwen_client.store import Store
from gongwen_protocol.messages import ReceiptEvent
from gongwen_protocol.states import TicketState

TESTS = Path(__file__).resolve().parents[2]
PATHS = os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])


class Clerk:
    """The process, and what it says."""

    def __init__(self, home: Path, url: str, target: int) -> None:
        command = [sys.executable, "-m", "fakes.busy_clerk", str(home), url, str(target)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": PATHS}
        )
        assert self.process.stdout is not None
        self._output = self.process.stdout
        assert self._output.readline() == "ready\n"
        self._idle = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def works_for(self, seconds: float) -> bool:
        """Let it work; True when it has become idle."""
        return self._idle.wait(seconds)

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


@pytest.fixture
def counterpart(tmp_path: Path, exchange: RunningExchange) -> Iterator[DeskPc]:
    """The other unit's PC, which is never killed."""
    pc = DeskPc(tmp_path / "counterpart", exchange.url, poll_seconds=0.5)
    pc.start()
    pc.log_in(RECEIVER.code)
    yield pc
    pc.stop()


@pytest.mark.timeout(7200)
@pytest.mark.parametrize(
    ("kills", "lane"), [(5, 0), *(pytest.param(100, lane, marks=pytest.mark.long) for lane in range(1, 6))]
)
def test_nothing_is_lost_or_doubled_by_kills(
    tmp_path: Path, exchange: RunningExchange, counterpart: DeskPc, kills: int, lane: int
) -> None:
    chance = random.Random(kills + lane)
    home = tmp_path / "clerk"
    documents = 1 + kills // 2
    incoming = [counterpart.ready_draft(SENDER.code, body=circular()).document_id for _ in range(documents)]
    for document_id in incoming:
        counterpart.sending.send(document_id)
    for _ in range(kills):
        clerk = Clerk(home, exchange.url, documents)
        clerk.works_for(chance.uniform(0.0, 3.0))
        clerk.kill()
    clerk = Clerk(home, exchange.url, documents)
    assert clerk.works_for(600), "it never became idle"
    clerk.end()

    clicks = (home / "clicks.txt").read_text().split()
    counterpart.wait_until(lambda: len(counterpart.store.rows.incoming(None)) >= len(set(clicks)))
    arrived = Counter(row.document_id for row in counterpart.store.rows.incoming(None))
    assert set(clicks) <= set(arrived), "a click was lost"
    assert set(arrived.values()) == {1}, "a document was doubled"
    _check_receipts(counterpart, incoming)
    _check_pc(home)


def _check_receipts(counterpart: DeskPc, incoming: list[str]) -> None:
    """Each document that the clerk was sent was received once, as the exchange states with its signature."""
    for document_id in incoming:

        def events(document_id: str = document_id) -> list[ReceiptEvent]:
            return [row.receipt.receipt.event for row in counterpart.tracking.receipts(document_id)]

        counterpart.wait_until(lambda events=events: ReceiptEvent.RECEIVED in events())  # type: ignore[misc]
        assert events().count(ReceiptEvent.RECEIVED) == 1
        assert events().count(ReceiptEvent.VIEWED) == 1
        assert events().count(ReceiptEvent.PRINTED) <= 1


def _check_pc(home: Path) -> None:
    database = home / "data" / "gongwen.db"
    connection = sqlite3.connect(database)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    store = Store(database, home / "data" / "drafts")
    for draft in store.drafts.list(None):
        assert draft.body is None or digest_file(draft.body.path) == draft.body.digest
    uses = uses_of(store.seal_uses.entries())
    assert {use.result for use in uses} <= {LedgerStep.SEALED, LedgerStep.INTERRUPTED}
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
