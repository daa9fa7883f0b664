"""Encrypted files of any size in bounded memory (ADR 0031): SM4-GCM by chunks, in the STREAM construction.

    file   = header ‖ chunk 0 ‖ chunk 1 ‖ … ‖ last chunk
    header = "GWSM4-1\\n" (8 bytes) ‖ salt (16) ‖ commitment (32)
    chunk  = SM4-GCM of 64 KiB (the last: 0 to 64 KiB), tag (16) at its end
    nonce  = 0 (3 bytes) ‖ number of the chunk (8, big-endian) ‖ 1 for the last chunk, else 0

The chunk key and the commitment are HMAC-SM3 of salt and context under the content key. A chunk changed,
moved, doubled, left out or cut off fails. The commitment ties the file to one content key: with GCM alone a
sender could make one file that reads differently under the keys of two recipients.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator
from typing import BinaryIO

from gongwen_crypto import sm3, sm4
from gongwen_crypto.errors import KnownError

CHUNK = 1 << 16
_MAGIC = b"GWSM4-1\n"
_SALT_LENGTH = 16
HEADER_LENGTH = len(_MAGIC) + _SALT_LENGTH + 32


def encrypted_size(size: int) -> int:
    """Length in bytes of the encrypted form of ``size`` bytes."""
    chunks = max(1, -(-size // CHUNK))
    return HEADER_LENGTH + size + chunks * sm4.TAG_LENGTH


def plain_size(size: int) -> int:
    """The length in bytes of what an encrypted file of ``size`` bytes holds, 0 for what is too short."""
    chunks = max(1, -(-(size - HEADER_LENGTH) // (CHUNK + sm4.TAG_LENGTH)))
    return max(0, size - HEADER_LENGTH - chunks * sm4.TAG_LENGTH)


def looks_encrypted(start: bytes) -> bool:
    """Whether bytes from a file's beginning are those of an encrypted one."""
    return len(start) >= HEADER_LENGTH and start.startswith(_MAGIC)


def encrypt(key: bytes, source: BinaryIO, context: bytes = b"") -> Iterator[bytes]:
    """The encrypted form of what is left of ``source``, piece by piece.

    ``key`` is the 16-byte content key; ``context`` (such as the document's number and the file's place in
    it) is not contained, but must be given again to decrypt.
    """
    salt = secrets.token_bytes(_SALT_LENGTH)
    chunk_key, commitment = _keys(key, salt, context)
    yield _MAGIC + salt + commitment
    for number, (chunk, last) in enumerate(_chunks(source, CHUNK)):
        yield sm4.encrypt_gcm(chunk_key, _nonce(number, last), chunk)


def decrypt(key: bytes, source: BinaryIO, context: bytes = b"") -> Iterator[bytes]:
    """The plain bytes, chunk by chunk; each is authentic, the file is complete when the iterator ends.

    Until then nothing may be used for good: the end may be missing. Raises
    KnownError("crypto.not_an_encrypted_file") or KnownError("crypto.not_decryptable").
    """
    header = _read_fully(source, HEADER_LENGTH)
    if len(header) != HEADER_LENGTH or not header.startswith(_MAGIC):
        raise KnownError("crypto.not_an_encrypted_file")
    salt = header[len(_MAGIC) :][:_SALT_LENGTH]
    chunk_key, commitment = _keys(key, salt, context)
    if not hmac.compare_digest(commitment, header[len(_MAGIC) + _SALT_LENGTH :]):
        raise KnownError("crypto.not_decryptable")
    for number, (chunk, last) in enumerate(_chunks(source, CHUNK + sm4.TAG_LENGTH)):
        plain = sm4.decrypt_gcm(chunk_key, _nonce(number, last), chunk)
        if number and not plain:
            raise KnownError("crypto.not_decryptable")  # only an empty file ends with an empty chunk
        yield plain


def _keys(key: bytes, salt: bytes, context: bytes) -> tuple[bytes, bytes]:
    """Chunk key and commitment."""
    if len(key) != sm4.KEY_LENGTH:
        raise ValueError("a content key has 16 bytes")
    bound = salt + context  # the salt's length is fixed: no two pairs give the same bytes
    return sm3.hmac(key, b"chunks" + bound)[: sm4.KEY_LENGTH], sm3.hmac(key, b"commit" + bound)


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _chunks(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """What is left of ``source`` in pieces of ``size``, each with whether it is the last; at least one."""
    chunk = _read_fully(source, size)
    while following := _read_fully(source, size):
        yield chunk, False
        chunk = following
    yield chunk, True


def _read_fully(source: BinaryIO, size: int) -> bytes:
    """``size`` bytes, fewer only at the end: sockets and pipes give what they have."""
    parts = []
    while size and (part := source.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
