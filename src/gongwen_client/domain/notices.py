"""Announcements as this PC knows them, and what an outage does to what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gongwen_protocol.announcements import Notice, NoticeKind, SignedNotice
from gongwen_protocol.states import DeliveryState

RECOVERY_SHOWN = timedelta(days=3)
"""So long after an outage its papers are to be reconciled."""


class NoticeState(StrEnum):
    """Whether a notice may still be acted upon."""

    CURRENT = "current"
    ENDED = "ended"  # withdrawn, replaced, or the outage is over
    EXPIRED = "expired"


@dataclass(frozen=True)
class KeptNotice:
    """A notice in the store. ``by_file``: it came by USB stick or e-mail."""

    signed: SignedNotice
    by_file: bool
    read: bool


@dataclass(frozen=True)
class NoticeCard:
    """A notice with what came of it. ``ended_by``: the notice that ended it."""

    notice: Notice
    state: NoticeState
    by_file: bool
    read: bool
    ended_by: Notice | None = None

    @property
    def is_outage_now(self) -> bool:
        """An outage that is announced or under way."""
        return self.notice.kind is NoticeKind.OUTAGE and self.state is NoticeState.CURRENT


@dataclass(frozen=True)
class Affected:
    """One delivery of ours that an outage holds up, or that went on paper during it."""

    document_id: str
    title: str
    doc_number: str
    unit_code: str
    unit_name: str
    state: DeliveryState
    sent_at: datetime
    urgency: str
    paper_since: datetime | None = None
    paper_arrived_at: datetime | None = None


@dataclass(frozen=True)
class Impact:
    """What an outage means for this unit: deliveries not received yet, documents not sent yet, and what went
    on paper meanwhile."""

    card: NoticeCard
    waiting: tuple[Affected, ...]
    unsent: tuple[str, ...]
    on_paper: tuple[Affected, ...]


def cards(kept: Sequence[KeptNotice], now: datetime) -> list[NoticeCard]:
    """Newest first."""
    enders = {one.signed.notice.refers_to: one.signed.notice for one in kept if one.signed.notice.refers_to}
    found = []
    for one in sorted(kept, key=lambda one: one.signed.notice.issued_at, reverse=True):
        notice = one.signed.notice
        ender = enders.get(notice.notice_id)
        state = NoticeState.CURRENT
        if ender is not None:
            state = NoticeState.ENDED
        elif notice.valid_until < now:
            state = NoticeState.EXPIRED
        found.append(NoticeCard(notice, state, one.by_file, one.read, ender))
    return found


def to_show(all_cards: Sequence[NoticeCard], now: datetime) -> list[NoticeCard]:
    """What stands above every page: outages, recoveries of the last days, announcements not read yet."""
    return [
        card
        for card in all_cards
        if card.state is NoticeState.CURRENT
        and (
            card.is_outage_now
            or (
                card.notice.kind is NoticeKind.RECOVERY
                and not card.read
                and now - card.notice.issued_at < RECOVERY_SHOWN
            )
            or (card.notice.kind is NoticeKind.ANNOUNCEMENT and not card.read)
        )
    ]
