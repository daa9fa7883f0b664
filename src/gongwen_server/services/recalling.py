"""Taking a document back before it is received (撤回); the exchange decides who was first."""

from __future__ import annotations

from gongwen_protocol.actions import RecallRequest
from gongwen_protocol.messages import DocumentView, ReceiptEvent
from gongwen_protocol.states import DeliveryEvent, DeliveryState, DocumentEvent
from gongwen_server.services.deliveries import Case, announce
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.own_documents import own_document, view_of, where_it_fits
from gongwen_server.services.sessions import Caller


def recall(ledger: Ledger, caller: Caller, document_id: str, request: RecallRequest) -> DocumentView:
    """Recall from the chosen units that have not received; what is recalled cannot be fetched any more, and
    the unit reads the reason. Raises RefusedError: document.*, recall.* when no unit is left."""
    own = own_document(ledger, caller, document_id)
    own.require(DocumentEvent.RECALL)

    def take_back(case: Case, state: DeliveryState) -> None:
        case.delivery.state = state.value
        case.delivery.recalled_at = ledger.now
        case.delivery.sender_note = request.reason.strip()
        announce(ledger, caller, case, ReceiptEvent.RECALLED, request.reason.strip(), said=request)

    where_it_fits(own.chosen(request.unit_codes), DeliveryEvent.RECALL, take_back)
    return view_of(ledger, caller, document_id)
