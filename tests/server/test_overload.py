"""More than the exchange can take in hand: it says so at once and when to come back, and work goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
import requests

from fakes.documents import accept, send
from fakes.exchange import Caller, RunningExchange
from gongwen_protocol.messages import Problem
from gongwen_server.api.admission import Kind, Room
from gongwen_server.services.exchange import SystemClock

AT_ONCE = 3


class HeldClock:
    """Stops requests that ask for the time while it is held: a database that has become slow."""

    def __init__(self) -> None:
        self._free = threading.Event()
        self._free.set()
        self.held = threading.Semaphore(0)

    def hold(self) -> None:
        """From now on they wait."""
        self._free.clear()

    def release(self) -> None:
        """They go on."""
        self._free.set()

    def now(self) -> datetime:
        """The present moment, when the clock is free."""
        if threading.current_thread().name.startswith("AnyIO"):  # not the exchange's own threads
            if not self._free.is_set():
                self.held.release()
            assert self._free.wait(30)
        return SystemClock().now()


@pytest.fixture
def clock() -> Iterator[HeldClock]:
    clock = HeldClock()
    yield clock
    clock.release()


@pytest.fixture
def busy(tmp_path: Path, clock: HeldClock) -> Iterator[RunningExchange]:
    running = RunningExchange(tmp_path / "home", clock=clock)
    running.populate()
    running.rooms[Kind.POLL] = Room(AT_ONCE, 10, 30)
    yield running
    clock.release()
    running.stop()


def refused(answer: requests.Response) -> int:
    """The seconds of a polite refusal."""
    said = Problem.model_validate_json(answer.content)
    seconds = int(answer.headers["Retry-After"])
    assert (answer.status_code, said.code) == (503, "exchange.busy")
    assert said.facts["seconds"] == seconds
    assert str(seconds) in said.sentence
    assert said.reference
    return seconds


def test_polls_beyond_the_room_are_refused_and_those_in_hand_answered(
    busy: RunningExchange, clock: HeldClock
) -> None:
    pollers = [busy.log_in("002") for _ in range(AT_ONCE)]
    others = [busy.log_in("001") for _ in range(8)]
    clock.hold()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        in_hand = [pool.submit(poller.get, "/v1/sync?cursor=0") for poller in pollers]
        assert all(clock.held.acquire(timeout=30) for _ in pollers)
        seconds = [refused(other.get("/v1/sync?cursor=0")) for other in others for _ in range(4)]
        assert others[0].get("/v1/health").ok, "the proxy still learns that it lives"
        clock.release()
        assert [one.result(30).status_code for one in in_hand] == [200] * AT_ONCE
    assert all(10 <= one <= 30 for one in seconds)
    assert len(set(seconds)) > 5, "they come back at other moments"
    assert others[0].get("/v1/sync?cursor=0").status_code == 200, "room again"


def test_documents_go_on_while_polls_are_refused(busy: RunningExchange) -> None:
    sender, receiver = busy.log_in("001"), busy.log_in("002")
    busy.rooms[Kind.POLL] = Room(0, 10, 30)
    refused(receiver.get("/v1/sync?cursor=0"))
    refused(receiver.get("/v1/changes?cursor=0&wait=20"))
    accept(receiver, send(sender, ("002", 2)))


def test_a_rush_of_log_ins_has_its_bound(busy: RunningExchange) -> None:
    sender = busy.log_in("001")
    busy.rooms[Kind.LOG_IN] = Room(0, 3, 10)
    refused(Caller(busy.url).post("/v1/session", None))
    assert sender.get("/v1/session").status_code == 200, "who is in stays in"
    send(sender, ("002", 1))


def test_who_only_waits_takes_no_room(busy: RunningExchange) -> None:
    receivers = [busy.log_in(code) for code in ("001", "002", "003") for _ in range(3)]
    cursor = receivers[0].get("/v1/sync?cursor=0").json()["cursor"]
    with ThreadPoolExecutor(len(receivers)) as pool:
        waiting = []
        for number, receiver in enumerate(
            receivers, 1
        ):  # one after the other: each has its place for a moment
            waiting.append(pool.submit(receiver.get, f"/v1/changes?cursor={cursor + 9}&wait=50"))
            while busy.exchange.bell.waiting < number:
                threading.Event().wait(0.01)
        assert receivers[0].get("/v1/sync?cursor=0").status_code == 200
        busy.exchange.bell.close()
        assert {one.result(30).status_code for one in waiting} == {200}
