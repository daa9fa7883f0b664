"""Whoever can sign: a seal key in its own process, a server key, a test key."""

from __future__ import annotations

from typing import Protocol


class Signer(Protocol):
    """Makes signature values over messages; where the private key lives is its own affair."""

    @property
    def certificate_der(self) -> bytes:
        """The signer's X.509 certificate (DER)."""

    @property
    def algorithm_oid(self) -> str:
        """Dotted OID of the signature algorithm, e.g. 1.2.156.10197.1.501 (SM2 with SM3)."""

    def sign(self, message: bytes) -> bytes:
        """Return the DER signature value over ``message`` (hashing, and Z for SM2, included)."""
