"""What those who run the exchange see: readiness, metrics, request ids; and what a sweep takes."""

from __future__ import annotations

import base64
import json
import logging
import os
import queue
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from logging.handlers import QueueHandler
from pathlib import Path

import pytest
import requests

from fakes.clock import FakeClock
from fakes.documents import OFD, accept, announce, delivery_of, new_key, send
from fakes.exchange import UNITS, Caller, RunningExchange
from fakes.secrecy import KeyCabinet, encrypted_letter
from gongwen_crypto.errors import KnownError
from gongwen_protocol.actions import ReceiverRequest, RequestKind, RequestPicture, ResendRequest
from gongwen_protocol.messages import (
    DeliveryView,
    DocumentView,
    LoginRequest,
    Problem,
    Recipient,
    RecipientRole,
    ReturnReason,
    ReturnRequest,
    SupplementRequest,
)
from gongwen_protocol.secrecy import ESCROW
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


def picturing(receiver: Caller, document: DocumentView) -> str:
    """A photograph with a request; where it lies."""
    photograph = RequestPicture(data=base64.b64encode(b"JPEG").decode())
    wish = ReceiverRequest(kind=RequestKind.COPIES, count=1, reason="卡纸", picture=photograph)
    path = f"/v1/deliveries/{delivery_of(document, receiver).delivery_id}/requests"
    answer = receiver.post(path, wish, key=new_key())
    request = DeliveryView.model_validate_json(answer.content).requests[0]
    return f"/v1/requests/{request.request_id}/picture"


def test_a_sweep_takes_what_is_over_and_no_evidence(tmp_path: Path) -> None:
    clock = FakeClock(datetime.now(UTC))
    running = RunningExchange(tmp_path / "home", clock=clock)
    running.populate()
    sender, receiver = running.log_in("001"), running.log_in("002")
    decided, open_ = (send(sender, ("002", 1), data=OFD + bytes([number])) for number in range(2))
    accept(receiver, decided)
    photographed = [picturing(receiver, document) for document in (decided, open_)]
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
    problem = Problem.model_validate_json(gone.content)
    assert (gone.status_code, problem.code) == (410, "blob.removed")
    assert "归档件" in problem.sentence
    kept = [again.get(path).json().get("code") for path in photographed]
    assert kept == ["request.no_picture", None], "a photographed page goes with the document's contents"
    running.exchange.blobs.remove(open_.body.digest)
    lost = again.get(f"/v1/blobs/{open_.body.digest}")
    assert (lost.status_code, lost.json()["code"]) == (503, "blob.lost")
    stranger = running.log_in("003")
    for one in (decided, open_):
        hidden = stranger.get(f"/v1/blobs/{one.body.digest}")
        assert hidden.json()["code"] == "blob.unknown", "of others' documents not even that they are gone"
    stranger.close()
    for caller in (sender, receiver, again):
        caller.close()
    running.stop()


def test_contents_go_by_the_rules_that_a_document_was_sent_under(tmp_path: Path) -> None:
    clock = FakeClock(datetime.now(UTC))
    running = RunningExchange(tmp_path / "home", profile_id="example-2026", clock=clock)
    running.populate()
    sender, receiver = running.log_in("001"), running.log_in("002")
    keys = KeyCabinet(running)
    for code, name in (("001", UNITS["001"]), ("002", UNITS["002"]), (ESCROW, "示例市")):
        keys.equip(code, name)
    escrow = (ESCROW,) if running.exchange.profile.escrow.value else ()
    request = encrypted_letter(sender, keys, ("002", 1), also=escrow, profile_id="example-2026")
    answer = sender.post("/v1/documents", request, key=new_key())
    assert answer.status_code == 201, answer.text
    sent = DocumentView.model_validate_json(answer.content)
    returned = ReturnRequest(reason=ReturnReason.MISDIRECTED)
    path = f"/v1/deliveries/{sent.deliveries[0].delivery_id}/return"
    assert receiver.post(path, returned, key=new_key()).ok
    announce(sender, b"never sent")
    clock.advance(days=4)
    swept = sweep(running.exchange)
    assert (swept.uploads, swept.contents) == (1, 0)
    assert running.exchange.blobs.holds(sent.body.stored.digest)
    later = FakeClock(clock.now() + timedelta(days=1095))
    silent = running.exchange.profile.model_copy(update={"retention": None})
    much_later = replace(running.exchange, clock=later, profile=silent)
    assert sweep(much_later).contents == 1, "the version it was sent under says so, whatever is in force now"
    sender = running.log_in("001")
    again = ResendRequest(reason="重发", unit_codes=("002",))
    refused = sender.post(f"/v1/documents/{sent.document_id}/resend", again, key=new_key())
    assert Problem.model_validate_json(refused.content).code == "document.contents_removed"
    more = SupplementRequest(recipients=(Recipient(unit_code="003", role=RecipientRole.MAIN, copies=1),))
    refused = sender.post(f"/v1/documents/{sent.document_id}/supplement", more, key=new_key())
    problem = Problem.model_validate_json(refused.content)
    assert (problem.code, problem.facts["article"]) == ("document.contents_removed", "示例规定第十四条")
    assert len(sender.get(f"/v1/documents/{sent.document_id}/receipts").json()["receipts"]) >= 3
    assert evidence.broken_at(running.exchange) is None
    for caller in (sender, receiver):
        caller.close()
    running.stop()


def test_failed_log_ins_stay_as_long_as_the_region_says(tmp_path: Path) -> None:
    clock = FakeClock(datetime.now(UTC))
    running = RunningExchange(tmp_path / "home", profile_id="example-2026", clock=clock)
    running.populate()
    stranger = Caller(running.url)
    guess = LoginRequest(unit_code="001", account="clerk", password="guessed by somebody")
    assert stranger.post("/v1/session", guess).status_code == 401
    stranger.close()
    clock.advance(days=179)
    assert sweep(running.exchange).blocks == 0
    clock.advance(days=1)
    assert sweep(running.exchange).blocks == 1
    running.stop()
