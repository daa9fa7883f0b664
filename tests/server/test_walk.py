"""One document travels from its sender to two units and back as receipts."""

from __future__ import annotations

import base64

from fakes.documents import OFD, accept, send, sync
from fakes.exchange import Caller, RunningExchange
from gongwen_protocol.messages import ReceiptEvent, ReceiptList, ServerInfo
from gongwen_protocol.receipts import verify_chain, verify_receipt
from gongwen_protocol.states import DeliveryState


def test_a_document_travels(exchange: RunningExchange, sender: Caller, receiver: Caller) -> None:
    info = ServerInfo.model_validate_json(sender.get("/v1/server").content)
    certificate = base64.b64decode(info.certificate)
    sent = send(sender, ("002", 3), ("003", 0))
    assert [delivery.state for delivery in sent.deliveries] == [DeliveryState.DELIVERED] * 2

    news = sync(receiver)
    assert [document.document_id for document in news.documents] == [sent.document_id]
    assert [delivery.unit_code for delivery in news.documents[0].deliveries] == ["002"]
    assert receiver.get(f"/v1/blobs/{sent.body.digest}").content == OFD

    accepted = accept(receiver, sent)
    assert accepted.state is DeliveryState.RECEIVED

    back = sync(sender)
    states = {delivery.unit_code: delivery.state for delivery in back.documents[0].deliveries}
    assert states == {"002": DeliveryState.RECEIVED, "003": DeliveryState.DELIVERED}
    events = [signed.receipt.event for signed in back.receipts]
    assert events == [
        ReceiptEvent.SENT,
        ReceiptEvent.DELIVERED,
        ReceiptEvent.DELIVERED,
        ReceiptEvent.RECEIVED,
    ]
    assert verify_chain(back.receipts, [certificate]) is None

    own = ReceiptList.model_validate_json(receiver.get(f"/v1/documents/{sent.document_id}/receipts").content)
    assert [signed.receipt.event for signed in own.receipts] == [
        ReceiptEvent.SENT,
        ReceiptEvent.DELIVERED,
        ReceiptEvent.RECEIVED,
    ]
    assert all(verify_receipt(signed, [certificate]) is None for signed in own.receipts)
    assert sync(sender, back.cursor).documents == ()
