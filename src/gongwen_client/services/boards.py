"""The board of a sent document (已发明细): who has not received, until when; whom an act reaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from gongwen_client.domain.board import Board, Call, Deadlines, OpenRequest, Reach, sort_out
from gongwen_client.domain.intents import Intent
from gongwen_client.domain.rows import DeliveryRow
from gongwen_client.services.desk import Desk
from gongwen_client.store.documents import StoredDocument
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.decisions import may_remind
from gongwen_protocol.profile import NoticeChannel, RegionProfile, ReminderLevel
from gongwen_protocol.sentences import Sentence, sentence
from gongwen_protocol.states import DeliveryEvent, RequestState
from gongwen_protocol.transitions import DELIVERIES


class BoardService:
    """Reads what the exchange last said; deadlines by its clock and its calendar."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def board(self, document_id: str) -> Board:
        """All units of a document. Raises KnownError("document.not_found")."""
        desk = self._desk
        document = desk.store.documents.get(document_id)
        profile, calendar, now = desk.profile_of(document), desk.store.rules.calendar(), self.now()
        deadlines = Deadlines(profile, calendar, document.elements.urgency, now)
        calls = Counter(call.unit_code for call in desk.store.calls.of_document(document_id))
        rows = desk.store.rows.board(document_id)
        return Board(
            tuple(deadlines.line(row, calls[row.unit_code]) for row in rows),
            now,
            deadlines.hours,
            profile.article_of("urgency_deadlines"),
            assumed=not calendar.knows(now.date()),
        )

    def document(self, document_id: str) -> StoredDocument:
        """What never changes about it: files, meeting, special attachments, the document that it corrects."""
        return self._desk.store.documents.get(document_id)

    def now(self) -> datetime:
        """By the exchange's clock, as far as it is known."""
        offset = self._desk.engine.connection.facts.server_time_offset
        return self._desk.clock.now() + timedelta(seconds=offset)

    def day(self, moment: datetime) -> str:
        """The region's date at a moment, as the directory has dates."""
        return moment.astimezone(ZoneInfo(self._desk.profile().time_zone)).date().isoformat()

    def rules(self, document_id: str) -> RegionProfile:
        """The rules under which it was sent."""
        return self._desk.profile_of(self._desk.store.documents.get(document_id))

    def channels(self) -> tuple[NoticeChannel, ...]:
        """Ways outside the client that the region names (Ordos art. 11)."""
        return self._desk.profile().external_notice_channels.value

    # -- whom an act reaches ----------------------------------------------------------------------------

    def reach(self, document_id: str, event: DeliveryEvent, unit_codes: Sequence[str] = ()) -> Reach:
        """Which of these units (all, when none is named) an act of the sender reaches; the exchange decides
        by the same table."""
        profile = self.rules(document_id)
        return sort_out(self._rows(document_id, unit_codes), lambda row: _against(profile, row, event))

    def reach_of_reminder(
        self, document_id: str, level: ReminderLevel, unit_codes: Sequence[str] = ()
    ) -> Reach:
        """As ``reach`` for a reminder: also its turn, gap and number a day (Ordos art. 9)."""
        profile, now = self.rules(document_id), self.now()

        def against(row: DeliveryRow) -> Sentence | None:
            closed = _against(profile, row, DeliveryEvent.REMIND)
            if closed is not None:
                return closed
            earlier = row.details.reminders if row.details else ()
            try:
                may_remind(profile, level, earlier, now).require()
            except RefusedError as error:
                return sentence(error)
            return None

        return sort_out(self._rows(document_id, unit_codes), against)

    def _rows(self, document_id: str, unit_codes: Sequence[str]) -> tuple[DeliveryRow, ...]:
        wanted = set(unit_codes)
        rows = self._desk.store.rows.board(document_id)
        return tuple(row for row in rows if not wanted or row.unit_code in wanted)

    # -- what waits -------------------------------------------------------------------------------------

    def open_requests(self) -> list[OpenRequest]:
        """What receivers ask of this unit and nobody answered, the oldest request first."""
        found = [
            OpenRequest(sent, row, request)
            for sent, row in self._desk.store.rows.asking()
            for request in (row.details.requests if row.details else ())
            if request.state is RequestState.OPEN
        ]
        return sorted(found, key=lambda one: one.request.asked_at)

    def waiting(self, document_id: str) -> list[Intent]:
        """Wishes about the document that the exchange has not heard of yet."""
        return self._desk.store.outbox.waiting(document_id)

    # -- telephone calls --------------------------------------------------------------------------------

    def calls(self, document_id: str) -> list[Call]:
        """The calls about a document, the newest first."""
        return self._desk.store.calls.of_document(document_id)

    def note_call(
        self, document_id: str, unit_code: str, spoken_with: str, said: str, at: datetime | None = None
    ) -> Call:
        """Note a call with a unit. ``spoken_with`` is a post. Raises KnownError: call.incomplete,
        call.in_future, session.none."""
        grant, now = self._desk.grant(), self.now()
        if not spoken_with.strip() or not said.strip():
            raise KnownError("call.incomplete")
        moment = at or now
        if moment > now + timedelta(minutes=1):
            raise KnownError("call.in_future")
        call = Call(document_id, unit_code, spoken_with.strip(), said.strip(), moment, grant.post)
        noted = self._desk.store.calls.add(call)
        self._desk.announcer.tell("sent")
        return noted


def _against(profile: RegionProfile, row: DeliveryRow, event: DeliveryEvent) -> Sentence | None:
    try:
        DELIVERIES.step(row.state, event, profile)
    except RefusedError as error:
        return sentence(error)
    return None
