"""The first page: what waits for the unit today, and what comes first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from gongwen_client.domain.day import Day, Tallies, Task, TaskKind, day_facts
from gongwen_client.domain.deadlines import Deadlines
from gongwen_client.domain.lists import Follow, ListName, ListQuery
from gongwen_client.domain.notices import NoticeState
from gongwen_client.domain.returns import Handling
from gongwen_client.services.archive import ArchiveService
from gongwen_client.services.desk import Desk
from gongwen_client.services.duty import DutyService
from gongwen_client.services.lists import ListService
from gongwen_client.services.notices import NoticeService
from gongwen_protocol.duties import counts_for
from gongwen_protocol.profile import RegionProfile

SHOWN = 20
_NOTICES = 3
_ARCHIVE_SEEN_FOR = timedelta(minutes=1)
_LOOKED_AT = 40
"""Rows of one kind that are weighed against one another; a list shows all."""


class HomeService:
    """Reads what the lists read."""

    def __init__(
        self,
        desk: Desk,
        lists: ListService,
        duty: DutyService,
        notices: NoticeService,
        archive: ArchiveService,
    ) -> None:
        self._desk = desk
        self._notices = notices
        self._archive = archive
        self._archive_seen: tuple[datetime, int] | None = None
        self._lists = lists
        self._duty = duty

    def day(self) -> Day:
        """Slow. Everything the first page shows. Raises KnownError("session.none") before the first
        log-in."""
        profile, calendar = self._desk.profile(), self._desk.store.rules.calendar()
        deadlines = Deadlines.under(profile, calendar)
        now = self._lists.server_now().astimezone(ZoneInfo(profile.time_zone))
        today = now.date()
        open_sent, overdue = self._lists.follow_up()
        tallies = self._tallies(open_sent, len(overdue))
        tasks = sorted(self._tasks(deadlines, overdue), key=lambda task: task.order(now))
        waiting = tallies.pending + tallies.returned_to_us + tallies.requests + tallies.overdue
        waiting += tallies.awaiting_seal + tallies.ready
        shown = tuple(tasks[:SHOWN])
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return Day(
            now=now,
            workday=calendar.is_workday(today),
            name=calendar.holidays.get(today, "调休上班" if today in calendar.make_up_days else ""),
            known=calendar.knows(today),
            checks=self._duty.today(),
            check_times=tuple(at.astimezone(now.tzinfo) for at in self._desk.store.attended.since(midnight)),
            noon=profile.daily_checks.value.noon,
            cutoff=_cutoff(profile, now) if calendar.is_workday(today) else None,
            counts_for=counts_for(profile, calendar, now),
            tasks=shown,
            more_tasks=max(0, waiting - len(shown)),
            tallies=tallies,
            facts=day_facts(calendar, today),
            next_workday=calendar.next_workday(today),
            notices=tuple(card for card in self._notices.all() if card.state is NoticeState.CURRENT)[
                :_NOTICES
            ],
        )

    def _tallies(self, open_sent: int, overdue: int) -> Tallies:
        lists, counts = self._desk.store.lists, self._duty.counts()

        def count(name: ListName, *states: str) -> int:
            return len(lists.find(ListQuery(name, states=frozenset(states))).ids)

        return Tallies(
            pending=counts.pending,
            to_verify=count(ListName.PENDING, "to_verify"),
            overdue=overdue,
            awaiting_seal=counts.awaiting_seal,
            ready=counts.ready,
            open_sent=open_sent,
            returned_to_us=counts.returned_to_us,
            requests=counts.open_requests,
            to_archive=self._to_archive(),
        )

    def _to_archive(self) -> int:
        """Counted at most once a minute: it takes a while and changes by the day."""
        now, seen = self._lists.server_now(), self._archive_seen
        if seen is None or abs(now - seen[0]) > _ARCHIVE_SEEN_FOR:
            counts = self._archive.counts(now)
            seen = self._archive_seen = (now, counts.soon + counts.overdue)
        return seen[1]

    def _tasks(self, deadlines: Deadlines, overdue: tuple[str, ...]) -> Iterator[Task]:
        lists = self._desk.store.lists
        waiting = sorted(lists.waiting(), key=lambda one: deadlines.order(one[1], one[2]))
        yield from self._to_receive(
            [delivery for delivery, _sent, _urgency in waiting[:_LOOKED_AT]], deadlines
        )
        for sent, delivery in lists.returned_to_us(self._some(ListName.RETURNED_TO_US)):
            if delivery.handling is Handling.OPEN:
                yield Task(
                    TaskKind.ANSWER_RETURN,
                    ListName.RETURNED_TO_US.value,
                    delivery.delivery_id,
                    sent.elements.title,
                    delivery.unit_name,
                    sent.elements.urgency,
                    delivery.at,
                )
        for row in lists.sent(self._some(ListName.SENT, Follow.REQUESTED.value)):
            yield Task(
                TaskKind.ANSWER_REQUEST,
                ListName.SENT.value,
                row.document_id,
                row.elements.title,
                "",
                row.elements.urgency,
                row.sent_at,
                count=row.open_requests,
            )
        for row in lists.sent(overdue[:_LOOKED_AT]):
            yield Task(
                TaskKind.URGE,
                ListName.SENT.value,
                row.document_id,
                row.elements.title,
                row.waiting_unit,
                row.elements.urgency,
                row.sent_at,
                deadlines.of(row.sent_at, row.elements.urgency),
                row.waiting,
            )
        for name, kind in ((ListName.AWAITING_SEAL, TaskKind.SEAL), (ListName.READY, TaskKind.SEND)):
            for draft in lists.drafts(self._some(name)):
                yield Task(
                    kind,
                    name.value,
                    draft.document_id,
                    draft.elements.title,
                    "",
                    draft.elements.urgency,
                    draft.updated_at,
                    count=len(draft.recipients),
                )

    def _to_receive(self, deliveries: list[str], deadlines: Deadlines) -> Iterator[Task]:
        for row in self._desk.store.lists.incoming(deliveries):
            yield Task(
                TaskKind.RECEIVE,
                ListName.PENDING.value,
                row.delivery_id,
                row.elements.title,
                row.sender_name,
                row.elements.urgency,
                row.sent_at,
                deadlines.of(row.sent_at, row.elements.urgency),
                row.reminders,
                row.unread,
            )

    def _some(self, name: ListName, *states: str) -> tuple[str, ...]:
        query = ListQuery(name, states=frozenset(states))
        return self._desk.store.lists.find(query).ids[:_LOOKED_AT]


def _cutoff(profile: RegionProfile, now: datetime) -> datetime | None:
    clock = profile.same_day_cutoff.value
    return None if clock is None else datetime.combine(now.date(), clock, now.tzinfo)
