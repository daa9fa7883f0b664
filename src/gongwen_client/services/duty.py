"""Being on duty: connection, counts, attended checks (查收)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from gongwen_client.domain.intents import new_key
from gongwen_client.domain.rows import Counts, Duty
from gongwen_client.exchange.api import in_foreground
from gongwen_client.services.desk import Desk
from gongwen_client.services.notices import NoticeService
from gongwen_protocol.duties import ChecksOfDay, checks_of, counts_for
from gongwen_protocol.messages import AttendedCheck, AttendedCheckAnswer


class DutyService:
    """Machine heartbeat and a person's look are kept apart (ADR 0020)."""

    def __init__(self, desk: Desk, notices: NoticeService) -> None:
        self._desk = desk
        self._notices = notices

    def state(self) -> Duty:
        """What the status bar shows."""
        facts = self._desk.engine.connection.facts
        return Duty(
            connection=facts.connection,
            last_heartbeat=facts.last_heartbeat,
            last_attended_check=self._desk.store.attended.last(),
            next_poll=facts.next_poll,
            server_time_offset=facts.server_time_offset,
            problem=facts.problem,
        )

    def counts(self) -> Counts:
        """Numbers beside the navigation."""
        return replace(self._desk.store.rows.counts(), notices=self._notices.unread())

    def waiting(self) -> int:
        """How many acts of this PC the exchange has not heard of yet."""
        return self._desk.store.outbox.count_pending()

    def attended_check(self) -> datetime:
        """Slow. A person looked at the inbox (Ordos art. 11): the exchange's time of it. It counts only when
        the exchange has it, so without a connection this raises instead of waiting."""
        self._desk.grant()
        check = AttendedCheck(looked_at=self._desk.clock.now())
        key = new_key()
        answer = in_foreground(
            lambda: self._desk.api.post("/v1/attended-checks", check, AttendedCheckAnswer, key)
        )
        self._desk.store.attended.add(answer.recorded_at, check.looked_at)
        self._desk.announcer.tell("duty")
        return answer.recorded_at

    def today(self) -> ChecksOfDay:
        """The attended checks of today against the region's number, on the working-day calendar."""
        profile = self._desk.profile()
        now = self._desk.clock.now() + timedelta(
            seconds=self._desk.engine.connection.facts.server_time_offset
        )
        day = now.astimezone(ZoneInfo(profile.time_zone)).date()
        checks = self._desk.store.attended.since(now - timedelta(days=2))
        return checks_of(profile, self._desk.store.rules.calendar(), day, checks)

    def counts_for(self, sent_at: datetime) -> date:
        """The working day that a document sent at this moment counts for (Jiangmen art. 32)."""
        return counts_for(self._desk.profile(), self._desk.store.rules.calendar(), sent_at)

    def poll_now(self) -> None:
        """Ask the exchange at once instead of at the next turn."""
        self._desk.engine.poll_now()
