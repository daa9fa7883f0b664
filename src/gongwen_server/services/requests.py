"""What a receiver asks of the sender when receiving failed: more copies, or the document once more (Jiangmen
art. 37); and the sender's answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from sqlalchemy import select

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.actions import (
    ReceiverRequest,
    RequestGrant,
    RequestKind,
    RequestPicture,
    RequestRefusal,
)
from gongwen_protocol.decisions import may_grant, may_request
from gongwen_protocol.messages import DeliveryView, ReceiptEvent
from gongwen_protocol.states import DeliveryEvent, RequestEvent, RequestState
from gongwen_protocol.transitions import DELIVERIES, REQUESTS
from gongwen_server.db.tables import DeliveryRow, DocumentRow, RequestPictureRow, RequestRow
from gongwen_server.services.copies import issue_ranges
from gongwen_server.services.deliveries import Case, announce, case_of_sender, own_case
from gongwen_server.services.envelopes import renew_envelopes
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.following import Following
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.resending import deliver_again
from gongwen_server.services.sessions import Caller
from gongwen_server.services.views import delivery_view

CaseOf = Callable[[Ledger, Caller, str], Case]


def ask(ledger: Ledger, caller: Caller, delivery_id: str, request: ReceiverRequest) -> DeliveryView:
    """Raises RefusedError: request.*, delivery.*."""
    request_id = uuid.uuid4().hex
    case = own_case(ledger, caller, delivery_id)
    case.advance(DeliveryEvent.REQUEST)
    may_request(
        case.profile, request, Following(ledger.session, [delivery_id]).requests(delivery_id)
    ).require()
    picture = request.picture
    if picture is not None and picture.certificate is None and case.document.end_to_end:
        raise RefusedError("request.picture_open", article=case.profile.article_of("end_to_end"))
    ledger.session.add(
        RequestRow(
            request_id=request_id,
            delivery_id=delivery_id,
            kind=request.kind.value,
            count=request.count,
            reason=request.reason.strip(),
            state=RequestState.OPEN.value,
            asked_at=ledger.now,
            asked_by=caller.post,
            granted=0,
            answer="",
            answered_by="",
            pictured=picture is not None,
        )
    )
    if picture is not None:
        ledger.session.flush()  # the request first: the picture refers to it
        ledger.session.add(
            RequestPictureRow(request_id=request_id, certificate=picture.certificate or "", data=picture.data)
        )
    announce(ledger, caller, case, ReceiptEvent.REQUESTED, request.kind.value, said=request)
    return _seen(ledger, case)


def grant(ledger: Ledger, caller: Caller, request_id: str, answer: RequestGrant) -> DeliveryView:
    """Copies: their numbers continue the document's. Resending: the delivery's next round begins. Raises
    RefusedError: request.*, resend.already_received, delivery.*, secrecy.*."""
    row, case = _asked(ledger, caller, request_id, case_of_sender)
    _answer(ledger, caller, row, case, RequestEvent.GRANT, answer.note)
    wants_copies = row.kind == RequestKind.COPIES.value
    if wants_copies != (answer.count > 0):
        raise RefusedError("request.count_wrong", article=case.profile.article_of("extra_copies"))
    if answer.envelopes and (wants_copies or not case.document.end_to_end):
        raise RefusedError("secrecy.incomplete")
    if wants_copies:
        may_grant(case.profile, answer.count).require()
        case.advance(DeliveryEvent.GRANT)
        issue_ranges(ledger.session, case.document.document_id, [(row.delivery_id, answer.count)])
        case.delivery.copies += answer.count
        row.granted = answer.count
    else:
        state = DELIVERIES.step(case.state, DeliveryEvent.RESEND, case.profile)
        if case.document.end_to_end:
            renew_envelopes(ledger, case.document, [case], answer.envelopes)
        deliver_again(ledger, caller, case, state, answer.note.strip() or row.reason)
    announce(ledger, caller, case, ReceiptEvent.GRANTED, row.kind, said=answer)
    return _seen(ledger, case)


def refuse(ledger: Ledger, caller: Caller, request_id: str, answer: RequestRefusal) -> DeliveryView:
    """The sender says no, with a reason. Raises RefusedError: request.*."""
    row, case = _asked(ledger, caller, request_id, case_of_sender)
    _answer(ledger, caller, row, case, RequestEvent.REFUSE, answer.reason)
    announce(ledger, caller, case, ReceiptEvent.REFUSED, row.kind, said=answer)
    return _seen(ledger, case)


def withdraw(ledger: Ledger, caller: Caller, request_id: str) -> DeliveryView:
    """The receiver needs it no more. Raises RefusedError: request.*."""
    row, case = _asked(ledger, caller, request_id, own_case)
    _answer(ledger, caller, row, case, RequestEvent.WITHDRAW, "")
    announce(ledger, caller, case, ReceiptEvent.WITHDRAWN, row.kind)
    return _seen(ledger, case)


def read_picture(exchange: Exchange, caller: Caller, request_id: str) -> RequestPicture:
    """The photograph that came with a request, for the two units concerned. Raises RefusedError:
    request.unknown, request.no_picture (none came, or its time is over)."""
    with exchange.reading() as session:
        parties = session.execute(
            select(DocumentRow.sender_code, DeliveryRow.unit_code)
            .join(DeliveryRow, DeliveryRow.document_id == DocumentRow.document_id)
            .join(RequestRow, RequestRow.delivery_id == DeliveryRow.delivery_id)
            .where(RequestRow.request_id == request_id)
        ).one_or_none()
        if parties is None or caller.unit_code not in parties:
            raise RefusedError("request.unknown")
        row = session.get(RequestPictureRow, request_id)
        if row is None:
            raise RefusedError("request.no_picture")
        return RequestPicture(data=row.data, certificate=row.certificate or None)


def _asked(ledger: Ledger, caller: Caller, request_id: str, case_of: CaseOf) -> tuple[RequestRow, Case]:
    row = ledger.session.get(RequestRow, request_id)
    if row is None:
        raise RefusedError("request.unknown")
    try:
        return row, case_of(ledger, caller, row.delivery_id)
    except RefusedError:
        raise RefusedError("request.unknown") from None


def _answer(
    ledger: Ledger, caller: Caller, row: RequestRow, case: Case, event: RequestEvent, words: str
) -> None:
    row.state = REQUESTS.step(RequestState(row.state), event, case.profile).value
    row.answer = words.strip()
    row.answered_at = ledger.now
    row.answered_by = caller.post


def _seen(ledger: Ledger, case: Case) -> DeliveryView:
    ledger.session.flush()
    return delivery_view(ledger.session, case.delivery)
