"""``kill -9`` in the act of sealing, between the click and the entry in the ledger of uses (用印台账)."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import pytest

from fakes.clerk_process import Clerk, check_pc
from fakes.exchange import RunningExchange
from fakes.units import UnitPc
from gongwen_client.domain.seal_ledger import LedgerStep
from gongwen_client.practice.cast import SENDER
from gongwen_client.services.office import Office
from gongwen_client.store import Store
from gongwen_docs.ofd.container import Package
from gongwen_protocol.states import DocumentState

SEALED = b"SignedValue.dat"
NEVER = 1 << 20
"""So many documents are never sealed before the next kill."""
MEASURED_AGAIN = 20
"""Kills after which the length of the act is taken anew: the machine may be busier by now."""


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("kills", [5, pytest.param(100, marks=pytest.mark.long)])
def test_every_seal_has_its_entry_and_every_entry_one_seal(
    tmp_path: Path, own_exchange: RunningExchange, kills: int
) -> None:
    chance = random.Random(kills)
    home = tmp_path / "custodian"
    longest = 0.0
    for number in range(kills):
        if number % MEASURED_AGAIN == 0:
            longest = _one_act(home, own_exchange.url)
        clerk = Clerk(home, own_exchange.url, NEVER, trade="fakes.sealing_clerk")
        assert clerk.begins_to_seal(), (home / "complaints.txt").read_text()
        clerk.works_for(chance.uniform(0.0, 1.2 * longest))
        clerk.kill()
        _check_what_lies_there(home)
    last = Clerk(home, own_exchange.url, _sealed_by_now(home) + 2, trade="fakes.sealing_clerk")
    assert last.works_for(120), "it never became idle"
    last.end()
    check_pc(home)
    pc = UnitPc(home, SENDER, own_exchange.url)
    ends = _check_ledger(pc.office)
    _check_files(pc.office, home)
    pc.stop()
    assert ends[LedgerStep.INTERRUPTED] <= kills
    print(f"{kills} kills: {ends[LedgerStep.INTERRUPTED]} uses cut off, {ends[LedgerStep.SEALED]} sealed")  # noqa: T201


def _one_act(home: Path, url: str) -> float:
    """Seal one document undisturbed; the seconds from the click to the end."""
    clerk = Clerk(home, url, _sealed_by_now(home) + 1, trade="fakes.sealing_clerk")
    assert clerk.begins_to_seal(), clerk.complaints.read_text()
    begin = time.monotonic()
    assert clerk.works_for(120), "it never became idle"
    seconds = time.monotonic() - begin
    clerk.end()
    return seconds


def _sealed_by_now(home: Path) -> int:
    if not home.exists():
        return 0
    store = _store(home)
    count = len(store.drafts.list(DocumentState.READY))
    store.close()
    return count


def _store(home: Path) -> Store:
    return Store(home / "data" / "gongwen.db", home / "data" / "drafts")


def _check_what_lies_there(home: Path) -> None:
    """Straight after a kill, before anything is mended: whatever may carry a seal has its line in the ledger,
    begun before the key was asked."""
    store = _store(home)
    entries = store.seal_uses.entries()
    store.close()
    begun = {str(entry.facts["document_id"]) for entry in entries if entry.step is LedgerStep.BEGUN}
    files = (home / "data" / "drafts").glob("*/*")
    assert {path.parent.name for path in files if _bears_a_seal(path)} <= begun


def _bears_a_seal(path: Path) -> bool:
    """Its worker may just give a file another name: it has outlived the client by some moments."""
    try:
        return SEALED in path.read_bytes()
    except FileNotFoundError:
        return False


def _check_ledger(office: Office) -> Counter[LedgerStep]:
    """The chain holds, each use has one end, each seal one use and each use that sealed one seal."""
    state = office.seal_ledger.state()
    assert state.whole, (state.breaks, state.unrecorded)
    ends = Counter(use.result for use in state.uses)
    assert set(ends) <= {LedgerStep.SEALED, LedgerStep.INTERRUPTED}
    told = [(use.document_id, use.signature_id) for use in state.uses if use.result is LedgerStep.SEALED]
    drafts = office.drafts.list()
    marks = [(draft.document_id, mark.signature_id) for draft in drafts for mark in draft.seals]
    assert sorted(told) == sorted(marks)
    assert len(set(told)) == len(told)
    assert sorted(use.number for use in state.uses) == [*range(1, len(state.uses) + 1)]
    return ends


def _check_files(office: Office, home: Path) -> None:
    """Nothing is left beside the drafts' own files, and each body bears the one seal that was put on it."""
    own: set[Path] = set()
    for draft in office.drafts.list():
        assert draft.body is not None
        own |= {draft.body.path, *(file.path for file in draft.attachments)}
        with Package.open(draft.body.path.read_bytes()) as package:
            values = [name for name in package.names if name.endswith("SignedValue.dat")]
        assert len(values) == len(draft.seals) == 1
    assert {path for path in (home / "data" / "drafts").rglob("*") if path.is_file()} == own
