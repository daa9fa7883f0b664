"""Good calls of every mutating kind, each about a thing of its own: to repeat, to forge, to cut, to steal."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import BaseModel

from fakes.documents import OFD, accept, delivery_of, good_checks, letter, new_key, send, upload
from fakes.exchange import Caller
from gongwen_protocol.actions import (
    Arrival,
    Attendance,
    MeetingCall,
    MeetingReply,
    PaperCause,
    PaperRequest,
    RecallRequest,
    ReceiverRequest,
    RemindRequest,
    RequestGrant,
    RequestKind,
    RequestPicture,
    RequestRefusal,
    ResendRequest,
    SpecialAttachment,
    WorkingCopy,
)
from gongwen_protocol.messages import (
    AcceptRequest,
    AttendedCheck,
    DeliveryView,
    DocumentView,
    Recipient,
    RecipientRole,
    ReturnReason,
    ReturnRequest,
    SupplementRequest,
    TicketGrant,
    TicketRequest,
    TicketVoid,
)
from gongwen_protocol.profile import ReminderLevel


@dataclass(frozen=True)
class Call:
    """A mutating call, ready to be made, and the same call with another wish."""

    path: str
    message: BaseModel | None
    other: BaseModel | None


def sending(sender: Caller, receiver: Caller) -> Call:
    body = upload(sender, OFD)
    first = letter(body, ("002", 1))
    return Call("/v1/documents", first, first.model_copy(update={"document_id": "f" * 32}))


def viewing(sender: Caller, receiver: Caller) -> Call:
    delivery = delivery_of(send(sender, ("002", 1)), receiver)
    return Call(f"/v1/deliveries/{delivery.delivery_id}/view", None, None)


def accepting(sender: Caller, receiver: Caller) -> Call:
    document = send(sender, ("002", 1))
    path = f"/v1/deliveries/{delivery_of(document, receiver).delivery_id}/accept"
    return Call(
        path,
        AcceptRequest(checks=good_checks(document.body.digest)),
        AcceptRequest(checks=good_checks("0" * 64)),
    )


def returning(sender: Caller, receiver: Caller) -> Call:
    delivery = delivery_of(send(sender, ("002", 1)), receiver)
    return Call(
        f"/v1/deliveries/{delivery.delivery_id}/return",
        ReturnRequest(reason=ReturnReason.SEAL_FAULT),
        ReturnRequest(reason=ReturnReason.MISDIRECTED),
    )


def reserving(sender: Caller, receiver: Caller) -> Call:
    document = send(sender, ("002", 5))
    delivery = accept(receiver, document)
    path = f"/v1/deliveries/{delivery.delivery_id}/tickets"
    return Call(path, TicketRequest(count=2, printer="一号"), TicketRequest(count=3, printer="一号"))


def voiding(sender: Caller, receiver: Caller) -> Call:
    reserve = reserving(sender, receiver)
    grant = TicketGrant.model_validate_json(
        receiver.post(reserve.path, reserve.message, key=new_key()).content
    )
    path = f"/v1/tickets/{grant.tickets[0].ticket_id}/void"
    return Call(path, TicketVoid(reason="卡纸"), TicketVoid(reason="缺纸"))


def spooling(sender: Caller, receiver: Caller) -> Call:
    return Call(voiding(sender, receiver).path.replace("/void", "/spool"), None, None)


def settling(sender: Caller, receiver: Caller) -> Call:
    spool = spooling(sender, receiver)
    assert receiver.post(spool.path, key=new_key()).ok
    return Call(spool.path.replace("/spool", "/settle"), None, None)


def sent_path(sender: Caller, verb: str) -> str:
    return f"/v1/documents/{send(sender, ('002', 1)).document_id}/{verb}"


def recalling(sender: Caller, receiver: Caller) -> Call:
    return Call(sent_path(sender, "recall"), RecallRequest(reason="有误"), RecallRequest(reason="误发"))


def reminding(sender: Caller, receiver: Caller) -> Call:
    return Call(
        sent_path(sender, "remind"),
        RemindRequest(level=ReminderLevel.NOTIFY),
        RemindRequest(level=ReminderLevel.URGE),
    )


def resending(sender: Caller, receiver: Caller) -> Call:
    return Call(
        sent_path(sender, "resend"),
        ResendRequest(reason="未收到", unit_codes=("002",)),
        ResendRequest(reason="再发", unit_codes=("002",)),
    )


def supplementing(sender: Caller, receiver: Caller) -> Call:
    late = Recipient(unit_code="003", role=RecipientRole.CC, copies=1)
    more = late.model_copy(update={"copies": 2})
    return Call(
        sent_path(sender, "supplement"),
        SupplementRequest(recipients=(late,)),
        SupplementRequest(recipients=(more,)),
    )


def going_on_paper(sender: Caller, receiver: Caller) -> Call:
    first = PaperRequest(cause=PaperCause.OUTAGE, carried_by="机要通信", unit_codes=("002",))
    return Call(sent_path(sender, "paper"), first, first.model_copy(update={"carried_by": "专人"}))


def received_path(sender: Caller, receiver: Caller, verb: str, **more: object) -> str:
    request = letter(upload(sender, OFD), ("002", 1)).model_copy(update=more)
    answer = sender.post("/v1/documents", request, key=new_key())
    document = DocumentView.model_validate_json(answer.content)
    if verb == "copies":
        accept(receiver, document)
    return f"/v1/deliveries/{delivery_of(document, receiver).delivery_id}/{verb}"


def asking(sender: Caller, receiver: Caller) -> Call:
    wish = ReceiverRequest(kind=RequestKind.COPIES, count=1, reason="卡纸")
    path = received_path(sender, receiver, "requests")
    return Call(path, wish, wish.model_copy(update={"count": 2}))


def request_path(sender: Caller, receiver: Caller, verb: str) -> str:
    ask = asking(sender, receiver)
    answer = receiver.post(ask.path, ask.message, key=new_key())
    (request,) = DeliveryView.model_validate_json(answer.content).requests
    return f"/v1/requests/{request.request_id}/{verb}"


def picturing(sender: Caller, receiver: Caller) -> str:
    """Where the photograph of a request lies."""
    ask = asking(sender, receiver)
    photograph = RequestPicture(data=base64.b64encode(b"JPEG").decode())
    wish = ReceiverRequest(kind=RequestKind.COPIES, count=1, reason="卡纸", picture=photograph)
    answer = receiver.post(ask.path, wish, key=new_key())
    (request,) = DeliveryView.model_validate_json(answer.content).requests
    return f"/v1/requests/{request.request_id}/picture"


def granting(sender: Caller, receiver: Caller) -> Call:
    return Call(request_path(sender, receiver, "grant"), RequestGrant(count=1), RequestGrant(count=2))


def refusing(sender: Caller, receiver: Caller) -> Call:
    path = request_path(sender, receiver, "refuse")
    return Call(path, RequestRefusal(reason="够了"), RequestRefusal(reason="不同意"))


def withdrawing(sender: Caller, receiver: Caller) -> Call:
    return Call(request_path(sender, receiver, "withdraw"), None, None)


def copying(sender: Caller, receiver: Caller) -> Call:
    path = received_path(sender, receiver, "copies")
    return Call(path, WorkingCopy(purpose="传阅"), WorkingCopy(purpose="归档"))


def replying(sender: Caller, receiver: Caller) -> Call:
    path = received_path(sender, receiver, "reply", meeting=MeetingCall(meeting="防汛会议"))
    return Call(path, MeetingReply(attendance=Attendance.ATTENDS), MeetingReply(attendance=Attendance.ABSENT))


def ticking(sender: Caller, receiver: Caller) -> Call:
    special = (SpecialAttachment(name="图纸", sent_by="专人"),)
    path = received_path(sender, receiver, "arrivals", special_attachments=special)
    return Call(path, Arrival(position=0), Arrival(position=0, note="完好"))


def attending(sender: Caller, receiver: Caller) -> Call:
    now = datetime.now(UTC)
    return Call(
        "/v1/attended-checks", AttendedCheck(looked_at=now), AttendedCheck(looked_at=now.replace(year=2020))
    )


OF_SENDER = [
    *(sending, recalling, reminding, resending, supplementing, going_on_paper),
    *(granting, refusing),
]
OF_RECEIVER = [
    *(viewing, accepting, returning, reserving, voiding, spooling, settling, attending),
    *(asking, withdrawing, copying, replying, ticking),
]
KINDS = [*OF_SENDER, *OF_RECEIVER]
WITHOUT_MESSAGE = (viewing, spooling, settling, withdrawing)
Preparation = Callable[[Caller, Caller], Call]


def caller_of(prepare: Preparation, sender: Caller, receiver: Caller) -> Caller:
    """Who makes the call."""
    return sender if prepare in OF_SENDER else receiver
