"""Where paper takes part: deliveries that go on by paper (转纸质), special attachments (特殊附件)."""

from __future__ import annotations

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.actions import Arrival, PaperRequest
from gongwen_protocol.messages import DeliveryView, DocumentView, ReceiptEvent
from gongwen_protocol.states import DeliveryEvent, DeliveryState, DocumentEvent
from gongwen_server.db.database import insert_if_absent
from gongwen_server.db.tables import ArrivalRow
from gongwen_server.services.deliveries import Case, announce, own_case
from gongwen_server.services.following import DOCUMENT_ITSELF
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.own_documents import own_document, view_of, where_it_fits
from gongwen_server.services.sessions import Caller
from gongwen_server.services.views import SPECIAL, delivery_view


def go_on_paper(ledger: Ledger, caller: Caller, document_id: str, request: PaperRequest) -> DocumentView:
    """The chosen deliveries continue on paper (Ordos art. 13, Jiangmen art. 39): who carries them, since
    when. Raises RefusedError: document.*, paper.*."""
    own = own_document(ledger, caller, document_id)
    own.require(DocumentEvent.PAPER)

    def turn(case: Case, state: DeliveryState) -> None:
        case.delivery.state = state.value
        case.delivery.paper_since = ledger.now
        case.delivery.sender_note = "；".join(
            part for part in (f"由{request.carried_by}送达", request.note.strip()) if part
        )
        announce(ledger, caller, case, ReceiptEvent.ON_PAPER, request.cause.value, said=request)

    where_it_fits(own.chosen(request.unit_codes), DeliveryEvent.PAPER, turn)
    return view_of(ledger, caller, document_id)


def arrive(ledger: Ledger, caller: Caller, delivery_id: str, request: Arrival) -> DeliveryView:
    """Tick what came by paper. Raises RefusedError: arrival.unknown, arrival.already, delivery.*."""
    case = own_case(ledger, caller, delivery_id)
    case.advance(DeliveryEvent.ARRIVE)
    name = _name(case, request.position)
    fresh = insert_if_absent(
        ledger.session,
        ArrivalRow,
        delivery_id=delivery_id,
        position=DOCUMENT_ITSELF if request.position is None else request.position,
        at=ledger.now,
        by_post=caller.post,
        note=request.note.strip(),
    )
    if not fresh:
        raise RefusedError("arrival.already", article=_article(case), name=name)
    if request.position is None:
        case.delivery.paper_arrived_at = ledger.now
        announce(ledger, caller, case, ReceiptEvent.PAPER_ARRIVED, said=request)
    else:
        announce(ledger, caller, case, ReceiptEvent.ATTACHMENT_ARRIVED, name, said=request)
    return delivery_view(ledger.session, case.delivery)


def _name(case: Case, position: int | None) -> str:
    """What is ticked, in words."""
    if position is None:
        if case.state is DeliveryState.PAPER_FALLBACK:
            return "纸质公文"
        raise RefusedError("arrival.unknown", article=_article(case))
    special = SPECIAL.validate_json(case.document.special_attachments)
    if position >= len(special) or not special[position].copies_for(case.delivery.unit_code):
        raise RefusedError("arrival.unknown", article=_article(case))
    return special[position].name


def _article(case: Case) -> str:
    return case.profile.article_of("special_attachments_on_paper")
