"""Encrypted files: every size, every cut, every shuffle, bounded memory, one content per file."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Callable

import pytest

from gongwen_crypto import sm4, stream
from gongwen_crypto.errors import KnownError
from gongwen_crypto.stream import CHUNK, HEADER_LENGTH

KEY = bytes(range(16))
SEALED = CHUNK + sm4.TAG_LENGTH


def encrypted(plain: bytes, key: bytes = KEY, context: bytes = b"") -> bytes:
    return b"".join(stream.encrypt(key, io.BytesIO(plain), context))


def decrypted(data: bytes, key: bytes = KEY, context: bytes = b"") -> bytes:
    return b"".join(stream.decrypt(key, io.BytesIO(data), context))


class Dribble(io.BytesIO):
    """A source that gives what it has, as sockets do."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size or 0, 1000))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5])
def test_every_size_comes_back(size: int) -> None:
    plain = bytes(index % 251 for index in range(size))
    data = encrypted(plain, context=b"document 1")
    assert len(data) == stream.encrypted_size(size)
    assert decrypted(data, context=b"document 1") == plain
    assert b"".join(stream.encrypt(KEY, Dribble(plain))) != data  # a fresh salt each time
    assert b"".join(stream.decrypt(KEY, Dribble(data), b"document 1")) == plain


@pytest.fixture(scope="module")
def three_chunks() -> bytes:
    return encrypted(b"a" * CHUNK + b"b" * CHUNK + b"c" * CHUNK)


def parts(data: bytes) -> tuple[bytes, list[bytes]]:
    body = data[HEADER_LENGTH:]
    return data[:HEADER_LENGTH], [body[start : start + SEALED] for start in range(0, len(body), SEALED)]


@pytest.mark.parametrize(
    "shuffle",
    [
        lambda a, b, c: [b, a, c],
        lambda a, b, c: [a, c],
        lambda a, b, c: [a, b],
        lambda a, b, c: [a, b, c, c],
        lambda a, b, c: [a, a, b, c],
        lambda a, b, c: [],
        lambda a, b, c: [a, b, c[:-1]],
        lambda a, b, c: [a, b, c, b"\x00"],
        lambda a, b, c: [a[:-1] + bytes([a[-1] ^ 1]), b, c],
    ],
    ids=["swapped", "dropped", "cut", "end twice", "twice", "emptied", "shorter", "longer", "changed"],
)
def test_no_shuffle_passes(three_chunks: bytes, shuffle: Callable[..., list[bytes]]) -> None:
    header, chunks = parts(three_chunks)
    with pytest.raises(KnownError, match=r"crypto\.not_decryptable"):
        decrypted(header + b"".join(shuffle(*chunks)))


def test_what_comes_before_the_damage_is_authentic(three_chunks: bytes) -> None:
    header, (first, second, _) = parts(three_chunks)
    pieces = stream.decrypt(KEY, io.BytesIO(header + first + second))
    assert next(pieces) == b"a" * CHUNK
    with pytest.raises(KnownError, match=r"crypto\.not_decryptable"):
        next(pieces)


def test_every_byte_of_the_header_counts() -> None:
    data = encrypted(b"content")
    for position in range(HEADER_LENGTH):
        changed = bytearray(data)
        changed[position] ^= 1
        with pytest.raises(KnownError, match=r"crypto\.not_(decryptable|an_encrypted_file)"):
            decrypted(bytes(changed))
    for length in range(HEADER_LENGTH):
        with pytest.raises(KnownError, match=r"crypto\.not_an_encrypted_file"):
            decrypted(data[:length])


def test_another_key_or_context_opens_nothing() -> None:
    data = encrypted(b"content", context=b"body of document 1")
    for key, context in ((KEY, b"body of document 2"), (KEY, b""), (bytes(16), b"body of document 1")):
        with pytest.raises(KnownError, match=r"crypto\.not_decryptable"):
            decrypted(data, key, context)


def test_chunks_of_two_files_do_not_mix() -> None:
    header, (first, *_) = parts(encrypted(b"x" * 2 * CHUNK))
    _, (_, last) = parts(encrypted(b"x" * 2 * CHUNK))
    with pytest.raises(KnownError, match=r"crypto\.not_decryptable"):
        decrypted(header + first + last)


def test_memory_does_not_grow_with_the_file() -> None:
    class Zeros(io.RawIOBase):
        left = 8 << 20

        def read(self, size: int = -1) -> bytes:
            size = min(size, self.left)
            self.left -= size
            return bytes(size)

    tracemalloc.start()
    total = sum(len(piece) for piece in stream.encrypt(KEY, Zeros()))  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total == stream.encrypted_size(8 << 20)
    assert peak < 16 * CHUNK
