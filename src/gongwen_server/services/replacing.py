"""补发 of a corrected document: it refers to the old one, which nobody may accept any more."""

from __future__ import annotations

from collections.abc import Collection

from gongwen_protocol.messages import ReceiptEvent
from gongwen_protocol.states import DeliveryEvent, DeliveryState, DocumentEvent
from gongwen_protocol.transitions import DELIVERIES, Refusal
from gongwen_server.services.deliveries import announce
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.own_documents import own_document
from gongwen_server.services.sessions import Caller


def replace_old(ledger: Ledger, caller: Caller, old_id: str, new_id: str, receivers: Collection[str]) -> None:
    """Mark the old deliveries of those who get the corrected document; who received the old one keeps it and
    reads that there is a newer. Raises RefusedError: document.unknown, resend.not_here."""
    own = own_document(ledger, caller, old_id)
    own.require(DocumentEvent.REPLACE)
    for case in own.cases:
        outcome = DELIVERIES.outcome(case.state, DeliveryEvent.REPLACE, own.profile)
        if case.delivery.unit_code not in receivers or isinstance(outcome, Refusal):
            continue
        case.delivery.state = DeliveryState(outcome).value
        case.delivery.replaced_by = new_id
        announce(ledger, caller, case, ReceiptEvent.REPLACED, new_id)
