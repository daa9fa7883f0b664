"""Which of the seals on a token belongs to which certificate; the bytes only, nothing is parsed here."""

from __future__ import annotations

import hashlib

from gongwen_crypto import sm3
from gongwen_crypto.certificates import Certificate


def seal_of(certificate: Certificate, seals: tuple[bytes, ...], *, only_key: bool = False) -> bytes | None:
    """The seal that names this certificate in its certList, by itself or by digest (GB/T 38540).

    ``only_key``: a token's only seal belongs to its only key even where it names another certificate, so
    that the person reads why it cannot be used.
    """
    marks = (certificate.der, sm3.digest(certificate.der), hashlib.sha256(certificate.der).digest())
    for seal in seals:
        if any(mark in seal for mark in marks):
            return seal
    return seals[0] if only_key and len(seals) == 1 else None
