"""SM2 signatures and keys (GB/T 32918.2, GM/T 0009): what the rest of the project calls.

Public points are 65 bytes ``04‖X‖Y``, private keys 32 bytes big-endian, signatures DER
``SEQUENCE { INTEGER r, INTEGER s }``. The distinguishing ID is always stated; the default of the national
profile is ``1234567812345678`` (GM/T 0009 clause 10).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gongwen_crypto import libcrypto, sm2_reference, sm3
from gongwen_crypto.errors import KnownError

DEFAULT_ID = b"1234567812345678"
POINT_LENGTH = 65
RAW_SIGNATURE_LENGTH = 64
_CURVE = b"".join(
    value.to_bytes(32, "big")
    for value in (sm2_reference.A, sm2_reference.B, sm2_reference.G[0], sm2_reference.G[1])
)


@dataclass(frozen=True)
class KeyPair:
    """An SM2 key in memory: for servers, seal authorities and tests, never for a clerk's seal key."""

    private: bytes = field(repr=False)
    point: bytes


def generate() -> KeyPair:
    """A fresh key pair from libcrypto's random generator."""
    return KeyPair(*libcrypto.sm2_generate())


def public_point(private: bytes) -> bytes:
    """The public point of a private key. Raises KnownError when it is out of [1, n-2]."""
    scalar = int.from_bytes(private, "big")
    if len(private) != 32 or not 0 < scalar < sm2_reference.N - 1:
        raise KnownError("crypto.bad_private_key")
    point = sm2_reference.multiply_base(scalar)
    assert point is not None, "a scalar below the order of G never gives infinity"
    return b"\x04" + point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")


def is_point(point: bytes) -> bool:
    """Whether ``point`` is an uncompressed point on the SM2 curve."""
    return _coordinates(point) is not None


def message_digest(point: bytes, message: bytes, distid: bytes = DEFAULT_ID) -> bytes:
    """e = SM3(Z‖M), 32 bytes: what a token signs that takes digests (GM/T 0016 SKF_ECCSignData)."""
    return sm3.digest(identity_digest(point, distid) + message)


def identity_digest(point: bytes, distid: bytes = DEFAULT_ID) -> bytes:
    """Z = SM3(ENTL‖ID‖a‖b‖xG‖yG‖xA‖yA), the signer's identity (GB/T 32918.2 5.5)."""
    return sm3.digest((8 * len(distid)).to_bytes(2, "big") + distid + _CURVE + point[1:])


def sign(pair: KeyPair, message: bytes, distid: bytes = DEFAULT_ID) -> bytes:
    """DER signature over ``message``, made by libcrypto. Who signs often keeps ``hold(pair)`` open."""
    key = hold(pair)
    try:
        return key.sign(message, distid)
    finally:
        key.close()


def hold(pair: KeyPair) -> libcrypto.PrivateKey:
    """The key opened once for many operations; its owner closes it."""
    return libcrypto.PrivateKey(pair.private, pair.point)


def verify(point: bytes, message: bytes, signature: bytes, distid: bytes = DEFAULT_ID) -> bool:
    """Whether the DER ``signature`` over ``message`` is good. Never raises for bad input."""
    if decode_signature(signature) is None or len(point) != POINT_LENGTH or point[0] != 4:
        return False
    if libcrypto.available():
        return libcrypto.sm2_verify(point, message, signature, distid)
    return verify_digest(point, message_digest(point, message, distid), signature)


def verify_digest(point: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether the DER ``signature`` signs the 32-byte ``digest`` e itself (no Z added)."""
    numbers = decode_signature(signature)
    coordinates = _coordinates(point)
    if numbers is None or coordinates is None:
        return False
    return sm2_reference.verify_digest(coordinates, int.from_bytes(digest, "big"), *numbers)


def decode_signature(signature: bytes) -> tuple[int, int] | None:
    """(r, s) of a strictly encoded DER signature, or None."""
    if len(signature) < 8 or signature[0] != 0x30 or signature[1] != len(signature) - 2:
        return None
    numbers = []
    position = 2
    for _ in range(2):
        body = _integer_body(signature, position)
        if body is None:
            return None
        numbers.append(int.from_bytes(body, "big"))
        position += 2 + len(body)
    return (numbers[0], numbers[1]) if position == len(signature) else None


def _integer_body(data: bytes, position: int) -> bytes | None:
    """Content of the minimal, non-negative INTEGER of at most 33 bytes at ``position``, or None."""
    if len(data) < position + 3 or data[position] != 2:
        return None
    length = data[position + 1]
    body = data[position + 2 : position + 2 + length]
    if not 1 <= length <= 33 or len(body) != length or body[0] & 0x80:
        return None
    if length > 1 and body[0] == 0 and not body[1] & 0x80:
        return None
    return body


def encode_signature(r: int, s: int) -> bytes:
    """DER of (r, s)."""
    body = b""
    for number in (r, s):
        content = number.to_bytes(number.bit_length() // 8 + 1, "big")
        body += bytes((2, len(content))) + content
    return bytes((0x30, len(body))) + body


def signature_from_raw(raw: bytes) -> bytes:
    """DER of the 64-byte form r‖s that many tokens return."""
    if len(raw) != RAW_SIGNATURE_LENGTH:
        raise KnownError("crypto.bad_raw_signature", length=len(raw))
    return encode_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))


def _coordinates(point: bytes) -> sm2_reference.Affine | None:
    if len(point) != POINT_LENGTH or point[0] != 4:
        return None
    coordinates = int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")
    return coordinates if sm2_reference.on_curve(coordinates) else None
