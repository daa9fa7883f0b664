"""Everything that a person looks at before a document leaves the house (发送确认)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gongwen_client.domain.comparison import Comparison
from gongwen_client.domain.drafts import Draft, DraftFinding
from gongwen_client.exchange.key_directory import Protection
from gongwen_client.services.addressing import AddressingService
from gongwen_client.services.desk import Desk
from gongwen_client.services.drafts import DraftService
from gongwen_client.services.rules import send_facts
from gongwen_client.services.secrecy_guard import SecrecyGuard
from gongwen_client.services.sending import SendingService
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.decisions import Ruling, send_rulings
from gongwen_protocol.duties import counts_for, due_at
from gongwen_protocol.messages import Unit
from gongwen_protocol.sentences import sentence


@dataclass(frozen=True)
class Timing:
    """When a document that is sent ``now`` (the exchange's time, local to the region) counts as sent.
    ``assumed``: the calendar of the year is missing; ``due``: when units should have received it."""

    now: datetime
    counts_for: date
    cutoff: time | None
    cutoff_article: str
    assumed: bool
    due: datetime | None

    @property
    def today(self) -> bool:
        """Whether it counts for this very day."""
        return self.counts_for == self.now.date()


@dataclass(frozen=True)
class SendReview:
    """``limit`` in bytes, None for none. ``to_declare``: hits of the secrecy guard that nobody has declared
    harmless yet; the sender has to say that they were looked at."""

    draft: Draft
    units: Mapping[str, Unit]
    findings: tuple[DraftFinding, ...]
    rulings: tuple[Ruling, ...]
    comparison: Comparison
    protection: Protection | None
    timing: Timing
    limit: int | None
    limit_article: str
    to_declare: int

    @property
    def may_be_sent(self) -> bool:
        """Nothing must be mended first."""
        return not any(finding.blocking for finding in self.findings)


@dataclass(frozen=True)
class DraftLook:
    """What the form shows beside what is typed. ``needs_seal`` False: 信息资料 that go without one;
    ``doubtful``: hits of the secrecy guard that a person can explain; ``second_person``: the region wants
    one; ``copies_required``: the article that wants print copies, empty for none."""

    draft: Draft
    findings: tuple[DraftFinding, ...]
    comparison: Comparison
    limit: int | None
    limit_article: str
    needs_seal: bool
    doubtful: int
    second_person: bool
    copies_required: str


class SendReviewService:
    """Asks all who have a say."""

    def __init__(
        self,
        desk: Desk,
        drafts: DraftService,
        sending: SendingService,
        addressing: AddressingService,
        guard: SecrecyGuard,
    ) -> None:
        self._desk = desk
        self._drafts = drafts
        self._sending = sending
        self._addressing = addressing
        self._guard = guard

    def look(self, document_id: str) -> DraftLook:
        """Slow. What the checks say of a draft now. Raises KnownError: draft.not_found, session.none."""
        profile, findings = self._desk.profile(), self._drafts.check(document_id)
        draft = self._drafts.get(document_id)
        required = profile.article_of("print_quota_required") or profile.rule_short_name
        return DraftLook(
            draft=draft,
            findings=findings,
            comparison=self._compared(document_id),
            limit=profile.max_document_size.value,
            limit_article=profile.article_of("max_document_size"),
            needs_seal=self._drafts.needs_seal(draft),
            doubtful=sum(not hit.refused for hit in draft.record.hits),
            second_person=self._guard.wants_second_person,
            copies_required=required if profile.print_quota_required.value else "",
        )

    def _compared(self, document_id: str) -> Comparison:
        try:
            return self._addressing.compare(document_id)
        except KnownError:  # the findings say already what is wrong with the body
            return Comparison()

    def review(self, document_id: str) -> SendReview:
        """Slow. Raises KnownError: draft.not_found, session.none."""
        profile = self._desk.profile()
        findings, protection = self._drafts.check(document_id), None
        draft = self._drafts.get(document_id)
        try:
            protection = self._sending.protection(document_id)
        except RefusedError as error:
            findings = (*findings, DraftFinding(error.code, str(sentence(error)), blocking=True))
        rulings = () if draft.body is None else send_rulings(profile, send_facts(draft, draft.body))
        doubtful = sum(not hit.refused for hit in draft.record.hits)
        return SendReview(
            draft=draft,
            units={unit.code: unit for unit in self._desk.store.units.list()},
            findings=findings,
            rulings=rulings,
            comparison=self._compared(document_id),
            protection=protection,
            timing=self.timing(draft.elements.urgency),
            limit=profile.max_document_size.value,
            limit_article=profile.article_of("max_document_size"),
            to_declare=0 if draft.record.declaration is not None else doubtful,
        )

    def timing(self, urgency: str) -> Timing:
        """For which working day a document counts that is sent now."""
        profile, calendar = self._desk.profile(), self._desk.store.rules.calendar()
        offset = self._desk.engine.connection.facts.server_time_offset
        now = (self._desk.clock.now() + timedelta(seconds=offset)).astimezone(ZoneInfo(profile.time_zone))
        day = counts_for(profile, calendar, now)
        return Timing(
            now=now,
            counts_for=day,
            cutoff=profile.same_day_cutoff.value,
            cutoff_article=profile.article_of("same_day_cutoff"),
            assumed=not (calendar.knows(now.date()) and calendar.knows(day)),
            due=due_at(profile, calendar, now, urgency),
        )
