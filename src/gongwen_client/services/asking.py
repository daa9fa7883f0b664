"""What a receiver asks, answers and ticks: 追加打印份数, 申请重发, 会议回执, 纸质到件, 脱密下载."""

from __future__ import annotations

from collections.abc import Sequence

from gongwen_client.domain.intents import Intent, IntentKind, RefusedWish
from gongwen_client.services.desk import Desk
from gongwen_crypto.errors import KnownError
from gongwen_protocol.actions import (
    Arrival,
    MeetingReply,
    ReceiverRequest,
    RequestKind,
    RequestPicture,
    WorkingCopy,
)
from gongwen_protocol.decisions import may_request
from gongwen_protocol.profile import RegionProfile
from gongwen_protocol.states import DeliveryEvent, DeliveryState
from gongwen_protocol.transitions import DELIVERIES


class AskingService:
    """Each call writes one intent. What the region or the delivery's state forbids is said at once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def more_copies(
        self, delivery_id: str, count: int, reason: str, picture: RequestPicture | None = None
    ) -> None:
        """申请追加打印份数, with a ``picture`` of what failed. Raises RefusedError: request.*, delivery.*;
        KnownError: reason.missing."""
        self._ask(delivery_id, RequestKind.COPIES, count, reason, picture)

    def once_more(self, delivery_id: str, reason: str, picture: RequestPicture | None = None) -> None:
        """申请重发. Raises as ``more_copies``."""
        self._ask(delivery_id, RequestKind.RESEND, 0, reason, picture)

    def withdraw(self, request_id: str) -> None:
        """Take a request back."""
        self._desk.wish(IntentKind.WITHDRAW, request_id, None, "incoming")

    def reply(self, delivery_id: str, reply: MeetingReply) -> None:
        """会议回执. Raises RefusedError: meeting.not_called, delivery.*."""
        profile = self._require(delivery_id, DeliveryEvent.REPLY)
        document = self._desk.store.documents.of_delivery(delivery_id)
        if document.more.meeting is None:
            raise KnownError("meeting.not_called", article=profile.article_of("meeting_replies"))
        self._desk.wish(IntentKind.REPLY, delivery_id, reply, "incoming")

    def arrived(self, delivery_id: str, position: int | None, note: str = "") -> None:
        """Tick a special attachment (its place in the list), or the document's paper (None)."""
        self._require(delivery_id, DeliveryEvent.ARRIVE)
        self._desk.wish(IntentKind.ARRIVE, delivery_id, Arrival(position=position, note=note), "incoming")

    def working_copy(self, delivery_id: str, purpose: str) -> None:
        """A copy without seal leaves the client (脱密下载): in some regions the receipt (Jiangmen art. 36).
        Raises RefusedError: print.not_received, delivery.*; KnownError: reason.missing."""
        self._require(delivery_id, DeliveryEvent.COPY)
        if not purpose.strip():
            raise KnownError("reason.missing")
        self._desk.wish(IntentKind.COPY, delivery_id, WorkingCopy(purpose=purpose.strip()), "incoming")

    def refusals(self, subject: str) -> list[str]:
        """Why the exchange refused the last wishes about a delivery or request, newest first."""
        return self._desk.store.outbox.refusals(subject)

    def refused(self, subjects: Sequence[str]) -> list[RefusedWish]:
        """The wishes about deliveries or requests that the exchange refused and nobody has put aside."""
        return [wish for subject in subjects for wish in self._desk.store.outbox.refused(subject)]

    def put_aside(self, wish: RefusedWish) -> None:
        """A person has read why it was refused."""
        self._desk.store.outbox.put_aside(wish.intent_id)
        self._desk.announcer.tell("incoming")

    def waiting(self, delivery_id: str) -> list[Intent]:
        """Wishes about the delivery that the exchange has not heard of yet."""
        return self._desk.store.outbox.waiting(delivery_id)

    def _ask(
        self, delivery_id: str, kind: RequestKind, count: int, reason: str, picture: RequestPicture | None
    ) -> None:
        profile = self._require(delivery_id, DeliveryEvent.REQUEST)
        if not reason.strip():
            raise KnownError("reason.missing")
        request = ReceiverRequest(kind=kind, count=count, reason=reason.strip(), picture=picture)
        earlier = self._desk.store.documents.delivery(delivery_id).requests
        may_request(profile, request, earlier).require()
        self._desk.wish(IntentKind.REQUEST, delivery_id, request, "incoming")

    def _require(self, delivery_id: str, event: DeliveryEvent) -> RegionProfile:
        profile = self._desk.profile_of(self._desk.store.documents.of_delivery(delivery_id))
        state: DeliveryState = self._desk.store.documents.delivery_state(delivery_id)
        DELIVERIES.step(state, event, profile)
        return profile
