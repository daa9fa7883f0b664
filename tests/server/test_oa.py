"""Office systems: pulling is no receipt, storing is; both ways receive once; each only what it may."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

import gongwen_oa
from fakes.documents import OFD, accept, letter, new_key, send, sync, upload
from fakes.exchange import UNITS, Caller, RunningExchange
from fakes.secrecy import KeyCabinet, encrypted_letter, post
from fakes.units import authority
from gongwen_crypto import key_parcel, sm3, stream
from gongwen_crypto.errors import RefusedError
from gongwen_oa import OaClient, OaError, OaFile, pushed
from gongwen_oa.client import sm3_of
from gongwen_protocol.letters import DocumentStatement, file_context, read_letter
from gongwen_protocol.messages import DeliveryView, DocumentView
from gongwen_protocol.oa import OaScope
from gongwen_protocol.profile import load_profile
from gongwen_protocol.secrecy import ESCROW, Envelope
from gongwen_protocol.states import DeliveryState
from gongwen_server.api.oa import RateLimit, router
from gongwen_server.services import oa

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "oa" / "exchange_folder.py"


@pytest.fixture(scope="module")
def credentials(exchange: RunningExchange) -> tuple[str, str]:
    return oa.register(exchange.exchange, "002", "协同办公", OaScope)


@pytest.fixture
def office(exchange: RunningExchange, credentials: tuple[str, str]) -> Iterator[OaClient]:
    client = OaClient(exchange.url, *credentials)
    yield client
    client.close()


def version(profile_id: str) -> int:
    return load_profile(profile_id).version


def checks(document: dict[str, object]) -> dict[str, str]:
    body = document["body"]
    assert isinstance(body, dict)
    return dict.fromkeys(("body", "attachments", "seal", "layout"), "ok") | {"body_digest": body["digest"]}


def test_the_receipt_comes_after_storing(
    office: OaClient, sender: Caller, tmp_path: Path, exchange: RunningExchange
) -> None:
    sent = send(sender, ("002", 1), data=OFD + b"to an office")
    waiting = next(one for one in office.inbox() if one["document_id"] == sent.document_id)
    target = tmp_path / "0.ofd"
    (tmp_path / "0.ofd.part").write_bytes(OFD[:10])  # what an earlier try left
    office.fetch(waiting["body"]["digest"], waiting["body"]["size"], target)
    assert target.read_bytes() == OFD + b"to an office"
    assert _state(sender, sent) is DeliveryState.DELIVERED, "reading is no receipt"
    delivery = waiting["deliveries"][0]["delivery_id"]
    with pytest.raises(OaError) as refused:
        office.confirm(delivery, checks(waiting), ["0" * 64], "register 1")
    assert refused.value.code == "oa.not_stored"
    answer = office.confirm(delivery, checks(waiting), [waiting["body"]["digest"]], "register 1")
    assert answer["state"] == "received"
    assert answer["handled_by"] == "OA系统（协同办公）"
    assert sent.document_id not in [one["document_id"] for one in office.inbox()]
    events = [one["receipt"]["event"] for one in office.receipts(sent.document_id)]
    assert events.count("received") == 1


def test_both_ways_receive_once(office: OaClient, sender: Caller, receiver: Caller) -> None:
    sent = send(sender, ("002", 1), data=OFD + b"both ways")
    waiting = office.document(sent.document_id)
    accept(receiver, sent)
    with pytest.raises(OaError) as refused:
        office.confirm(
            waiting["deliveries"][0]["delivery_id"], checks(waiting), [waiting["body"]["digest"]], "2"
        )
    assert refused.value.code == "delivery.already_received"
    assert _events(sender, sent).count("received") == 1


def test_first_use_is_the_receipt_where_the_region_says_so(tmp_path: Path) -> None:
    running = RunningExchange(tmp_path / "home", profile_id="jiangmen-2008")
    running.populate()
    sender = running.log_in("001")
    office = OaClient(running.url, *oa.register(running.exchange, "002", "协同办公", [OaScope.RECEIVE]))
    body = b"Founder CEB" + OFD
    try:
        request = letter(upload(sender, body, "正文.ceb"), ("002", 1), profile_id="jiangmen-2008")
        answer = sender.post("/v1/documents", request, key=new_key())
        assert answer.status_code == 201, answer.text
        waiting = office.inbox()[0]
        delivery = waiting["deliveries"][0]["delivery_id"]
        said = office.confirm(delivery, checks(waiting), [waiting["body"]["digest"]], "3")
        assert (said["state"], said["receipt_by"]) == ("received", "oa_read")
        with pytest.raises(OaError) as refused:
            office.push(
                pushed("x", waiting["body"], {"003": 1}, profile=("jiangmen-2008", version("jiangmen-2008")))
            )
        assert refused.value.code == "session.role_missing"
    finally:
        office.close()
        sender.close()
        running.stop()


def test_push_follow_and_urge(office: OaClient, stranger: Caller, tmp_path: Path) -> None:
    path = tmp_path / "正文.ofd"
    path.write_bytes(OFD + os.urandom(2_500_000))
    reference = office.upload(OaFile("正文.ofd", path))
    wish = pushed("关于推送的通知", reference, {"003": 2}, profile=("ordos-2018", version("ordos-2018")))
    first = office.push(wish)
    assert office.push(wish) == first, "a repeat sends nothing twice"
    board = office.document(wish["document_id"])["deliveries"]
    assert [(one["unit_code"], one["state"]) for one in board] == [("003", "delivered")]
    urged = office.urge(wish["document_id"], "请尽快查收", level="notify")
    assert len(urged["deliveries"][0]["reminders"]) == 1
    document = next(one for one in sync(stranger).documents if one.document_id == wish["document_id"])
    assert accept(stranger, document).state is DeliveryState.RECEIVED
    assert office.document(wish["document_id"])["deliveries"][0]["state"] == "received"


def test_return(office: OaClient, sender: Caller) -> None:
    sent = send(sender, ("002", 1), data=OFD + b"to be returned")
    delivery = office.document(sent.document_id)["deliveries"][0]["delivery_id"]
    assert office.send_back(delivery, "misdirected")["state"] == "returned"


def test_credentials_scopes_and_foreign_documents(
    exchange: RunningExchange, office: OaClient, sender: Caller, credentials: tuple[str, str]
) -> None:
    """Every route: nobody without credentials, no person's session, nothing of another unit."""
    paths = [
        (method, getattr(route, "path", ""))
        for route in router.routes
        for method in getattr(route, "methods", ())
    ]
    assert len(paths) >= 10
    token = {"Authorization": f"Bearer {sender.grant.token if sender.grant else ''}"}
    for method, path in paths:
        url = exchange.url + path.replace("{document_id}", "0" * 32).replace(
            "{delivery_id}", "0" * 32
        ).replace("{upload_id}", "0" * 32).replace("{digest}", "0" * 64)
        more = {"Idempotency-Key": "k" * 8, "Upload-Offset": "0"}
        for auth, headers in ((None, {}), (None, token), ((credentials[0], "wrong"), {})):
            answer = requests.request(
                method, url, auth=auth, headers={**headers, **more}, json={}, timeout=30
            )
            assert answer.json()["code"] == "oa.wrong_credentials", (method, path)
            assert answer.status_code == 401
    foreign = send(sender, ("003", 1), data=OFD + b"not for 002")
    with pytest.raises(OaError, match=r"document\.unknown"):
        office.document(foreign.document_id)
    with pytest.raises(OaError, match=r"blob\.unknown"):
        office.fetch(foreign.body.digest, foreign.body.size, EXAMPLE.parent / "never")
    delivery = foreign.deliveries[0].delivery_id
    with pytest.raises(OaError, match=r"delivery\.unknown"):
        office.send_back(delivery, "misdirected")


def test_a_disabled_system_is_out_at_once(exchange: RunningExchange) -> None:
    client_id, secret = oa.register(exchange.exchange, "003", "旧系统", [OaScope.RECEIVE])
    client = OaClient(exchange.url, client_id, secret)
    assert isinstance(client.inbox(), list)
    oa.disable(exchange.exchange, client_id)
    with pytest.raises(OaError, match=r"oa\.wrong_credentials"):
        client.inbox()
    client.close()
    with pytest.raises(RefusedError, match=r"directory\.unknown_unit"):
        oa.register(exchange.exchange, "999", "没有", [OaScope.RECEIVE])


def test_calls_per_minute() -> None:
    now = [0.0]
    limit = RateLimit(lambda: now[0])
    for _ in range(60):
        limit.take("one", 60)
    with pytest.raises(RefusedError, match=r"oa\.too_many"):
        limit.take("one", 60)
    limit.take("another", 60)
    now[0] += 1.01
    limit.take("one", 60)


def test_the_example_pulls_and_pushes(
    exchange: RunningExchange, sender: Caller, receiver: Caller, credentials: tuple[str, str], tmp_path: Path
) -> None:
    sent = send(sender, ("002", 1), data=OFD + b"for the example")
    inbox, outbox = tmp_path / "in", tmp_path / "out"
    outbox.mkdir()
    (outbox / "正文.ofd").write_bytes(OFD + b"from the example")
    wish = {
        "title": "关于示例的通知",
        "body": "正文.ofd",
        "recipients": {"003": 1},
        "profile": ["ordos-2018", version("ordos-2018")],
    }
    (outbox / "a.json").write_text(json.dumps(wish), "utf-8")
    source = str(Path(gongwen_oa.__file__).parent.parent)
    login = dict(zip(("GONGWEN_OA_ID", "GONGWEN_OA_SECRET"), credentials, strict=True))
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), exchange.url, "--inbox", str(inbox), "--outbox", str(outbox)],
        env={
            **os.environ,
            "PYTHONPATH": source,
            "PYTHONUTF8": "1",
            **login,
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert "发文 1 件" in done.stdout
    assert (inbox / sent.document_id / "0.ofd").read_bytes() == OFD + b"for the example"
    assert _state(sender, sent) is DeliveryState.RECEIVED
    assert (outbox / "a.sent").exists()
    assert sync(receiver).documents


def test_an_office_opens_and_encrypts_with_its_own_key(tmp_path: Path) -> None:
    """Where the region demands encryption; the exchange sees neither content nor key."""
    running = RunningExchange(tmp_path / "home", profile_id="example-2026")
    running.populate()
    cabinet = KeyCabinet(running)
    for code, name in (*UNITS.items(), (ESCROW, "示例市")):
        cabinet.equip(code, name)
    trust = tmp_path / "trust"
    trust.mkdir()
    (trust / "root.cer").write_bytes(authority().root.certificate_der)
    (tmp_path / "002.gwenc").write_bytes(key_parcel.pack(cabinet.holders["002"], "by letter"))
    sender = running.log_in("001")
    content, answer = OFD + b"secret to an office", OFD + b"secret from an office"
    request = encrypted_letter(
        sender, cabinet, ("002", 1), content=content, also=(ESCROW,), profile_id="example-2026"
    )
    assert post(sender, request) == (201, "")
    inbox, outbox = tmp_path / "in", tmp_path / "out"
    outbox.mkdir()
    (outbox / "正文.ofd").write_bytes(answer)
    wish = {
        "title": "关于密送的通知",
        "body": "正文.ofd",
        "recipients": {"003": 1},
        "profile": ["example-2026", version("example-2026")],
    }
    (outbox / "a.json").write_text(json.dumps(wish), "utf-8")
    given = dict(
        zip(
            ("GONGWEN_OA_ID", "GONGWEN_OA_SECRET"),
            oa.register(running.exchange, "002", "协同办公", OaScope),
            strict=True,
        )
    )
    folders = ["--inbox", inbox, "--outbox", outbox, "--trust", trust, "--sending", tmp_path / "sending"]
    key = ["--unit", "002", "--key", tmp_path / "002.gwenc"]
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), running.url, *map(str, [*folders, *key])],
        env={
            **os.environ,
            "PYTHONPATH": str(Path(gongwen_oa.__file__).parent.parent),
            "PYTHONUTF8": "1",
            "GONGWEN_OA_KEY_PASSWORD": "by letter",
            **given,
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert "收文 1 件，发文 1 件" in done.stdout, done.stderr
    assert (inbox / request.document_id / "0.ofd").read_bytes() == content
    receiver = running.log_in("003")
    (sent,) = sync(receiver).documents
    assert sent.body.cipher is not None
    found = receiver.get(f"/v1/documents/{sent.document_id}/envelope").content
    fields = DocumentStatement.model_fields.keys() & DocumentView.model_fields.keys()
    statement = DocumentStatement.model_validate({name: getattr(sent, name) for name in fields})
    (secret,) = read_letter(cabinet.open(Envelope.model_validate_json(found)), statement, "003")
    cipher = running.exchange.blobs.head(sent.body.cipher.digest, 1 << 20)
    assert b"secret" not in cipher
    pieces = stream.decrypt(secret, io.BytesIO(cipher), file_context(statement, 0))
    assert b"".join(pieces) == answer
    left = [path.name for path in (tmp_path / "sending").iterdir()]
    assert left == ["exchange.json"], "what was sent is not kept"
    for caller in (sender, receiver):
        caller.close()
    running.stop()


def test_its_digest_is_sm3(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    assert sm3_of(tmp_path / "file") == sm3.digest(b"abc").hex()


def _delivery(sender: Caller, sent: DocumentView) -> DeliveryView:
    found = [one for one in _all(sender) if one.document_id == sent.document_id]
    return found[-1].deliveries[0]


def _state(sender: Caller, sent: DocumentView) -> DeliveryState:
    return _delivery(sender, sent).state


def _all(caller: Caller) -> list[DocumentView]:
    found, cursor = [], 0
    while True:
        answer = sync(caller, cursor)
        found += answer.documents
        cursor = answer.cursor
        if not answer.more:
            return found


def _events(caller: Caller, sent: DocumentView) -> list[str]:
    answer = caller.get(f"/v1/documents/{sent.document_id}/receipts").json()
    return [one["receipt"]["event"] for one in answer["receipts"]]
