"""Receiving: view, accept, return; what does not fit is refused; strangers find nothing."""

from __future__ import annotations

import base64

import pytest
import requests

from fakes.documents import accept, delivery_of, good_checks, new_key, send, sync
from fakes.exchange import Caller, RunningExchange
from gongwen_protocol.messages import (
    AcceptRequest,
    DeliveryView,
    DocumentView,
    Finding,
    Problem,
    ReceiptEvent,
    ReceiptList,
    ReturnReason,
    ReturnRequest,
)
from gongwen_protocol.receipts import verify_receipt
from gongwen_protocol.states import DeliveryState


@pytest.fixture
def document(sender: Caller) -> DocumentView:
    """Sent to 002 and 003."""
    return send(sender, ("002", 2), ("003", 1))


def act(caller: Caller, document: DocumentView, verb: str, message: object = None) -> requests.Response:
    delivery = next(item for item in document.deliveries if item.unit_code == "002")
    return caller.post(f"/v1/deliveries/{delivery.delivery_id}/{verb}", message, key=new_key())


def code(answer: requests.Response) -> str:
    return Problem.model_validate_json(answer.content).code


def test_the_first_view_counts(receiver: Caller, sender: Caller, document: DocumentView) -> None:
    first = DeliveryView.model_validate_json(act(receiver, document, "view").content)
    again = DeliveryView.model_validate_json(act(receiver, document, "view").content)
    assert first.state is DeliveryState.VIEWED
    assert first == again
    receipts = ReceiptList.model_validate_json(
        sender.get(f"/v1/documents/{document.document_id}/receipts").content
    )
    assert [signed.receipt.event for signed in receipts.receipts].count(ReceiptEvent.VIEWED) == 1


def test_returning_tells_why(
    exchange: RunningExchange, receiver: Caller, sender: Caller, document: DocumentView
) -> None:
    request = ReturnRequest(reason=ReturnReason.OTHER, note="附件二缺页")
    answer = DeliveryView.model_validate_json(act(receiver, document, "return", request).content)
    assert (answer.state, answer.return_note, answer.handled_by) == (
        DeliveryState.RETURNED,
        "附件二缺页",
        "收发员",
    )
    assert answer.return_reason == "other"
    receipts = ReceiptList.model_validate_json(
        sender.get(f"/v1/documents/{document.document_id}/receipts").content
    )
    last = receipts.receipts[-1]
    assert (last.receipt.event, last.receipt.unit_code, last.receipt.reason) == (
        ReceiptEvent.RETURNED,
        "002",
        "other",
    )
    assert verify_receipt(last, [exchange.exchange.signer.certificate_der]) is None
    assert base64.b64decode(last.certificate) == exchange.exchange.signer.certificate_der


def test_an_unlisted_reason_needs_words(receiver: Caller, document: DocumentView) -> None:
    answer = act(receiver, document, "return", ReturnRequest(reason=ReturnReason.OTHER, note="  "))
    assert code(answer) == "return.note_required"


def test_acceptance_binds_to_what_was_verified(receiver: Caller, document: DocumentView) -> None:
    good = good_checks(document.body.digest)
    other = act(receiver, document, "accept", AcceptRequest(checks=good_checks("0" * 64)))
    failed = good.model_copy(update={"layout": Finding.FAILED})
    assert code(other) == "accept.other_document"
    assert code(act(receiver, document, "accept", AcceptRequest(checks=failed))) == "accept.check_failed"
    assert act(receiver, document, "accept", AcceptRequest(checks=good)).ok


def test_what_is_decided_is_decided(receiver: Caller, document: DocumentView) -> None:
    accept(receiver, document)
    request = ReturnRequest(reason=ReturnReason.SEAL_FAULT)
    assert code(act(receiver, document, "return", request)) == "delivery.already_received"
    again = AcceptRequest(checks=good_checks(document.body.digest))
    assert code(act(receiver, document, "accept", again)) == "delivery.already_received"


def test_strangers_and_the_sender_cannot_act_for_a_unit(
    sender: Caller, stranger: Caller, document: DocumentView
) -> None:
    for caller in (sender, stranger):
        for verb, message in (
            ("view", None),
            ("accept", AcceptRequest(checks=good_checks(document.body.digest))),
            ("return", ReturnRequest(reason=ReturnReason.SEAL_FAULT)),
        ):
            answer = act(caller, document, verb, message)
            assert (answer.status_code, code(answer)) == (404, "delivery.unknown")


def test_each_receiver_sees_its_own_side(
    sender: Caller, receiver: Caller, stranger: Caller, document: DocumentView
) -> None:
    accept(receiver, document)
    own = ReceiptList.model_validate_json(
        stranger.get(f"/v1/documents/{document.document_id}/receipts").content
    )
    assert [(item.receipt.event, item.receipt.unit_code) for item in own.receipts] == [
        (ReceiptEvent.SENT, "001"),
        (ReceiptEvent.DELIVERED, "003"),
    ]
    seen = [item for item in sync(stranger).documents if item.document_id == document.document_id]
    assert [delivery.unit_code for delivery in seen[0].deliveries] == ["003"]
    assert delivery_of(seen[0], stranger).state is DeliveryState.DELIVERED


def test_blobs_are_for_parties(
    exchange: RunningExchange, sender: Caller, receiver: Caller, stranger: Caller
) -> None:
    data = b"PK\x03\x04" + bytes(range(256)) * 8
    document = send(sender, ("002", 1), data=data)
    path = f"/v1/blobs/{document.body.digest}"
    for caller in (sender, receiver):
        assert caller.get(path).content == data
    assert stranger.get(path).status_code == 404
    tag = f'"{document.body.digest}"'
    answer = receiver.get(path, headers={"Range": "bytes=100-", "If-Range": tag})
    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (206, data[100:], tag)
    assert answer.headers["Content-Range"] == f"bytes 100-{len(data) - 1}/{len(data)}"
    whole = receiver.get(path, headers={"Range": "bytes=100-", "If-Range": '"other"'})
    assert (whole.status_code, whole.content) == (200, data)
    assert receiver.get(path, headers={"Range": f"bytes={len(data)}-"}).status_code == 416
    head = receiver.call("HEAD", path)
    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, str(len(data)), b"")
