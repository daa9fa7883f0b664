"""Encrypted documents at the exchange: directory of certificates, what is accepted, what is handed out."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from fakes.documents import OFD, letter, new_key, sync, upload
from fakes.exchange import UNITS, Caller, RunningExchange
from fakes.secrecy import KEYS, KeyCabinet, encrypted_letter, post
from fakes.units import authority
from gongwen_crypto import stream
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_crypto.issue import Subject, Usage, issue
from gongwen_crypto.software import SoftwareSigner, save_key
from gongwen_protocol.actions import RecallRequest, ReceiverRequest, RequestGrant, RequestKind, ResendRequest
from gongwen_protocol.letters import file_context, read_letter
from gongwen_protocol.messages import (
    DeliveryView,
    DocumentView,
    Elements,
    Recipient,
    RecipientRole,
    SendRequest,
    SupplementRequest,
)
from gongwen_protocol.secrecy import (
    ESCROW,
    EncryptionNews,
    EncryptionOrder,
    Envelope,
    reader_of,
    require_news,
)
from gongwen_protocol.wrapping import seal_letters, statement_of
from gongwen_server.cli import main
from gongwen_server.db.tables import AuditRow
from gongwen_server.services import escrow
from gongwen_server.services.encryption import register_certificate, register_successor

MARK = "机要之外的内容标记".encode()
CONTENT = OFD + MARK


@pytest.fixture(scope="module")
def cabinet(exchange: RunningExchange) -> KeyCabinet:
    keys = KeyCabinet(exchange)
    for code in ("001", "002"):
        keys.equip(code, UNITS[code])
    return keys


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningExchange]:
    """An exchange of a region that demands encryption and escrow."""
    running = RunningExchange(tmp_path_factory.mktemp("example") / "home", profile_id="example-2026")
    running.populate()
    yield running
    running.stop()


def news(caller: Caller, after: int = 0) -> EncryptionNews:
    return EncryptionNews.model_validate_json(caller.get(f"/v1/encryption?after={after}").content)


def envelope(caller: Caller, document_id: str) -> Envelope:
    answer = caller.get(f"/v1/documents/{document_id}/envelope")
    assert answer.ok, answer.text
    return Envelope.model_validate_json(answer.content)


def sent(caller: Caller, request: SendRequest) -> DocumentView:
    answer = caller.post("/v1/documents", request, key=new_key())
    assert answer.status_code == 201, answer.text
    return DocumentView.model_validate_json(answer.content)


def test_from_unit_to_unit(
    exchange: RunningExchange, cabinet: KeyCabinet, sender: Caller, receiver: Caller, stranger: Caller
) -> None:
    document = sent(sender, encrypted_letter(sender, cabinet, ("002", 2), content=CONTENT))
    (view,) = [one for one in sync(receiver).documents if one.document_id == document.document_id]
    assert view.body.cipher is not None
    data = receiver.get(f"/v1/blobs/{view.body.cipher.digest}").content
    statement = statement_of(SendRequest(**_fields(view)), view.sender_code)
    for caller, code in ((receiver, "002"), (sender, "001")):
        (key,) = read_letter(cabinet.open(envelope(caller, document.document_id)), statement, code)
        assert b"".join(stream.decrypt(key, io.BytesIO(data), file_context(statement, 0))) == CONTENT
    refused = stranger.get(f"/v1/documents/{document.document_id}/envelope")
    assert refused.json()["code"] == "document.unknown"
    # Receipts are bound to the content, not to its cipher.
    receipts = receiver.get(f"/v1/documents/{document.document_id}/receipts").json()["receipts"]
    assert {one["receipt"]["body_digest"] for one in receipts} == {view.body.digest}


def _fields(view: DocumentView) -> dict[str, object]:
    taken = view.model_dump(include=set(SendRequest.model_fields) & set(DocumentView.model_fields))
    return taken | {"recipients": (Recipient(unit_code="002", role=RecipientRole.MAIN, copies=1),)}


def test_what_the_exchange_holds_shows_nothing_of_the_content(
    exchange: RunningExchange, cabinet: KeyCabinet, sender: Caller
) -> None:
    request = encrypted_letter(
        sender, cabinet, ("002", 2), content=CONTENT, elements=Elements(title="标题是看得见的")
    )
    sent(sender, request)
    held = [path.read_bytes() for path in exchange.home.rglob("*") if path.is_file()]
    assert any("标题是看得见的".encode() in data for data in held), "metadata are the exchange's to route by"
    traces = (MARK, OFD[:64], KEYS[0], re.sub(rb"\s", b"", KEYS[0].hex().encode()))
    assert not any(trace in data for data in held for trace in traces)


def test_recalled_envelopes_are_withheld(cabinet: KeyCabinet, sender: Caller, receiver: Caller) -> None:
    document = sent(sender, encrypted_letter(sender, cabinet, ("002", 2)))
    envelope(receiver, document.document_id)
    recall = RecallRequest(reason="印错")
    assert sender.post(f"/v1/documents/{document.document_id}/recall", recall, key=new_key()).ok
    refused = receiver.get(f"/v1/documents/{document.document_id}/envelope")
    assert refused.json()["code"] == "delivery.recalled"
    envelope(sender, document.document_id)


def test_what_is_not_wholly_encrypted_is_refused(cabinet: KeyCabinet, sender: Caller) -> None:
    good = encrypted_letter(sender, cabinet, ("002", 2))
    plain = upload(sender, OFD)
    assert good.body.cipher is not None
    lying = good.body.cipher.model_copy(update={"digest": plain.digest, "size": plain.size})
    for change in (
        {"envelopes": good.envelopes[:1]},
        {"envelopes": (*good.envelopes, good.envelopes[0])},
        {"envelopes": tuple(one.model_copy(update={"sealed": "AAA"}) for one in good.envelopes)},
        {"attachments": (plain,)},
        {"end_to_end": False},
        {"body": good.body.model_copy(update={"cipher": lying})},
        {"body": good.body.model_copy(update={"size": good.body.size + 1})},
    ):
        assert post(sender, good.model_copy(update=change)) == (409, "secrecy.incomplete"), change
    assert post(sender, good)[0] == 201


def test_units_without_certificate_are_named(cabinet: KeyCabinet, sender: Caller) -> None:
    good = encrypted_letter(sender, cabinet, ("002", 2))
    both = (*good.recipients, Recipient(unit_code="003", role=RecipientRole.CC, copies=1))
    answer = sender.post("/v1/documents", good.model_copy(update={"recipients": both}), key=new_key())
    assert answer.json()["code"] == "secrecy.no_certificate"
    assert UNITS["003"] in answer.json()["sentence"]


def test_a_unit_added_later_gets_its_own_envelope(
    exchange: RunningExchange, cabinet: KeyCabinet, sender: Caller, stranger: Caller
) -> None:
    request = encrypted_letter(sender, cabinet, ("002", 2))
    document = sent(sender, request)
    more = (Recipient(unit_code="003", role=RecipientRole.MAIN, copies=1),)
    path = f"/v1/documents/{document.document_id}/supplement"
    answer = sender.post(path, SupplementRequest(recipients=more), key=new_key())
    assert answer.json()["code"] == "secrecy.no_certificate"
    cabinet.equip("003", UNITS["003"])
    envelopes = seal_letters(statement_of(request, "001"), KEYS[:1], cabinet.readers("003"))
    assert sender.post(path, SupplementRequest(recipients=more, envelopes=envelopes), key=new_key()).ok
    letter = cabinet.open(envelope(stranger, document.document_id))
    assert read_letter(letter, statement_of(request, "001"), "003") == KEYS[:1]


def test_a_replaced_certificate_takes_over(cabinet: KeyCabinet, sender: Caller, receiver: Caller) -> None:
    old = encrypted_letter(sender, cabinet, ("002", 2))
    before = cabinet.holders["002"].certificate_der
    cabinet.equip("002", UNITS["002"])
    assert post(sender, old) == (409, "secrecy.certificate_stale")
    document = sent(sender, encrypted_letter(sender, cabinet, ("002", 2)))
    cabinet.open(envelope(receiver, document.document_id))
    entries = news(receiver).entries
    assert sum(entry.unit_code == "002" for entry in entries) == 2
    first = next(entry for entry in entries if entry.unit_code == "002")
    moment_before = max(entry.since for entry in entries if entry.unit_code == "002") - timedelta.resolution
    found = reader_of(entries, "002", moment_before)
    assert found is not None
    assert found.loaded().der == before == first.loaded().der


def test_what_is_sent_again_is_wrapped_for_the_new_key(
    cabinet: KeyCabinet, sender: Caller, receiver: Caller, stranger: Caller
) -> None:
    """A unit that lost its key gets another, and the document again: for that one."""
    request = encrypted_letter(sender, cabinet, ("002", 2))
    document = sent(sender, request)
    path = f"/v1/documents/{document.document_id}/resend"
    first = envelope(receiver, document.document_id)
    again = ResendRequest(reason="钥匙已更换", unit_codes=("002",))
    assert sender.post(path, again, key=new_key()).ok, "the same key needs no new envelope"
    assert envelope(receiver, document.document_id) == first
    cabinet.equip("002", UNITS["002"])
    refused = sender.post(path, again, key=new_key())
    assert (refused.status_code, refused.json()["code"]) == (409, "secrecy.certificate_stale")
    assert envelope(receiver, document.document_id) == first
    statement = statement_of(request, "001")
    fresh = seal_letters(statement, KEYS[:1], cabinet.readers("002"))
    for wrong in ((*fresh, fresh[0]), seal_letters(statement, KEYS[:1], cabinet.readers("001"))):
        answer = sender.post(path, again.model_copy(update={"envelopes": wrong}), key=new_key())
        assert answer.json()["code"] == "secrecy.incomplete"
    assert sender.post(path, again.model_copy(update={"envelopes": fresh}), key=new_key()).ok
    letter = cabinet.open(envelope(receiver, document.document_id))
    assert read_letter(letter, statement, "002") == KEYS[:1]


def test_a_granted_resending_is_wrapped_for_the_new_key(
    cabinet: KeyCabinet, sender: Caller, receiver: Caller
) -> None:
    request = encrypted_letter(sender, cabinet, ("002", 2))
    document = sent(sender, request)
    path = f"/v1/deliveries/{document.deliveries[0].delivery_id}/requests"
    cabinet.equip("002", UNITS["002"])
    wish = ReceiverRequest(kind=RequestKind.RESEND, count=0, reason="加密密钥已更换")
    asked = DeliveryView.model_validate_json(receiver.post(path, wish, key=new_key()).content)
    path = f"/v1/requests/{asked.requests[0].request_id}/grant"
    statement = statement_of(request, "001")
    fresh = seal_letters(statement, KEYS[:1], cabinet.readers("002"))
    foreign = seal_letters(statement, KEYS[:1], cabinet.readers("001"))
    for envelopes, code in (((), "secrecy.certificate_stale"), (foreign, "secrecy.incomplete")):
        answer = sender.post(path, RequestGrant(envelopes=envelopes), key=new_key())
        assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert sender.post(path, RequestGrant(envelopes=fresh), key=new_key()).ok
    letter = cabinet.open(envelope(receiver, document.document_id))
    assert read_letter(letter, statement, "002") == KEYS[:1]


def test_successors_by_time(tmp_path: Path) -> None:
    running = RunningExchange(tmp_path / "home")
    running.populate()
    keys = KeyCabinet(running)
    with pytest.raises(RefusedError, match=r"secrecy\.successor_without_certificate"):
        register_successor(running.exchange, "002", "003")
    for code in ("001", "002", "003"):
        keys.equip(code, UNITS[code])
    merged = datetime.now(UTC) + timedelta(days=2)
    register_successor(running.exchange, "002", "003", merged)
    with pytest.raises(RefusedError, match=r"secrecy\.own_successor"):
        register_successor(running.exchange, "003", "002", merged)
    caller = running.log_in("001")
    entries = news(caller).entries
    before, after = reader_of(entries, "002", merged - timedelta(hours=1)), reader_of(entries, "002", merged)
    assert before is not None
    assert after is not None
    assert before.loaded().der == keys.holders["002"].certificate_der
    assert after.loaded().der == keys.holders["003"].certificate_der
    caller.close()
    running.stop()


def test_only_certificates_for_encryption_and_for_the_unit(exchange: RunningExchange) -> None:
    holder = SoftwareSigner.generate()
    root, now = authority().root, datetime.now(UTC)
    subject = Subject(UNITS["003"], UNITS["003"])
    until = now + timedelta(days=9)
    signing = issue(root, subject, holder.public_key, Usage.SIGNING, now, until)
    with pytest.raises(KnownError, match=r"secrecy\.not_an_encryption_certificate"):
        register_certificate(exchange.exchange, "003", signing)
    other = authority().issue_encryption("别的单位").certificate_der
    with pytest.raises(RefusedError, match=r"secrecy\.certificate_not_for_unit"):
        register_certificate(exchange.exchange, "003", other)
    with pytest.raises(RefusedError, match=r"directory\.unknown_unit"):
        register_certificate(exchange.exchange, "009", other)


def test_the_directory_only_grows(exchange: RunningExchange, cabinet: KeyCabinet, sender: Caller) -> None:
    trusted = (exchange.exchange.signer.certificate_der,)
    whole = news(sender)
    known = require_news(whole, EncryptionOrder(), trusted)
    later = require_news(news(sender, known.version), known, trusted)
    assert later == known
    short = whole.model_copy(update={"entries": whole.entries[:-1]})
    swapped = whole.model_copy(update={"entries": whole.entries[::-1]})
    other = whole.entries[0].model_copy(update={"since": whole.entries[0].since - timedelta(days=1)})
    altered = whole.model_copy(update={"entries": (other, *whole.entries[1:])})
    for bad in (short, swapped, altered):
        with pytest.raises(RefusedError, match=r"secrecy\.directory_rewritten"):
            require_news(bad, EncryptionOrder(), trusted)
    cabinet.equip("001", UNITS["001"])
    ahead = require_news(news(sender), EncryptionOrder(), trusted)
    with pytest.raises(RefusedError, match=r"secrecy\.directory_rewritten"):
        require_news(whole.model_copy(update={"entries": ()}), ahead, trusted)  # an old, well signed one
    forged = whole.statement.model_copy(update={"version": 99})
    with pytest.raises(RefusedError, match=r"secrecy\.directory_not_signed"):
        require_news(whole.model_copy(update={"statement": forged}), EncryptionOrder(), trusted)


def test_a_region_that_demands_encryption_and_escrow(example: RunningExchange) -> None:
    caller = example.log_in("001")
    plain = letter(upload(caller, OFD), ("002", 1), profile_id="example-2026")
    assert post(caller, plain) == (409, "secrecy.required")
    keys = KeyCabinet(example)
    for code in ("001", "002"):
        keys.equip(code, UNITS[code])
    request = encrypted_letter(caller, keys, ("002", 1), profile_id="example-2026")
    assert post(caller, request) == (409, "secrecy.no_escrow")
    keys.equip(ESCROW, "示例市")
    assert post(caller, request) == (409, "secrecy.incomplete")
    whole = encrypted_letter(caller, keys, ("002", 1), also=(ESCROW,), profile_id="example-2026")
    assert post(caller, whole) == (201, "")
    caller.close()


def test_the_escrow_key_needs_both_keepers(example: RunningExchange, tmp_path: Path) -> None:
    passwords = ("first keeper", "second keeper")
    for poor in (("the same one", "the same one"), ("short", "long enough")):
        with pytest.raises(KnownError, match=r"secrecy\.escrow_password"):
            escrow.make(example.exchange, authority().root, "示例市", tmp_path / "poor", poor)
    paths = escrow.make(example.exchange, authority().root, "示例市", tmp_path / "parts", passwords)
    parts = [path.read_bytes() for path in paths]
    key = escrow.put_together(parts, passwords)
    keys = KeyCabinet(example)
    for code in ("001", "002"):
        keys.equip(code, UNITS[code])
    keys.holders[ESCROW] = key
    caller = example.log_in("001")
    request = encrypted_letter(
        caller, keys, ("002", 1), content=CONTENT, also=(ESCROW,), profile_id="example-2026"
    )
    document = sent(caller, request)
    (body,) = escrow.open_document(example.exchange, key, document.document_id, tmp_path / "out")
    assert body.read_bytes() == CONTENT
    assert body.name == "0.ofd"
    with example.exchange.reading() as session:
        acts = [row.statement for row in session.scalars(select(AuditRow))]
    assert sum(b"escrow.open" in act and document.document_id.encode() in act for act in acts) == 1
    other = escrow.make(example.exchange, authority().root, "示例市", tmp_path / "other", passwords)
    for bad_parts, bad_passwords in (
        ([parts[0], parts[0]], passwords),
        (parts, passwords[::-1]),
        ([parts[0], other[1].read_bytes()], passwords),
        ([parts[0]], passwords[:1]),
        ([parts[0], b"{}"], passwords),
    ):
        with pytest.raises(KnownError, match=r"secrecy\.escrow_parts"):
            escrow.put_together(bad_parts, bad_passwords)
    newer = escrow.put_together([path.read_bytes() for path in other], passwords)
    with pytest.raises(RefusedError, match=r"secrecy\.escrow_none"):
        escrow.open_document(example.exchange, newer, document.document_id, tmp_path / "none")
    caller.close()


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home, folder = ["--home", str(tmp_path / "home")], tmp_path / "files"
    folder.mkdir()
    assert main(["init", *home, "--name", "测试", "--profile", "example-2026"]) == 0
    for code, name in UNITS.items():
        assert main(["unit", "add", *home, code, name]) == 0
        (folder / f"{code}.cer").write_bytes(authority().issue_encryption(name).certificate_der)
    assert main(["encryption", "import", *home, str(folder)]) == 0
    assert main(["encryption", "add", *home, "001", str(folder / "001.cer")]) == 0
    assert main(["encryption", "successor", *home, "002", "003", "--since", "2030-01-01T00:00+08:00"]) == 0
    root = authority().root
    (tmp_path / "ca.p8").write_bytes(save_key(root.pair, "secret of the authority"))
    (tmp_path / "ca.cer").write_bytes(root.certificate_der)
    for name in ("ca", "one", "two"):
        words = {"ca": "secret of the authority"}.get(name, f"keeper {name}")
        (tmp_path / f"{name}.txt").write_text(words + "\n")
    make = ["escrow", "make", *home, "--name", "示例市", "--out", str(tmp_path / "parts")]
    make += ["--authority-key", str(tmp_path / "ca.p8"), "--authority-certificate", str(tmp_path / "ca.cer")]
    make += ["--authority-password-file", str(tmp_path / "ca.txt")]
    keepers = ["--password-file", str(tmp_path / "one.txt"), "--password-file", str(tmp_path / "two.txt")]
    assert main([*make, *keepers]) == 0
    parts = sorted((tmp_path / "parts").iterdir())
    assert {path.stat().st_mode & 0o777 for path in parts} == {0o600}
    assert main(["encryption", "list", *home]) == 0
    listed = capsys.readouterr().out
    assert "→ 003" in listed
    assert "密钥托管" in listed
    opening = ["escrow", "open", *home, "0" * 32, "--out", str(tmp_path / "out"), *keepers]
    assert main([*opening, "--part", str(parts[0]), "--part", str(parts[1])]) == 2
    assert main([*opening, "--part", str(parts[0])]) == 2
