"""What may follow on a sent document: recall, reminders, resending, requests, replies, paper.

Calls of the sender go to ``/v1/documents/{id}/…``, calls of the receiver to ``/v1/deliveries/{id}/…``,
answers to a request to ``/v1/requests/{id}/…``. All are POST with an idempotency key.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from gongwen_protocol.basics import Digest, Id, LongText, Message, Moment, ShortText
from gongwen_protocol.profile import ReminderLevel
from gongwen_protocol.secrecy import Envelope
from gongwen_protocol.states import RequestState

Reason = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"^[^\x00]*\S[^\x00]*$")]
MOST_PICTURE = 700_000
"""Characters of base64: a photograph of 512 kB in its envelope."""
UnitCodes = Annotated[tuple[ShortText, ...], Field(max_length=10_000)]

# -- the sender ---------------------------------------------------------------------------------------------


class RecallRequest(Message):
    """…/recall (撤回): ``unit_codes`` empty means all that have not received yet."""

    reason: Reason
    unit_codes: UnitCodes = ()


class ResendRequest(Message):
    """…/resend (重发): the same document once more to units that returned it, lost it or asked for it; an
    encrypted one with fresh ``envelopes`` for those whose certificate was replaced meanwhile."""

    reason: Reason
    unit_codes: Annotated[UnitCodes, Field(min_length=1)]
    envelopes: tuple[Envelope, ...] = ()


class RemindRequest(Message):
    """…/remind (通知, 催办, 督办): ``unit_codes`` empty means all that have not received yet."""

    level: ReminderLevel
    text: LongText = ""
    unit_codes: UnitCodes = ()


class Reminder(Message):
    """One reminder of one unit."""

    level: ReminderLevel
    text: str
    at: Moment
    by_post: str


class PaperCause(StrEnum):
    """Why a delivery goes on by paper (转纸质)."""

    OUTAGE = "outage"
    UNIT_CANNOT_RECEIVE = "unit_cannot_receive"
    OTHER = "other"


class PaperRequest(Message):
    """…/paper: who carries it and how; the delivery's electronic way ends here (Ordos 13, Jiangmen 39)."""

    cause: PaperCause
    carried_by: ShortText = Field(description="the post or service that carries it, no personal name")
    note: LongText = ""
    unit_codes: Annotated[UnitCodes, Field(min_length=1)]


# -- the receiver -------------------------------------------------------------------------------------------


class RequestKind(StrEnum):
    """What a receiver may ask for when receiving failed (Jiangmen art. 37)."""

    COPIES = "copies"
    RESEND = "resend"


class RequestPicture(Message):
    """A photograph of what failed. ``data``: base64 of a JPEG file; with ``certificate`` (SM3 of the DER
    bytes of the sender's encryption certificate) of the envelope of GB/T 35275 around one. Of an encrypted
    document it is always the latter: who photographs a page shows what stands on it. GET
    /v1/requests/{id}/picture gives it to both sides."""

    data: Annotated[
        str, StringConstraints(min_length=4, max_length=MOST_PICTURE, pattern=r"^[A-Za-z0-9+/]*={0,2}$")
    ]
    certificate: Digest | None = None


class ReceiverRequest(Message):
    """…/requests (申请追加打印份数, 申请重发). ``count``: copies, 0 with RESEND."""

    kind: RequestKind
    count: Annotated[int, Field(ge=0, le=999)] = 0
    reason: Reason
    picture: RequestPicture | None = None


class RequestGrant(Message):
    """/v1/requests/{id}/grant: ``count`` may be less than what was asked for; 0 with RESEND, and then with a
    fresh envelope where the asking unit's certificate was replaced meanwhile."""

    count: Annotated[int, Field(ge=0, le=999)] = 0
    note: LongText = ""
    envelopes: Annotated[tuple[Envelope, ...], Field(max_length=1)] = ()


class RequestRefusal(Message):
    """/v1/requests/{id}/refuse."""

    reason: Reason


class RequestView(Message):
    """A request with its answer. ``pictured``: a photograph can be asked for (``RequestPicture``)."""

    request_id: Id
    kind: RequestKind
    count: int
    reason: str
    state: RequestState
    asked_at: Moment
    asked_by: str
    granted: int = 0
    answer: str = ""
    answered_at: Moment | None = None
    answered_by: str = ""
    pictured: bool = False


class CopyRange(Message):
    """Consecutive copy numbers (份号) of a delivery, ends included."""

    first: Annotated[int, Field(ge=1)]
    last: Annotated[int, Field(ge=1)]

    @property
    def numbers(self) -> range:
        """All numbers of it."""
        return range(self.first, self.last + 1)


class WorkingCopy(Message):
    """…/copies (脱密下载): a copy without seal leaves the client; in some regions the receipt."""

    purpose: ShortText


# -- meetings and paper -------------------------------------------------------------------------------------


class MeetingCall(Message):
    """A document that asks for replies (会议回执)."""

    meeting: ShortText
    reply_by: Moment | None = None


class Attendance(StrEnum):
    """Whether a unit will come."""

    ATTENDS = "attends"
    SENDS_DEPUTY = "sends_deputy"
    ABSENT = "absent"


class MeetingReply(Message):
    """…/reply; a later reply takes the place of the earlier one. Posts, no personal names."""

    attendance: Attendance
    posts: Annotated[tuple[ShortText, ...], Field(max_length=50)] = ()
    contact: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    note: LongText = ""


class PaperShare(Message):
    """How many copies of a part one unit gets where it is not the number of all; 0: none."""

    unit_code: ShortText
    copies: Annotated[int, Field(ge=0, le=9999)]


class SpecialAttachment(Message):
    """A part that goes by paper (特殊附件): books, drawings (Jiangmen art. 28). Each unit gets ``copies``,
    those in ``shares`` a number of their own."""

    name: ShortText
    copies: Annotated[int, Field(ge=1, le=9999)] = 1
    sent_by: ShortText
    shares: Annotated[tuple[PaperShare, ...], Field(max_length=10_000)] = ()

    def copies_for(self, unit_code: str) -> int:
        """What a unit gets on paper."""
        return next((one.copies for one in self.shares if one.unit_code == unit_code), self.copies)


class Arrival(Message):
    """…/arrivals: a special attachment (its place in the list), or the paper of a delivery (none)."""

    position: Annotated[int, Field(ge=0, le=999)] | None = None
    note: LongText = ""


class ArrivalTick(Message):
    """That it came."""

    position: int | None
    at: Moment
    by_post: str
    note: str
