"""The print ledger: numbered copies, each reserved, spooled and settled once (ADR 0017).

The ledger's lock makes two PCs of a unit take turns; the index ``tickets_live_once`` would stop the rest.
"""

from __future__ import annotations

import uuid

from sqlalchemy import func, select

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.messages import (
    PrintTicket,
    ReceiptEvent,
    TicketGrant,
    TicketRequest,
    TicketSettle,
    TicketVoid,
)
from gongwen_protocol.states import DeliveryEvent, TicketEvent, TicketState
from gongwen_protocol.transitions import TICKETS
from gongwen_server.db.tables import TicketRow
from gongwen_server.services import copy_marks, print_statements
from gongwen_server.services.copies import numbers_of
from gongwen_server.services.deliveries import FIRST_PRINT, Case, announce, own_case, use
from gongwen_server.services.ledger import ChangeKind, Ledger
from gongwen_server.services.sessions import Caller
from gongwen_server.services.views import ticket_view


def reserve(ledger: Ledger, caller: Caller, delivery_id: str, request: TicketRequest) -> TicketGrant:
    """Take the lowest free copy numbers, all or none.

    Raises RefusedError: print.not_received (by profile), delivery.*, print.quota_exceeded,
    print.attempts_used_up.
    """
    case = own_case(ledger, caller, delivery_id)
    case.advance(DeliveryEvent.PRINT)
    attempts = _attempts(ledger, delivery_id)
    taken = {number for number, (_, live) in attempts.items() if live}
    free = [number for number in numbers_of(ledger.session, delivery_id) if number not in taken]
    most = case.profile.most_attempts
    spent = {number for number in free if most is not None and attempts.get(number, (0, False))[0] >= most}
    free = [number for number in free if number not in spent]
    if len(free) < request.count <= len(free) + len(spent):
        article = case.profile.article_of("attempts_per_copy")
        raise RefusedError(
            "print.attempts_used_up", article=article, copy_number=min(spent), most=most, left=len(free)
        )
    if len(free) < request.count:
        raise RefusedError(
            "print.quota_exceeded",
            article=case.profile.article_of("print_quota_required"),
            copies=case.delivery.copies,
            left=len(free),
        )
    rows = [
        TicketRow(
            ticket_id=uuid.uuid4().hex,
            delivery_id=delivery_id,
            copy_number=number,
            attempt=attempts.get(number, (0, False))[0] + 1,
            printer=request.printer,
            state=TicketState.RESERVED.value,
            changed_at=ledger.now,
            void_reason="",
            by_post=caller.post,
        )
        for number in free[: request.count]
    ]
    ledger.session.add_all(rows)
    for row in rows:
        ledger.changed(caller.unit_code, ChangeKind.TICKET, row.ticket_id)
    return TicketGrant(tickets=tuple(ticket_view(row, case.delivery) for row in rows))


def spool(ledger: Ledger, caller: Caller, ticket_id: str) -> PrintTicket:
    """The copy is now with the printer: from here on it is in doubt until settled or void. Where the region
    prints marks on originals, the answer has that of this copy."""
    ticket, case = _own_ticket(ledger, caller, ticket_id)
    _advance(ledger, caller, ticket, case, TicketEvent.SPOOL)
    view = ticket_view(ticket, case.delivery)
    if not case.profile.marks_copies:
        return view
    return view.model_copy(update={"mark": copy_marks.issue(ledger, case, ticket)})


def settle(ledger: Ledger, caller: Caller, ticket_id: str, settled: TicketSettle) -> PrintTicket:
    """The copy came out. Where the region says so the first one is the receipt (Jiangmen art. 36), and the
    statement of the 验证印章 goes with it (art. 34). Raises RefusedError: print.*."""
    ticket, case = _own_ticket(ledger, caller, ticket_id)
    statement = print_statements.keep(ledger, caller, case, ticket, settled)
    _advance(ledger, caller, ticket, case, TicketEvent.SETTLE)
    case.delivery.printed += 1
    use(ledger, caller, case, FIRST_PRINT)
    announce(ledger, caller, case, ReceiptEvent.PRINTED, copy_number=ticket.copy_number, said=statement)
    return ticket_view(ticket, case.delivery)


def void(ledger: Ledger, caller: Caller, ticket_id: str, request: TicketVoid) -> PrintTicket:
    """The copy did not come out: its number is free again."""
    ticket, case = _own_ticket(ledger, caller, ticket_id)
    _advance(ledger, caller, ticket, case, TicketEvent.VOID)
    ticket.void_reason = request.reason
    announce(
        ledger,
        caller,
        case,
        ReceiptEvent.PRINT_VOIDED,
        reason=request.reason,
        copy_number=ticket.copy_number,
    )
    return ticket_view(ticket, case.delivery)


def _attempts(ledger: Ledger, delivery_id: str) -> dict[int, tuple[int, bool]]:
    """Copy number → (attempts so far, whether one of them is live)."""
    rows = ledger.session.execute(
        select(
            TicketRow.copy_number,
            func.max(TicketRow.attempt),
            func.count().filter(TicketRow.state != TicketState.VOID.value),
        )
        .where(TicketRow.delivery_id == delivery_id)
        .group_by(TicketRow.copy_number)
    )
    return {number: (attempts, live > 0) for number, attempts, live in rows}


def _own_ticket(ledger: Ledger, caller: Caller, ticket_id: str) -> tuple[TicketRow, Case]:
    ticket = ledger.session.get(TicketRow, ticket_id)
    if ticket is None:
        raise RefusedError("print.ticket_unknown")
    try:
        return ticket, own_case(ledger, caller, ticket.delivery_id)
    except RefusedError:
        raise RefusedError("print.ticket_unknown") from None


def _advance(ledger: Ledger, caller: Caller, ticket: TicketRow, case: Case, event: TicketEvent) -> None:
    ticket.state = TICKETS.step(TicketState(ticket.state), event, case.profile).value
    ticket.changed_at = ledger.now
    ledger.changed(caller.unit_code, ChangeKind.TICKET, ticket.ticket_id)
