"""SM2 against the published example, the OpenSSL command line and malformed input."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from crypto.commands import needs_openssl, openssl
from gongwen_crypto import libcrypto, sm2, sm2_reference, sm3
from gongwen_crypto.errors import KnownError

# GM/T 0003.5-2012, the example on the recommended curve.
PRIVATE = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
POINT = bytes.fromhex(
    "04"
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
MESSAGE = b"message digest"
IDENTITY = bytes.fromhex("B2E14C5C79C6DF5B85F4FE7ED8DB7A262B9DA7E07CCB0EA9F4747B8CCDA8A4F3")
DIGEST = bytes.fromhex("F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640")
NONCE = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA
SIGNATURE = sm2.encode_signature(R, S)
N = sm2_reference.N


def both_forms(point: bytes, message: bytes, signature: bytes) -> set[bool]:
    """The answers of libcrypto and of the plain Python form."""
    digest = sm2.message_digest(point, message)
    return {sm2.verify(point, message, signature), sm2.verify_digest(point, digest, signature)}


def test_libcrypto_is_found_here() -> None:
    assert libcrypto.available()


def test_sm3_gives_the_published_value() -> None:
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3.digest(b"abc").hex() == expected
    fallback = sm3._Sm3OfCryptography()
    fallback.update(b"abc")
    assert fallback.digest().hex() == expected


def test_published_example_is_reproduced() -> None:
    assert sm2.public_point(PRIVATE) == POINT
    assert sm2.identity_digest(POINT) == IDENTITY
    assert sm2.message_digest(POINT, MESSAGE) == DIGEST
    numbers = sm2_reference.sign_digest(int.from_bytes(PRIVATE), int.from_bytes(DIGEST), NONCE)
    assert numbers == (R, S)
    assert both_forms(POINT, MESSAGE, SIGNATURE) == {True}


def test_a_fresh_signature_holds_in_both_forms() -> None:
    pair = sm2.generate()
    for length in (0, 1, 55, 64, 1000):
        message = bytes(length)
        assert both_forms(pair.point, message, sm2.sign(pair, message)) == {True}


def test_secret_stays_out_of_representations() -> None:
    pair = sm2.generate()
    assert repr(pair.private) not in repr(pair)


def test_the_distinguishing_id_matters() -> None:
    pair = sm2.KeyPair(PRIVATE, POINT)
    with_empty_id = sm2.sign(pair, MESSAGE, b"")
    assert sm2.verify(POINT, MESSAGE, with_empty_id, b"")
    assert not sm2.verify(POINT, MESSAGE, with_empty_id)
    assert not sm2.verify(POINT, MESSAGE, SIGNATURE, b"ALICE123@YAHOO.COM")


@pytest.mark.parametrize(
    ("r", "s"),
    [(0, S), (N, S), (N + R, S), (R, 0), (R, N), (R, N + S), (R, N - R), (S, R), (R, S ^ 1), (1, 1)],
    ids=["r=0", "r=n", "r>n", "s=0", "s=n", "s>n", "t=0", "swapped", "s changed", "small"],
)
def test_wrong_numbers_are_refused(r: int, s: int) -> None:
    assert both_forms(POINT, MESSAGE, sm2.encode_signature(r, s)) == {False}


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        b"\x30\x00",
        SIGNATURE + b"\x00",
        SIGNATURE[:-1],
        b"\x30\x81" + SIGNATURE[1:],
        b"\x30" + bytes([SIGNATURE[1] + 1]) + b"\x02\x22\x00" + SIGNATURE[4:],
        R.to_bytes(32, "big") + S.to_bytes(32, "big"),
        SIGNATURE.replace(b"\x02\x21\x00\xf5", b"\x02\x20\xf5").replace(b"\x30\x46", b"\x30\x45"),
    ],
    ids=["empty", "no numbers", "rest", "cut", "long length", "padded", "raw", "negative"],
)
def test_malformed_signatures_are_refused(signature: bytes) -> None:
    assert both_forms(POINT, MESSAGE, signature) == {False}


@pytest.mark.parametrize(
    "point",
    [
        b"",
        POINT[:-1],
        POINT[:-1] + bytes([POINT[-1] ^ 1]),
        b"\x02" + POINT[1:33],
        b"\x04" + bytes(64),
        b"\x04" + b"\xff" * 64,
    ],
    ids=["empty", "short", "off the curve", "compressed", "zero", "not reduced"],
)
def test_bad_points_are_refused(point: bytes) -> None:
    assert not sm2.is_point(point)
    assert not sm2.verify(point, MESSAGE, SIGNATURE)
    assert not sm2.verify_digest(point, DIGEST, SIGNATURE)


def test_raw_signatures_of_tokens_become_der() -> None:
    assert sm2.signature_from_raw(R.to_bytes(32, "big") + S.to_bytes(32, "big")) == SIGNATURE
    with pytest.raises(KnownError, match=r"crypto\.bad_raw_signature"):
        sm2.signature_from_raw(bytes(63))


@pytest.mark.parametrize("value", [0, N - 1, N, 2**256 - 1])
def test_private_keys_out_of_range_are_refused(value: int) -> None:
    with pytest.raises(KnownError, match=r"crypto\.bad_private_key"):
        sm2.public_point(value.to_bytes(32, "big"))


def test_the_plain_form_serves_where_libcrypto_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libcrypto, "load", lambda: None)
    assert sm2.verify(POINT, MESSAGE, SIGNATURE)
    assert not sm2.verify(POINT, MESSAGE + b".", SIGNATURE)


@needs_openssl
def test_openssl_accepts_our_signatures_and_we_accept_its(tmp_path: Path) -> None:
    key, message, signature = tmp_path / "key.pem", tmp_path / "message", tmp_path / "signature"
    message.write_bytes("公文".encode() * 100)
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", str(key))
    spki = openssl("pkey", "-in", str(key), "-pubout", "-outform", "DER")
    point = spki[-65:]
    options = ("-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678", "-inkey", str(key))
    openssl("pkeyutl", "-sign", *options, "-in", str(message), "-out", str(signature))
    assert both_forms(point, message.read_bytes(), signature.read_bytes()) == {True}

    text = openssl("pkey", "-in", str(key), "-outform", "DER")
    private = text[text.index(b"\x04\x20") + 2 :][:32]
    signature.write_bytes(sm2.sign(sm2.KeyPair(private, point), message.read_bytes()))
    verify = ("pkeyutl", "-verify", *options, "-in", str(message), "-sigfile", str(signature))
    assert b"Verified Successfully" in openssl(*verify)
    message.write_bytes(b"other")
    with pytest.raises(subprocess.CalledProcessError):
        openssl(*verify)
