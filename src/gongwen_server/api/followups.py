"""What follows on a sent document: recall, reminders, resending, requests, replies, paper."""

from __future__ import annotations

from fastapi import APIRouter, Response

from gongwen_protocol.actions import (
    Arrival,
    MeetingReply,
    PaperRequest,
    RecallRequest,
    ReceiverRequest,
    RemindRequest,
    RequestGrant,
    RequestPicture,
    RequestRefusal,
    ResendRequest,
    WorkingCopy,
)
from gongwen_protocol.messages import DeliveryView, DocumentView, SupplementRequest
from gongwen_server.api.access import (
    ExchangeOf,
    Follower,
    Identifier,
    Once,
    Printer,
    Reader,
    Receiver,
    performed,
)
from gongwen_server.services import (
    deliveries,
    meetings,
    paper,
    recalling,
    reminding,
    requests,
    resending,
)

router = APIRouter(prefix="/v1")


@router.post("/documents/{document_id}/recall", response_model=DocumentView)
def recall(
    exchange: ExchangeOf, caller: Follower, once: Once, document_id: Identifier, request: RecallRequest
) -> Response:
    """Take it back from units that have not received it (撤回)."""
    return performed(
        exchange,
        caller,
        once.command(request),
        lambda ledger: recalling.recall(ledger, caller, document_id, request),
    )


@router.post("/documents/{document_id}/remind", response_model=DocumentView)
def remind(
    exchange: ExchangeOf, caller: Follower, once: Once, document_id: Identifier, request: RemindRequest
) -> Response:
    """通知, 催办 or 督办 units that have not received it (Ordos art. 9)."""
    return performed(
        exchange,
        caller,
        once.command(request),
        lambda ledger: reminding.remind(ledger, caller, document_id, request),
    )


@router.post("/documents/{document_id}/resend", response_model=DocumentView)
def resend(
    exchange: ExchangeOf, caller: Follower, once: Once, document_id: Identifier, request: ResendRequest
) -> Response:
    """Deliver it once more (重发)."""
    return performed(
        exchange,
        caller,
        once.command(request),
        lambda ledger: resending.resend(ledger, caller, document_id, request),
    )


@router.post("/documents/{document_id}/supplement", response_model=DocumentView)
def supplement(
    exchange: ExchangeOf, caller: Follower, once: Once, document_id: Identifier, request: SupplementRequest
) -> Response:
    """Deliver it to units that were left out (补发)."""
    return performed(
        exchange,
        caller,
        once.command(request),
        lambda ledger: resending.supplement(ledger, caller, document_id, request),
    )


@router.post("/documents/{document_id}/paper", response_model=DocumentView)
def go_on_paper(
    exchange: ExchangeOf, caller: Follower, once: Once, document_id: Identifier, request: PaperRequest
) -> Response:
    """Deliveries continue on paper (转纸质)."""
    return performed(
        exchange,
        caller,
        once.command(request),
        lambda ledger: paper.go_on_paper(ledger, caller, document_id, request),
    )


@router.post("/deliveries/{delivery_id}/requests", response_model=DeliveryView)
def ask(
    exchange: ExchangeOf, caller: Receiver, once: Once, delivery_id: Identifier, request: ReceiverRequest
) -> Response:
    """Ask the sender for copies, or for the document once more (Jiangmen art. 37)."""
    return performed(
        exchange,
        caller,
        once.command(request),
        lambda ledger: requests.ask(ledger, caller, delivery_id, request),
    )


@router.post("/requests/{request_id}/grant", response_model=DeliveryView)
def grant(
    exchange: ExchangeOf, caller: Follower, once: Once, request_id: Identifier, request: RequestGrant
) -> Response:
    """Grant a request; copy numbers continue the document's."""
    return performed(
        exchange,
        caller,
        once.command(request),
        lambda ledger: requests.grant(ledger, caller, request_id, request),
    )


@router.post("/requests/{request_id}/refuse", response_model=DeliveryView)
def refuse(
    exchange: ExchangeOf, caller: Follower, once: Once, request_id: Identifier, request: RequestRefusal
) -> Response:
    """Refuse a request with a reason."""
    return performed(
        exchange,
        caller,
        once.command(request),
        lambda ledger: requests.refuse(ledger, caller, request_id, request),
    )


@router.post("/requests/{request_id}/withdraw", response_model=DeliveryView)
def withdraw(exchange: ExchangeOf, caller: Receiver, once: Once, request_id: Identifier) -> Response:
    """The receiver needs it no more."""
    return performed(
        exchange, caller, once.command(), lambda ledger: requests.withdraw(ledger, caller, request_id)
    )


@router.get("/requests/{request_id}/picture")
def picture(exchange: ExchangeOf, caller: Reader, request_id: Identifier) -> RequestPicture:
    """The photograph that came with a request, for both sides of the document."""
    return requests.read_picture(exchange, caller, request_id)


@router.post("/deliveries/{delivery_id}/copies", response_model=DeliveryView)
def take_copy(
    exchange: ExchangeOf, caller: Printer, once: Once, delivery_id: Identifier, request: WorkingCopy
) -> Response:
    """A working copy without seal left the client (脱密下载)."""
    return performed(
        exchange,
        caller,
        once.command(request),
        lambda ledger: deliveries.take_copy(ledger, caller, delivery_id, request),
    )


@router.post("/deliveries/{delivery_id}/reply", response_model=DeliveryView)
def reply(
    exchange: ExchangeOf, caller: Receiver, once: Once, delivery_id: Identifier, request: MeetingReply
) -> Response:
    """Reply to a meeting (会议回执)."""
    return performed(
        exchange,
        caller,
        once.command(request),
        lambda ledger: meetings.reply(ledger, caller, delivery_id, request),
    )


@router.post("/deliveries/{delivery_id}/arrivals", response_model=DeliveryView)
def arrive(
    exchange: ExchangeOf, caller: Receiver, once: Once, delivery_id: Identifier, request: Arrival
) -> Response:
    """Tick what came by paper."""
    return performed(
        exchange,
        caller,
        once.command(request),
        lambda ledger: paper.arrive(ledger, caller, delivery_id, request),
    )
