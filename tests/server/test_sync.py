"""Hearing of changes: each once, in order, in bounded pages; and the two clocks of duty."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from fakes.documents import new_key, send, sync
from fakes.exchange import Caller, RunningExchange
from gongwen_protocol.messages import AttendedCheck, AttendedCheckAnswer, Problem
from gongwen_server.db.tables import UnitRow
from gongwen_server.services.syncing import PAGE


def clocks(exchange: RunningExchange, unit_code: str) -> tuple[datetime | None, datetime | None]:
    """(heartbeat, attended check) of a unit."""
    with exchange.exchange.database.reading() as session:
        row = session.scalars(select(UnitRow).where(UnitRow.code == unit_code)).one()
        return row.heartbeat_at, row.attended_at


@pytest.fixture
def small(tmp_path: Path) -> RunningExchange:
    """An exchange of one test alone."""
    running = RunningExchange(tmp_path / "home")
    running.populate()
    return running


def test_pages_are_bounded_and_lose_nothing(small: RunningExchange) -> None:
    sender, receiver = small.log_in("001"), small.log_in("002")
    sent = [send(sender, ("002", 1)).document_id for _ in range(PAGE // 3 + 2)]  # three changes each
    first = sync(receiver)
    assert first.more
    assert len(first.documents) + len(first.receipts) <= PAGE
    second = sync(receiver, first.cursor)
    assert not second.more
    heard = [document.document_id for answer in (first, second) for document in answer.documents]
    assert heard == sent
    idle = sync(receiver, second.cursor)
    assert (idle.cursor, idle.more, idle.documents, idle.receipts, idle.tickets) == (
        second.cursor,
        False,
        (),
        (),
        (),
    )
    for caller in (sender, receiver):
        caller.close()
    small.stop()


def test_a_cursor_from_a_lost_future_is_noticed(sender: Caller) -> None:
    answer = sender.get("/v1/sync?cursor=1000000")
    assert Problem.model_validate_json(answer.content).code == "sync.cursor_ahead"
    assert sender.get("/v1/sync?cursor=-1").status_code == 422


def test_polling_is_never_an_attended_check(small: RunningExchange) -> None:
    caller = small.log_in("001")
    sync(caller)
    request = AttendedCheck(looked_at=datetime(2020, 1, 1, tzinfo=UTC))
    small.stop()  # what was not yet written is written now
    heartbeat, attended = read_after_stop(small)
    assert heartbeat is not None
    assert attended is None
    small.start()
    answer = caller.post("/v1/attended-checks", request, key=new_key())
    recorded = AttendedCheckAnswer.model_validate_json(answer.content).recorded_at
    assert recorded.year > 2020, "the server's time counts, not the client's"
    assert clocks(small, "001") == (heartbeat, recorded)
    caller.close()
    small.stop()


def read_after_stop(exchange: RunningExchange) -> tuple[datetime | None, datetime | None]:
    exchange.start()
    try:
        return clocks(exchange, "001")
    finally:
        exchange.stop()
