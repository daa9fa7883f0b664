"""An exchange that keeps two logs, one for each of two units: caught at the first document between them, and
nobody is accused where nothing is wrong (ADR 0068)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from fakes.desk import DeskPc
from fakes.documents import OFD, letter, new_key, send, sync, upload
from fakes.exchange import UNITS, Caller, RunningExchange
from fakes.secrecy import KeyCabinet, encrypted_letter
from fakes.units import authority
from gongwen_client.domain.rows import IncomingRow, IncomingState
from gongwen_client.store.notes import Notes
from gongwen_crypto import key_parcel
from gongwen_crypto.errors import RefusedError
from gongwen_protocol.checkpoints import SignedCheckpoint, SplitView, is_one_log
from gongwen_protocol.messages import DocumentView, Recipient, RecipientRole, SendRequest
from gongwen_protocol.signatures import is_sealed, seal_of
from gongwen_server.db.tables import EnvelopeRow
from gongwen_server.services.backup import back_up
from gongwen_server.services.exchange import SystemClock
from gongwen_server.services.restoring import restore
from gongwen_server.services.views import encoded

StartPc = Callable[..., DeskPc]
PAIR = ("001", "002")


@pytest.fixture
def cabinet(exchange: RunningExchange) -> KeyCabinet:
    keys = KeyCabinet(exchange)
    for code in PAIR:
        keys.equip(code, UNITS[code])
    return keys


@pytest.fixture
def fork(exchange: RunningExchange, cabinet: KeyCabinet, tmp_path: Path) -> Iterator[RunningExchange]:
    """The same exchange with the same key, and from here on another history for those whom it serves."""
    exchange.stop()
    home = tmp_path / "fork"
    shutil.copytree(exchange.home, home)
    settings = (home / "exchange.toml").read_text(encoding="utf-8")
    (home / "exchange.toml").write_text(settings.replace(str(exchange.home), str(home)), encoding="utf-8")
    exchange.start()
    other = RunningExchange.of_home(home)
    for number, side in enumerate((exchange, other)):
        accomplice = side.log_in("003")
        send(accomplice, ("001", 1), data=OFD + bytes([number]))
        accomplice.close()
    yield other
    other.stop()


def equipped(pc: DeskPc, cabinet: KeyCabinet, code: str) -> DeskPc:
    """A PC with its unit's encryption key, whose authority it trusts."""
    authority().write_trust(pc.home / "trust", SystemClock().now())
    parcel = pc.home / "key.gwenc"
    parcel.write_bytes(key_parcel.pack(cabinet.holders[code], "transport"))
    pc.unit_keys.keep(parcel, "transport")
    pc.wait_until(lambda: bool(pc.store.encryption.entries()))
    return pc


def row_of(pc: DeskPc, document_id: str) -> IncomingRow | None:
    return next((row for row in pc.store.rows.incoming(None) if row.document_id == document_id), None)


def state_of(pc: DeskPc, document_id: str) -> IncomingState | None:
    row = row_of(pc, document_id)
    return None if row is None else row.state


def carry(source: RunningExchange, target: RunningExchange, document_id: str, *, strip: bool = False) -> None:
    """As the one who keeps both: what a unit sent at one side appears at the other, sent by the same unit."""
    receiver, sender = source.log_in("002"), target.log_in("001")
    view = next(one for one in sync(receiver).documents if one.document_id == document_id)
    for file in (view.body, *view.attachments):
        upload(sender, source.exchange.blobs.path(file.stored.digest).read_bytes())
    with source.exchange.reading() as session:
        rows = session.scalars(select(EnvelopeRow).where(EnvelopeRow.document_id == document_id)).all()
        envelopes = [
            {
                "unit_code": row.unit_code,
                "certificate": row.certificate_digest,
                "sealed": encoded(row.sealed),
            }
            for row in rows
        ]
    fields = SendRequest.model_fields.keys() & DocumentView.model_fields.keys()
    request = SendRequest.model_validate(
        {
            **{name: getattr(view, name) for name in fields},
            "recipients": [Recipient(unit_code="002", role=RecipientRole.MAIN, copies=2)],
            "end_to_end": bool(envelopes),
            "envelopes": envelopes,
        }
    )
    if strip:
        request = request.model_copy(update={"seen": None})
    answer = sender.post("/v1/documents", request, key=new_key())
    assert answer.status_code == 201, answer.text
    sender.close()
    receiver.close()


def sent_across(sender: DeskPc, home: RunningExchange, away: RunningExchange, *, strip: bool = False) -> str:
    draft = sender.ready_draft("002", title="关于两份日志的通知")
    sender.sending.send(draft.document_id)
    sender.wait_until(lambda: bool(sender.store.rows.sent()))
    carry(home, away, draft.document_id, strip=strip)
    return draft.document_id


@pytest.mark.parametrize("encrypted", [True, False])
def test_an_honest_exchange_accuses_nobody(
    exchange: RunningExchange, pc: StartPc, cabinet: KeyCabinet, encrypted: bool
) -> None:
    sender, receiver = pc("001", url=exchange.url), pc("002", url=exchange.url)
    if encrypted:
        equipped(sender, cabinet, "001")
        equipped(receiver, cabinet, "002")
    for number in range(4):
        document_id = sender.ready_draft("002", title=f"第{number}件").document_id
        sender.sending.send(document_id)
        receiver.wait_until(lambda one=document_id: state_of(receiver, one) is IncomingState.TO_VERIFY)
    document = receiver.store.documents.get(document_id)
    assert document.encrypted is encrypted
    assert document.seen is not None
    assert receiver.store.notes.get(Notes.LOG_PROBLEM) is None
    assert receiver.duty.state().problem == ""


@pytest.mark.parametrize("encrypted", [True, False])
def test_two_histories_meet_at_the_first_document(
    exchange: RunningExchange, fork: RunningExchange, pc: StartPc, cabinet: KeyCabinet, encrypted: bool
) -> None:
    sender, receiver = pc("001", url=exchange.url), pc("002", url=fork.url)
    if encrypted:
        equipped(sender, cabinet, "001")
        equipped(receiver, cabinet, "002")
    document_id = sent_across(sender, exchange, fork)
    receiver.wait_until(lambda: receiver.store.evidence.split() is not None)
    receiver.wait_until(lambda: "不同的历史记录" in receiver.duty.state().problem)
    assert UNITS["001"] in receiver.duty.state().problem
    assert "请不要继续操作" in receiver.duty.state().problem
    assert (receiver.store.notes.get(Notes.LOG_PROBLEM) or "").startswith("split")
    receiver.wait_until(lambda: state_of(receiver, document_id) is IncomingState.LOCKED)
    row = row_of(receiver, document_id)
    assert row is not None
    assert "存证日志" in row.refusal
    proof = receiver.store.evidence.split()
    assert proof is not None
    assert (proof.document_id, proof.sender_code) == (document_id, "001")
    anchors = [exchange.exchange.signer.certificate_der]
    for signed in (proof.ours, proof.theirs):
        assert is_sealed(signed.checkpoint, signed.seal, anchors, signed.checkpoint.at)
    # The exchange cannot talk itself out of it, and of what it says nothing more is believed.
    cursor = receiver.store.notes.get(Notes.CURSOR)
    another = fork.log_in("003")
    send(another, ("002", 1), data=OFD + b"later")
    another.close()
    receiver.duty.poll_now()
    receiver.stop()
    again = DeskPc(receiver.home, fork.url)
    again.start()
    again.log_in("002")
    again.wait_until(lambda: "不同的历史记录" in again.duty.state().problem)
    assert again.store.notes.get(Notes.CURSOR) == cursor
    assert state_of(again, document_id) is not IncomingState.TO_VERIFY
    accusation = again.store.evidence.accusation()
    assert accusation is not None
    assert (accusation.ours, accusation.theirs) == (proof.ours, proof.theirs)
    again.stop()


def test_a_plain_document_can_be_stripped_of_its_witness(
    exchange: RunningExchange, fork: RunningExchange, pc: StartPc
) -> None:
    """What ADR 0068 says that it cannot find."""
    sender, receiver = pc("001", url=exchange.url), pc("002", url=fork.url)
    document_id = sent_across(sender, exchange, fork, strip=True)
    receiver.wait_until(lambda: state_of(receiver, document_id) is IncomingState.TO_VERIFY)
    assert receiver.store.evidence.split() is None


def raw(caller: Caller, request: SendRequest) -> str:
    answer = caller.post("/v1/documents", request, key=new_key())
    assert answer.status_code == 201, answer.text
    return request.document_id


def test_a_checkpoint_that_the_exchange_did_not_sign_accuses_nobody(
    exchange: RunningExchange, pc: StartPc, cabinet: KeyCabinet
) -> None:
    """A unit that lies about the log hurts its own document and nothing else."""
    receiver = equipped(pc("002", url=exchange.url), cabinet, "002")
    liar = exchange.log_in("001")
    real = sync(liar).checkpoint
    assert real is not None
    other_root = real.checkpoint.model_copy(update={"root": "ab" * 32})
    impostor = cabinet.holders["001"]
    forgeries = [
        SignedCheckpoint(checkpoint=other_root, seal=real.seal),
        SignedCheckpoint(checkpoint=other_root, seal=seal_of(other_root, impostor)),
    ]
    forged = [
        raw(liar, encrypted_letter(liar, cabinet, ("002", 1), content=OFD + bytes([number]), seen=one))
        for number, one in enumerate(forgeries)
    ]
    forged.append(raw(liar, letter(upload(liar, OFD + b"plain"), ("002", 1), seen=forgeries[0])))
    honest = raw(liar, encrypted_letter(liar, cabinet, ("002", 1), content=OFD + b"honest", seen=real))
    receiver.wait_until(lambda: state_of(receiver, honest) is IncomingState.TO_VERIFY)
    for document_id in forged:
        receiver.wait_until(lambda one=document_id: state_of(receiver, one) is IncomingState.LOCKED)
        row = row_of(receiver, document_id)
        assert row is not None
        assert "不是本机认定的交换中心签署的" in row.refusal
    assert receiver.store.evidence.split() is None
    assert receiver.duty.state().problem == ""
    liar.close()


def test_a_sender_who_saw_more_than_we_did(
    exchange: RunningExchange, pc: StartPc, cabinet: KeyCabinet
) -> None:
    """E.g. a PC whose disk was put back to last week: proven from the smaller log to the larger."""
    sender, receiver = pc("001", url=exchange.url), pc("002", url=exchange.url, poll_seconds=3600.0)
    equipped(sender, cabinet, "001")
    equipped(receiver, cabinet, "002")
    old = receiver.store.evidence.checkpoint()
    assert old is not None
    document_id = sender.ready_draft("002").document_id
    sender.sending.send(document_id)
    receiver.wait_until(lambda: state_of(receiver, document_id) is IncomingState.TO_VERIFY)
    document = receiver.store.documents.get(document_id)
    receiver.desk.cabinet.place(document.body).path.unlink()
    receiver.store.evidence.keep(old)
    assert receiver.desk.cabinet.fetch_document(document)[0].path.is_file()
    assert receiver.store.evidence.split() is None


def test_an_accusation_ends_when_both_are_one_log(exchange: RunningExchange, pc: StartPc) -> None:
    """The exchange had not known of a state that it signed, now it does: the record stays, work goes on."""
    receiver = pc("002", url=exchange.url)
    receiver.wait_until(lambda: receiver.store.evidence.checkpoint() is not None)
    held = receiver.store.evidence.checkpoint()
    assert held is not None
    receiver.store.evidence.accuse_of_split(
        SplitView(ours=held, theirs=held, document_id="a" * 32, sender_code="001")
    )
    receiver.duty.poll_now()
    receiver.wait_until(lambda: receiver.store.evidence.split() is None)
    assert (receiver.store.notes.get(Notes.LOG_PROBLEM) or "").startswith("split")


def test_what_was_seen_before_a_restoration(
    exchange: RunningExchange, pc: StartPc, cabinet: KeyCabinet, tmp_path: Path
) -> None:
    """A checkpoint from the lost history is explained by the restoration, once a person here agreed to it;
    one that was signed later is not."""
    sender = exchange.log_in("001")
    back_up(exchange.exchange, tmp_path / "backup", "backup secret 3")
    send(sender, ("003", 1), data=OFD + b"lost")
    lost = sync(sender).checkpoint
    assert lost is not None
    exchange.stop()
    restore(tmp_path / "backup", tmp_path / "restored", "backup secret 3", reason="磁盘损坏")
    restored = RunningExchange.of_home(tmp_path / "restored", exchange.port)
    cabinet = KeyCabinet(restored)
    for code in PAIR:
        cabinet.equip(code, UNITS[code])
    receiver = equipped(pc("002", url=restored.url), cabinet, "002")
    sender = restored.log_in("001")
    late = raw(sender, encrypted_letter(sender, cabinet, ("002", 1), seen=lost))
    receiver.wait_until(lambda: receiver.store.notes.get(Notes.RESTORATION) is not None)
    receiver.wait_until(lambda: "备份恢复" in (getattr(row_of(receiver, late), "refusal", "") or ""))
    assert receiver.store.evidence.split() is None
    assert receiver.store.evidence.agree() is not None
    receiver.duty.poll_now()
    receiver.wait_until(lambda: state_of(receiver, late) is IncomingState.TO_VERIFY)
    assert receiver.store.evidence.agree() is None, "nothing more to agree to"
    newer = lost.checkpoint.model_copy(update={"at": SystemClock().now() + timedelta(seconds=1)})
    after = SignedCheckpoint(checkpoint=newer, seal=seal_of(newer, restored.exchange.signer))
    held = receiver.store.evidence.checkpoint()
    assert held is not None
    assert not is_one_log(newer, held.checkpoint, ())
    raw(sender, encrypted_letter(sender, cabinet, ("002", 1), content=OFD + b"after", seen=after))
    receiver.wait_until(lambda: receiver.store.evidence.split() is not None)
    sender.close()
    receiver.stop()
    restored.stop()


@pytest.mark.parametrize("strip", [True, False])
def test_an_encrypted_document_keeps_its_witness(
    exchange: RunningExchange, pc: StartPc, cabinet: KeyCabinet, strip: bool
) -> None:
    """Taken away, or another put in its place: nobody opens the document."""
    sender, receiver = pc("001", url=exchange.url), pc("002", url=exchange.url)
    equipped(sender, cabinet, "001")
    equipped(receiver, cabinet, "002")
    document_id = sender.ready_draft("002").document_id
    sender.sending.send(document_id)
    receiver.wait_until(lambda: state_of(receiver, document_id) is IncomingState.TO_VERIFY)
    document = receiver.store.documents.get(document_id)
    receiver.desk.cabinet.place(document.body).path.unlink()
    other = None if strip else receiver.store.evidence.checkpoint()
    assert other != document.seen
    with pytest.raises(RefusedError, match=r"secrecy\.statement_altered"):
        receiver.desk.cabinet.fetch_document(replace(document, seen=other))
    assert receiver.desk.cabinet.fetch_document(document)[0].path.is_file()
