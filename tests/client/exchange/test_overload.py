"""An exchange that is too busy: clients stay away as long as it asks, each as long as another, and go on."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest

from fakes.desk import DeskPc
from fakes.exchange import RunningExchange
from fakes.proxy import FaultProxy
from gongwen_client.domain.rows import Connection
from gongwen_client.exchange.retry import LONGEST_PAUSE, RETRY_AFTER, pause_asked
from gongwen_crypto.errors import KnownError
from gongwen_server.api.admission import ROOMS, Kind, Room

AWAY = 3  # seconds, more than the test presses it
PAUSE = threading.Event()  # never set: its wait is the clock of the test


def test_those_who_were_asked_together_come_back_apart() -> None:
    busy = KnownError("exchange.busy", **{RETRY_AFTER: 20})
    buckets = Counter(int(pause_asked(busy)) for _ in range(5000))
    assert set(buckets) == set(range(20, 30)), "never before it was asked for, and over half as long again"
    assert max(buckets.values()) < 5000 / 10 * 1.5


@pytest.mark.parametrize("asked", [None, 0, -5, "soon", 86_400])
def test_nobody_silences_a_pc_for_long(asked: object) -> None:
    pause = pause_asked(KnownError("exchange.busy", **{RETRY_AFTER: asked}))
    assert 0.0 <= pause <= 1.5 * LONGEST_PAUSE


def test_a_pc_stays_away_and_comes_back(
    exchange: RunningExchange, network: FaultProxy, pc: Callable[..., DeskPc]
) -> None:
    one, other = pc("001"), pc("002")
    for desk in (one, other):
        desk.wait_until(lambda desk=desk: desk.duty.state().connection is Connection.ONLINE)  # type: ignore[misc]
    exchange.rooms |= {kind: Room(0, AWAY, AWAY) for kind in Kind}
    one.wait_until(lambda: "正忙" in one.duty.state().problem)
    other.wait_until(lambda: "正忙" in other.duty.state().problem)
    document = one.ready_draft("002").document_id
    before = network.request_bytes
    one.sending.send(document)
    for _ in range(50):
        one.engine.nudge()  # as each wish does: no reason to press an exchange that is too busy
        PAUSE.wait(0.02)
    assert network.request_bytes - before < 10_000, "some requests that were on their way, not fifty"
    assert one.duty.state().connection is Connection.ONLINE, "it answers, after all"
    exchange.rooms |= ROOMS
    other.wait_until(lambda: document in {row.document_id for row in other.store.rows.incoming(None)})
    one.wait_until(lambda: one.duty.state().problem == "")


def test_units_do_not_poll_in_step(pc: Callable[..., DeskPc]) -> None:
    """All hear of a broadcast within one second; their next polls are apart nevertheless."""
    one = pc("001", poll_seconds=1000.0)
    one.wait_until(lambda: one.store.rules.in_force() is not None)
    gaps = [one.engine.poll_gap() for _ in range(300)]
    assert all(800 <= gap <= 1000 for gap in gaps)
    assert max(gaps) - min(gaps) > 100
