"""Pure decisions: (profile, facts) → allowed, or refused with a code and the article. Both sides ask them.

The client asks before it writes an intent, the exchange before it accepts one; neither has rules of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.messages import CheckResult, Finding, ReturnReason, ReturnRequest
from gongwen_protocol.profile import ReceiptMoment, RegionProfile
from gongwen_protocol.states import DeliveryState

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


def may_send(profile: RegionProfile, facts: SendFacts) -> Decision:
    """The first rule that refuses, in the order in which a clerk can mend things."""
    for decision in (
        _format(profile, facts.body_format),
        may_have_size(profile, facts.size),
        _urgency(profile, facts.urgency),
        may_carry(profile, facts.texts),
        _quotas(profile, facts.copies),
    ):
        if isinstance(decision, Refused):
            return decision
    return ALLOWED


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
    """Originals are printed after acceptance; also before it where first use is the receipt (Jiangmen 36)."""
    open_states = {DeliveryState.DELIVERED, DeliveryState.VIEWED}
    rule = profile.print_before_acceptance
    if state is DeliveryState.RECEIVED or (rule.value and state in open_states):
        return ALLOWED
    return Refused("print.not_received", profile.cite(rule.article), {"state": state.value})


def printing_receives(profile: RegionProfile, state: DeliveryState) -> bool:
    """Whether the first printed original is what makes this delivery received (Jiangmen art. 36)."""
    return profile.receipt_moment.value is ReceiptMoment.FIRST_USE and state in (
        DeliveryState.DELIVERED,
        DeliveryState.VIEWED,
    )


def password_is_due(profile: RegionProfile, changed_at: datetime, now: datetime) -> bool:
    """Whether a password has reached the region's greatest age (Ordos art. 20)."""
    days = profile.password_max_age_days.value
    return days is not None and now - changed_at >= timedelta(days=days)


def before_cutoff(profile: RegionProfile, moment: datetime) -> bool:
    """Whether something sent at ``moment`` counts for that local day (Jiangmen art. 32); holidays aside."""
    cutoff = profile.same_day_cutoff.value
    return cutoff is None or moment.astimezone(ZoneInfo(profile.time_zone)).time() < cutoff
