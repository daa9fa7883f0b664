"""Notice: who waits is told at once; waiters are bounded, cheap, and let go when the server stops."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from fakes.documents import send, sync
from fakes.exchange import Caller, RunningExchange
from gongwen_protocol.messages import ChangeNotice
from gongwen_server.services.bell import MOST_PER_UNIT, Bell, Heads


def wait_for(caller: Caller, cursor: int, seconds: float) -> ChangeNotice:
    answer = caller.get(f"/v1/changes?cursor={cursor}&wait={seconds}")
    assert answer.status_code == 200, answer.text
    return ChangeNotice.model_validate_json(answer.content)


def head(caller: Caller) -> int:
    answer = sync(caller)
    while answer.more:
        answer = sync(caller, answer.cursor)
    return answer.cursor


def test_what_is_there_already_is_told_at_once(sender: Caller, receiver: Caller) -> None:
    cursor = head(receiver)
    assert not wait_for(receiver, cursor, 0.0).changed
    send(sender, ("002", 1))
    assert wait_for(receiver, cursor, 30.0).changed


def test_a_waiting_unit_hears_of_a_document(sender: Caller, receiver: Caller, stranger: Caller) -> None:
    cursors = {caller: head(caller) for caller in (receiver, stranger)}
    told: dict[Caller, ChangeNotice] = {}

    def wait(caller: Caller, seconds: float) -> None:
        told[caller] = wait_for(caller, cursors[caller], seconds)

    threads = [
        threading.Thread(target=wait, args=(receiver, 50.0)),
        threading.Thread(target=wait, args=(stranger, 0.5)),
    ]
    for thread in threads:
        thread.start()
    send(sender, ("002", 1))
    for thread in threads:
        thread.join(30)
    assert (told[receiver].changed, told[stranger].changed) == (True, False)


def test_waiters_are_let_go_when_the_server_stops(tmp_path_factory: pytest.TempPathFactory) -> None:
    running = RunningExchange(tmp_path_factory.mktemp("notice") / "home")
    running.populate()
    receiver = running.log_in("002")
    answers: list[ChangeNotice] = []
    thread = threading.Thread(target=lambda: answers.append(wait_for(receiver, 0, 50.0)))
    thread.start()
    while not running.exchange.bell.waiting:
        time.sleep(0.01)
    running.stop()
    thread.join(30)
    assert [answer.changed for answer in answers] == [False]
    receiver.close()


def test_the_bell_counts_its_waiters() -> None:
    changes: list[tuple[str, int]] = []

    def newest(after: int | None) -> tuple[int, Heads]:
        top = max((number for _, number in changes), default=0)
        return top, {} if after is None else {unit: number for unit, number in changes if number > after}

    async def scene() -> None:
        bell = Bell()
        watching = asyncio.create_task(bell.watch(newest))
        waiters = [asyncio.create_task(bell.wait("001", 0, 30)) for _ in range(MOST_PER_UNIT)]
        await asyncio.sleep(0)
        assert await bell.wait("001", 0, 30) is None
        patient = asyncio.create_task(bell.wait("002", 0, 30))
        changes.append(("001", 1))
        bell.ring()
        assert await asyncio.gather(*waiters) == [True] * MOST_PER_UNIT
        assert await bell.wait("001", 0, 30) is True
        assert await bell.wait("001", 1, 0.01) is False
        bell.close()
        assert await patient is False
        assert await bell.wait("002", 0, 30) is False
        await watching

    asyncio.run(scene())
