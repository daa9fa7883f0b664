"""Every mutating call, repeated in turn and at once: one effect, byte-identical answers (bar R2)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import requests
from pydantic import BaseModel

from fakes.calls import KINDS, WITHOUT_MESSAGE, Preparation, caller_of, viewing
from fakes.documents import OFD, digest_of, letter, new_key, sync, upload
from fakes.exchange import Caller
from gongwen_protocol.messages import AttendedCheck, Problem

REPEATS = 10


def cursor(caller: Caller) -> int:
    """The head of what the caller has to hear of: it moves with every effect."""
    answer = sync(caller)
    while answer.more:
        answer = sync(caller, answer.cursor)
    return answer.cursor


@pytest.mark.parametrize("prepare", KINDS)
def test_repeats_in_turn(sender: Caller, receiver: Caller, prepare: Preparation) -> None:
    call, key, caller = prepare(sender, receiver), new_key(), caller_of(prepare, sender, receiver)
    first = caller.post(call.path, call.message, key=key)
    assert first.status_code in (200, 201), first.text
    after_first = cursor(receiver)
    for _ in range(REPEATS - 1):
        again = caller.post(call.path, call.message, key=key)
        assert (again.status_code, again.content) == (first.status_code, first.content)
    assert cursor(receiver) == after_first


@pytest.mark.parametrize("prepare", KINDS)
def test_repeats_at_once(sender: Caller, receiver: Caller, prepare: Preparation) -> None:
    call, key, caller = prepare(sender, receiver), new_key(), caller_of(prepare, sender, receiver)

    def make(_: int) -> requests.Response:
        return caller.post(call.path, call.message, key=key)

    with ThreadPoolExecutor(REPEATS) as pool:
        answers = list(pool.map(make, range(REPEATS)))
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    assert answers[0].status_code in (200, 201)


@pytest.mark.parametrize("prepare", [kind for kind in KINDS if kind not in WITHOUT_MESSAGE])
def test_a_key_stands_for_one_wish(sender: Caller, receiver: Caller, prepare: Preparation) -> None:
    call, key, caller = prepare(sender, receiver), new_key(), caller_of(prepare, sender, receiver)
    first = caller.post(call.path, call.message, key=key)
    other = caller.post(call.path, call.other, key=key)
    assert (other.status_code, Problem.model_validate_json(other.content).code) == (409, "request.key_reused")
    assert caller.post(call.path, call.message, key=key).content == first.content


def test_a_key_stands_for_one_address(sender: Caller, receiver: Caller) -> None:
    one, two, key = viewing(sender, receiver), viewing(sender, receiver), new_key()
    assert receiver.post(one.path, key=key).status_code == 200
    refused = receiver.post(two.path, key=key)
    assert Problem.model_validate_json(refused.content).code == "request.key_reused"


def test_spelling_does_not_matter(sender: Caller) -> None:
    request, key = letter(upload(sender, OFD), ("002", 1)), new_key()
    headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
    compact = sender.call("POST", "/v1/documents", data=request.model_dump_json(), headers=headers)
    spread = sender.call("POST", "/v1/documents", data=request.model_dump_json(indent=4), headers=headers)
    assert compact.status_code == 201
    assert compact.content == spread.content


def test_keys_belong_to_their_unit(sender: Caller, receiver: Caller, stranger: Caller) -> None:
    key = new_key()
    for caller in (sender, receiver, stranger):
        assert caller.post("/v1/attended-checks", AttendedCheck(looked_at=datetime.now(UTC)), key=key).ok


def test_a_refusal_uses_up_no_key(sender: Caller) -> None:
    body = OFD + b"not yet here"
    key = new_key()
    promised = upload_promise(sender, body)
    refused = sender.post("/v1/documents", promised, key=key)
    assert Problem.model_validate_json(refused.content).code == "send.file_missing"
    upload(sender, body)
    assert sender.post("/v1/documents", promised, key=key).status_code == 201


def upload_promise(sender: Caller, body: bytes) -> BaseModel:
    here = upload(sender, OFD)
    missing = here.model_copy(update={"digest": digest_of(body), "size": len(body)})
    return letter(missing, ("002", 1))


@pytest.mark.parametrize("key", ["", "short", "x" * 201, "with blank 1"])
def test_keys_have_a_form(sender: Caller, key: str) -> None:
    answer = sender.post("/v1/attended-checks", AttendedCheck(looked_at=datetime.now(UTC)), key=key)
    assert (answer.status_code, Problem.model_validate_json(answer.content).code) == (
        400,
        "request.key_missing",
    )
