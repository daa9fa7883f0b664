"""SM2 ciphertexts in the forms that keys take (GB/T 32918.4, GM/T 0009 clause 7.2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from asn1crypto import core

from gongwen_crypto.errors import KnownError

_WIDTH = 32
MAX_LENGTH = 4096
"""Bytes of a ciphertext; what is wrapped here is a content key of 16 to 64 bytes."""


class CipherForm(StrEnum):
    """How a driver wants a ciphertext: DER, or raw with the point first and the hash before or after."""

    DER = "der"
    C1C3C2 = "c1c3c2"
    C1C2C3 = "c1c2c3"


class _Sequence(core.Sequence):  # type: ignore[misc]
    _fields = [  # noqa: RUF012 - asn1crypto reads it so
        ("x", core.Integer),
        ("y", core.Integer),
        ("hash", core.OctetString),
        ("cipher", core.OctetString),
    ]


@dataclass(frozen=True)
class Ciphertext:
    """The parts: point (x, y) and hash in 32 bytes each, and the encrypted text."""

    x: bytes
    y: bytes
    hash: bytes
    text: bytes

    @classmethod
    def load(cls, der: bytes) -> Ciphertext:
        """Read DER. Raises KnownError("token.unwrap_failed") for anything else."""
        try:
            if len(der) > MAX_LENGTH:
                raise ValueError("too long")
            parsed = _Sequence.load(der, strict=True)
            parts = cls(
                _coordinate(parsed["x"].native),
                _coordinate(parsed["y"].native),
                bytes(parsed["hash"].native),
                bytes(parsed["cipher"].native),
            )
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            raise KnownError("token.unwrap_failed") from None
        if len(parts.hash) != _WIDTH or not parts.text:
            raise KnownError("token.unwrap_failed")
        return parts

    def to(self, form: CipherForm) -> bytes:
        """The bytes in the form that a driver wants."""
        point = b"\x04" + self.x + self.y
        match form:
            case CipherForm.C1C3C2:
                return point + self.hash + self.text
            case CipherForm.C1C2C3:
                return point + self.text + self.hash
            case CipherForm.DER:
                values = {
                    "x": int.from_bytes(self.x, "big"),
                    "y": int.from_bytes(self.y, "big"),
                    "hash": self.hash,
                    "cipher": self.text,
                }
                return bytes(_Sequence(values).dump())


def _coordinate(number: int) -> bytes:
    return number.to_bytes(_WIDTH, "big")
