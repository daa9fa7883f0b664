"""Software seal keys for demonstration and training: one file ``*.gwkey`` is one key.

The file is JSON: public parts in the clear, the SM2 private key encrypted (scrypt, AES-256-GCM) under the
PIN, and the count of tries left. The count is lowered durably *before* a PIN is tried, so pulling the plug
gains nobody a try. Known limits, and why this is no key for real seals: whoever copies the file can restore
the old count and can guess PINs on the copy; only scrypt slows that down.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from gongwen_client.durable import FileLock, write_atomically
from gongwen_client.token.keys import KeyRole
from gongwen_client.token.pin import MAX_LENGTH, MIN_LENGTH, check_length, check_strength, wrong_pin
from gongwen_crypto import sm2
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import BugError, GongwenError, KnownError

SUFFIX = ".gwkey"
MAX_FILE_SIZE = 4 * 1024 * 1024
"""Bytes; a seal with a large picture stays far below."""
DEFAULT_TRIES = 6
SCRYPT_COST = 2**15
"""n with r = 8, p = 1: 32 MiB and some 60 ms for each try."""
_MAX_SCRYPT_COST = 2**17
_FORMAT = "gongwen-key/1"


@dataclass(frozen=True)
class KeyFile:
    """The content of a key file. ``sealed_key`` is the encrypted private key with its GCM tag."""

    label: str
    serial: str
    role: KeyRole
    certificate_der: bytes
    seal_der: bytes | None
    max_tries: int
    tries_left: int
    cost: int
    salt: bytes
    nonce: bytes
    sealed_key: bytes

    def to_json(self) -> bytes:
        """The file's bytes."""
        document = self._public() | {
            "tries_left": self.tries_left,
            "scrypt_cost": self.cost,
            "salt": _text(self.salt),
            "nonce": _text(self.nonce),
            "sealed_key": _text(self.sealed_key),
        }
        return json.dumps(document, ensure_ascii=False, indent=1).encode()

    def encrypt(self, pin: bytearray, private_key: bytes) -> KeyFile:
        """The same key under ``pin``, all tries restored."""
        salt, nonce = os.urandom(16), os.urandom(12)
        sealed = AESGCM(_key(pin, salt, self.cost)).encrypt(nonce, private_key, self._bound())
        return replace(self, salt=salt, nonce=nonce, sealed_key=sealed, tries_left=self.max_tries)

    def decrypt(self, pin: bytearray) -> bytes | None:
        """The private key, or None when the PIN is wrong or a public part was changed."""
        try:
            return AESGCM(_key(pin, self.salt, self.cost)).decrypt(self.nonce, self.sealed_key, self._bound())
        except InvalidTag:
            return None

    def _public(self) -> dict[str, object]:
        return {
            "format": _FORMAT,
            "label": self.label,
            "serial": self.serial,
            "role": self.role.value,
            "certificate": _text(self.certificate_der),
            "seal": None if self.seal_der is None else _text(self.seal_der),
            "max_tries": self.max_tries,
        }

    def _bound(self) -> bytes:
        """Public parts that the encryption authenticates: a swapped certificate or seal makes it fail."""
        return json.dumps(self._public(), ensure_ascii=False, sort_keys=True).encode()


def create_key_file(
    path: Path,
    private_key: bytes,
    certificate: bytes,
    seal: bytes | None,
    pin: str,
    *,
    label: str,
    serial: str,
    role: KeyRole = KeyRole.SIGNING,
    max_tries: int = DEFAULT_TRIES,
) -> None:
    """Write a new key: SM2 ``private_key`` (32 bytes), ``certificate`` and ``seal`` in DER.

    The PIN has 6 to 16 characters. Raises BugError("token.key_mismatch") when the certificate is for
    another key, KnownError("token.pin_length"), or the errors of writing.
    """
    if Certificate.load(certificate).public_key.point != sm2.public_point(private_key):
        raise BugError("token.key_mismatch", serial=serial)
    secret = bytearray(pin.encode())
    check_length(secret, MIN_LENGTH, MAX_LENGTH)
    empty = KeyFile(
        label, serial, KeyRole(role), certificate, seal, max_tries, max_tries, SCRYPT_COST, b"", b"", b""
    )
    write_atomically(path, empty.encrypt(secret, private_key).to_json())


def read_key_file(path: Path) -> KeyFile:
    """Read the public parts; needs no PIN.

    Raises KnownError("token.removed") when the file is gone, KnownError("token.keyfile_damaged") when it is
    not such a file.
    """
    try:
        if path.stat().st_size > MAX_FILE_SIZE:
            raise KnownError("token.keyfile_damaged", path=path.name)
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise KnownError("token.removed") from error
    except OSError as error:
        raise KnownError("token.keyfile_unreadable", path=path.name) from error
    try:
        return _parse(json.loads(content))
    except (ValueError, KeyError, TypeError, RecursionError, GongwenError) as error:
        raise KnownError("token.keyfile_damaged", path=path.name) from error


def unlock(path: Path, pin: bytearray) -> tuple[KeyFile, bytes]:
    """Try ``pin`` once and return the key file with its private key.

    Raises KnownError: token.pin_locked, token.pin_length, token.pin_wrong and kin, token.keyfile_unwritable.
    """
    with _locked(path):
        return _try_pin(path, pin)


def change_pin(path: Path, old: bytearray, new: bytearray) -> None:
    """Replace the PIN; a wrong old one costs a try. Errors as :func:`unlock`, and token.pin_weak."""
    check_length(new, MIN_LENGTH, MAX_LENGTH)
    check_strength(new)
    with _locked(path):
        key, private_key = _try_pin(path, old)
        _write(path, key.encrypt(new, private_key))


def _try_pin(path: Path, pin: bytearray) -> tuple[KeyFile, bytes]:
    key = read_key_file(path)
    if key.tries_left == 0:
        raise KnownError("token.pin_locked")
    check_length(pin, MIN_LENGTH, MAX_LENGTH)
    spent = replace(key, tries_left=key.tries_left - 1)
    _write(path, spent)
    private_key = spent.decrypt(pin)
    if private_key is None:
        raise wrong_pin(spent.tries_left)
    fresh = replace(key, tries_left=key.max_tries)
    _write(path, fresh)
    return fresh, private_key


def _locked(path: Path) -> FileLock:
    """Two processes must not spend the same try."""
    if not path.exists():
        raise KnownError("token.removed")
    return FileLock(path.with_name(f".{path.name}.lock"))


def _write(path: Path, key: KeyFile) -> None:
    try:
        write_atomically(path, key.to_json())
    except KnownError as error:
        raise KnownError("token.keyfile_unwritable", path=path.name) from error


def _parse(document: dict[str, Any]) -> KeyFile:
    if document["format"] != _FORMAT:
        raise ValueError("another format")
    seal = document["seal"]
    key = KeyFile(
        label=str(document["label"]),
        serial=str(document["serial"]),
        role=KeyRole(document["role"]),
        certificate_der=_bytes(document["certificate"]),
        seal_der=None if seal is None else _bytes(seal),
        max_tries=int(document["max_tries"]),
        tries_left=int(document["tries_left"]),
        cost=int(document["scrypt_cost"]),
        salt=_bytes(document["salt"]),
        nonce=_bytes(document["nonce"]),
        sealed_key=_bytes(document["sealed_key"]),
    )
    power_of_two = key.cost > 1 and key.cost & (key.cost - 1) == 0
    if not (0 <= key.tries_left <= key.max_tries and power_of_two and key.cost <= _MAX_SCRYPT_COST):
        raise ValueError("numbers out of range")
    if len(key.nonce) != 12 or len(key.salt) != 16 or len(key.sealed_key) != 32 + 16:
        raise ValueError("lengths out of range")
    Certificate.load(key.certificate_der)
    return key


def _key(pin: bytearray, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(pin)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
