"""Checking receipts, offline: a receipt is worth what a stranger can verify with the certificate alone."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from enum import StrEnum

from gongwen_crypto import sm3
from gongwen_crypto.algorithms import SM2_WITH_SM3
from gongwen_crypto.certificates import Certificate, verify_signature
from gongwen_crypto.errors import KnownError
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import Receipt, SignedReceipt
from gongwen_protocol.signatures import is_trusted

FIRST_PREVIOUS = "0" * 64


class ReceiptProblem(StrEnum):
    """Why a receipt proves nothing."""

    UNREADABLE = "unreadable"  # signature or certificate is no base64 or no certificate
    UNKNOWN_SIGNER = "unknown_signer"  # the certificate is none that we trust for receipts
    BAD_SIGNATURE = "bad_signature"  # the statement or its signature was altered
    OUTSIDE_VALIDITY = "outside_validity"  # stated at a time at which the certificate did not hold
    BROKEN_CHAIN = "broken_chain"  # does not follow the receipt before it


def receipt_digest(receipt: Receipt) -> str:
    """SM3 of the canonical bytes: what the next receipt names as ``previous``."""
    return sm3.digest(canonical_bytes(receipt)).hex()


def verify_receipt(signed: SignedReceipt, trusted: Iterable[bytes]) -> ReceiptProblem | None:
    """None when the receipt holds. ``trusted``: certificates (DER) of the exchange, or of its authority.

    Never raises for bad input.
    """
    try:
        certificate = Certificate.load(base64.b64decode(signed.certificate, validate=True))
        signature = base64.b64decode(signed.signature, validate=True)
    except (binascii.Error, ValueError, KnownError):
        return ReceiptProblem.UNREADABLE
    if not (certificate.may_sign and is_trusted(certificate, trusted)):
        return ReceiptProblem.UNKNOWN_SIGNER
    statement = canonical_bytes(signed.receipt)
    if not verify_signature(certificate.public_key, SM2_WITH_SM3, statement, signature):
        return ReceiptProblem.BAD_SIGNATURE
    if not certificate.not_before <= signed.receipt.at <= certificate.not_after:
        return ReceiptProblem.OUTSIDE_VALIDITY
    return None


def verify_chain(receipts: Iterable[SignedReceipt], trusted: Iterable[bytes]) -> ReceiptProblem | None:
    """The first problem of consecutive receipts of an exchange, their links included; None when all hold."""
    anchors = tuple(trusted)
    before: Receipt | None = None
    for signed in receipts:
        problem = verify_receipt(signed, anchors)
        if problem is not None:
            return problem
        if not _follows(signed.receipt, before):
            return ReceiptProblem.BROKEN_CHAIN
        before = signed.receipt
    return None


def _follows(receipt: Receipt, before: Receipt | None) -> bool:
    if before is None:
        return receipt.sequence > 1 or receipt.previous == FIRST_PREVIOUS
    return receipt.sequence == before.sequence + 1 and receipt.previous == receipt_digest(before)
