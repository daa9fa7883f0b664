"""What those who run the exchange see: readiness, metrics, request ids; and what a sweep takes."""

from __future__ import annotations

import json
import logging
import os
import queue
from datetime import UTC, datetime, timedelta
from logging.handlers import QueueHandler
from pathlib import Path

import pytest
import requests

from fakes.clock import FakeClock
from fakes.documents import OFD, accept, announce, send
from fakes.exchange import Caller, RunningExchange
from gongwen_crypto.errors import KnownError
from gongwen_protocol.messages import Problem
from gongwen_server.api.journal import JsonLines
from gongwen_server.api.operations import Metrics
from gongwen_server.services import evidence
from gongwen_server.services.condition import Readiness, figures
from gongwen_server.services.sweeping import sweep


def test_ready_and_not_ready(exchange: RunningExchange) -> None:
    assert requests.get(f"{exchange.url}/v1/ready", timeout=30).json() == {"status": "ready"}
    with exchange.exchange.database.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER stuck BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    try:
        with pytest.raises(Exception, match=r"evidence_unwritable|no"):
            Readiness(exchange.exchange).require()
    finally:
        with exchange.exchange.database.engine.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER stuck")
    Readiness(exchange.exchange).require()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_store_is_not_ready(exchange: RunningExchange) -> None:
    folder = exchange.home / "blobs"
    folder.chmod(0o500)
    try:
        with pytest.raises(KnownError, match="store_unavailable"):
            Readiness(exchange.exchange).require()
    finally:
        folder.chmod(0o700)


def test_metrics(exchange: RunningExchange, sender: Caller) -> None:
    send(sender, ("002", 1))
    page = requests.get(f"{exchange.url}/metrics", timeout=30)
    assert Problem.model_validate_json(page.content).code == "request.not_found", "no token, no page"
    metrics = Metrics("token")
    metrics.note("GET", "/v1/sync", 200, 0.02)
    metrics.note("GET", "/v1/sync", 503, 3.0)
    lines = list(metrics.lines(figures(exchange.exchange)))
    assert 'gongwen_requests_total{method="GET",route="/v1/sync",status="503"} 1' in lines
    assert 'gongwen_request_seconds_bucket{route="/v1/sync",le="0.025"} 1' in lines
    assert 'gongwen_request_seconds_bucket{route="/v1/sync",le="+Inf"} 2' in lines
    assert any(line.startswith("gongwen_deliveries{state=") for line in lines)
    assert f"gongwen_receipts {figures(exchange.exchange).receipts}" in lines


def test_a_log_line_has_the_request_and_no_content(
    exchange: RunningExchange, sender: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    written: queue.Queue[logging.LogRecord] = queue.Queue()  # a line comes after its answer
    handler = QueueHandler(written)
    logger = logging.getLogger("gongwen.server.request")
    logger.addHandler(handler)
    try:
        with caplog.at_level(logging.INFO, logger.name):
            answer = sender.get("/v1/sync?cursor=0", headers={"X-Request-Id": "proxy-7"})
            sender.get("/v1/sync?cursor=0", headers={"X-Request-Id": "not {allowed}"})
            records = [written.get(timeout=30) for _ in range(2)]
    finally:
        logger.removeHandler(handler)
    lines = [json.loads(JsonLines().format(record)) for record in records]
    ours = next(line for line in lines if line.get("request_id") == "proxy-7")
    assert ours["reference"] == answer.headers["X-Reference"]
    assert ours["caller"] == "001/clerk"
    assert "cursor" not in json.dumps(ours)
    assert not any("allowed" in json.dumps(line) for line in lines)


def test_a_sweep_takes_what_is_over_and_no_evidence(tmp_path: Path) -> None:
    clock = FakeClock(datetime.now(UTC))
    running = RunningExchange(tmp_path / "home", clock=clock)
    running.populate()
    sender, receiver = running.log_in("001"), running.log_in("002")
    decided, open_ = (send(sender, ("002", 1), data=OFD + bytes([number])) for number in range(2))
    accept(receiver, decided)
    announce(sender, b"never sent")
    nothing = sweep(running.exchange, timedelta(days=30))
    assert (nothing.uploads, nothing.sessions, nothing.contents) == (0, 0, 0)
    clock.advance(days=31)
    swept = sweep(running.exchange, timedelta(days=30))
    assert (swept.uploads, swept.contents) == (1, 1)
    assert swept.sessions >= 2
    assert not running.exchange.blobs.holds(decided.body.digest)
    assert running.exchange.blobs.holds(open_.body.digest)
    assert evidence.broken_at(running.exchange) is None
    again = running.log_in("002")
    assert len(again.get(f"/v1/documents/{decided.document_id}/receipts").json()["receipts"]) >= 2
    gone = again.get(f"/v1/blobs/{decided.body.digest}")
    assert Problem.model_validate_json(gone.content).code == "blob.unknown"
    for caller in (sender, receiver, again):
        caller.close()
    running.stop()
