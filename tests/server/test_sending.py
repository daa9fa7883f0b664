"""What is refused when sending, and that a refusal leaves nothing behind."""

from __future__ import annotations

import base64
from pathlib import Path

from fakes.documents import OFD, letter, new_key, send, sync, upload
from fakes.exchange import Caller, RunningExchange
from gongwen_protocol.messages import (
    Directory,
    DocumentView,
    Elements,
    FileReference,
    Problem,
    SealFact,
    ServerInfo,
)
from gongwen_protocol.profile import load_profile
from gongwen_protocol.profiles import SignedProfile, require_profile
from gongwen_server.services.directory import enable_unit


def refusal(caller: Caller, request: object) -> Problem:
    answer = caller.post("/v1/documents", request, key=new_key())
    assert answer.status_code in (409, 413), answer.text
    return Problem.model_validate_json(answer.content)


def elements(**fields: str) -> Elements:
    return Elements.model_validate({"title": "关于防汛的通知", **fields})


def test_the_profile_is_asked(sender: Caller) -> None:
    body = upload(sender, OFD)
    pdf = upload(sender, b"%PDF-1.7\n", "正文.pdf")
    lying = upload(sender, b"%PDF-1.7\n", "正文.ofd")
    cases = {
        "send.urgency_not_allowed": letter(body, ("002", 1), elements=elements(urgency="火急")),
        "send.forbidden_mark": letter(body, ("002", 1), elements=elements(title="秘密★5年")),
        "send.other_profile": letter(body, ("002", 1), profile_id="jiangmen-2008"),
    }
    for code, request in cases.items():
        assert refusal(sender, request).code == code
    for wrong in (pdf, lying, body.model_copy(update={"name": "正文.pdf"})):
        problem = refusal(sender, letter(wrong, ("002", 1)))
        assert (problem.code, problem.facts["article"]) == ("send.body_format", "管理办法第二条")


def test_body_and_attachments_are_weighed_together(tmp_path: Path) -> None:
    running = RunningExchange(tmp_path / "home")
    running.populate()
    sender = running.log_in("001")
    half = b"PK\x03\x04" + bytes(51 * 2**20)
    body = upload(sender, half)
    attachment = upload(sender, half + b"1", "附件.ofd")
    assert refusal(sender, letter(body, ("002", 1), attachments=(attachment,))).code == "send.too_large"
    sender.close()
    running.stop()


def test_recipients_are_checked(exchange: RunningExchange, sender: Caller) -> None:
    exchange.add_unit("060", "市档案局", rank=99)
    enable_unit(exchange.exchange, "060", enabled=False)
    body = upload(sender, OFD)
    cases = {
        "send.recipient_unknown": letter(body, ("999", 1)),
        "send.recipient_twice": letter(body, ("002", 1), ("003", 1), ("002", 2)),
        "send.recipient_self": letter(body, ("001", 1)),
        "send.recipient_not_enabled": letter(body, ("060", 1)),
    }
    for code, request in cases.items():
        assert refusal(sender, request).code == code


def test_files_are_own_finished_uploads(sender: Caller, stranger: Caller) -> None:
    body = upload(sender, OFD)
    foreign = upload(stranger, b"of another unit", "附件.txt")
    missing = FileReference(name="附件.txt", digest="c" * 64, size=3)
    shortened = body.model_copy(update={"size": body.size - 1})
    assert refusal(sender, letter(body, ("002", 1), attachments=(foreign,))).code == "send.file_missing"
    assert refusal(sender, letter(body, ("002", 1), attachments=(missing,))).code == "send.file_missing"
    assert refusal(sender, letter(shortened, ("002", 1))).code == "send.file_missing"


def test_a_refused_document_is_nowhere(sender: Caller, receiver: Caller) -> None:
    cursor = sync(receiver).cursor
    request = letter(upload(sender, OFD), ("002", 1), ("999", 1))
    assert refusal(sender, request).code == "send.recipient_unknown"
    assert sync(receiver, cursor).documents == ()
    assert receiver.get(f"/v1/documents/{request.document_id}/receipts").status_code == 404


def test_a_document_is_sent_once_whatever_the_key(sender: Caller, stranger: Caller) -> None:
    document = send(sender, ("002", 1))
    again = letter(document.body, ("002", 1), document_id=document.document_id)
    assert refusal(sender, again).code == "document.id_taken"
    stolen = letter(upload(stranger, OFD), ("002", 1), document_id=document.document_id)
    assert refusal(stranger, stolen).code == "document.id_taken"


def test_everything_stated_arrives(sender: Caller, receiver: Caller) -> None:
    body = upload(sender, OFD)
    attachment = upload(sender, b"table", "附件1.xlsx")
    seal = SealFact(seal_name="东胜区人民政府办公室", seal_id="s1", signature_id="1")
    stated = elements(
        doc_number="东政办发〔2025〕13号",
        urgency="特急",
        issuer="东胜区人民政府办公室",
        issue_date="2025-03-03",
    )
    request = letter(body, ("002", 7), attachments=(attachment,), seals=(seal,), elements=stated)
    cursor = sync(receiver).cursor
    answer = sender.post("/v1/documents", request, key=new_key())
    sent = DocumentView.model_validate_json(answer.content)
    (arrived,) = sync(receiver, cursor).documents
    assert arrived == sent
    assert (arrived.elements, arrived.attachments, arrived.seals) == (stated, (attachment,), (seal,))
    assert (arrived.sender_name, arrived.deliveries[0].copies) == ("东胜区人民政府办公室", 7)


def test_names_of_history_stay(exchange: RunningExchange, sender: Caller, receiver: Caller) -> None:
    directory = Directory.model_validate_json(sender.get("/v1/directory").content)
    assert [unit.code for unit in directory.units][:3] == ["001", "002", "003"]
    document = send(sender, ("002", 1))
    assert document.deliveries[0].unit_name == "康巴什区人民政府办公室"


def test_who_the_exchange_is(exchange: RunningExchange, sender: Caller) -> None:
    info = ServerInfo.model_validate_json(sender.get("/v1/server").content)
    assert base64.b64decode(info.certificate) == exchange.exchange.signer.certificate_der
    assert (info.profile_id, info.max_document_size) == ("ordos-2018", 100 * 2**20)
    signed = SignedProfile.model_validate_json(sender.get("/v1/profile").content)
    assert require_profile(signed, [base64.b64decode(info.certificate)]) == load_profile("ordos-2018")
    assert sender.get("/v1/health").json() == {"status": "ok"}


def test_endless_messages_are_cut(sender: Caller) -> None:
    answer = sender.call(
        "POST",
        "/v1/documents",
        data=b'{"x":"' + b"a" * (13 << 20) + b'"}',
        headers={"Idempotency-Key": new_key(), "Content-Type": "application/json"},
    )
    assert (answer.status_code, Problem.model_validate_json(answer.content).code) == (
        413,
        "request.too_large",
    )
