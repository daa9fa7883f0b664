"""A PC whose disk is full or broken at any write: the clerk is told, goes on when it is well, and nothing is
lost, doubled or half-done. The PC composes, seals, sends, receives and prints meanwhile."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

import pytest

from fakes.clerk_process import Clerk, check_pc
from fakes.desk import DeskPc
from fakes.disk import BROKEN, FULL, FailingDisk
from fakes.exchange import RunningExchange
from fakes.units import circular
from gongwen_client.domain.seal_ledger import LedgerStep
from gongwen_client.practice.cast import SENDER

PAUSE = threading.Event()  # never set: its wait is the clock of the test
STAYS_FULL = 0.3


def let_it_fail(disk: FailingDisk, clerk: Clerk, number: int, error: int) -> bool:
    """The ``number``-th write from now on fails; True when it came to that before the clerk was idle."""
    disk.fail(number, error)
    while not disk.failed:
        assert clerk.process.poll() is None, clerk.complaints.read_text()
        if clerk.works_for(0.02):
            return False
    PAUSE.wait(STAYS_FULL)
    disk.mend()
    return True


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("error", [FULL, BROKEN])
@pytest.mark.parametrize(("faults", "documents"), [(20, 5), pytest.param(400, 200, marks=pytest.mark.long)])
def test_nothing_is_lost_by_a_failing_disk(
    tmp_path: Path,
    own_exchange: RunningExchange,
    counterpart: DeskPc,
    error: int,
    faults: int,
    documents: int,
) -> None:
    home = tmp_path / "clerk"
    disk = FailingDisk(tmp_path / "control", *(home / name for name in ("data", "printed", "cache")))
    incoming = [counterpart.ready_draft(SENDER.code, body=circular()).document_id for _ in range(documents)]
    for document_id in incoming:
        counterpart.sending.send(document_id)
    clerk = Clerk(home, own_exchange.url, documents, disk.environment)
    met = sum(let_it_fail(disk, clerk, 1 + number * 7 % 97, error) for number in range(faults))
    disk.mend()
    assert clerk.works_for(600), "it never became idle"
    assert clerk.process.poll() is None
    clerk.kill()
    # What could not be noted down is cleared up at the next start.
    clerk = Clerk(home, own_exchange.url, documents)
    assert clerk.works_for(600), "it never became idle again"
    clerk.kill()
    print(f"{met} failures of the disk")  # noqa: T201
    assert met >= faults * 0.4
    complaints = clerk.complaints.read_text()
    if "Traceback" in complaints:
        raise AssertionError(complaints[-9000:])

    clicks = (home / "clicks.txt").read_text().split()
    assert len(set(clicks)) == documents
    counterpart.wait_until(lambda: len(counterpart.store.rows.incoming(None)) >= documents)
    arrived = Counter(row.document_id for row in counterpart.store.rows.incoming(None))
    assert set(clicks) == set(arrived), "a click was lost"
    assert set(arrived.values()) == {1}, "a document was doubled"
    check_pc(home, LedgerStep.FAILED)
