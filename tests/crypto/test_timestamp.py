"""SignedData and time-stamp tokens: made and read back, judged, checked by OpenSSL, damaged."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from crypto.commands import needs_openssl, openssl
from fakes.legacy_keys import LegacySigner
from gongwen_crypto import cms, der, sm3
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.cms import parse_signed_data
from gongwen_crypto.errors import KnownError
from gongwen_crypto.issue import Subject, Usage, issue, make_root
from gongwen_crypto.software import SoftwareSigner
from gongwen_crypto.timestamp import Token, make_token

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
DATA = b"signature value"


def authority(usage: Usage = Usage.TIME_STAMPING) -> SoftwareSigner:
    root = make_root(Subject("演示根", "演示机构"), NOW - YEAR, NOW + YEAR)
    signer = SoftwareSigner.generate()
    subject = Subject("时间戳服务", "演示机构")
    return signer.with_certificate(issue(root, subject, signer.public_key, usage, NOW - YEAR, NOW + YEAR))


@pytest.fixture(scope="module")
def tsa() -> SoftwareSigner:
    return authority()


def test_a_token_says_what_was_stamped_and_when(tsa: SoftwareSigner) -> None:
    token = Token.load(make_token(tsa, DATA, NOW))
    assert (token.time, token.imprint) == (NOW, sm3.digest(DATA))
    assert token.stamps(DATA)
    assert not token.stamps(DATA + b".")
    assert token.holds(token.authority())
    assert token.authority().der == tsa.certificate_der
    assert token.authority().may_stamp_time


def test_only_certificates_made_for_it_stamp_time() -> None:
    assert not Certificate.load(authority(Usage.SIGNING).certificate_der).may_stamp_time


def test_every_byte_of_a_token_counts(tsa: SoftwareSigner) -> None:
    """A changed byte is unreadable, breaks the signature, or is outside of what is said and signed."""
    data = make_token(tsa, DATA, NOW)
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 0x01
        try:
            token = Token.load(bytes(changed))
            good = token.holds(token.authority()) and token.stamps(DATA) and token.time != NOW
        except KnownError:
            continue
        assert not good, position


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"\x30\x80", bytes(100)])
def test_junk_is_no_token(data: bytes) -> None:
    with pytest.raises(KnownError, match=r"crypto\.bad_time_stamp"):
        Token.load(data)


def test_another_signed_data_is_no_token(tsa: SoftwareSigner) -> None:
    with pytest.raises(KnownError, match=r"crypto\.bad_time_stamp"):
        Token.load(cms.sign(tsa, DATA, at=NOW))


@needs_openssl
def test_openssl_accepts_our_tokens(tmp_path: Path) -> None:
    tsa = LegacySigner.p256(NOW - YEAR, NOW + YEAR, stamps_time=True)
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "token").write_bytes(make_token(tsa, DATA, NOW))
    root = x509.load_der_x509_certificate(tsa.root_der)
    (tmp_path / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    verify = [
        "ts", "-verify", "-token_in", "-in", str(tmp_path / "token"), "-data", str(tmp_path / "data"),
        "-CAfile", str(tmp_path / "root.pem"), "-attime", str(int(NOW.timestamp())),
    ]  # fmt: skip
    assert b"Verification: OK" in openssl(*verify)
    (tmp_path / "data").write_bytes(DATA + b".")
    with pytest.raises(subprocess.CalledProcessError):
        openssl(*verify)


@needs_openssl
@pytest.mark.parametrize("kind", ["rsa", "p256"])
@pytest.mark.parametrize("detached", [True, False])
def test_openssl_accepts_our_signed_data(kind: str, detached: bool, tmp_path: Path) -> None:
    signer = getattr(LegacySigner, kind)(NOW - YEAR, NOW + YEAR)
    root = x509.load_der_x509_certificate(signer.root_der)
    (tmp_path / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (tmp_path / "cms").write_bytes(cms.sign(signer, DATA, cms.DATA, NOW, detached=detached))
    (tmp_path / "data").write_bytes(DATA)
    content = ("-content", str(tmp_path / "data")) if detached else ()
    output = openssl(
        "cms", "-verify", "-inform", "DER", "-in", str(tmp_path / "cms"), "-binary", *content,
        "-CAfile", str(tmp_path / "root.pem"), "-attime", str(int(NOW.timestamp())), "-purpose", "any",
    )  # fmt: skip
    assert output == DATA


class TestSignedData:
    def test_with_and_without_attributes(self, tsa: SoftwareSigner) -> None:
        certificate = Certificate.load(tsa.certificate_der)
        bare = cms.bare_draft(DATA, (tsa.certificate_der,), tsa.algorithm_oid)
        for data in (
            cms.sign(tsa, DATA, at=NOW),
            cms.sign(tsa, DATA, detached=True),
            bare.complete(tsa.sign(bare.to_sign)),
        ):
            signed = parse_signed_data(data)
            assert signed.own_certificate == tsa.certificate_der
            assert signed.signs(DATA, certificate)
            assert not signed.signs(DATA + b".", certificate)

    def test_an_attribute_given_twice_is_refused(self, tsa: SoftwareSigner) -> None:
        made = cms.draft(DATA, sm3.digest(DATA), (tsa.certificate_der,), tsa.algorithm_oid)
        twice = cms.Draft(
            der.encode(der.SET, made.attributes * 2), DATA, made.content_type, made.certificates,
            made.attributes * 2, made.algorithm,
        )  # fmt: skip
        with pytest.raises(KnownError, match="twice"):
            parse_signed_data(twice.complete(tsa.sign(twice.to_sign)))

    def test_a_heap_of_certificates_is_refused(self, tsa: SoftwareSigner) -> None:
        made = cms.bare_draft(DATA, (tsa.certificate_der,) * 65, tsa.algorithm_oid)
        with pytest.raises(KnownError, match="too many"):
            parse_signed_data(made.complete(b"x"))

    def test_a_token_travels_as_unsigned_attribute(self, tsa: SoftwareSigner) -> None:
        made = cms.draft(DATA, sm3.digest(DATA), (tsa.certificate_der,), tsa.algorithm_oid)
        value = tsa.sign(made.to_sign)
        data = made.complete(value, [(cms.TIME_STAMP, make_token(tsa, value, NOW))])
        token = Token.load(parse_signed_data(data).unsigned_attributes[cms.TIME_STAMP].encoded)
        assert token.stamps(value)
