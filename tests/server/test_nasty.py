"""Hostile input: every field of every message, replaced by what programs stumble over, is never a fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from fakes.documents import OFD, accept, delivery_of, digest_of, good_checks, letter, new_key, send, upload
from fakes.exchange import Caller, RunningExchange
from fakes.postgresql import find_programs, private_cluster
from gongwen_protocol.messages import Problem

NASTY: list[Any] = [
    *(None, True, -1, 1 << 63, 1 << 70, 1.5, [], {}, ""),
    *("\x00", "a\x00b", "\u202e文公", "\U00020bb7" * 300, "x" * 100_000, "' OR 1=1 --", "../../etc/passwd"),
    *("9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2025-03-03T08:00:00"),
]
RAW = [b"", b"{", b"null", b"[" * 5000, b'{"a": NaN}', b'{"title": "\\ud800"}', b"\xff\xfe", b'{"a":1,"a":2}']


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def exchange(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningExchange]:
    """The same input for both kinds of database."""
    home = tmp_path_factory.mktemp("nasty") / "home"
    if request.param == "sqlite":
        yield from served(home, None)
        return
    programs = find_programs()
    if programs is None:
        pytest.skip("no pg_ctl under /usr/lib/postgresql")
    with private_cluster(programs) as url:
        yield from served(home, url)


def served(home: Any, url: str | None) -> Iterator[RunningExchange]:
    running = RunningExchange(home, database_url=url)
    running.populate()
    yield running
    running.stop()


def bodies(sender: Caller, receiver: Caller) -> dict[str, dict[str, Any]]:
    """A good body for each call that takes one."""
    document = send(sender, ("002", 2))
    delivery = f"/v1/deliveries/{delivery_of(document, receiver).delivery_id}"
    checks = good_checks(document.body.digest).model_dump(mode="json")
    full = letter(upload(sender, OFD), ("002", 1)).model_dump(mode="json")
    full["seals"] = [{"seal_name": "印", "seal_id": "1", "signature_id": "1"}]
    full["attachments"] = [full["body"]]
    return {
        "/v1/session": {"unit_code": "001", "account": "nobody", "password": "not this one"},
        "/v1/uploads": {"length": 3, "digest": digest_of(b"abc")},
        "/v1/documents": full,
        "/v1/attended-checks": {"looked_at": datetime.now(UTC).isoformat()},
        f"{delivery}/accept": {"checks": checks},
        f"{delivery}/return": {"reason": "other", "note": "缺页", "checks": checks},
        f"{delivery}/tickets": {"count": 1, "printer": "一号"},
        f"/v1/tickets/{'a' * 32}/void": {"reason": "卡纸"},
    }


def variants(body: Any) -> Iterator[Any]:
    """``body`` with each of its places in turn holding each nasty value."""
    places = body.items() if isinstance(body, dict) else enumerate(body)
    for place, value in list(places):
        for nasty in NASTY:
            changed = body.copy()
            changed[place] = nasty
            yield changed
        if isinstance(value, dict | list):
            for inner in variants(value):
                changed = body.copy()
                changed[place] = inner
                yield changed


def test_no_message_is_a_fault(sender: Caller, receiver: Caller) -> None:
    for path, good in bodies(sender, receiver).items():
        caller = sender if path in ("/v1/uploads", "/v1/documents") else receiver
        for body in variants(good):
            answer = caller.call("POST", path, json=body, headers={"Idempotency-Key": new_key()})
            assert answer.status_code < 500, (path, json.dumps(body)[:500], answer.text)
        for raw in RAW:
            headers = {"Idempotency-Key": new_key(), "Content-Type": "application/json"}
            answer = caller.call("POST", path, data=raw, headers=headers)
            assert answer.status_code in (400, 422), (path, raw[:100])
            assert Problem.model_validate_json(answer.content).code == "request.invalid"


@pytest.mark.parametrize("path", ["%00", "..%2f..", "%ff", "a" * 5000, "' OR 1=1", "%F0%A0%AE%B7"])
def test_no_address_is_a_fault(sender: Caller, receiver: Caller, path: str) -> None:
    accept(receiver, send(sender, ("002", 2)))
    for method, template in (
        ("GET", "/v1/documents/{}/receipts"),
        ("GET", "/v1/blobs/{}"),
        ("GET", "/v1/sync?cursor={}"),
        ("HEAD", "/v1/uploads/{}"),
        ("PATCH", "/v1/uploads/{}"),
        ("POST", "/v1/deliveries/{}/view"),
        ("POST", "/v1/tickets/{}/spool"),
    ):
        answer = sender.call(method, template.format(path), headers={"Idempotency-Key": new_key()})
        assert answer.status_code in (400, 404, 405, 422), (method, template)


@pytest.mark.parametrize("offset", ["-1", "x", "", "1e3", "99999999999999999999999"])
def test_offsets_are_numbers_in_range(sender: Caller, offset: str) -> None:
    data = OFD + offset.encode()
    state = sender.call("POST", "/v1/uploads", json={"length": len(data), "digest": digest_of(data)}).json()
    answer = sender.call(
        "PATCH", f"/v1/uploads/{state['upload_id']}", data=data, headers={"Upload-Offset": offset}
    )
    assert answer.status_code in (409, 422)
