"""Receipts prove something to a stranger who has only the certificate, and nothing when altered."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from gongwen_crypto.issue import Subject, Usage, issue, make_root
from gongwen_crypto.software import SoftwareSigner
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import Receipt, ReceiptEvent, SignedReceipt
from gongwen_protocol.receipts import (
    FIRST_PREVIOUS,
    ReceiptProblem,
    receipt_digest,
    verify_chain,
    verify_receipt,
)

NOW = datetime(2025, 3, 3, 8, 0, 0, 123456, tzinfo=UTC)
DAY = timedelta(days=1)
ROOT = make_root(Subject("根", "测试"), NOW - DAY, NOW + DAY)


def certified(usage: Usage = Usage.SIGNING) -> SoftwareSigner:
    signer = SoftwareSigner.generate()
    der = issue(ROOT, Subject("回执", "测试"), signer.public_key, usage, NOW - DAY, NOW + DAY)
    return signer.with_certificate(der)


SIGNER = certified()


def receipt(sequence: int = 1, previous: str = FIRST_PREVIOUS, at: datetime = NOW) -> Receipt:
    return Receipt(
        sequence=sequence,
        event=ReceiptEvent.RECEIVED,
        document_id="d" * 32,
        body_digest="a" * 64,
        unit_code="001",
        unit_name="东胜区人民政府办公室",
        at=at,
        by_post="收发员",
        delivery_id="e" * 32,
        previous=previous,
    )


def sign(content: Receipt, signer: SoftwareSigner = SIGNER) -> SignedReceipt:
    return SignedReceipt(
        receipt=content,
        signature=base64.b64encode(signer.sign(canonical_bytes(content))).decode(),
        certificate=base64.b64encode(signer.certificate_der).decode(),
    )


def test_a_receipt_holds_over_the_wire() -> None:
    received = SignedReceipt.model_validate_json(sign(receipt()).model_dump_json())
    assert verify_receipt(received, [SIGNER.certificate_der]) is None
    assert verify_receipt(received, [ROOT.certificate_der]) is None


ALTERATIONS: dict[str, object] = {
    "sequence": 2,
    "event": ReceiptEvent.RETURNED,
    "document_id": "f" * 32,
    "body_digest": "b" * 64,
    "unit_code": "002",
    "unit_name": "市水利局",
    "at": NOW + timedelta(microseconds=1),
    "by_post": "",
    "delivery_id": None,
    "copy_number": 1,
    "reason": "x",
    "said": "2" * 64,
    "previous": "1" * 64,
}


@pytest.mark.parametrize("field", list(Receipt.model_fields))
def test_every_field_is_protected(field: str) -> None:
    altered = receipt().model_copy(update={field: ALTERATIONS[field]})
    forged = sign(receipt()).model_copy(update={"receipt": altered})
    assert verify_receipt(forged, [SIGNER.certificate_der]) is ReceiptProblem.BAD_SIGNATURE


def test_strangers_and_other_certificates_prove_nothing() -> None:
    other = certified()
    encryption = certified(Usage.ENCRYPTION)
    trusted = [SIGNER.certificate_der]
    assert verify_receipt(sign(receipt(), other), trusted) is ReceiptProblem.UNKNOWN_SIGNER
    assert (
        verify_receipt(sign(receipt(), encryption), [ROOT.certificate_der]) is ReceiptProblem.UNKNOWN_SIGNER
    )
    assert verify_receipt(sign(receipt()), [other.certificate_der]) is ReceiptProblem.UNKNOWN_SIGNER
    late = sign(receipt(at=NOW + 2 * DAY))
    assert verify_receipt(late, trusted) is ReceiptProblem.OUTSIDE_VALIDITY


@pytest.mark.parametrize("field", ["signature", "certificate"])
@pytest.mark.parametrize("value", ["", "***", "AAAA"])
def test_rubbish_is_reported_not_raised(field: str, value: str) -> None:
    broken = sign(receipt()).model_copy(update={field: value})
    assert verify_receipt(broken, [SIGNER.certificate_der]) in (
        ReceiptProblem.UNREADABLE,
        ReceiptProblem.BAD_SIGNATURE,
    )


def test_the_chain_shows_what_was_left_out() -> None:
    contents = [receipt()]
    for number in (2, 3):
        contents.append(receipt(number, receipt_digest(contents[-1])))
    chain = [sign(content) for content in contents]
    trusted = [SIGNER.certificate_der]
    assert verify_chain(chain, trusted) is None
    assert verify_chain(chain[1:], trusted) is None
    assert verify_chain([chain[0], chain[2]], trusted) is ReceiptProblem.BROKEN_CHAIN
    assert verify_chain([sign(receipt(1, "1" * 64))], trusted) is ReceiptProblem.BROKEN_CHAIN
    rewritten = sign(receipt(1, FIRST_PREVIOUS, NOW + timedelta(minutes=1)))
    assert verify_chain([rewritten, *chain[1:]], trusted) is ReceiptProblem.BROKEN_CHAIN
