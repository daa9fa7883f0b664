"""SM4 (GB/T 32907-2016), the 128-bit block cipher of Chinese official cryptography, in CBC and GCM.

Computed by ``cryptography``. Whole files go through ``gongwen_crypto.stream``, which gives no byte away
before it is authenticated; CBC authenticates nothing and serves the formats that prescribe it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from gongwen_crypto.errors import KnownError

KEY_LENGTH = IV_LENGTH = 16
NONCE_LENGTH, TAG_LENGTH = 12, 16
_BLOCK_BITS = 128


def new_key() -> bytes:
    """16 fresh random bytes."""
    return secrets.token_bytes(KEY_LENGTH)


def encrypt_cbc(key: bytes, iv: bytes, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The ciphertext of a message that comes in pieces, with PKCS#7 padding."""
    padder = PKCS7(_BLOCK_BITS).padder()
    encryptor = Cipher(algorithms.SM4(key), modes.CBC(iv)).encryptor()
    for block in blocks:
        yield encryptor.update(padder.update(block))
    yield encryptor.update(padder.finalize()) + encryptor.finalize()


def decrypt_cbc(key: bytes, iv: bytes, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The message of a ciphertext that comes in pieces. Raises KnownError("crypto.not_decryptable")."""
    unpadder = PKCS7(_BLOCK_BITS).unpadder()
    try:
        decryptor = Cipher(algorithms.SM4(key), modes.CBC(iv)).decryptor()
        for block in blocks:
            yield unpadder.update(decryptor.update(block))
        yield unpadder.update(decryptor.finalize()) + unpadder.finalize()
    except ValueError as error:
        raise KnownError("crypto.not_decryptable") from error


def encrypt_gcm(key: bytes, nonce: bytes, message: bytes, bound: bytes = b"") -> bytes:
    """Ciphertext and 16-byte tag. ``nonce`` (12 bytes) never twice with one key; ``bound`` is authenticated
    but not contained."""
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bound)
    return encryptor.update(message) + encryptor.finalize() + encryptor.tag


def decrypt_gcm(key: bytes, nonce: bytes, ciphertext: bytes, bound: bytes = b"") -> bytes:
    """The message. Raises KnownError("crypto.not_decryptable") when any bit is not as it was encrypted."""
    if len(ciphertext) < TAG_LENGTH:
        raise KnownError("crypto.not_decryptable")
    body, tag = ciphertext[:-TAG_LENGTH], ciphertext[-TAG_LENGTH:]
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(bound)
    message = decryptor.update(body)
    try:
        return message + decryptor.finalize()
    except InvalidTag as error:
        raise KnownError("crypto.not_decryptable") from error
