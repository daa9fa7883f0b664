"""Replies to meetings (会议回执), filled in where the document asks for them."""

from __future__ import annotations

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.actions import MeetingCall, MeetingReply
from gongwen_protocol.messages import DeliveryView, ReceiptEvent
from gongwen_protocol.states import DeliveryEvent
from gongwen_server.services.deliveries import announce, own_case
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.sessions import Caller
from gongwen_server.services.views import delivery_view


def reply(ledger: Ledger, caller: Caller, delivery_id: str, request: MeetingReply) -> DeliveryView:
    """Reply, or change the reply until the sender's time. Raises RefusedError: meeting.not_called,
    meeting.too_late, delivery.*."""
    case = own_case(ledger, caller, delivery_id)
    case.advance(DeliveryEvent.REPLY)
    article = case.profile.article_of("meeting_replies")
    if not case.document.meeting:
        raise RefusedError("meeting.not_called", article=article)
    call = MeetingCall.model_validate_json(case.document.meeting)
    if call.reply_by is not None and ledger.now > call.reply_by:
        raise RefusedError("meeting.too_late", article=article)
    case.delivery.reply = request.model_dump_json()
    announce(ledger, caller, case, ReceiptEvent.REPLIED, request.attendance.value, said=request)
    return delivery_view(ledger.session, case.delivery)
