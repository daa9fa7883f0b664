"""Encrypted documents from PC to PC, over the real exchange, and an exchange that does not play fair."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fakes.exchange import RunningExchange
from fakes.secrecy import KeyCabinet
from fakes.units import UnitPc, authority
from gongwen_client.domain.intents import IntentKind
from gongwen_client.domain.rows import IncomingRow, IncomingState
from gongwen_client.exchange.cabinet import FileCabinet
from gongwen_client.exchange.files import digest_file
from gongwen_client.exchange.opening import EnvelopeOpener
from gongwen_client.practice.cast import RECEIVER, SENDER
from gongwen_client.store.documents import StoredDocument
from gongwen_client.token.keyfile import create_key_file
from gongwen_client.token.keys import KeyRole
from gongwen_crypto import key_parcel, stream
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import GongwenError, KnownError, RefusedError
from gongwen_docs.seal_artwork import draw_seal_picture
from gongwen_protocol.actions import ResendRequest
from gongwen_protocol.messages import Elements, ReturnReason
from gongwen_protocol.profile import EndToEnd
from gongwen_protocol.secrecy import EncryptionEntry
from gongwen_protocol.states import DeliveryState
from gongwen_protocol.wrapping import seal_letters
from gongwen_server.db.tables import EnvelopeRow, RequestPictureRow
from gongwen_server.services.encryption import news

PIN = "246810"
Pc = Callable[..., UnitPc]


@pytest.fixture(scope="module")
def cabinet(exchange: RunningExchange) -> KeyCabinet:
    keys = KeyCabinet(exchange)
    for unit in (SENDER, RECEIVER):
        keys.equip(unit.code, unit.name)
    return keys


@pytest.fixture(scope="module")
def pair(shared_pc: Pc, cabinet: KeyCabinet) -> tuple[UnitPc, UnitPc]:
    sender = shared_pc(SENDER, encryption=cabinet.holders[SENDER.code])
    receiver = shared_pc(RECEIVER, encryption=cabinet.holders[RECEIVER.code])
    for pc in (sender, receiver):
        pc.wait_until(lambda pc=pc: bool(pc.office._store.encryption.entries()))
    return sender, receiver


def deliver(sender: UnitPc, receiver: UnitPc) -> IncomingRow:
    return receiver.wait_for(sender.send(sender.seal(sender.compose(to=RECEIVER))))


def stored(pc: UnitPc, row: IncomingRow) -> StoredDocument:
    return pc.office._store.documents.of_delivery(row.delivery_id)


def test_a_document_travels_as_cipher_and_arrives_as_it_was(
    exchange: RunningExchange, pair: tuple[UnitPc, UnitPc]
) -> None:
    sender, receiver = pair
    draft = sender.seal(sender.compose(to=RECEIVER))
    assert sender.office.sending.protection(draft.document_id).end_to_end
    row = receiver.wait_for(sender.send(draft))
    files = receiver.office.incoming.open(row.delivery_id)
    assert draft.body is not None
    assert files.body.path.read_bytes() == draft.body.path.read_bytes()
    assert files.attachments[0].path.read_bytes() == b"not looked into"
    blobs = [path.read_bytes() for path in (exchange.home / "blobs").rglob("*") if path.is_file()]
    document = stored(receiver, row)
    assert document.encrypted
    assert not any(b"not looked into" in blob or blob.startswith(b"PK") for blob in blobs)
    assert not list((sender.places.data / "sending").glob("*")), "ciphers are kept only on their way"
    verification = receiver.office.incoming.verify(row.delivery_id)
    receiver.office.incoming.accept(row.delivery_id, verification.checks)
    receiver.wait_until(lambda: receiver.office.incoming.get(row.delivery_id).state is IncomingState.RECEIVED)
    # The sender's own unit reads it again from the exchange, on a PC that never had it.
    desk = sender.office.sending._desk
    own = EnvelopeOpener(desk.api, desk.store, sender.office.unit_keys)
    assert len(own.keys(desk.store.documents.get(document.document_id))) == 2


def test_a_photograph_of_a_page_is_for_its_sender_only(
    exchange: RunningExchange, pair: tuple[UnitPc, UnitPc], tmp_path: Path
) -> None:
    sender, receiver = pair
    row = deliver(sender, receiver)
    path = tmp_path / "卡纸.png"
    path.write_bytes(draw_seal_picture("卡纸").png())
    photographs = receiver.office.photographs
    taken = photographs.take(path)
    picture = photographs.wrapped(row.delivery_id, taken)
    receiver.office.asking.more_copies(row.delivery_id, 1, "卡纸", picture)
    sender.wait_until(lambda: bool(sender.office.boards.open_requests()))
    (asked,) = sender.office.boards.open_requests()
    with exchange.exchange.reading() as session:
        kept = session.get_one(RequestPictureRow, asked.request.request_id)
    assert base64.b64encode(taken.jpeg).decode()[:100] not in kept.data
    assert sender.office.photographs.of_request(asked.request.request_id) == taken.pixels
    with pytest.raises(KnownError, match=r"secrecy\.key_missing"):
        photographs.of_request(asked.request.request_id)


class KeysWhileAnotherFetches:
    """Opens envelopes, and meanwhile the same document is fetched to its end by somebody else."""

    def __init__(self, opener: EnvelopeOpener, cabinet: FileCabinet) -> None:
        self._opener = opener
        self._cabinet = cabinet

    def require_protected(self, document: StoredDocument) -> None:
        self._opener.require_protected(document)

    def require_one_log(self, document: StoredDocument) -> None:
        self._opener.require_one_log(document)

    def keys(self, document: StoredDocument) -> tuple[bytes, ...]:
        self._cabinet.fetch_document(document)
        return self._opener.keys(document)


def test_opened_by_a_person_while_the_program_fetches_it(pair: tuple[UnitPc, UnitPc]) -> None:
    sender, receiver = pair
    row = deliver(sender, receiver)
    receiver.office.incoming.files(row.delivery_id)
    desk = receiver.office.incoming._desk
    document = stored(receiver, row)
    for reference in document.files:
        desk.cabinet.place(reference).path.unlink()
    opener = EnvelopeOpener(desk.api, desk.store, receiver.office.unit_keys)
    files = desk.cabinet.fetch_document(document, content_keys=KeysWhileAnotherFetches(opener, desk.cabinet))
    assert [digest_file(file.path) for file in files] == [file.digest for file in document.files]
    ciphers = {f"{reference.stored.digest}.cipher" for reference in document.files}
    assert ciphers.isdisjoint(path.name for path in receiver.places.data.rglob("*.cipher"))


def test_without_the_key_nothing_is_lost(
    exchange: RunningExchange, pair: tuple[UnitPc, UnitPc], new_pc: Pc, cabinet: KeyCabinet
) -> None:
    sender, _ = pair
    fresh = new_pc(RECEIVER)
    document_id = sender.send(sender.seal(sender.compose(to=RECEIVER)))

    def locked() -> list[IncomingRow]:
        rows = fresh.office.incoming.list((IncomingState.LOCKED,))
        return [row for row in rows if row.document_id == document_id]

    fresh.wait_until(lambda: bool(locked()))
    (row,) = locked()
    assert "未能解密" in row.refusal
    assert "密钥恢复" in row.refusal
    with pytest.raises(KnownError, match=r"secrecy\.key_missing"):
        fresh.office.incoming.files(row.delivery_id)
    parcel = fresh.write("recovered.gwenc", key_parcel.pack(cabinet.holders[RECEIVER.code], "by letter"))
    keys = fresh.office.encryption_keys
    with pytest.raises(KnownError, match=r"crypto\.key_password_wrong"):
        keys.take_in(parcel, "by guess")
    with pytest.raises(KnownError, match=r"secrecy\.key_file_unreadable"):
        keys.take_in(fresh.write("note.gwenc", b"{}"), "by letter")
    assert keys.certificates() == ()
    keys.take_in(parcel, "by letter")
    assert len(keys.certificates()) == 1
    assert fresh.wait_for(document_id).refusal == ""


def test_a_key_that_stays_on_its_token_opens_with_its_pin(
    pair: tuple[UnitPc, UnitPc], new_pc: Pc, cabinet: KeyCabinet
) -> None:
    sender, _ = pair
    fresh = new_pc(RECEIVER)
    document_id = sender.send(sender.seal(sender.compose(to=RECEIVER)))

    def mine() -> list[IncomingRow]:
        return [row for row in fresh.office.incoming.list() if row.document_id == document_id]

    fresh.wait_until(lambda: any(row.state is IncomingState.LOCKED for row in mine()))
    (row,) = mine()
    unsealing = fresh.office.unsealing
    assert unsealing.tokens() == []
    for name, holder in (("own", cabinet.holders[RECEIVER.code]), ("other", cabinet.holders[SENDER.code])):
        create_key_file(
            fresh.places.keyfiles / f"{name}.gwkey",
            holder.pair.private,
            holder.certificate_der,
            None,
            PIN,
            label="加密",
            serial=name,
            role=KeyRole.ENCRYPTION,
        )
    keys = {key.serial: key for key in unsealing.tokens()}
    with pytest.raises(KnownError, match=r"secrecy\.key_missing"):
        unsealing.open(row.delivery_id, keys["other"], PIN)
    with pytest.raises(KnownError, match=r"token\.pin_wrong"):
        unsealing.open(row.delivery_id, keys["own"], "000000")
    files = unsealing.open(row.delivery_id, keys["own"], PIN)
    assert files.attachments[0].path.read_bytes() == b"not looked into"
    row = fresh.office.incoming.get(row.delivery_id)
    assert (row.state, row.refusal) == (IncomingState.TO_VERIFY, "")
    assert fresh.office.incoming.open(row.delivery_id) == files, "no key is asked for again"


def test_what_cannot_be_opened_can_be_sent_back(
    pair: tuple[UnitPc, UnitPc], new_pc: Pc, tmp_path: Path
) -> None:
    sender, _ = pair
    fresh = new_pc(RECEIVER)
    document_id = sender.send(sender.seal(sender.compose(to=RECEIVER)))

    def locked() -> list[IncomingRow]:
        rows = fresh.office.incoming.list((IncomingState.LOCKED,))
        return [row for row in rows if row.document_id == document_id]

    fresh.wait_until(lambda: bool(locked()))
    delivery = locked()[0].delivery_id
    fresh.office.incoming.return_document(delivery, ReturnReason.OTHER, "本机不能解密", None)
    fresh.wait_until(
        lambda: (
            fresh.office.incoming.get(delivery).pending == ""
            and fresh.office.incoming.get(delivery).state is IncomingState.RETURNED
        )
    )


class Tampering:
    """A document that came, and the exchange's database and blobs in hostile hands."""

    def __init__(self, exchange: RunningExchange, pc: UnitPc, row: IncomingRow) -> None:
        self.exchange = exchange
        self.pc = pc
        self.row = row
        self.document = stored(pc, row)
        for file in self.document.files:
            pc.office.incoming._desk.cabinet.place(file).path.unlink(missing_ok=True)

    def fetch(self) -> str:
        """The code with which the client refuses, empty when it takes the content."""
        return self.fetch_as(self.document)

    def fetch_as(self, document: StoredDocument) -> str:
        """The same for what the exchange makes of the document."""
        try:
            self.pc.office.incoming._desk.cabinet.fetch_document(document)
        except GongwenError as error:
            return error.code
        return ""


@pytest.fixture
def tampering(exchange: RunningExchange, pair: tuple[UnitPc, UnitPc]) -> Tampering:
    return Tampering(exchange, pair[1], deliver(*pair))


def test_swapped_and_damaged_blobs(tampering: Tampering) -> None:
    blobs = tampering.exchange.exchange.blobs
    body, attachment = (blobs.path(file.stored.digest) for file in tampering.document.files)
    whole = body.read_bytes()
    for data in (
        attachment.read_bytes(),
        whole[:-1],
        whole[: stream.HEADER_LENGTH],
        whole[:-1] + bytes([whole[-1] ^ 1]),
        b"plain",
    ):
        body.write_bytes(data)
        assert tampering.fetch() in ("download.damaged", "network.broken_answer", "network.interrupted"), (
            data[:8]
        )
    body.write_bytes(whole)
    assert tampering.fetch() == ""


def test_another_cipher_under_the_documents_name(tampering: Tampering) -> None:
    document = tampering.document
    body, attachment = document.files
    swapped = replace(document, body=body.model_copy(update={"cipher": attachment.cipher}))
    assert tampering.fetch_as(swapped) == "secrecy.statement_altered"
    titled = replace(document, elements=Elements(title="另一个标题"))
    assert tampering.fetch_as(titled) == "secrecy.statement_altered"
    sender = replace(document, sender_code=RECEIVER.code)
    assert tampering.fetch_as(sender) == "secrecy.statement_altered"


def test_envelopes_of_others(tampering: Tampering, pair: tuple[UnitPc, UnitPc]) -> None:
    other = stored(pair[1], deliver(*pair)).document_id
    this = tampering.document.document_id
    with tampering.exchange.exchange.writing() as session:
        rows = {
            key: session.get_one(EnvelopeRow, key)
            for key in ((this, RECEIVER.code), (this, SENDER.code), (other, RECEIVER.code))
        }
        kept = {key: (row.sealed, row.certificate_digest) for key, row in rows.items()}

    def give(sealed: bytes, certificate: str) -> str:
        with tampering.exchange.exchange.writing() as session:
            row = session.get_one(EnvelopeRow, (this, RECEIVER.code))
            row.sealed, row.certificate_digest = sealed, certificate
        return tampering.fetch()

    own = kept[this, RECEIVER.code]
    assert give(*kept[other, RECEIVER.code]) == "secrecy.other_letter"
    assert give(*kept[this, SENDER.code]) == "secrecy.key_missing"
    assert give(kept[this, SENDER.code][0], own[1]) == "secrecy.other_envelope"
    assert give(own[0][:-9], own[1]) == "secrecy.other_envelope"
    for place in (len(own[0]) - 1, len(own[0]) - 40, len(own[0]) // 2):
        damaged = own[0][:place] + bytes([own[0][place] ^ 1]) + own[0][place + 1 :]
        assert give(damaged, own[1]).startswith("secrecy."), place
    assert give(*own) == ""


def test_a_plain_document_where_encryption_is_demanded(
    tampering: Tampering, pair: tuple[UnitPc, UnitPc]
) -> None:
    receiver = pair[1]
    rules = receiver.office._store.rules
    ours = rules.get(tampering.document.profile_id, tampering.document.profile_version)
    assert ours is not None
    rule = ours.end_to_end.model_copy(update={"value": EndToEnd.REQUIRED})
    strict = ours.model_copy(update={"end_to_end": rule, "version": ours.version + 1})
    rules.add(strict, in_force=False)
    body = tampering.document.body.model_copy(update={"cipher": None})
    half = replace(tampering.document, body=body, profile_version=strict.version)
    plain = replace(half, attachments=())
    assert tampering.fetch_as(plain) == "secrecy.downgraded"
    assert tampering.fetch_as(half) == "secrecy.downgraded"
    assert tampering.fetch() == ""


def test_a_granted_resending_opens_with_the_new_key(
    exchange: RunningExchange, pair: tuple[UnitPc, UnitPc], cabinet: KeyCabinet
) -> None:
    sender, receiver = pair
    row = deliver(sender, receiver)
    fresh = cabinet.equip(RECEIVER.code, RECEIVER.name)
    parcel = receiver.write("fresh.gwenc", key_parcel.pack(fresh, "by letter"))
    receiver.office.encryption_keys.take_in(parcel, "by letter")
    receiver.office.asking.once_more(row.delivery_id, "加密密钥已更换")
    boards = sender.office.boards

    def asked() -> list[str]:
        open_ = boards.open_requests()
        return [one.request.request_id for one in open_ if one.sent.document_id == row.document_id]

    sender.wait_until(lambda: bool(asked()))
    sender.office.sending._desk.key_directory.refresh()
    sender.office.followup.grant(asked()[0], note="同意")
    sender.wait_until(lambda: not asked())
    with exchange.exchange.reading() as session:
        kept = session.get_one(EnvelopeRow, (row.document_id, RECEIVER.code))
    assert kept.certificate_digest == Certificate.load(fresh.certificate_der).fingerprint
    receiver.wait_for(row.document_id)
    assert len(receiver.office.incoming.files(row.delivery_id).attachments) == 1


def returned(sender: UnitPc, receiver: UnitPc) -> IncomingRow:
    """A document that the receiver sent back, as both sides know."""
    row = deliver(sender, receiver)
    receiver.office.incoming.return_document(row.delivery_id, ReturnReason.OTHER, "换证书", None)

    def known() -> bool:
        delivery = sender.office._store.documents.delivery(row.delivery_id)
        return delivery.state is DeliveryState.RETURNED

    sender.wait_until(known)
    return row


def renewed(cabinet: KeyCabinet, receiver: UnitPc) -> str:
    """The receiver gets another key; the SM3 value of its certificate."""
    fresh = cabinet.equip(RECEIVER.code, RECEIVER.name)
    parcel = receiver.write("fresh.gwenc", key_parcel.pack(fresh, "by letter"))
    receiver.office.encryption_keys.take_in(parcel, "by letter")
    return Certificate.load(fresh.certificate_der).fingerprint


def kept_for(exchange: RunningExchange, row: IncomingRow) -> str:
    with exchange.exchange.reading() as session:
        return session.get_one(EnvelopeRow, (row.document_id, RECEIVER.code)).certificate_digest


def test_resent_within_the_hour_after_a_new_certificate(
    exchange: RunningExchange, pair: tuple[UnitPc, UnitPc], cabinet: KeyCabinet
) -> None:
    """The directory is fetched every hour, and before keys are wrapped anew."""
    sender, receiver = pair
    row = returned(sender, receiver)
    certificate = renewed(cabinet, receiver)
    assert sender.office._store.encryption.order().version < len(cabinet_entries(exchange))
    sender.office.followup.resend(row.document_id, "对方已更换加密证书", [RECEIVER.code])
    receiver.wait_for(row.document_id)
    assert kept_for(exchange, row) == certificate
    assert sender.office.followup.refusals(row.document_id) == []


def cabinet_entries(exchange: RunningExchange) -> tuple[EncryptionEntry, ...]:
    return news(exchange.exchange, 0).entries


def test_a_wish_that_waited_with_an_old_certificate(
    exchange: RunningExchange, pair: tuple[UnitPc, UnitPc], cabinet: KeyCabinet
) -> None:
    """Wrapped offline, refused with words for what to do, and then it works."""
    sender, receiver = pair
    row = returned(sender, receiver)
    desk = sender.office.sending._desk
    desk.key_directory.refresh()
    document = desk.store.documents.get(row.document_id)
    old, _ = desk.key_directory.readers([RECEIVER.code], desk.clock.now())
    envelopes = seal_letters(document.statement(), desk.opener.keys(document), old)
    certificate = renewed(cabinet, receiver)
    wish = ResendRequest(reason="网络断开时点的重发", unit_codes=(RECEIVER.code,), envelopes=envelopes)
    desk.wish(IntentKind.RESEND, row.document_id, wish, "sent")
    sender.wait_until(lambda: bool(sender.office.followup.refusals(row.document_id)))
    (said,) = sender.office.followup.refusals(row.document_id)
    assert RECEIVER.name in said
    assert "重新发送、重发或补发一次" in said
    newest = len(cabinet_entries(exchange))
    sender.wait_until(lambda: desk.store.encryption.order().version == newest)
    sender.office.followup.resend(row.document_id, "再重发一次", [RECEIVER.code])
    receiver.wait_for(row.document_id)
    assert kept_for(exchange, row) == certificate


def test_encrypted_before_and_sent_after_a_new_certificate(
    exchange: RunningExchange, pair: tuple[UnitPc, UnitPc], cabinet: KeyCabinet
) -> None:
    """What lay encrypted while the network was down is encrypted anew, without anybody's doing."""
    sender, receiver = pair
    desk = sender.office.sending._desk
    desk.key_directory.refresh()
    draft = sender.seal(sender.compose(to=RECEIVER))
    protector = sender.office._protector
    request = sender.office.sending._request(draft, end_to_end=True)
    readers, _ = desk.key_directory.readers([RECEIVER.code, SENDER.code], desk.clock.now())
    files = [file for file in (draft.body, *draft.attachments) if file is not None]
    protector.make(request, SENDER.code, files, readers, lambda: None)
    certificate = renewed(cabinet, receiver)
    row = receiver.wait_for(sender.send(draft))
    assert kept_for(exchange, row) == certificate
    assert protector.made(draft.document_id) is None


def test_a_reader_that_the_exchange_invents(exchange: RunningExchange, pair: tuple[UnitPc, UnitPc]) -> None:
    """Only an authority that this PC trusts makes a reader, by the unit's name; no directory does. The last
    test here: the sender's directory is spoilt by it."""
    sender, _ = pair
    directory = sender.office.sending._desk.key_directory
    now = sender.office.sending._desk.clock.now()
    good, without = directory.readers([RECEIVER.code], now)
    assert not without
    assert good[RECEIVER.code].organization == RECEIVER.name
    stranger = authority().issue_encryption("别的单位")
    entries = sender.office._store.encryption
    last = entries.entries()[-1]
    encoded = base64.b64encode(stranger.certificate_der).decode()
    forged = last.model_copy(update={"unit_code": RECEIVER.code, "certificate": encoded})
    order = entries.order()
    entries.append([forged], order.model_copy(update={"version": order.version + 1}))
    assert directory.readers([RECEIVER.code], now) == ({}, [RECEIVER.name])
    with pytest.raises(RefusedError, match=r"secrecy\.directory_rewritten"):
        directory.refresh()
