"""Pure decisions: (profile, facts) → allowed, or refused with a code and the article. Both sides ask them.

The client asks before it writes an intent, the exchange before it accepts one; neither has rules of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.actions import ReceiverRequest, Reminder, RequestKind, RequestView
from gongwen_protocol.messages import INFO_MATERIAL, CheckResult, Finding, ReturnReason, ReturnRequest
from gongwen_protocol.profile import ReceiptMoment, RegionProfile, ReminderLevel, Track
from gongwen_protocol.states import OPEN_DELIVERIES, DeliveryEvent, DeliveryState, RequestState
from gongwen_protocol.transitions import DELIVERIES, Refusal

Fact = str | int


@dataclass(frozen=True)
class Allowed:
    """Nothing speaks against it."""

    def require(self) -> None:
        """Does nothing."""


@dataclass(frozen=True)
class Refused:
    """A rule speaks against it. ``article`` is cited with the name of its rule, or empty."""

    code: str
    article: str
    facts: dict[str, Fact] = field(default_factory=dict)

    def require(self) -> None:
        """Raise RefusedError with this code, its facts and the article."""
        raise RefusedError(self.code, article=self.article, **self.facts)


Decision = Allowed | Refused
ALLOWED = Allowed()


@dataclass(frozen=True)
class SendFacts:
    """What a sender is about to send. Sizes in bytes; ``body_format`` empty when it is none that we know."""

    body_format: str
    size: int
    urgency: str
    texts: tuple[str, ...]
    copies: tuple[int, ...]


def may_have_size(profile: RegionProfile, size: int) -> Decision:
    """Body and attachments together (Ordos art. 7); also asked for each upload."""
    limit = profile.max_document_size
    if limit.value is not None and size > limit.value:
        return Refused(
            "send.too_large", profile.cite(limit.article), {"size": size, "limit_mb": limit.value // 2**20}
        )
    return ALLOWED


@dataclass(frozen=True)
class Ruling:
    """What one parameter of the region (``rule``) says of a case, with its article."""

    rule: str
    article: str
    decision: Decision


def send_rulings(profile: RegionProfile, facts: SendFacts) -> tuple[Ruling, ...]:
    """Every rule about sending, in the order in which a clerk can mend things."""
    asked: tuple[tuple[str, Decision], ...] = (
        ("body_formats", _format(profile, facts.body_format)),
        ("max_document_size", may_have_size(profile, facts.size)),
        ("urgency_allowed", _urgency(profile, facts.urgency)),
        ("forbidden_marks", may_carry(profile, facts.texts)),
        ("print_quota_required", _quotas(profile, facts.copies)),
    )
    return tuple(Ruling(rule, profile.article_of(rule), decision) for rule, decision in asked)


def may_send(profile: RegionProfile, facts: SendFacts) -> Decision:
    """The first rule that refuses."""
    rulings = (ruling.decision for ruling in send_rulings(profile, facts))
    return next((decision for decision in rulings if isinstance(decision, Refused)), ALLOWED)


def _format(profile: RegionProfile, body_format: str) -> Decision:
    rule = profile.body_formats
    if body_format in rule.value:
        return ALLOWED
    return Refused("send.body_format", profile.cite(rule.article), {"formats": "、".join(rule.value)})


def _urgency(profile: RegionProfile, urgency: str) -> Decision:
    rule = profile.urgency_allowed
    if urgency in rule.value:
        return ALLOWED
    return Refused("send.urgency_not_allowed", profile.cite(rule.article), {"urgency": urgency})


def may_carry(profile: RegionProfile, texts: Iterable[str]) -> Decision:
    """No text may show a mark of secrecy. Blanks between the characters do not hide one."""
    rule = profile.forbidden_marks
    for text in texts:
        dense = "".join(text.split())
        for mark in rule.value:
            if mark in dense:
                return Refused("send.forbidden_mark", profile.cite(rule.article), {"mark": mark})
    return ALLOWED


def _quotas(profile: RegionProfile, copies: tuple[int, ...]) -> Decision:
    rule = profile.print_quota_required
    if rule.value and not any(copies):
        return Refused("send.copies_missing", profile.cite(rule.article))
    return ALLOWED


def may_accept(profile: RegionProfile, checks: CheckResult, body_digest: str) -> Decision:
    """Accepting binds to the document that was sent, and to checks of which none failed (Ordos art. 10)."""
    rule = profile.checks_before_acceptance
    if checks.body_digest != body_digest:
        return Refused("accept.other_document", profile.cite(rule.article))
    findings = (checks.body, checks.attachments, checks.seal, checks.layout)
    if rule.value and Finding.FAILED in findings:
        return Refused("accept.check_failed", profile.cite(rule.article))
    return ALLOWED


def may_return(profile: RegionProfile, request: ReturnRequest) -> Decision:
    """Any delivery not yet accepted may go back; an unlisted reason needs words."""
    if request.reason is ReturnReason.OTHER and not request.note.strip():
        return Refused("return.note_required", profile.cite(profile.checks_before_acceptance.article))
    return ALLOWED


def may_print(profile: RegionProfile, state: DeliveryState) -> Decision:
    """Originals are printed after acceptance; also before it where the region says so."""
    outcome = DELIVERIES.outcome(state, DeliveryEvent.PRINT, profile)
    if isinstance(outcome, Refusal):
        return Refused(outcome.code, profile.article_of(outcome.rule), {"state": state.value})
    return ALLOWED


def use_receives(profile: RegionProfile, state: DeliveryState) -> bool:
    """Whether the first use (original print, working copy, reading by the OA) is what makes this delivery
    received (Jiangmen art. 36)."""
    return profile.receipt_moment.value is ReceiptMoment.FIRST_USE and state in OPEN_DELIVERIES


def may_remind(
    profile: RegionProfile, level: ReminderLevel, earlier: Sequence[Reminder], now: datetime
) -> Decision:
    """Bounded by the region: levels, their turn, how many a day and how close together (Ordos art. 9)."""
    rule, article = profile.reminders.value, profile.article_of("reminders")
    if level not in rule.levels:
        return Refused("remind.level_not_here", article)
    if rule.in_turn and level is ReminderLevel.SUPERVISE and not any(_urged(one) for one in earlier):
        return Refused("remind.urge_first", article)
    gap = timedelta(minutes=rule.gap_minutes)
    if earlier and now - earlier[-1].at < gap:
        return Refused("remind.too_soon", article, {"minutes": rule.gap_minutes})
    zone = ZoneInfo(profile.time_zone)
    today = now.astimezone(zone).date()
    if sum(one.at.astimezone(zone).date() == today for one in earlier) >= rule.per_day:
        return Refused("remind.too_often", article, {"per_day": rule.per_day})
    return ALLOWED


def _urged(reminder: Reminder) -> bool:
    return reminder.level is ReminderLevel.URGE


def may_request(profile: RegionProfile, request: ReceiverRequest, earlier: Sequence[RequestView]) -> Decision:
    """One open request of a kind at a time, within the region's number (Jiangmen art. 37)."""
    article = profile.article_of("extra_copies")
    if (request.kind is RequestKind.COPIES) != (request.count > 0):
        return Refused("request.count_wrong", article)
    if any(one.kind is request.kind and one.state is RequestState.OPEN for one in earlier):
        return Refused("request.still_open", article)
    return may_grant(profile, request.count)


def may_grant(profile: RegionProfile, count: int) -> Decision:
    """Not more copies at once than the region allows."""
    limit = profile.extra_copies_limit
    if limit.value is not None and count > limit.value:
        return Refused("request.too_many", profile.cite(limit.article), {"limit": limit.value})
    return ALLOWED


def may_attach_on_paper(profile: RegionProfile, count: int) -> Decision:
    """Whether parts of a document may go by paper (Ordos art. 14, Jiangmen art. 28)."""
    rule = profile.special_attachments_on_paper
    if count and not rule.value:
        return Refused("send.paper_not_here", profile.cite(rule.article))
    return ALLOWED


def may_send_paper_beside(profile: RegionProfile, wanted: bool) -> Decision:
    """Whether the whole document may also go by paper (纸质同送): not where there is one track only
    (Ordos art. 14; Jiangmen's plan: 单轨制)."""
    rule = profile.track
    if wanted and rule.value is Track.ELECTRONIC_ONLY:
        return Refused("send.single_track", profile.cite(rule.article))
    return ALLOWED


def may_go_unsealed(profile: RegionProfile, doc_kind: str) -> Decision:
    """Whether a document of this kind goes without a seal: 信息资料, where the region has them."""
    if doc_kind == INFO_MATERIAL and profile.holds("unsealed_materials"):
        return ALLOWED
    return Refused("draft.seal_required", profile.article_of("unsealed_materials"))


def may_call_meeting(profile: RegionProfile, calls: bool) -> Decision:
    """Whether documents may ask for replies to a meeting."""
    rule = profile.meeting_replies
    if calls and not rule.value:
        return Refused("send.meeting_not_here", profile.cite(rule.article))
    return ALLOWED


def password_is_due(profile: RegionProfile, changed_at: datetime, now: datetime) -> bool:
    """Whether a password has reached the region's greatest age (Ordos art. 20)."""
    days = profile.password_max_age_days.value
    return days is not None and now - changed_at >= timedelta(days=days)
