"""SM3, its HMAC and key derivation: published values and an independent implementation."""

from __future__ import annotations

from pathlib import Path

import gmalg
import pytest

from crypto.commands import needs_openssl, openssl
from gongwen_crypto import sm3


@pytest.mark.parametrize(
    ("message", "value"),
    [  # GM/T 0004-2012, annex A
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_published_values(message: bytes, value: str) -> None:
    assert sm3.digest(message).hex() == value
    other = sm3._Sm3OfCryptography()
    other.update(message)
    assert other.digest().hex() == value


@pytest.mark.parametrize("length", [0, 1, 55, 56, 63, 64, 65, 119, 128, 1000])
def test_every_block_edge_agrees_with_another_implementation(length: int) -> None:
    message = bytes(range(256)) * 4
    other = gmalg.SM3()
    other.update(message[:length])
    assert sm3.digest(message[:length]) == other.value()


@needs_openssl
@pytest.mark.parametrize("key", [b"k", bytes(range(64)), bytes(range(65)), b"\xff" * 200])
def test_hmac_agrees_with_openssl(key: bytes, tmp_path: Path) -> None:
    path = tmp_path / "message"
    path.write_bytes(b"message" * 30)
    output = openssl("mac", "-digest", "SM3", "-macopt", f"hexkey:{key.hex()}", "-in", str(path), "HMAC")
    assert bytes.fromhex(output.decode().strip()) == sm3.hmac(key, b"message" * 30)


def test_derived_bytes_are_numbered_digests() -> None:
    first, second = (sm3.digest(b"secret" + number) for number in (b"\0\0\0\1", b"\0\0\0\2"))
    assert sm3.derive(b"secret", 40) == first + second[:8]
    assert sm3.derive(b"secret", 0) == b""
