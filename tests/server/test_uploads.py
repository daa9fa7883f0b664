"""Uploads go on where they stopped, and end with the right bytes or not at all."""

from __future__ import annotations

import random
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from fakes.documents import OFD, announce, digest_of, upload
from fakes.exchange import Caller, RunningExchange
from gongwen_crypto.stream import encrypted_size
from gongwen_protocol.messages import Problem, UploadRequest, UploadState

MEGABYTE = 1 << 20
_numbers = random.Random(7)


@pytest.fixture
def data() -> bytes:
    """Three megabytes and a bit, new for each test."""
    return _numbers.randbytes(3 * MEGABYTE + 17)


def append(caller: Caller, state: UploadState, offset: int, data: bytes) -> requests.Response:
    return caller.call(
        "PATCH", f"/v1/uploads/{state.upload_id}", data=data, headers={"Upload-Offset": str(offset)}
    )


def look(caller: Caller, state: UploadState) -> int:
    answer = caller.call("HEAD", f"/v1/uploads/{state.upload_id}")
    assert answer.status_code == 204
    return int(answer.headers["Upload-Offset"])


def problem(answer: requests.Response) -> Problem:
    return Problem.model_validate_json(answer.content)


def test_in_pieces(sender: Caller, data: bytes) -> None:
    state = announce(sender, data)
    for begin in range(0, len(data), MEGABYTE):
        assert look(sender, state) == begin
        answer = append(sender, state, begin, data[begin : begin + MEGABYTE])
        assert answer.status_code == 200
    assert UploadState.model_validate_json(answer.content).complete
    assert look(sender, state) == len(data)
    assert announce(sender, data).complete, "known bytes are not sent again"


def test_a_wrong_offset_is_told_the_right_one(sender: Caller, data: bytes) -> None:
    state = announce(sender, data)
    append(sender, state, 0, data[:MEGABYTE])
    for wrong in (0, MEGABYTE - 1, MEGABYTE + 1, len(data)):
        answer = append(sender, state, wrong, data[wrong : wrong + 100] or b"x")
        assert answer.status_code == 409
        assert answer.headers["Upload-Offset"] == str(MEGABYTE)
        assert problem(answer).facts == {"offset": MEGABYTE}
    assert append(sender, state, MEGABYTE, data[MEGABYTE:]).json()["complete"]
    assert append(sender, state, 0, data).headers["Upload-Offset"] == str(len(data))


def test_what_arrived_before_a_cut_is_kept(exchange: RunningExchange, sender: Caller, data: bytes) -> None:
    state = announce(sender, data)
    host, port = exchange.url.removeprefix("http://").split(":")
    assert sender.grant is not None
    head = (
        f"PATCH /v1/uploads/{state.upload_id} HTTP/1.1\r\nHost: {host}\r\nUpload-Offset: 0\r\n"
        f"Authorization: Bearer {sender.grant.token}\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as wire:
        wire.sendall(head.encode() + data[: MEGABYTE + 5000])
        wire.shutdown(socket.SHUT_WR)
        wire.recv(1)  # the server has seen the end of it
    offset = look(sender, state)
    assert 0 < offset <= MEGABYTE + 5000
    assert append(sender, state, offset, data[offset:]).json()["complete"]


def test_wrong_bytes_are_refused_and_can_be_sent_anew(sender: Caller, data: bytes) -> None:
    state = announce(sender, data)
    flipped = bytes([data[0] ^ 1]) + data[1:]
    answer = append(sender, state, 0, flipped)
    assert (answer.status_code, problem(answer).code) == (422, "upload.digest_wrong")
    assert sender.call("HEAD", f"/v1/uploads/{state.upload_id}").status_code == 404
    assert upload(sender, data).digest == digest_of(data)


def test_more_than_announced_is_refused(sender: Caller, data: bytes) -> None:
    state = announce(sender, data)
    answer = append(sender, state, 0, data + b"x" * 2 * MEGABYTE)
    assert problem(answer).code == "upload.overrun"
    offset = look(sender, state)
    assert offset <= len(data)
    assert append(sender, state, offset, data[offset:]).json()["complete"]


def test_racing_writers_cannot_mix(sender: Caller) -> None:
    for _ in range(10):
        data = _numbers.randbytes(64 * 1024)
        state = announce(sender, data)
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(append, [sender] * 4, [state] * 4, [0] * 4, [data] * 4))
        codes = sorted(answer.status_code for answer in answers)
        assert codes == [200, 409, 409, 409]
        assert announce(sender, data).complete


def test_uploads_outlive_the_server(tmp_path: Path, data: bytes) -> None:
    running = RunningExchange(tmp_path / "home")
    running.populate({"001": "东胜区人民政府办公室"})
    caller = running.log_in("001")
    state = announce(caller, data)
    append(caller, state, 0, data[: 2 * MEGABYTE])
    running.kill()
    caller.close()
    running.start()
    assert announce(caller, data) == state.model_copy(update={"offset": 2 * MEGABYTE})
    assert append(caller, state, 2 * MEGABYTE, data[2 * MEGABYTE :]).json()["complete"]
    caller.close()
    running.stop()


def test_others_see_nothing_of_it(sender: Caller, stranger: Caller, data: bytes) -> None:
    state = announce(sender, data)
    assert stranger.call("HEAD", f"/v1/uploads/{state.upload_id}").status_code == 404
    assert problem(append(stranger, state, 0, data)).code == "upload.gone"
    assert announce(stranger, data).upload_id != state.upload_id


def test_too_large_is_refused_before_a_byte_is_sent(sender: Caller) -> None:
    answer = sender.post(
        "/v1/uploads", UploadRequest(length=encrypted_size(100 * MEGABYTE + 1), digest="a" * 64)
    )
    assert (answer.status_code, problem(answer).code) == (413, "send.too_large")
    assert "管理办法第七条" in problem(answer).sentence


def test_an_empty_file_is_complete_at_once(sender: Caller) -> None:
    assert announce(sender, b"").complete


@pytest.fixture
def orphan(exchange: RunningExchange, sender: Caller) -> bytes:
    """An upload whose part file was lost while wrong bytes were thrown away."""
    data = _numbers.randbytes(1000)
    state = announce(sender, data)
    (exchange.home / "blobs" / "parts" / state.upload_id).unlink()
    return data


def test_a_lost_part_can_be_announced_again(sender: Caller, orphan: bytes) -> None:
    assert upload(sender, orphan).size == len(orphan)


def test_known_bytes_of_others_still_have_to_be_sent(sender: Caller, stranger: Caller) -> None:
    upload(sender, OFD + b"mine")
    assert announce(stranger, OFD + b"mine").offset == 0
