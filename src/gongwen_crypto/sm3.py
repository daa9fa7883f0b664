"""SM3 (GB/T 32905-2016), the 256-bit hash of Chinese official cryptography.

``hashlib`` has it where CPython's OpenSSL offers it; ``cryptography`` carries its own copy otherwise.
"""

from __future__ import annotations

import hashlib
from typing import BinaryIO, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC


class Hasher(Protocol):
    """The part of ``hashlib``'s objects that this project uses."""

    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


class _Sm3OfCryptography:
    def __init__(self) -> None:
        self._hash = hashes.Hash(hashes.SM3())

    def update(self, data: bytes, /) -> None:
        self._hash.update(data)

    def digest(self) -> bytes:
        return self._hash.copy().finalize()


_IN_HASHLIB = "sm3" in hashlib.algorithms_available


def new() -> Hasher:
    """An empty SM3 computation."""
    if _IN_HASHLIB:
        return hashlib.new("sm3")
    return _Sm3OfCryptography()


def digest(data: bytes) -> bytes:
    """The 32-byte SM3 value of ``data``."""
    hasher = new()
    hasher.update(data)
    return hasher.digest()


def digest_stream(stream: BinaryIO) -> bytes:
    """The SM3 value of what is left of ``stream``, read a megabyte at a time."""
    hasher = new()
    while block := stream.read(1 << 20):
        hasher.update(block)
    return hasher.digest()


def hmac(key: bytes, message: bytes) -> bytes:
    """HMAC-SM3 (GB/T 15852.2), 32 bytes."""
    computation = HMAC(key, hashes.SM3())
    computation.update(message)
    return computation.finalize()


def derive(secret: bytes, length: int) -> bytes:
    """``length`` key bytes from a shared secret: the KDF of GB/T 32918.4 5.4.3."""
    rounds = (length + 31) // 32
    stream = b"".join(digest(secret + counter.to_bytes(4, "big")) for counter in range(1, rounds + 1))
    return stream[:length]
