"""What asks for the person now: waiting documents by their steps, the half-day's attended check."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from gongwen_client.domain.attention import Attention, Waiting, attention
from gongwen_client.domain.rows import IncomingRow, IncomingState
from gongwen_client.services.desk import Desk
from gongwen_protocol.calendar import WorkCalendar
from gongwen_protocol.duties import due_at

WAITING = (
    IncomingState.PENDING,
    IncomingState.DOWNLOADING,
    IncomingState.LOCKED,
    IncomingState.TO_VERIFY,
)
_LOOK_BACK = timedelta(days=30)


class AttentionService:
    """Reads this PC's store only: it answers without a connection, too."""

    def __init__(self, desk: Desk, earlier: Callable[[], bool] = lambda: False) -> None:
        """``earlier``: whether the clerk wants to be told in half the time."""
        self._desk = desk
        self._earlier = earlier

    def look(self) -> Attention:
        """Raises KnownError("session.none") before the first contact with the exchange."""
        desk = self._desk
        now = self.now()
        return attention(
            desk.profile(),
            desk.store.rules.calendar(),
            [self._waiting(row) for row in desk.store.rows.incoming(WAITING) if not row.pending],
            desk.store.attended.since(now - _LOOK_BACK),
            now,
            earlier=self._earlier(),
        )

    def due(self, row: IncomingRow) -> datetime | None:
        """Until when a document is to be received (应收时限); None where the region states no hours."""
        desk = self._desk
        profile = desk.profile_of(desk.store.documents.of_delivery(row.delivery_id))
        since = row.delivered_at or row.sent_at
        return due_at(profile, desk.store.rules.calendar(), since, row.elements.urgency)

    def calendar(self) -> WorkCalendar:
        """The working days as the exchange signed them."""
        return self._desk.store.rules.calendar()

    def now(self) -> datetime:
        """By the exchange's clock, as far as it is known."""
        offset = self._desk.engine.connection.facts.server_time_offset
        return self._desk.clock.now() + timedelta(seconds=offset)

    def _waiting(self, row: IncomingRow) -> Waiting:
        details = self._desk.store.documents.delivery(row.delivery_id) if row.reminders else None
        return Waiting(
            row.delivery_id,
            row.elements.title,
            row.sender_name,
            row.elements.urgency,
            row.delivered_at or row.sent_at,
            row.unread,
            details.reminders if details else (),
        )
