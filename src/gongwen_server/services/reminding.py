"""通知, 催办, 督办: reminding units that have not received (Ordos art. 9), within the region's bounds."""

from __future__ import annotations

import uuid

from gongwen_protocol.actions import RemindRequest
from gongwen_protocol.decisions import may_remind
from gongwen_protocol.messages import DocumentView, ReceiptEvent
from gongwen_protocol.profile import ReminderLevel
from gongwen_protocol.states import DeliveryEvent, DeliveryState, DocumentEvent
from gongwen_server.db.tables import ReminderRow
from gongwen_server.services.deliveries import Case, announce
from gongwen_server.services.following import Following
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.own_documents import own_document, view_of, where_it_fits
from gongwen_server.services.sessions import Caller

_EVENTS = {
    ReminderLevel.NOTIFY: ReceiptEvent.NOTIFIED,
    ReminderLevel.URGE: ReceiptEvent.URGED,
    ReminderLevel.SUPERVISE: ReceiptEvent.SUPERVISED,
}


def remind(ledger: Ledger, caller: Caller, document_id: str, request: RemindRequest) -> DocumentView:
    """Remind the chosen units that have not received. Raises RefusedError: document.*, remind.* when there is
    none to remind."""
    own = own_document(ledger, caller, document_id)
    own.require(DocumentEvent.REMIND)
    chosen = own.chosen(request.unit_codes)
    earlier = Following(ledger.session, [case.delivery.delivery_id for case in chosen])

    def put_down(case: Case, _: DeliveryState) -> None:
        delivery_id = case.delivery.delivery_id
        may_remind(own.profile, request.level, earlier.reminders(delivery_id), ledger.now).require()
        ledger.session.add(
            ReminderRow(
                reminder_id=uuid.uuid4().hex,
                delivery_id=delivery_id,
                level=request.level.value,
                text=request.text.strip(),
                at=ledger.now,
                by_post=caller.post,
            )
        )
        announce(ledger, caller, case, _EVENTS[request.level], said=request)

    where_it_fits(chosen, DeliveryEvent.REMIND, put_down)
    ledger.session.flush()
    return view_of(ledger, caller, document_id)
