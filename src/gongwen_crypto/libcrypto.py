"""The OpenSSL 3 library that CPython itself has loaded, reached through ctypes for SM2 only.

Why not ``cryptography``: it parses SM2 certificates but refuses their keys. Why not an own binding of
everything: hashes, ciphers, RSA and P-256 are served by ``hashlib`` and ``cryptography``.

Every SM2 operation states its distinguishing ID. OpenSSL 3 takes the *empty* ID when none is stated, which
silently makes signatures that nobody else accepts (GB/T 32918.2 5.5 wants 1234567812345678 by default).
"""

from __future__ import annotations

import ctypes
import ctypes.util
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_ubyte, c_void_p
from functools import cache, lru_cache
from pathlib import Path

from gongwen_crypto.errors import BugError

_SIGNATURES: dict[str, tuple[object, list[object]]] = {
    "OPENSSL_version_major": (ctypes.c_uint, []),
    "ERR_clear_error": (None, []),
    "EVP_sm3": (c_void_p, []),
    "EVP_MD_CTX_new": (c_void_p, []),
    "EVP_MD_CTX_free": (None, [c_void_p]),
    "EVP_DigestSignInit": (c_int, [c_void_p, POINTER(c_void_p), c_void_p, c_void_p, c_void_p]),
    "EVP_DigestSign": (c_int, [c_void_p, c_void_p, POINTER(c_size_t), c_char_p, c_size_t]),
    "EVP_DigestVerifyInit": (c_int, [c_void_p, POINTER(c_void_p), c_void_p, c_void_p, c_void_p]),
    "EVP_DigestVerify": (c_int, [c_void_p, c_char_p, c_size_t, c_char_p, c_size_t]),
    "EVP_PKEY_CTX_set1_id": (c_int, [c_void_p, c_char_p, c_int]),
    "EVP_PKEY_CTX_new_from_name": (c_void_p, [c_void_p, c_char_p, c_char_p]),
    "EVP_PKEY_CTX_new_from_pkey": (c_void_p, [c_void_p, c_void_p, c_char_p]),
    "EVP_PKEY_CTX_free": (None, [c_void_p]),
    "EVP_PKEY_encrypt_init": (c_int, [c_void_p]),
    "EVP_PKEY_encrypt": (c_int, [c_void_p, c_void_p, POINTER(c_size_t), c_char_p, c_size_t]),
    "EVP_PKEY_decrypt_init": (c_int, [c_void_p]),
    "EVP_PKEY_decrypt": (c_int, [c_void_p, c_void_p, POINTER(c_size_t), c_char_p, c_size_t]),
    "EVP_PKEY_up_ref": (c_int, [c_void_p]),
    "EVP_PKEY_keygen_init": (c_int, [c_void_p]),
    "EVP_PKEY_generate": (c_int, [c_void_p, POINTER(c_void_p)]),
    "EVP_PKEY_free": (None, [c_void_p]),
    "EVP_PKEY_get_bn_param": (c_int, [c_void_p, c_char_p, POINTER(c_void_p)]),
    "EVP_PKEY_get_octet_string_param": (
        c_int,
        [c_void_p, c_char_p, c_void_p, c_size_t, POINTER(c_size_t)],
    ),
    "BN_bn2binpad": (c_int, [c_void_p, c_void_p, c_int]),
    "BN_clear_free": (None, [c_void_p]),
    "d2i_PUBKEY": (c_void_p, [c_void_p, POINTER(c_void_p), ctypes.c_long]),
    "d2i_AutoPrivateKey": (c_void_p, [c_void_p, POINTER(c_void_p), ctypes.c_long]),
}

# DER around a bare key: SubjectPublicKeyInfo and PKCS#8 of id-ecPublicKey on curve 1.2.156.10197.1.301.
_SPKI_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
_PKCS8_PREFIX = bytes.fromhex("308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420")
_PKCS8_MIDDLE = bytes.fromhex("a144034200")


def _candidates() -> Iterator[str]:
    """Places to look, best first: what ``_hashlib`` is linked with (a look-up in it reaches its
    dependencies), the DLL beside Python on Windows, whatever the system calls libcrypto."""
    if sys.platform == "win32":
        for folder in (Path(sys.base_prefix) / "DLLs", Path(sys.base_prefix)):
            yield from (str(path) for path in sorted(folder.glob("libcrypto-3*.dll")))
    else:
        import _hashlib

        linked = getattr(_hashlib, "__file__", None)
        if linked:
            yield linked
    found = ctypes.util.find_library("crypto")
    if found:
        yield found


@cache
def load() -> ctypes.CDLL | None:
    """The bound library, or None where no libcrypto of generation 3 can be found."""
    for name in _candidates():
        try:
            library = ctypes.CDLL(name)
            for symbol, (result, arguments) in _SIGNATURES.items():
                function = getattr(library, symbol)
                function.restype = result
                function.argtypes = arguments
        except (OSError, AttributeError):
            continue
        if library.OPENSSL_version_major() >= 3 and library.EVP_sm3():
            return library
    return None


def available() -> bool:
    """Whether SM2 can be computed by libcrypto in this process."""
    return load() is not None


def _library() -> ctypes.CDLL:
    library = load()
    if library is None:
        raise BugError("crypto.libcrypto_missing")
    return library


class _HeldPoint:
    """An EVP_PKEY of the 65-byte ``point``, freed with this object; ``key`` is None when libcrypto refuses
    the point (not on the curve). It is only read, so threads may share it."""

    def __init__(self, library: ctypes.CDLL, point: bytes) -> None:
        self.key = _decode(library.d2i_PUBKEY, _SPKI_PREFIX + point)
        weakref.finalize(self, library.EVP_PKEY_free, self.key)


@lru_cache(maxsize=256)
def _hold_point(point: bytes) -> _HeldPoint:
    """Reading a key costs as much as a verification, and the same few keys come again and again."""
    return _HeldPoint(_library(), point)


@contextmanager
def _public_key(point: bytes) -> Iterator[int | None]:
    held = _hold_point(point)  # lives at least as long as this block, whatever becomes of the cache
    yield held.key


def _decode(function: object, der: bytes) -> int | None:
    buffer = ctypes.create_string_buffer(der, len(der))
    cursor = c_void_p(ctypes.addressof(buffer))
    key: int | None = function(None, byref(cursor), len(der))  # type: ignore[operator]
    ctypes.memset(buffer, 0, len(der))
    return key


@contextmanager
def _digest_context(library: ctypes.CDLL) -> Iterator[int]:
    context = library.EVP_MD_CTX_new()
    if not context:
        raise BugError("crypto.libcrypto_failed", operation="EVP_MD_CTX_new")
    try:
        yield context
    finally:
        library.EVP_MD_CTX_free(context)
        library.ERR_clear_error()


@contextmanager
def _key_context(library: ctypes.CDLL, key: int) -> Iterator[int]:
    context = library.EVP_PKEY_CTX_new_from_pkey(None, key, None)
    if not context:
        raise BugError("crypto.libcrypto_failed", operation="EVP_PKEY_CTX_new_from_pkey")
    try:
        yield context
    finally:
        library.EVP_PKEY_CTX_free(context)
        library.ERR_clear_error()


def _set_id(library: ctypes.CDLL, key_context: c_void_p, distid: bytes) -> None:
    if library.EVP_PKEY_CTX_set1_id(key_context, distid, len(distid)) != 1:
        raise BugError("crypto.libcrypto_failed", operation="EVP_PKEY_CTX_set1_id")


def sm2_verify(point: bytes, message: bytes, signature: bytes, distid: bytes) -> bool:
    """Whether ``signature`` (DER) over ``message`` was made with the key of ``point`` (04‖X‖Y)."""
    library = _library()
    with _public_key(point) as key, _digest_context(library) as context:
        if key is None:
            return False
        key_context = c_void_p()  # owned by the digest context
        if library.EVP_DigestVerifyInit(context, byref(key_context), library.EVP_sm3(), None, key) != 1:
            return False
        _set_id(library, key_context, distid)
        answer = library.EVP_DigestVerify(context, signature, len(signature), message, len(message))
        return bool(answer == 1)


class PrivateKey:
    """An SM2 private key held open in libcrypto: importing it costs four times a signature.

    libcrypto wipes its copy when the last user lets go, at the latest when this object is collected; the
    ``bytes`` that it was made from are Python's and cannot be wiped. Threads may share it.
    """

    def __init__(self, private: bytes, point: bytes) -> None:
        """``private`` is d, 32 bytes big-endian; ``point`` its public point 04‖X‖Y."""
        self._library = _library()
        key = _decode(self._library.d2i_AutoPrivateKey, _PKCS8_PREFIX + private + _PKCS8_MIDDLE + point)
        if key is None:
            raise BugError("crypto.libcrypto_failed", operation="d2i_AutoPrivateKey")
        self._key = key
        self._lock = threading.Lock()
        self._release = weakref.finalize(self, self._library.EVP_PKEY_free, key)

    def close(self) -> None:
        """Wipe the key. Calls that are under way end well, later ones raise BugError."""
        with self._lock:
            self._release()

    @contextmanager
    def _borrowed(self) -> Iterator[int]:
        with self._lock:
            if not self._release.alive:
                raise BugError("crypto.key_closed")
            self._library.EVP_PKEY_up_ref(self._key)
        try:
            yield self._key
        finally:
            self._library.EVP_PKEY_free(self._key)

    def sign(self, message: bytes, distid: bytes) -> bytes:
        """The DER signature over ``message``."""
        library = self._library
        with self._borrowed() as key, _digest_context(library) as context:
            key_context = c_void_p()
            if library.EVP_DigestSignInit(context, byref(key_context), library.EVP_sm3(), None, key) != 1:
                raise BugError("crypto.libcrypto_failed", operation="EVP_DigestSignInit")
            _set_id(library, key_context, distid)
            signature = (c_ubyte * 80)()  # two 33-byte integers and their headers need at most 72
            length = c_size_t(len(signature))
            if library.EVP_DigestSign(context, signature, byref(length), message, len(message)) != 1:
                raise BugError("crypto.libcrypto_failed", operation="EVP_DigestSign")
            return bytes(signature[: length.value])

    def decrypt(self, ciphertext: bytes) -> bytes | None:
        """The plaintext of a DER ciphertext (GM/T 0009), or None when it was not made for this key."""
        library = self._library
        with self._borrowed() as key, _key_context(library, key) as context:
            if library.EVP_PKEY_decrypt_init(context) != 1:
                raise BugError("crypto.libcrypto_failed", operation="EVP_PKEY_decrypt_init")
            plain = ctypes.create_string_buffer(len(ciphertext))
            length = c_size_t(len(plain))
            try:
                done = library.EVP_PKEY_decrypt(context, plain, byref(length), ciphertext, len(ciphertext))
                return plain.raw[: length.value] if done == 1 else None
            finally:
                ctypes.memset(plain, 0, len(plain))


def sm2_encrypt(point: bytes, message: bytes) -> bytes | None:
    """The DER ciphertext (GM/T 0009) of ``message`` for the key of ``point``; None when that is no key."""
    library = _library()
    with _public_key(point) as key:
        if key is None:
            return None
        with _key_context(library, key) as context:
            cipher = (c_ubyte * (len(message) + 128))()  # x, y, a 32-byte hash and headers need at most 120
            length = c_size_t(len(cipher))
            if (
                library.EVP_PKEY_encrypt_init(context) != 1
                or library.EVP_PKEY_encrypt(context, cipher, byref(length), message, len(message)) != 1
            ):
                raise BugError("crypto.libcrypto_failed", operation="EVP_PKEY_encrypt")
            return bytes(cipher)[: length.value]


def sm2_generate() -> tuple[bytes, bytes]:
    """A fresh key pair: d (32 bytes big-endian) and the public point 04‖X‖Y."""
    library = _library()
    context = library.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)
    key = c_void_p()
    secret = c_void_p()
    try:
        private = (c_ubyte * 32)()
        point = (c_ubyte * 65)()
        length = c_size_t()
        made = (
            context
            and library.EVP_PKEY_keygen_init(context) == 1
            and library.EVP_PKEY_generate(context, byref(key)) == 1
            and library.EVP_PKEY_get_bn_param(key, b"priv", byref(secret)) == 1
            and library.BN_bn2binpad(secret, private, len(private)) == len(private)
            and library.EVP_PKEY_get_octet_string_param(key, b"pub", point, len(point), byref(length)) == 1
            and length.value == len(point)
            and point[0] == 4
        )
        if not made:
            raise BugError("crypto.libcrypto_failed", operation="EVP_PKEY_generate")
        return bytes(private), bytes(point)
    finally:
        library.BN_clear_free(secret)
        library.EVP_PKEY_free(key)
        library.EVP_PKEY_CTX_free(context)
        library.ERR_clear_error()
