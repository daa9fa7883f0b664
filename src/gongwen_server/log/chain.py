"""The receipt chain: each receipt names the SM3 value of the one before it and is signed by the exchange."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from gongwen_crypto import sm3
from gongwen_crypto.signer import Signer
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import Receipt, ReceiptEvent, SignedReceipt
from gongwen_protocol.receipts import FIRST_PREVIOUS


@dataclass(frozen=True)
class Statement:
    """What the exchange is about to state; the chain adds place, link and signature."""

    event: ReceiptEvent
    document_id: str
    body_digest: str
    unit_code: str
    unit_name: str
    at: datetime
    by_post: str
    delivery_id: str | None = None
    copy_number: int | None = None
    reason: str | None = None
    said: str | None = None


@dataclass(frozen=True)
class Link:
    """A receipt as it is stored: the canonical bytes that were signed, and the signature (DER)."""

    sequence: int
    statement: bytes
    signature: bytes


class ReceiptChain:
    """Continues the chain from a head. Not thread-safe: one transaction, one chain."""

    def __init__(self, signer: Signer, sequence: int = 0, digest: str = FIRST_PREVIOUS) -> None:
        self._signer = signer
        self.sequence = sequence
        self.digest = digest

    def state(self, statement: Statement) -> Link:
        """Sign the next receipt and move the head."""
        receipt = Receipt(
            sequence=self.sequence + 1,
            event=statement.event,
            document_id=statement.document_id,
            body_digest=statement.body_digest,
            unit_code=statement.unit_code,
            unit_name=statement.unit_name,
            at=statement.at,
            by_post=statement.by_post,
            delivery_id=statement.delivery_id,
            copy_number=statement.copy_number,
            reason=statement.reason,
            said=statement.said,
            previous=self.digest,
        )
        signed = canonical_bytes(receipt)
        self.sequence = receipt.sequence
        self.digest = sm3.digest(signed).hex()
        return Link(receipt.sequence, signed, self._signer.sign(signed))


def signed_receipt(statement: bytes, signature: bytes, certificate: bytes) -> SignedReceipt:
    """The message for a stored receipt."""
    return SignedReceipt(
        receipt=Receipt.model_validate_json(statement),
        signature=base64.b64encode(signature).decode(),
        certificate=base64.b64encode(certificate).decode(),
    )
