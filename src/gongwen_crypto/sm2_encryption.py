"""Public-key encryption with SM2 (GB/T 32918.4) and the forms of its ciphertext.

GM/T 0009 7.2 has DER ``SEQUENCE { x INTEGER, y INTEGER, hash OCTET STRING, cipher OCTET STRING }``, that is
C1, C3, C2. Tokens and older software hand out the bare parts one after another, today as C1‖C3‖C2,
before 2012 as C1‖C2‖C3; C1 is the point 04‖X‖Y, sometimes without its 04.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from gongwen_crypto import der, libcrypto, sm2
from gongwen_crypto.errors import KnownError

_HASH_LENGTH = 32
_MAX_LENGTH = 1 << 20  # keys and short secrets are encrypted so, never documents


class Order(Enum):
    """How a bare ciphertext orders its parts."""

    C1C3C2 = "C1C3C2"
    C1C2C3 = "C1C2C3"


@dataclass(frozen=True)
class Ciphertext:
    """The three parts of an SM2 ciphertext; ``point`` is 04‖X‖Y."""

    point: bytes  # C1
    check: bytes  # C3, SM3 over shared point and message
    masked: bytes  # C2, as long as the message

    @classmethod
    def from_der(cls, data: bytes) -> Ciphertext:
        """Read the form of GM/T 0009. Raises KnownError("crypto.bad_ciphertext")."""
        try:
            x, y, check, masked = der.parse(data).sequence()
            numbers = [part.integer() for part in (x, y)]
            if not all(0 <= number < 1 << 256 for number in numbers):
                raise KnownError("crypto.bad_ciphertext")
            point = b"\x04" + b"".join(number.to_bytes(32, "big") for number in numbers)
            return cls._checked(point, check.octets(), masked.octets())
        except (KnownError, ValueError) as error:
            raise KnownError("crypto.bad_ciphertext") from error

    @classmethod
    def from_raw(cls, data: bytes, order: Order = Order.C1C3C2) -> Ciphertext:
        """Read the bare parts. Raises KnownError("crypto.bad_ciphertext").

        A point without its leading 04 is completed: 64 bytes that are a point on the curve cannot be meant
        otherwise.
        """
        if data[:1] != b"\x04" or not sm2.is_point(data[: sm2.POINT_LENGTH]):
            data = b"\x04" + data
        point, rest = data[: sm2.POINT_LENGTH], data[sm2.POINT_LENGTH :]
        if order is Order.C1C3C2:
            return cls._checked(point, rest[:_HASH_LENGTH], rest[_HASH_LENGTH:])
        return cls._checked(point, rest[-_HASH_LENGTH:], rest[:-_HASH_LENGTH])

    @classmethod
    def _checked(cls, point: bytes, check: bytes, masked: bytes) -> Ciphertext:
        if not sm2.is_point(point) or len(check) != _HASH_LENGTH or not 1 <= len(masked) <= _MAX_LENGTH:
            raise KnownError("crypto.bad_ciphertext")
        return cls(point, check, masked)

    def to_der(self) -> bytes:
        """The form of GM/T 0009."""
        x, y = (int.from_bytes(part, "big") for part in (self.point[1:33], self.point[33:]))
        return der.sequence(
            (
                der.integer(x),
                der.integer(y),
                der.encode(der.OCTET_STRING, self.check),
                der.encode(der.OCTET_STRING, self.masked),
            )
        )

    def to_raw(self, order: Order = Order.C1C3C2) -> bytes:
        """The bare parts, the point with its 04."""
        if order is Order.C1C3C2:
            return self.point + self.check + self.masked
        return self.point + self.masked + self.check


def encrypt(point: bytes, message: bytes) -> bytes:
    """The DER ciphertext of ``message`` (1 byte to 1 MiB) for the key of ``point``.

    Raises KnownError("crypto.bad_public_key") when ``point`` is not on the curve.
    """
    if not 1 <= len(message) <= _MAX_LENGTH:
        raise ValueError("SM2 encrypts 1 byte to 1 MiB")
    while True:
        encoded = libcrypto.sm2_encrypt(point, message)
        if encoded is None:
            raise KnownError("crypto.bad_public_key")
        # A key stream of zeros leaves the message as it is; the standard wants another nonce then, and
        # OpenSSL before 3.2 does not look. It happens with messages of one or two bytes.
        if Ciphertext.from_der(encoded).masked != message:
            return encoded


def decrypt(pair: sm2.KeyPair, ciphertext: bytes) -> bytes:
    """The message of a DER ciphertext; who decrypts often keeps ``sm2.hold(pair)`` open.

    Raises KnownError("crypto.bad_ciphertext") or KnownError("crypto.not_decryptable").
    """
    key = sm2.hold(pair)
    try:
        return decrypt_with(key, ciphertext)
    finally:
        key.close()


def decrypt_with(key: libcrypto.PrivateKey, ciphertext: bytes) -> bytes:
    """``decrypt`` with a key that is held open."""
    message = key.decrypt(Ciphertext.from_der(ciphertext).to_der())
    if message is None:
        raise KnownError("crypto.not_decryptable")
    return message
