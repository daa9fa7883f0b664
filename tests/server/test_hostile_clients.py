"""Clients that mean harm: slow ones, loud ones, ones that take what is not theirs. Others do not notice."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from fakes.documents import (
    OFD,
    accept,
    announce,
    delivery_of,
    digest_of,
    letter,
    new_key,
    send,
    sync,
    upload,
)
from fakes.exchange import Caller, RunningExchange
from gongwen_protocol.messages import (
    PrintTicket,
    Problem,
    TicketGrant,
    TicketRequest,
    TicketVoid,
    UploadRequest,
)
from gongwen_server.api.patience import MOST_HEAD_BYTES, PatientProtocol
from gongwen_server.db.tables import TicketRow


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RunningExchange]:
    """An exchange whose patience a test can wait for."""
    monkeypatch.setattr(PatientProtocol, "head_seconds", 0.5)
    monkeypatch.setattr(PatientProtocol, "body_seconds", 0.5)
    monkeypatch.setattr(PatientProtocol, "most_half_open", 50)
    running = RunningExchange(tmp_path / "home")
    yield running
    running.stop()


def connect(exchange: RunningExchange) -> socket.socket:
    host, port = exchange.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=20)


def closed(connection: socket.socket) -> bool:
    """Wait until the exchange lets the connection go (or says something)."""
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET /v1/server HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 1000\r\n\r\n{",
    ],
)
def test_a_client_that_never_ends_its_request_is_let_go(impatient: RunningExchange, begun: bytes) -> None:
    with connect(impatient) as connection:
        connection.sendall(begun)
        assert closed(connection)


def test_a_crowd_of_half_open_connections_holds_nobody_up(
    impatient: RunningExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PatientProtocol, "head_seconds", 60.0)
    with ExitStack() as crowd:
        slow = [crowd.enter_context(connect(impatient)) for _ in range(200)]
        for connection in slow:
            try:
                connection.sendall(b"GET /v1/server HTTP/1.1\r\n")
            except ConnectionError:
                continue  # already let go
        caller = Caller(impatient.url)
        assert caller.get("/v1/health").status_code == 200
        caller.close()
        assert closed(slow[0])  # the oldest gave way


def test_a_flood_of_headers_is_refused(exchange: RunningExchange) -> None:
    with connect(exchange) as connection:
        lines = b"".join(b"X-%d: %s\r\n" % (number, b"a" * 100) for number in range(MOST_HEAD_BYTES // 50))
        try:
            connection.sendall(b"GET /v1/server HTTP/1.1\r\nHost: x\r\n" + lines)
            answer = connection.recv(4096)
        except ConnectionError:
            answer = b""
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4")


def test_a_message_without_end_is_cut(sender: Caller) -> None:
    answer = sender.call("POST", "/v1/session", data=b"[" + b"1," * (7 << 20))
    assert (answer.status_code, Problem.model_validate_json(answer.content).code) == (
        413,
        "request.too_large",
    )


def test_what_belongs_to_others_is_not_there(sender: Caller, receiver: Caller, stranger: Caller) -> None:
    document = send(sender, ("002", 2))
    delivery = delivery_of(document, receiver).delivery_id
    state = announce(sender, OFD + b"unfinished")
    tries = {
        f"/v1/documents/{document.document_id}/receipts": ("GET", "document.unknown"),
        f"/v1/blobs/{document.body.digest}": ("GET", "blob.unknown"),
        f"/v1/deliveries/{delivery}/view": ("POST", "delivery.unknown"),
        f"/v1/documents/{document.document_id}/recall": ("POST", None),
        f"/v1/deliveries/{delivery}/tickets": ("POST", None),
    }
    for path, (method, code) in tries.items():
        answer = stranger.call(method, path, json={}, headers={"Idempotency-Key": new_key()})
        assert answer.status_code in (404, 422), path
        if code is not None:
            assert Problem.model_validate_json(answer.content).code == code
    assert stranger.call("HEAD", f"/v1/uploads/{state.upload_id}").status_code == 404
    assert all(one.document_id != document.document_id for one in sync(stranger).documents)


def test_bytes_that_are_not_the_announced_ones_are_thrown_away(sender: Caller) -> None:
    content = OFD + b"promised"
    state = announce(sender, content)
    answer = sender.call(
        "PATCH", f"/v1/uploads/{state.upload_id}", data=bytes(len(content)), headers={"Upload-Offset": "0"}
    )
    assert Problem.model_validate_json(answer.content).code == "upload.digest_wrong"
    assert sender.get(f"/v1/blobs/{digest_of(content)}").status_code == 404


def test_more_bytes_than_announced_are_refused(sender: Caller) -> None:
    content = OFD + b"short"
    state = announce(sender, content)
    answer = sender.call(
        "PATCH", f"/v1/uploads/{state.upload_id}", data=content * 3, headers={"Upload-Offset": "0"}
    )
    assert Problem.model_validate_json(answer.content).code == "upload.overrun"
    huge = sender.post("/v1/uploads", UploadRequest(length=1 << 39, digest="a" * 64))
    assert Problem.model_validate_json(huge.content).code == "send.too_large"
    assert upload(sender, content).size == len(content)


def grab(exchange: RunningExchange, of: Caller, path: str, at_once: threading.Barrier) -> list[int]:
    """One copy, taken the moment that all are ready; none when others were quicker."""
    caller = Caller(exchange.url)
    assert of.grant is not None
    caller.use(of.grant)
    at_once.wait(20)
    answer = caller.post(path, TicketRequest(count=1, printer="一号"), key=new_key())
    caller.close()
    if answer.status_code != 201:
        assert Problem.model_validate_json(answer.content).code == "print.quota_exceeded"
        return []
    return [one.copy_number for one in TicketGrant.model_validate_json(answer.content).tickets]


@pytest.mark.parametrize(("pcs", "copies"), [(50, 7), (12, 5)])
def test_a_race_for_copies_gives_no_number_twice(
    exchange: RunningExchange, sender: Caller, receiver: Caller, pcs: int, copies: int
) -> None:
    document = send(sender, ("002", copies))
    accept(receiver, document)
    path = f"/v1/deliveries/{delivery_of(document, receiver).delivery_id}/tickets"
    at_once = threading.Barrier(pcs)
    with ThreadPoolExecutor(pcs) as pool:
        taken = pool.map(lambda _: grab(exchange, receiver, path, at_once), range(pcs))
        assert sorted(number for numbers in taken for number in numbers) == list(range(1, copies + 1))


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("races", [30, pytest.param(1000, marks=pytest.mark.long)])
def test_two_pcs_race_for_the_last_copy(
    exchange: RunningExchange, sender: Caller, receiver: Caller, races: int
) -> None:
    """Bar R7: whoever is first prints; it comes out or jams by chance, and the quota holds."""
    chance = random.Random(races)
    document = send(sender, ("002", 1), data=OFD + b"%d races" % races)
    accept(receiver, document)
    delivery = delivery_of(document, receiver).delivery_id
    path, at_once = f"/v1/deliveries/{delivery}/tickets", threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        for race in range(races):
            taken = list(pool.map(lambda _: grab(exchange, receiver, path, at_once), range(2)))
            assert sorted(taken) == [[], [1]], race
            with exchange.exchange.reading() as session:
                (ticket,) = session.query(TicketRow).filter_by(delivery_id=delivery, state="reserved")
            if chance.random() < 0.5:
                assert receiver.post(f"/v1/tickets/{ticket.ticket_id}/spool", key=new_key()).ok
            void = TicketVoid(reason="卡纸")
            assert receiver.post(f"/v1/tickets/{ticket.ticket_id}/void", void, key=new_key()).ok


def test_a_ticket_is_used_once(sender: Caller, receiver: Caller, stranger: Caller) -> None:
    """Honest first; then the same copy again, under fresh keys, in every order."""
    document = send(sender, ("002", 2), data=OFD + b"replayed")
    accept(receiver, document)
    path = f"/v1/deliveries/{delivery_of(document, receiver).delivery_id}/tickets"
    answer = receiver.post(path, TicketRequest(count=2, printer="一号"), key=new_key())
    printed, jammed = TicketGrant.model_validate_json(answer.content).tickets

    def act(caller: Caller, ticket: PrintTicket, verb: str) -> tuple[int, str]:
        message = TicketVoid(reason="卡纸") if verb == "void" else None
        said = caller.post(f"/v1/tickets/{ticket.ticket_id}/{verb}", message, key=new_key())
        return said.status_code, "" if said.ok else Problem.model_validate_json(said.content).code

    assert act(receiver, printed, "settle") == (409, "print.not_allowed"), "before the printer had it"
    for ticket, verb in ((printed, "spool"), (printed, "settle"), (jammed, "spool"), (jammed, "void")):
        assert act(stranger, ticket, verb) == (404, "print.ticket_unknown")
        assert act(receiver, ticket, verb) == (200, "")
    for ticket in (printed, jammed):
        for verb in ("spool", "settle", "void"):
            assert act(receiver, ticket, verb) == (409, "print.not_allowed"), verb
    one_more = receiver.post(path, TicketRequest(count=2, printer="一号"), key=new_key())
    assert Problem.model_validate_json(one_more.content).code == "print.quota_exceeded"


def test_files_of_others_are_not_sent_on(sender: Caller, receiver: Caller, stranger: Caller) -> None:
    """Who knows a digest has not got the file; who received it may send it on once it has uploaded it."""
    body = upload(sender, OFD + b"known by its digest")
    assert sender.post("/v1/documents", letter(body, ("002", 1)), key=new_key()).status_code == 201
    for thief in (stranger, receiver):
        stolen = thief.post("/v1/documents", letter(body, ("001", 1)), key=new_key())
        assert Problem.model_validate_json(stolen.content).code == "send.file_missing"
    longer = letter(body.model_copy(update={"size": body.size + 1}), ("002", 1))
    assert (
        Problem.model_validate_json(sender.post("/v1/documents", longer, key=new_key()).content).code
        == "send.file_missing"
    )
    taken = letter(body, ("002", 1))
    assert sender.post("/v1/documents", taken, key=new_key()).status_code == 201
    again = upload(receiver, OFD + b"of the receiver")
    other = letter(again, ("003", 1)).model_copy(update={"document_id": taken.document_id})
    answer = receiver.post("/v1/documents", other, key=new_key())
    assert Problem.model_validate_json(answer.content).code == "document.id_taken"
