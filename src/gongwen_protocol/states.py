"""States and events of documents, deliveries, copies and requests.

What an event does in a state stands in one table, ``gongwen_protocol.transitions``.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class DocumentState(StrEnum):
    """What the sender's list shows. Up to ``ready`` a document exists on the sender's PC only; from ``sent``
    on the state is the sum of its deliveries (:func:`overall`)."""

    DRAFT = "draft"
    AWAITING_SEAL = "awaiting_seal"
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    PARTLY_RECEIVED = "partly_received"
    ALL_RECEIVED = "all_received"
    RECALLED = "recalled"
    VOIDED = "voided"


class DocumentEvent(StrEnum):
    """What the sending unit does with a document. ``release``: 信息资料 go to those that wait to be sent
    without a seal."""

    SUBMIT = "submit"
    RELEASE = "release"
    TAKE_BACK = "take_back"
    SEAL = "seal"
    SEND = "send"
    ARRIVE = "arrive"
    REFUSE = "refuse"
    VOID = "void"
    RECALL = "recall"
    REMIND = "remind"
    SUPPLEMENT = "supplement"
    RESEND = "resend"
    REPLACE = "replace"
    PAPER = "paper"


class DeliveryState(StrEnum):
    """One unit's side of a sent document. ``verified``: checked and found right where first use, not
    acceptance, is the receipt (Jiangmen art. 33 and 36). ``resent``: a corrected document took its place."""

    DELIVERED = "delivered"
    VIEWED = "viewed"
    VERIFIED = "verified"
    RECEIVED = "received"
    RETURNED = "returned"
    RECALLED = "recalled"
    RESENT = "resent"
    PAPER_FALLBACK = "paper_fallback"


class DeliveryEvent(StrEnum):
    """What happens to a delivery: the receiver's acts, then the sender's."""

    FETCH = "fetch"
    VIEW = "view"
    ACCEPT = "accept"
    VERIFY = "verify"
    USE = "use"
    RETURN = "return"
    PRINT = "print"
    COPY = "copy"
    REQUEST = "request"
    REPLY = "reply"
    ARRIVE = "arrive"
    REMIND = "remind"
    RECALL = "recall"
    RESEND = "resend"
    REPLACE = "replace"
    PAPER = "paper"
    GRANT = "grant"


class TicketState(StrEnum):
    """A numbered copy of the print ledger: reserved → spooled → printed, or void with a reason."""

    RESERVED = "reserved"
    SPOOLED = "spooled"
    PRINTED = "printed"
    VOID = "void"


class TicketEvent(StrEnum):
    """What happens to one numbered copy."""

    SPOOL = "spool"
    SETTLE = "settle"
    VOID = "void"


class RequestState(StrEnum):
    """What a receiver asked of the sender: more copies, or the document once more (Jiangmen art. 37)."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RequestEvent(StrEnum):
    """The answers to a request."""

    GRANT = "grant"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


OPEN_DELIVERIES = frozenset({DeliveryState.DELIVERED, DeliveryState.VIEWED, DeliveryState.VERIFIED})
"""Deliveries of which the receiver still has to decide or to make use."""

CLOSED_TO_RECEIVER = frozenset({DeliveryState.RECALLED, DeliveryState.RESENT, DeliveryState.PAPER_FALLBACK})
"""Deliveries that the sender took out of the receiver's hands."""


def overall(deliveries: Iterable[DeliveryState]) -> DocumentState:
    """The state of a sent document from those of its deliveries. Those that were recalled, replaced or went
    on by paper are not waited for; a returned one is."""
    states = list(deliveries)
    waited_for = [state for state in states if state not in CLOSED_TO_RECEIVER]
    received = sum(state is DeliveryState.RECEIVED for state in waited_for)
    if received and received == len(waited_for):
        return DocumentState.ALL_RECEIVED
    if received:
        return DocumentState.PARTLY_RECEIVED
    if not waited_for and DeliveryState.RECALLED in states:
        return DocumentState.RECALLED
    return DocumentState.SENT
