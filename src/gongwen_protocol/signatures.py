"""Signing statements and checking them: canonical bytes, SM2 with SM3, a certificate that is trusted."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel, Field

from gongwen_crypto.algorithms import SM2_WITH_SM3
from gongwen_crypto.certificates import Certificate, verify_signature
from gongwen_crypto.errors import KnownError
from gongwen_crypto.signer import Signer
from gongwen_protocol.basics import Message
from gongwen_protocol.canonical import canonical_bytes


class Seal(Message):
    """A signature of the exchange: base64 DER, over the canonical bytes of the statement beside it."""

    signature: str
    certificate: str = Field(description="base64 DER of the signing certificate")


def seal_of(statement: BaseModel, signer: Signer) -> Seal:
    """Sign a statement."""
    signature = signer.sign(canonical_bytes(statement))
    return Seal(
        signature=base64.b64encode(signature).decode(),
        certificate=base64.b64encode(signer.certificate_der).decode(),
    )


def is_sealed(statement: BaseModel, seal: Seal, trusted: Iterable[bytes], at: datetime) -> bool:
    """Whether a trusted certificate (DER), or one that it issued, signed this very statement and was valid
    at ``at``. Never raises for bad input."""
    try:
        certificate = Certificate.load(base64.b64decode(seal.certificate, validate=True))
        signature = base64.b64decode(seal.signature, validate=True)
    except (binascii.Error, ValueError, KnownError):
        return False
    return (
        certificate.may_sign
        and is_trusted(certificate, trusted)
        and certificate.not_before <= at <= certificate.not_after
        and verify_signature(certificate.public_key, SM2_WITH_SM3, canonical_bytes(statement), signature)
    )


def certificate_of(seal: Seal) -> Certificate | None:
    """The certificate that a signature carries; None for what is none. Trusted or not is another question."""
    try:
        return Certificate.load(base64.b64decode(seal.certificate, validate=True))
    except (binascii.Error, ValueError, KnownError):
        return None


def is_trusted(certificate: Certificate, trusted: Iterable[bytes]) -> bool:
    """Whether a certificate is one of ``trusted`` (DER) or was issued by one of them."""
    for der in trusted:
        anchor = Certificate.load(der)
        if anchor == certificate:
            return True
        if anchor.may_issue and certificate.issuer_id == anchor.subject_id and certificate.signed_by(anchor):
            return True
    return False
