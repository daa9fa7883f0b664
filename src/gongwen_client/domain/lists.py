"""What a person asks of a list of documents, and what the list answers.

A list answers in two steps, so that it may be long: first which rows there are and in which order (``Found``,
one short identity each), then the rows that are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gongwen_client.domain.rows import IncomingState

WAITING = (IncomingState.PENDING, IncomingState.DOWNLOADING, IncomingState.LOCKED, IncomingState.TO_VERIFY)
"""待收: a person has not decided."""
DECIDED = (
    *(IncomingState.VERIFIED, IncomingState.RECEIVED, IncomingState.RECALLED),
    *(IncomingState.RESENT, IncomingState.PAPER_FALLBACK),
)
"""已收, and what its sender took back or replaced."""


class ListName(StrEnum):
    """The lists of the navigation; the identity of a row is a delivery's or a document's."""

    PENDING = "pending"
    RECEIVED = "received"
    RETURNED = "returned"
    DRAFTS = "drafts"
    AWAITING_SEAL = "awaiting_seal"
    READY = "ready"
    SENT = "sent"
    RETURNED_TO_US = "returned_to_us"

    @property
    def incoming(self) -> bool:
        """收文: rows are deliveries to this unit."""
        return self in (ListName.PENDING, ListName.RECEIVED, ListName.RETURNED)

    @property
    def draft(self) -> bool:
        """Rows are documents that have not left this PC."""
        return self in (ListName.DRAFTS, ListName.AWAITING_SEAL, ListName.READY)


class SortKey(StrEnum):
    """What a list is ordered by; each list knows those of its columns."""

    TIME = "time"
    DONE = "done"
    TITLE = "title"
    NUMBER = "number"
    KIND = "kind"
    UNIT = "unit"
    URGENCY = "urgency"
    DUE = "due"
    SIZE = "size"
    STATE = "state"
    COPIES = "copies"
    REMINDERS = "reminders"
    PROGRESS = "progress"
    WAITING = "waiting"
    RECIPIENTS = "recipients"
    REASON = "reason"


class Follow(StrEnum):
    """States of 已发公文 that a person filters by; a document may be in several."""

    OPEN = "open"
    OVERDUE = "overdue"
    RETURNED = "returned"
    REQUESTED = "requested"
    COMPLETE = "complete"


@dataclass(frozen=True)
class ListQuery:
    """``words`` must all occur; ``since`` ≤ time < ``until``; ``states`` are values of IncomingState or
    Follow, by the list. Without ``sort`` the list has its own order."""

    name: ListName
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    unit: str = ""
    kind: str = ""
    urgency: str = ""
    states: frozenset[str] = frozenset()
    sort: SortKey | None = None
    descending: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether it leaves rows out."""
        return bool(
            self.words.strip()
            or self.since
            or self.until
            or self.unit
            or self.kind
            or self.urgency
            or self.states
        )


@dataclass(frozen=True)
class Found:
    """The rows' identities in order; ``places`` has the number of each."""

    ids: tuple[str, ...]
    places: Mapping[str, int] = field(default_factory=dict)


def found(ids: tuple[str, ...]) -> Found:
    """With the places counted."""
    return Found(ids, dict(zip(ids, range(len(ids)), strict=True)))
