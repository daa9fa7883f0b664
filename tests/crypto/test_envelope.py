"""Digital envelopes (GB/T 35275): several recipients, strangers, wrong certificates, damage."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import gmalg
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gongwen_crypto import der, envelope, sm4, stream
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_crypto.issue import Subject, Usage, issue, make_root
from gongwen_crypto.keys import PublicKey
from gongwen_crypto.sm2_encryption import Ciphertext
from gongwen_crypto.software import SoftwareSigner

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ROOT = make_root(Subject("演示根", "演示机构"), NOW, NOW + timedelta(days=9))


def unit(name: str, usage: Usage = Usage.ENCRYPTION) -> SoftwareSigner:
    signer = SoftwareSigner.generate()
    subject = Subject(name, name)
    return signer.with_certificate(
        issue(ROOT, subject, signer.public_key, usage, NOW, NOW + timedelta(days=8))
    )


def certificate(holder: SoftwareSigner) -> Certificate:
    return Certificate.load(holder.certificate_der)


UNITS = [unit(f"第{number}单位") for number in range(3)]
SECRET = sm4.new_key()
FILE = b"".join(stream.encrypt(SECRET, io.BytesIO(b"content")))
SEALED = envelope.seal(SECRET, [certificate(holder) for holder in UNITS])


def opened(data: bytes, holder: SoftwareSigner) -> bytes:
    return envelope.open_with(data, certificate(holder), holder.key)


def test_each_recipient_opens_it() -> None:
    assert [opened(SEALED, holder) for holder in UNITS] == [SECRET] * 3
    assert SECRET not in SEALED


def test_a_stranger_is_told_that_it_is_not_his() -> None:
    with pytest.raises(KnownError, match=r"crypto\.not_a_recipient"):
        opened(SEALED, unit("别的单位"))


def test_the_right_certificate_with_another_key_opens_nothing() -> None:
    with pytest.raises(KnownError, match=r"crypto\.not_decryptable"):
        envelope.open_with(SEALED, certificate(UNITS[0]), UNITS[1].key)


def test_signing_certificates_receive_nothing() -> None:
    with pytest.raises(KnownError, match=r"crypto\.not_for_encryption"):
        envelope.seal(SECRET, [certificate(unit("签名", Usage.SIGNING))])
    spki = (
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    other = issue(ROOT, Subject("甲", "甲"), PublicKey.from_spki(spki), Usage.ENCRYPTION, NOW, NOW)
    with pytest.raises(KnownError, match=r"crypto\.not_for_encryption"):
        envelope.seal(SECRET, [Certificate.load(other)])
    with pytest.raises(ValueError, match="recipient"):
        envelope.seal(SECRET, [])


def test_the_structure_is_the_standards_and_another_implementation_opens_it() -> None:
    """GB/T 35275 9: opened by hand with an independent SM2 and SM4."""
    kind, explicit = der.parse(SEALED).sequence()
    assert kind.oid() == "1.2.156.10197.6.1.4.2.3"
    version, recipients, content = explicit.children()[0].sequence()
    assert version.integer() == 1
    infos = [info.encoded for info in recipients.children()]
    assert infos == sorted(infos)
    assert len(infos) == 3
    data, algorithm, encrypted = content.sequence()
    assert (data.oid(), algorithm.sequence()[0].oid()) == (
        "1.2.156.10197.6.1.4.2.1",
        "1.2.156.10197.1.104.2",
    )
    holder = UNITS[0]
    serial = certificate(holder).serial
    wrapped = next(
        info.sequence()[3].octets()
        for info in recipients.children()
        if info.sequence()[1].sequence()[1].integer() == serial
    )
    key = gmalg.SM2(holder.pair.private, pk=holder.pair.point).decrypt(Ciphertext.from_der(wrapped).to_raw())
    block, chain, plain = gmalg.SM4(key), algorithm.sequence()[1].octets(), b""
    for start in range(0, len(encrypted.content), 16):
        part = encrypted.content[start : start + 16]
        plain += bytes(a ^ b for a, b in zip(block.decrypt(part), chain, strict=True))
        chain = part
    assert plain == SECRET + bytes([16]) * 16


def test_damage_anywhere_is_told_and_never_gives_the_secret() -> None:
    holder = UNITS[1]
    for position in range(len(SEALED)):
        changed = bytearray(SEALED)
        changed[position] ^= 0x55
        try:
            content = opened(bytes(changed), holder)
        except KnownError:
            continue
        # The change is in another recipient's part, in a version, or in the content: CBC does not notice.
        if content != SECRET:
            with pytest.raises((KnownError, ValueError)):
                b"".join(stream.decrypt(content, io.BytesIO(FILE)))
    for length in range(0, len(SEALED), 11):
        with pytest.raises(KnownError, match=r"crypto\.bad_envelope"):
            opened(SEALED[:length], holder)
