"""States of a document and of its delivery to one unit, as data.

The tables are the whole truth: (state, event) → state. An event that is not in the table is refused.
"""

from __future__ import annotations

from enum import StrEnum

from gongwen_crypto.errors import RefusedError


class DocumentState(StrEnum):
    """What the sender's list shows. Up to ``ready`` a document exists on the sender's PC only."""

    DRAFT = "draft"
    AWAITING_SEAL = "awaiting_seal"
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    PARTLY_RECEIVED = "partly_received"
    ALL_RECEIVED = "all_received"
    VOIDED = "voided"


class DeliveryState(StrEnum):
    """One unit's side of a sent document."""

    DELIVERED = "delivered"
    VIEWED = "viewed"
    RECEIVED = "received"
    RETURNED = "returned"


class DeliveryEvent(StrEnum):
    """What a receiving unit can do with a delivery."""

    VIEW = "view"
    ACCEPT = "accept"
    RETURN = "return"
    PRINT = "print"


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


DELIVERIES: dict[tuple[DeliveryState, DeliveryEvent], DeliveryState] = {
    (DeliveryState.DELIVERED, DeliveryEvent.VIEW): DeliveryState.VIEWED,
    (DeliveryState.VIEWED, DeliveryEvent.VIEW): DeliveryState.VIEWED,
    (DeliveryState.RECEIVED, DeliveryEvent.VIEW): DeliveryState.RECEIVED,
    (DeliveryState.RETURNED, DeliveryEvent.VIEW): DeliveryState.RETURNED,
    (DeliveryState.DELIVERED, DeliveryEvent.ACCEPT): DeliveryState.RECEIVED,
    (DeliveryState.VIEWED, DeliveryEvent.ACCEPT): DeliveryState.RECEIVED,
    (DeliveryState.DELIVERED, DeliveryEvent.RETURN): DeliveryState.RETURNED,
    (DeliveryState.VIEWED, DeliveryEvent.RETURN): DeliveryState.RETURNED,
    (DeliveryState.RECEIVED, DeliveryEvent.PRINT): DeliveryState.RECEIVED,
}

TICKETS: dict[tuple[TicketState, TicketEvent], TicketState] = {
    (TicketState.RESERVED, TicketEvent.SPOOL): TicketState.SPOOLED,
    (TicketState.SPOOLED, TicketEvent.SETTLE): TicketState.PRINTED,
    (TicketState.RESERVED, TicketEvent.VOID): TicketState.VOID,
    (TicketState.SPOOLED, TicketEvent.VOID): TicketState.VOID,
}


def next_delivery_state(state: DeliveryState, event: DeliveryEvent) -> DeliveryState:
    """Raise RefusedError("delivery.not_allowed") when the event does not fit the state."""
    try:
        return DELIVERIES[state, event]
    except KeyError:
        raise RefusedError("delivery.not_allowed", state=state.value, event=event.value) from None


def next_ticket_state(state: TicketState, event: TicketEvent) -> TicketState:
    """Raise RefusedError("print.not_allowed") when the event does not fit the state."""
    try:
        return TICKETS[state, event]
    except KeyError:
        raise RefusedError("print.not_allowed", state=state.value, event=event.value) from None
