"""One table of everything that may happen: (state, event) → state, or a refusal with its code and rule.

Every cell is filled; a test walks all of them and ``docs/states.md`` is printed from them. A rule is named by
the parameter of the region profile that speaks: under each region the refusal cites that region's article.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.profile import ReceiptMoment, RegionProfile
from gongwen_protocol.states import (
    DeliveryEvent,
    DeliveryState,
    DocumentEvent,
    DocumentState,
    RequestEvent,
    RequestState,
    TicketEvent,
    TicketState,
)

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True)
class Refusal:
    """Not in this state. ``rule`` is a parameter of the profile, or empty where no region speaks."""

    code: str
    rule: str = ""


@dataclass(frozen=True)
class When(Generic[S]):
    """Allowed where the region's parameter ``refusal.rule`` is true, refused elsewhere."""

    state: S
    refusal: Refusal


@dataclass(frozen=True)
class Table(Generic[S, E]):
    """All cells of one kind of thing. ``allowed`` wins over ``refused`` (one cell), that over ``closed``
    (a whole state), that over ``otherwise``."""

    name: str
    states: type[S]
    events: type[E]
    allowed: Mapping[tuple[S, E], S | When[S]]
    otherwise: Refusal
    refused: Mapping[tuple[S, E], Refusal] = field(default_factory=dict)
    closed: Mapping[S, Refusal] = field(default_factory=dict)

    def cell(self, state: S, event: E) -> S | When[S] | Refusal:
        """What ``event`` does in ``state``."""
        found = self.allowed.get((state, event)) or self.refused.get((state, event))
        return found or self.closed.get(state, self.otherwise)

    def cells(self) -> Iterator[tuple[S, E, S | When[S] | Refusal]]:
        """Every cell, row by row."""
        for state in self.states:
            for event in self.events:
                yield state, event, self.cell(state, event)

    def outcome(self, state: S, event: E, profile: RegionProfile) -> S | Refusal:
        """The next state, or the refusal that holds in this region."""
        cell = self.cell(state, event)
        if isinstance(cell, When):
            return cell.state if profile.holds(cell.refusal.rule) else cell.refusal
        return cell

    def step(self, state: S, event: E, profile: RegionProfile) -> S:
        """The next state. Raises RefusedError with the cell's code, the region's article, state and event."""
        outcome = self.outcome(state, event, profile)
        if isinstance(outcome, Refusal):
            article = profile.article_of(outcome.rule)
            raise RefusedError(outcome.code, article=article, state=state.value, event=event.value)
        return outcome


_D, _DE = DeliveryState, DeliveryEvent

NOT_HERE_RECALL = Refusal("recall.not_here", "recall")
NOT_HERE_RESEND = Refusal("resend.not_here", "resend")
NOT_HERE_PAPER = Refusal("paper.not_here", "paper_fallback")
NOT_HERE_COPIES = Refusal("request.not_here", "extra_copies")
NOT_RECEIVED = Refusal("print.not_received", "print_before_acceptance")


def _deliveries() -> dict[tuple[DeliveryState, DeliveryEvent], DeliveryState | When[DeliveryState]]:
    cells: dict[tuple[DeliveryState, DeliveryEvent], DeliveryState | When[DeliveryState]] = {}
    undecided = (_D.DELIVERED, _D.VIEWED, _D.VERIFIED)
    for state in (*undecided, _D.RECEIVED, _D.RETURNED):
        cells[state, _DE.FETCH] = state
        cells[state, _DE.VIEW] = _D.VIEWED if state is _D.DELIVERED else state
    for state in (_D.DELIVERED, _D.VIEWED):
        cells[state, _DE.ACCEPT] = _D.RECEIVED
        cells[state, _DE.VERIFY] = _D.VERIFIED
    for state in undecided:
        cells[state, _DE.USE] = _D.RECEIVED
        cells[state, _DE.RETURN] = _D.RETURNED
        cells[state, _DE.PRINT] = state if state is _D.VERIFIED else When(state, NOT_RECEIVED)
        cells[state, _DE.COPY] = cells[state, _DE.PRINT]
        cells[state, _DE.REMIND] = state
        cells[state, _DE.RECALL] = When(_D.RECALLED, NOT_HERE_RECALL)
        cells[state, _DE.PAPER] = When(_D.PAPER_FALLBACK, NOT_HERE_PAPER)
        cells[state, _DE.REPLACE] = When(_D.RESENT, NOT_HERE_RESEND)
    for state in (*undecided, _D.RECEIVED):
        cells[state, _DE.REQUEST] = When(state, NOT_HERE_COPIES)
        cells[state, _DE.GRANT] = When(state, NOT_HERE_COPIES)
        cells[state, _DE.REPLY] = state
    for state in (*undecided, _D.RECEIVED, _D.PAPER_FALLBACK):
        cells[state, _DE.ARRIVE] = state
    for state in (_D.DELIVERED, _D.VIEWED, _D.VERIFIED, _D.RETURNED, _D.RECALLED):
        cells[state, _DE.RESEND] = When(_D.DELIVERED, NOT_HERE_RESEND)
    for state in (_D.RETURNED, _D.RECALLED):
        cells[state, _DE.REPLACE] = When(_D.RESENT, NOT_HERE_RESEND)
        cells[state, _DE.PAPER] = When(_D.PAPER_FALLBACK, NOT_HERE_PAPER)
    for event in (_DE.USE, _DE.PRINT, _DE.COPY):
        cells[_D.RECEIVED, event] = _D.RECEIVED
    cells[_D.RECEIVED, _DE.REPLACE] = When(_D.RECEIVED, NOT_HERE_RESEND)
    return cells


DELIVERIES = Table(
    "delivery",
    DeliveryState,
    DeliveryEvent,
    allowed=_deliveries(),
    refused={
        (_D.RECEIVED, _DE.ACCEPT): Refusal("delivery.already_received", "receipt_moment"),
        (_D.RECEIVED, _DE.VERIFY): Refusal("delivery.already_received", "receipt_moment"),
        (_D.VERIFIED, _DE.VERIFY): Refusal("delivery.already_verified", "checks_before_acceptance"),
        (_D.RECEIVED, _DE.RETURN): Refusal("delivery.already_received", "checks_before_acceptance"),
        (_D.RECEIVED, _DE.REMIND): Refusal("remind.already_received", "reminders"),
        (_D.RECEIVED, _DE.RECALL): Refusal("recall.already_received", "receipt_moment"),
        (_D.RECEIVED, _DE.RESEND): Refusal("resend.already_received", "resend"),
        (_D.RECEIVED, _DE.PAPER): Refusal("paper.already_received", "paper_fallback"),
        (_D.RETURNED, _DE.RECALL): Refusal("recall.already_returned", "checks_before_acceptance"),
        (_D.RETURNED, _DE.REMIND): Refusal("remind.already_returned", "checks_before_acceptance"),
        (_D.RETURNED, _DE.PRINT): Refusal("print.not_received", "checks_before_acceptance"),
        (_D.RECALLED, _DE.RECALL): Refusal("recall.already_recalled", "recall"),
        (_D.PAPER_FALLBACK, _DE.PAPER): Refusal("paper.already_on_paper", "paper_fallback"),
    },
    closed={
        _D.RETURNED: Refusal("delivery.already_returned", "checks_before_acceptance"),
        _D.RECALLED: Refusal("delivery.recalled", "recall"),
        _D.RESENT: Refusal("delivery.resent", "resend"),
        _D.PAPER_FALLBACK: Refusal("delivery.on_paper", "paper_fallback"),
    },
    otherwise=Refusal("delivery.not_allowed", "checks_before_acceptance"),
)

_T, _TE = TicketState, TicketEvent
TICKETS = Table(
    "ticket",
    TicketState,
    TicketEvent,
    allowed={
        (_T.RESERVED, _TE.SPOOL): _T.SPOOLED,
        (_T.SPOOLED, _TE.SETTLE): _T.PRINTED,
        (_T.RESERVED, _TE.VOID): _T.VOID,
        (_T.SPOOLED, _TE.VOID): _T.VOID,
    },
    otherwise=Refusal("print.not_allowed", "print_quota_required"),
)

_R, _RE = RequestState, RequestEvent
REQUESTS = Table(
    "request",
    RequestState,
    RequestEvent,
    allowed={
        (_R.OPEN, _RE.GRANT): _R.GRANTED,
        (_R.OPEN, _RE.REFUSE): _R.REFUSED,
        (_R.OPEN, _RE.WITHDRAW): _R.WITHDRAWN,
    },
    otherwise=Refusal("request.already_answered", "extra_copies"),
)

_O, _OE = DocumentState, DocumentEvent


def _documents() -> dict[tuple[DocumentState, DocumentEvent], DocumentState | When[DocumentState]]:
    cells: dict[tuple[DocumentState, DocumentEvent], DocumentState | When[DocumentState]] = {
        (_O.DRAFT, _OE.SUBMIT): _O.AWAITING_SEAL,
        (_O.DRAFT, _OE.RELEASE): When(_O.READY, Refusal("draft.seal_required", "unsealed_materials")),
        (_O.AWAITING_SEAL, _OE.TAKE_BACK): _O.DRAFT,
        (_O.READY, _OE.TAKE_BACK): _O.DRAFT,
        (_O.AWAITING_SEAL, _OE.SEAL): _O.READY,
        (_O.READY, _OE.SEND): _O.SENDING,
        (_O.SENDING, _OE.ARRIVE): _O.SENT,
        (_O.SENDING, _OE.REFUSE): _O.READY,
    }
    for state in (_O.DRAFT, _O.AWAITING_SEAL, _O.READY):
        cells[state, _OE.VOID] = _O.VOIDED
    for state in (_O.SENT, _O.PARTLY_RECEIVED):
        recalled = _O.RECALLED if state is _O.SENT else state
        cells[state, _OE.RECALL] = When(recalled, NOT_HERE_RECALL)
        cells[state, _OE.REMIND] = state
        cells[state, _OE.PAPER] = When(state, NOT_HERE_PAPER)
    cells[_O.RECALLED, _OE.PAPER] = When(_O.RECALLED, NOT_HERE_PAPER)
    for state in (_O.SENT, _O.PARTLY_RECEIVED, _O.ALL_RECEIVED, _O.RECALLED):
        reopened = {_O.ALL_RECEIVED: _O.PARTLY_RECEIVED, _O.RECALLED: _O.SENT}.get(state, state)
        cells[state, _OE.SUPPLEMENT] = When(reopened, NOT_HERE_RESEND)
        cells[state, _OE.REPLACE] = When(state, NOT_HERE_RESEND)
    for state in (_O.SENT, _O.PARTLY_RECEIVED, _O.RECALLED):
        cells[state, _OE.RESEND] = When(_O.SENT if state is _O.RECALLED else state, NOT_HERE_RESEND)
    return cells


DOCUMENTS = Table(
    "document",
    DocumentState,
    DocumentEvent,
    allowed=_documents(),
    refused={
        (_O.ALL_RECEIVED, _OE.RECALL): Refusal("recall.already_received", "receipt_moment"),
        (_O.ALL_RECEIVED, _OE.REMIND): Refusal("remind.already_received", "reminders"),
        (_O.ALL_RECEIVED, _OE.RESEND): Refusal("resend.already_received", "resend"),
        (_O.ALL_RECEIVED, _OE.PAPER): Refusal("paper.already_received", "paper_fallback"),
        (_O.RECALLED, _OE.RECALL): Refusal("recall.already_recalled", "recall"),
        (_O.DRAFT, _OE.SEND): Refusal("draft.not_ready", "sending_steps"),
        (_O.AWAITING_SEAL, _OE.SEND): Refusal("draft.not_ready", "sending_steps"),
        (_O.SENT, _OE.SEND): Refusal("draft.not_ready", "sending_steps"),
        (_O.VOIDED, _OE.SEND): Refusal("draft.not_ready", "sending_steps"),
    },
    otherwise=Refusal("document.not_allowed"),
)

TABLES = (DOCUMENTS, DELIVERIES, TICKETS, REQUESTS)


def acceptance_event(profile: RegionProfile) -> DeliveryEvent:
    """What a person's acceptance is in this region: the receipt itself, or the check before first use."""
    accepts = profile.receipt_moment.value is ReceiptMoment.ACCEPTANCE
    return DeliveryEvent.ACCEPT if accepts else DeliveryEvent.VERIFY
