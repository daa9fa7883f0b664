"""SM2 encryption: the published example, both implementations, OpenSSL, an independent one, bad input."""

from __future__ import annotations

import threading
from pathlib import Path

import gmalg
import pytest

from crypto.commands import needs_openssl, openssl
from gongwen_crypto import der, sm2, sm2_encryption, sm2_reference
from gongwen_crypto.errors import BugError, KnownError
from gongwen_crypto.sm2_encryption import Ciphertext, Order

# GM/T 0003.5-2012, annex C, the example of encryption.
PRIVATE = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
PAIR = sm2.KeyPair(PRIVATE, sm2.public_point(PRIVATE))
NONCE = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
MESSAGE = b"encryption standard"
EXAMPLE = Ciphertext(
    bytes.fromhex(
        "0404EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73"
        "E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0"
    ),
    bytes.fromhex("59983C18F809E262923C53AEC295D30383B54E39D609D160AFCB1908D0BD8766"),
    bytes.fromhex("21886CA989CA9C7D58087307CA93092D651EFA"),
)


def coordinates(point: bytes) -> tuple[int, int]:
    return int.from_bytes(point[1:33]), int.from_bytes(point[33:])


def plainly(pair: sm2.KeyPair, ciphertext: Ciphertext) -> bytes | None:
    """What the plain Python form makes of it."""
    scalar = int.from_bytes(pair.private)
    return sm2_reference.decrypt(scalar, coordinates(ciphertext.point), ciphertext.check, ciphertext.masked)


def test_the_published_example_is_reproduced() -> None:
    parts = sm2_reference.encrypt(coordinates(PAIR.point), MESSAGE, NONCE)
    assert parts == (coordinates(EXAMPLE.point), EXAMPLE.check, EXAMPLE.masked)
    assert plainly(PAIR, EXAMPLE) == MESSAGE
    assert sm2_encryption.decrypt(PAIR, EXAMPLE.to_der()) == MESSAGE


@pytest.mark.parametrize("length", [1, 2, 16, 31, 32, 33, 1000])
def test_what_one_form_encrypts_the_other_decrypts(length: int) -> None:
    pair, message = sm2.generate(), bytes(range(256)) * 4
    ciphertext = sm2_encryption.encrypt(pair.point, message[:length])
    assert sm2_encryption.decrypt(pair, ciphertext) == message[:length]
    assert plainly(pair, Ciphertext.from_der(ciphertext)) == message[:length]


def test_one_byte_is_never_left_in_the_clear() -> None:
    """One key stream of one byte in 256 is zero; the standard wants another nonce then."""
    for _ in range(600):
        assert Ciphertext.from_der(sm2_encryption.encrypt(PAIR.point, b"A")).masked != b"A"


@pytest.mark.parametrize("order", Order)
def test_bare_forms_are_read_and_written(order: Order) -> None:
    raw = EXAMPLE.to_raw(order)
    assert Ciphertext.from_raw(raw, order) == EXAMPLE
    assert Ciphertext.from_raw(raw[1:], order) == EXAMPLE


def test_a_point_that_begins_with_04_is_not_taken_for_the_prefix() -> None:
    """The example's X begins with 04, and its bare form without prefix must still be read."""
    assert EXAMPLE.point[1] == 0x04
    assert Ciphertext.from_raw(EXAMPLE.to_raw()[1:]).point == EXAMPLE.point


def test_an_independent_implementation_agrees() -> None:
    pair = sm2.generate()
    other = gmalg.SM2(pair.private, pk=pair.point)
    ours = Ciphertext.from_der(sm2_encryption.encrypt(pair.point, MESSAGE))
    assert other.decrypt(ours.to_raw()) == MESSAGE
    theirs = Ciphertext.from_raw(other.encrypt(MESSAGE))
    assert sm2_encryption.decrypt(pair, theirs.to_der()) == MESSAGE


def test_an_independent_implementation_agrees_on_signatures() -> None:
    pair = sm2.generate()
    other = gmalg.SM2(pair.private, sm2.DEFAULT_ID, pair.point)
    r, s = sm2.decode_signature(sm2.sign(pair, MESSAGE)) or (0, 0)
    assert other.verify(MESSAGE, r.to_bytes(32), s.to_bytes(32))
    theirs = b"".join(part.rjust(32, b"\0") for part in other.sign(MESSAGE))
    assert sm2.verify(pair.point, MESSAGE, sm2.signature_from_raw(theirs))


@needs_openssl
def test_openssl_agrees(tmp_path: Path) -> None:
    key, message, cipher = (str(tmp_path / name) for name in ("key.pem", "message", "cipher"))
    Path(message).write_bytes(MESSAGE)
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", key)
    text = openssl("pkey", "-in", key, "-outform", "DER")
    private = text[text.index(b"\x04\x20") + 2 :][:32]
    pair = sm2.KeyPair(private, sm2.public_point(private))
    openssl("pkeyutl", "-encrypt", "-inkey", key, "-in", message, "-out", cipher)
    assert sm2_encryption.decrypt(pair, Path(cipher).read_bytes()) == MESSAGE
    Path(cipher).write_bytes(sm2_encryption.encrypt(pair.point, MESSAGE))
    assert openssl("pkeyutl", "-decrypt", "-inkey", key, "-in", cipher) == MESSAGE


def test_every_changed_part_is_refused_by_both_forms() -> None:
    for name in ("check", "masked"):
        for position in range(len(getattr(EXAMPLE, name))):
            part = bytearray(getattr(EXAMPLE, name))
            part[position] ^= 1
            changed = Ciphertext(**{**vars(EXAMPLE), name: bytes(part)})
            assert plainly(PAIR, changed) is None
            with pytest.raises(KnownError, match=r"crypto\.not_decryptable"):
                sm2_encryption.decrypt(PAIR, changed.to_der())


def test_another_key_decrypts_nothing() -> None:
    with pytest.raises(KnownError, match=r"crypto\.not_decryptable"):
        sm2_encryption.decrypt(sm2.generate(), EXAMPLE.to_der())


def _off_the_curve() -> bytes:
    return Ciphertext(EXAMPLE.point[:-1] + b"\x00", EXAMPLE.check, EXAMPLE.masked).to_der()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        EXAMPLE.to_der()[:-1],
        EXAMPLE.to_der() + b"\x00",
        EXAMPLE.to_raw(),
        _off_the_curve(),
        Ciphertext(b"\x04" + bytes(64), EXAMPLE.check, EXAMPLE.masked).to_der(),
        Ciphertext(EXAMPLE.point, EXAMPLE.check[:-1], EXAMPLE.masked).to_der(),
        Ciphertext(EXAMPLE.point, EXAMPLE.check, b"").to_der(),
        der.sequence((der.integer(1 << 260), der.integer(1), der.encode(4, bytes(32)), der.encode(4, b"x"))),
        der.sequence((b"\x02\x01\xff", der.integer(1), der.encode(4, bytes(32)), der.encode(4, b"x"))),
    ],
    ids=["empty", "cut", "longer", "raw", "off curve", "zero", "hash", "no message", "huge", "negative"],
)
def test_malformed_ciphertexts_are_refused(data: bytes) -> None:
    with pytest.raises(KnownError, match=r"crypto\.bad_ciphertext"):
        sm2_encryption.decrypt(PAIR, data)


@pytest.mark.parametrize("data", [b"", bytes(96), EXAMPLE.point, EXAMPLE.to_raw()[:90]])
def test_malformed_bare_ciphertexts_are_refused(data: bytes) -> None:
    for order in Order:
        with pytest.raises(KnownError, match=r"crypto\.bad_ciphertext"):
            Ciphertext.from_raw(data, order)


def test_bad_public_keys_and_lengths_are_refused() -> None:
    with pytest.raises(KnownError, match=r"crypto\.bad_public_key"):
        sm2_encryption.encrypt(b"\x04" + bytes(64), MESSAGE)
    with pytest.raises(ValueError, match="1 byte"):
        sm2_encryption.encrypt(PAIR.point, b"")


def test_a_key_held_open_serves_threads_and_ends_with_close() -> None:
    key = sm2.hold(PAIR)
    good: list[bool] = []

    def work() -> None:
        for _ in range(20):
            good.append(sm2.verify(PAIR.point, MESSAGE, key.sign(MESSAGE, sm2.DEFAULT_ID)))
            good.append(key.decrypt(EXAMPLE.to_der()) == MESSAGE)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert good == [True] * 160
    key.close()
    key.close()
    for use in (lambda: key.sign(MESSAGE, sm2.DEFAULT_ID), lambda: key.decrypt(EXAMPLE.to_der())):
        with pytest.raises(BugError, match=r"crypto\.key_closed"):
            use()
