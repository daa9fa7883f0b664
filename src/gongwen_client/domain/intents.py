"""What a person asked for and the exchange must still answer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Lane(StrEnum):
    """Large files never hold up small calls."""

    SMALL = "small"
    LARGE = "large"


class IntentKind(StrEnum):
    """One kind per mutating call of the exchange that may wait."""

    SEND = "send"
    VIEW = "view"
    ACCEPT = "accept"
    RETURN = "return"
    RESERVE = "reserve"
    SETTLE = "settle"
    VOID = "void"
    COPY = "copy"
    REQUEST = "request"
    REPLY = "reply"
    ARRIVE = "arrive"
    WITHDRAW = "withdraw"
    RECALL = "recall"
    REMIND = "remind"
    RESEND = "resend"
    SUPPLEMENT = "supplement"
    PAPER = "paper"
    GRANT = "grant"
    REFUSE = "refuse"
    FAULT = "fault"

    @property
    def lane(self) -> Lane:
        return Lane.LARGE if self is IntentKind.SEND else Lane.SMALL


ONE_WISH = frozenset(
    {
        IntentKind.SEND,
        IntentKind.VIEW,
        IntentKind.ACCEPT,
        IntentKind.RETURN,
        IntentKind.SETTLE,
        IntentKind.VOID,
        IntentKind.WITHDRAW,
        IntentKind.GRANT,
        IntentKind.REFUSE,
        IntentKind.FAULT,
    }
)
"""Kinds of which a subject has one pending wish at a time; of the others equal ones are a double click."""


class IntentState(StrEnum):
    """``held``: the service that wrote it performs it itself, while a person waits.
    ``superseded``: refused, and the person has asked for something else since."""

    PENDING = "pending"
    HELD = "held"
    DONE = "done"
    REFUSED = "refused"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Intent:
    """``subject`` is the document, delivery or ticket concerned; ``payload`` the JSON of the call's body,
    fixed at the click so that every repeat is the same call under the same ``key``. ``trouble``: the sentence
    of the last try that failed for now, empty for none."""

    intent_id: int
    key: str
    kind: IntentKind
    subject: str
    payload: str
    attempts: int
    created_at: datetime
    trouble: str = ""


@dataclass(frozen=True)
class RefusedWish:
    """A wish that the exchange refused for good; ``why`` is the sentence for the person."""

    intent_id: int
    kind: IntentKind
    subject: str
    payload: str
    why: str
    refused_at: datetime


def new_key() -> str:
    """A fresh idempotency key."""
    return uuid.uuid4().hex
