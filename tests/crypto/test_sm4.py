"""SM4 against the standard's example, RFC 8998, the OpenSSL command line and an independent library."""

from __future__ import annotations

from pathlib import Path

import gmalg
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from crypto.commands import needs_openssl, openssl
from gongwen_crypto import sm4
from gongwen_crypto.errors import KnownError

# GM/T 0002-2012 annex A: key and first block are the same bytes.
KEY = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
IV = bytes(range(16))


def cbc(message: bytes, key: bytes = KEY, iv: bytes = IV) -> bytes:
    return b"".join(sm4.encrypt_cbc(key, iv, [message]))


def test_the_published_block() -> None:
    assert cbc(KEY, iv=bytes(16))[:16].hex() == "681edf34d206965e86b3e94f536e4246"


@pytest.mark.long
def test_the_published_block_a_million_times() -> None:
    """The standard's second example, one block fed back a million times."""
    encryptor = Cipher(algorithms.SM4(KEY), modes.ECB()).encryptor()  # noqa: S305 - the example's mode
    block = KEY
    for _ in range(1_000_000):
        block = encryptor.update(block)
    assert block.hex() == "595298c7c6fd271f0402f804c33d3f66"


def test_gcm_of_rfc_8998() -> None:
    nonce = bytes.fromhex("00001234567800000000ABCD")
    bound = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    message = b"".join(bytes([16 * nibble + nibble]) * 8 for nibble in (10, 11, 12, 13, 14, 15, 14, 10))
    expected = (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    ciphertext = sm4.encrypt_gcm(KEY, nonce, message, bound)
    assert ciphertext.hex() == expected
    assert sm4.decrypt_gcm(KEY, nonce, ciphertext, bound) == message


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 100])
def test_cbc_round_trip_in_odd_pieces(length: int) -> None:
    message = bytes(range(length))
    ciphertext = b"".join(sm4.encrypt_cbc(KEY, IV, [message[i : i + 7] for i in range(0, length, 7)]))
    assert ciphertext == cbc(message)
    pieces = [ciphertext[i : i + 5] for i in range(0, len(ciphertext), 5)]
    assert b"".join(sm4.decrypt_cbc(KEY, IV, pieces)) == message


@pytest.mark.parametrize("length", [16, 31, 64])
def test_cbc_agrees_with_another_implementation(length: int) -> None:
    message = bytes(reversed(range(length)))
    padded = message + bytes([16 - length % 16]) * (16 - length % 16)
    other, chain, expected = gmalg.SM4(KEY), IV, b""
    for start in range(0, len(padded), 16):
        chain = other.encrypt(bytes(a ^ b for a, b in zip(chain, padded[start : start + 16], strict=True)))
        expected += chain
    assert cbc(message) == expected


@needs_openssl
def test_cbc_agrees_with_openssl(tmp_path: Path) -> None:
    path = tmp_path / "message"
    path.write_bytes("公文".encode() * 333)
    output = openssl("enc", "-sm4-cbc", "-K", KEY.hex(), "-iv", IV.hex(), "-in", str(path))
    assert output == cbc(path.read_bytes())


@pytest.mark.parametrize("ciphertext", [b"", bytes(15), bytes(16), bytes(17)])
def test_bad_cbc_is_refused(ciphertext: bytes) -> None:
    with pytest.raises(KnownError, match=r"crypto\.not_decryptable"):
        b"".join(sm4.decrypt_cbc(KEY, IV, [ciphertext]))


def test_every_changed_bit_of_gcm_is_refused() -> None:
    nonce = bytes(12)
    ciphertext = sm4.encrypt_gcm(KEY, nonce, b"content", b"bound")
    for position in range(8 * len(ciphertext)):
        changed = bytearray(ciphertext)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(KnownError, match=r"crypto\.not_decryptable"):
            sm4.decrypt_gcm(KEY, nonce, bytes(changed), b"bound")
    for arguments in ((KEY, nonce, ciphertext, b"other"), (KEY, bytes(11) + b"1", ciphertext, b"bound")):
        with pytest.raises(KnownError, match=r"crypto\.not_decryptable"):
            sm4.decrypt_gcm(*arguments)
    with pytest.raises(KnownError, match=r"crypto\.not_decryptable"):
        sm4.decrypt_gcm(KEY, nonce, ciphertext[:15])
