"""Bar R4: every fault at every kind of call, both ways. When it is over, everything has happened, once."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fakes.clock import FakeClock
from fakes.desk import DeskPc
from fakes.exchange import RunningExchange
from fakes.journey import Journey, Outcome, insist, outcome, require_whole_evidence
from fakes.meddler import Fault, Meddler, Plan, nothing
from fakes.proxy import FaultProxy, Faults
from fakes.transport import transport_files
from gongwen_protocol.access import DeviceCodeRequest
from gongwen_server.services import devices

SETTLED = 60.0  # seconds, the bar
CALLS = 24  # kinds of call that the journey makes at least
QUICK = (Fault.DOUBLED_AT_ONCE, Fault.LATE, Fault.BENT_REQUEST)


def first(fault: Fault, times: int = 1) -> Plan:
    """The first calls of every kind meet it."""
    return lambda _operation, before: fault if before < times else None


@contextmanager
def two_pcs(
    home: Path, url: str, exchange: RunningExchange, read: float, clock: FakeClock | None = None
) -> Iterator[Journey]:
    """Registered PCs of 001 and 002, logged in."""
    running: list[DeskPc] = []
    try:
        for unit in ("001", "002"):
            one = DeskPc(home / unit, url, read=read, poll_seconds=0.3, clock=clock)
            one.patience = SETTLED
            running.append(one)
            one.start()
            code = devices.give_code(exchange.exchange, DeviceCodeRequest(unit_code=unit), "交换中心").code
            insist(lambda one=one, code=code: one.devices.register(code))  # type: ignore[misc]
            insist(lambda one=one, unit=unit: one.log_in(unit))  # type: ignore[misc]
            one.wait_until(lambda one=one: one.store.rules.in_force() is not None)  # type: ignore[misc]
        yield Journey(*running)
    finally:
        for one in running:
            one.stop()


@pytest.fixture(scope="module")
def untroubled(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What comes of the journey when nothing goes wrong."""
    home = tmp_path_factory.mktemp("untroubled")
    exchange = RunningExchange(home / "exchange")
    exchange.populate()
    with two_pcs(home, exchange.url, exchange, 5.0) as journey:
        journey.travel()
    found = outcome(exchange)
    exchange.stop()
    assert len(found) == 6
    return found


def travel(home: Path, plan: Plan, read: float, after: Callable[[Meddler], None]) -> tuple[Outcome, int]:
    """The journey over a bad network: what came of it, and how many kinds of call met a fault."""
    exchange = RunningExchange(home / "exchange")
    exchange.populate()
    network = Meddler(exchange.url)
    try:
        with two_pcs(home, network.url, exchange, read) as journey:
            network.begin(plan)
            journey.travel()
            met = len(network.met)
            after(network)
            network.begin(nothing)
            journey.settle()
            for pc in (journey.sender, journey.receiver):
                pc.wait_until(lambda pc=pc: pc.duty.state().problem == "")  # type: ignore[misc]
        require_whole_evidence(exchange)
        return outcome(exchange), met
    finally:
        network.stop()
        exchange.stop()


def late_repeats_change_nothing(network: Meddler) -> None:
    """What was answered long ago arrives again: proofs that were used are refused, effects remembered."""
    for said in network.deliver_late():
        assert said.status in (200, 201, 204, 206, 401, 409), said


@pytest.mark.parametrize(
    ("fault", "times"),
    [
        *((fault, 1) for fault in QUICK),
        *(pytest.param(fault, 1, marks=pytest.mark.long) for fault in Fault if fault not in QUICK),
        *(pytest.param(fault, 3, marks=pytest.mark.long) for fault in Fault),
    ],
)
def test_every_call_meets_the_fault_and_happens_once(
    tmp_path: Path, untroubled: Outcome, fault: Fault, times: int
) -> None:
    read = 1.5 if fault is Fault.SILENCE else 5.0  # seconds that a PC waits for an answer
    found, met = travel(tmp_path, first(fault, times), read, late_repeats_change_nothing)
    assert met >= CALLS, "the journey has become shorter"
    assert found == untroubled


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 9))
def test_connections_under_tls_are_bent_and_cut(
    tmp_path: Path, untroubled: Outcome, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """At any byte, also within the handshake; what TLS finds altered is an end of the connection."""
    tls = transport_files(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tls.certificate))
    exchange = RunningExchange(tmp_path / "exchange", tls=tls)
    exchange.populate()
    network = FaultProxy(exchange.url)
    chance = random.Random(seed)
    try:
        with two_pcs(tmp_path, network.url, exchange, 5.0) as journey:
            for pc in (journey.sender, journey.receiver):
                pc.patience = 3 * SETTLED  # nothing settles while each new connection is harmed
            faults = network.faults
            faults.flip_requests_at = [chance.randrange(20_000) for _ in range(12)]
            faults.flip_answers_at = [chance.randrange(20_000) for _ in range(12)]
            faults.cut_requests_at = [chance.randrange(20_000) for _ in range(12)]
            faults.cut_answers_at = [chance.randrange(20_000) for _ in range(12)]
            journey.travel()
            harmed = network.flips + network.cuts
            network.faults = Faults()
            journey.settle()
        require_whole_evidence(exchange)
        assert outcome(exchange) == untroubled
        assert harmed >= 20, "too little went wrong"
    finally:
        network.stop()
        exchange.stop()


@pytest.mark.parametrize("whose", ["exchange", "clients"])
def test_clocks_that_are_set_change_nothing(tmp_path: Path, untroubled: Outcome, whose: str) -> None:
    """By hours, forward and back, in the middle of everything."""
    begin = datetime.now(UTC) + timedelta(days=2)  # never before the certificate of the receipts begins
    theirs, ours = FakeClock(begin), FakeClock(begin)
    exchange = RunningExchange(tmp_path / "exchange", clock=theirs)
    exchange.populate()
    steps = itertools.cycle([-5.0, 1.5, -9.0, 8.0, -30.0, 29.0])
    clock = theirs if whose == "exchange" else ours
    with two_pcs(tmp_path, exchange.url, exchange, 5.0, ours) as journey:
        journey.between = lambda: clock.set_wall(clock.now() + timedelta(hours=next(steps)))
        journey.travel()
        for pc in (journey.sender, journey.receiver):
            pc.wait_until(lambda pc=pc: pc.duty.state().problem == "")  # type: ignore[misc]
        (printed,) = {row.delivery_id for row in journey.receiver.store.rows.incoming(None) if row.printed}
        tickets = journey.receiver.store.tickets.of_delivery(printed)
        assert sorted(ticket.state.value for ticket in tickets) == ["printed", "void"]
    require_whole_evidence(exchange)
    assert outcome(exchange) == untroubled
    exchange.stop()


def test_a_copy_goes_on_though_the_exchanges_clock_went_back(tmp_path: Path) -> None:
    clock = FakeClock(datetime.now(UTC) + timedelta(days=1))
    exchange = RunningExchange(tmp_path / "exchange", clock=clock)
    exchange.populate()
    with two_pcs(tmp_path, exchange.url, exchange, 5.0, clock) as journey:
        journey.before_spooling = lambda: clock.set_wall(clock.now() - timedelta(hours=5))
        journey.receive_and_print()
        receiver = journey.receiver
        receiver.wait_until(lambda: any(row.printed for row in receiver.store.rows.incoming(None)))
        (row,) = [row for row in receiver.store.rows.incoming(None) if row.printed]
        tickets = receiver.store.tickets.of_delivery(row.delivery_id)
        assert sorted(ticket.state.value for ticket in tickets) == ["printed", "void"]
    exchange.stop()
