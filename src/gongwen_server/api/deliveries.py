"""What a receiving unit does: view, accept, return, print; and that a person looked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from gongwen_protocol.copy_marks import MARK_PATTERN, CopyMarkStatus
from gongwen_protocol.messages import (
    AcceptRequest,
    AttendedCheck,
    AttendedCheckAnswer,
    DeliveryView,
    PrintTicket,
    ReturnRequest,
    TicketGrant,
    TicketRequest,
    TicketSettle,
    TicketVoid,
)
from gongwen_server.api.access import (
    DigestPath,
    ExchangeOf,
    Identifier,
    Member,
    Once,
    Printer,
    Reader,
    Receiver,
    performed,
)
from gongwen_server.services import copy_marks, deliveries, duty, print_statements, printing

router = APIRouter(prefix="/v1")
_WITHOUT_STATEMENT = TicketSettle()


@router.post("/deliveries/{delivery_id}/view", response_model=DeliveryView)
def view(exchange: ExchangeOf, caller: Receiver, once: Once, delivery_id: Identifier) -> Response:
    """A person opened the document."""
    return performed(
        exchange, caller, once.command(), lambda ledger: deliveries.view(ledger, caller, delivery_id)
    )


@router.post("/deliveries/{delivery_id}/accept", response_model=DeliveryView)
def accept(
    exchange: ExchangeOf, caller: Receiver, once: Once, delivery_id: Identifier, request: AcceptRequest
) -> Response:
    """Receive the document (Ordos art. 10)."""
    return performed(
        exchange,
        caller,
        once.command(request),
        lambda ledger: deliveries.accept(ledger, caller, delivery_id, request),
    )


@router.post("/deliveries/{delivery_id}/return", response_model=DeliveryView)
def return_document(
    exchange: ExchangeOf, caller: Receiver, once: Once, delivery_id: Identifier, request: ReturnRequest
) -> Response:
    """Send it back with a reason (退文)."""
    return performed(
        exchange,
        caller,
        once.command(request),
        lambda ledger: deliveries.return_document(ledger, caller, delivery_id, request),
    )


@router.post("/deliveries/{delivery_id}/tickets", status_code=201, response_model=TicketGrant)
def reserve(
    exchange: ExchangeOf, caller: Printer, once: Once, delivery_id: Identifier, request: TicketRequest
) -> Response:
    """Reserve numbered copies for printing."""
    return performed(
        exchange,
        caller,
        once.command(request),
        lambda ledger: printing.reserve(ledger, caller, delivery_id, request),
        201,
    )


@router.post("/tickets/{ticket_id}/spool", response_model=PrintTicket)
def spool(exchange: ExchangeOf, caller: Printer, once: Once, ticket_id: Identifier) -> Response:
    """The copy goes to the printer."""
    return performed(
        exchange, caller, once.command(), lambda ledger: printing.spool(ledger, caller, ticket_id)
    )


@router.post("/tickets/{ticket_id}/settle", response_model=PrintTicket)
def settle(
    exchange: ExchangeOf,
    caller: Printer,
    once: Once,
    ticket_id: Identifier,
    request: TicketSettle = _WITHOUT_STATEMENT,
) -> Response:
    """The copy came out; with the statement of the 验证印章 where the region wants one."""
    return performed(
        exchange,
        caller,
        once.command(request if request.statement else None),
        lambda ledger: printing.settle(ledger, caller, ticket_id, request),
    )


@router.get("/print-statements/{digest}", response_model=TicketSettle)
def statement(exchange: ExchangeOf, caller: Reader, digest: DigestPath) -> TicketSettle:
    """What a 验证印章 signed about printed originals, for both sides of the document."""
    return print_statements.read(exchange, caller, digest)


@router.get("/copy-marks/{mark}", response_model=CopyMarkStatus)
def copy_mark(
    exchange: ExchangeOf, caller: Member, mark: Annotated[str, Path(pattern=MARK_PATTERN)]
) -> CopyMarkStatus:
    """What became of the printed copy whose mark (验真码) this is, for whoever holds the paper."""
    return copy_marks.status(exchange, mark)


@router.post("/tickets/{ticket_id}/void", response_model=PrintTicket)
def void(
    exchange: ExchangeOf, caller: Printer, once: Once, ticket_id: Identifier, request: TicketVoid
) -> Response:
    """The copy did not come out; its number is free again."""
    return performed(
        exchange,
        caller,
        once.command(request),
        lambda ledger: printing.void(ledger, caller, ticket_id, request),
    )


@router.post("/attended-checks", status_code=201, response_model=AttendedCheckAnswer)
def attend(exchange: ExchangeOf, caller: Receiver, once: Once, request: AttendedCheck) -> Response:
    """A person looked at the inbox (Ordos art. 11)."""
    return performed(
        exchange, caller, once.command(request), lambda ledger: duty.attend(ledger, caller, request), 201
    )
