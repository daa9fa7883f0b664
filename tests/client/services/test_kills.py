"""``kill -9`` of a working client at random moments: nothing lost, nothing doubled, nothing half-done."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from fakes.clerk_process import Clerk, check_pc
from fakes.desk import DeskPc
from fakes.exchange import RunningExchange
from fakes.units import circular
from gongwen_client.practice.cast import SENDER
from gongwen_protocol.messages import ReceiptEvent


@pytest.mark.timeout(7200)
@pytest.mark.parametrize(
    ("kills", "lane"), [(5, 0), *(pytest.param(100, lane, marks=pytest.mark.long) for lane in range(1, 6))]
)
def test_nothing_is_lost_or_doubled_by_kills(
    tmp_path: Path, own_exchange: RunningExchange, counterpart: DeskPc, kills: int, lane: int
) -> None:
    chance = random.Random(kills + lane)
    home = tmp_path / "clerk"
    documents = 1 + kills // 2
    incoming = [counterpart.ready_draft(SENDER.code, body=circular()).document_id for _ in range(documents)]
    for document_id in incoming:
        counterpart.sending.send(document_id)
    for _ in range(kills):
        clerk = Clerk(home, own_exchange.url, documents)
        clerk.works_for(chance.uniform(0.0, 3.0))
        clerk.kill()
    clerk = Clerk(home, own_exchange.url, documents)
    assert clerk.works_for(600), "it never became idle"
    clerk.end()

    clicks = (home / "clicks.txt").read_text().split()
    incoming_rows = counterpart.store.rows.incoming
    counterpart.wait_until(lambda: set(clicks) <= {row.document_id for row in incoming_rows(None)})
    arrived = Counter(row.document_id for row in counterpart.store.rows.incoming(None))
    assert set(clicks) <= set(arrived), "a click was lost"
    assert set(arrived.values()) == {1}, "a document was doubled"
    _check_receipts(counterpart, incoming)
    check_pc(home)


def _check_receipts(counterpart: DeskPc, incoming: list[str]) -> None:
    """Each document that the clerk was sent was received once, as the exchange states with its signature."""
    for document_id in incoming:

        def events(document_id: str = document_id) -> list[ReceiptEvent]:
            return [row.receipt.receipt.event for row in counterpart.tracking.receipts(document_id)]

        counterpart.wait_until(lambda events=events: ReceiptEvent.RECEIVED in events())  # type: ignore[misc]
        assert events().count(ReceiptEvent.RECEIVED) == 1
        assert events().count(ReceiptEvent.VIEWED) == 1
        assert events().count(ReceiptEvent.PRINTED) <= 1
