"""Whom to ring at a unit: posts and their telephones, never persons; changed by the unit's administrator,
with history, and confirmed each quarter (松原 rule: telephones are filed; stale ones are how documents get
missed)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, StringConstraints

from gongwen_protocol.basics import Message, Moment, ShortText

CONFIRMED_FOR = timedelta(days=92)
"""A quarter: after that the unit is reminded to look at its own entry."""
PostName = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]+$")]
Phone = Annotated[str, StringConstraints(max_length=40, pattern=r"^[0-9+()（）\-－—转 、/]*[0-9]$")]


class UnitContact(Message):
    """One post of a unit (收发员, 值班室) with its telephone. ``note``: when it is answered, and the like."""

    post: PostName
    phone: Phone
    note: Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class ContactsChange(Message):
    """POST /v1/contacts: all entries of a unit from now on, and why they change."""

    unit_code: ShortText
    contacts: Annotated[tuple[UnitContact, ...], Field(min_length=1, max_length=20)]
    reason: ShortText


class ContactsConfirmation(Message):
    """POST /v1/contacts/confirm: somebody of the unit has looked, and they are right."""

    unit_code: ShortText


class ContactsRecord(Message):
    """One entry of the history: who made the contacts what they were from ``at`` on. ``confirmed``: they were
    found right and stayed."""

    at: Moment
    by_account: str
    by_post: str
    reason: str
    confirmed: bool
    contacts: tuple[UnitContact, ...]


class ContactsHistory(Message):
    """GET /v1/contacts/history, newest first."""

    unit_code: str
    records: tuple[ContactsRecord, ...]


def confirmation_is_due(confirmed_at: datetime | None, now: datetime) -> bool:
    """Whether the unit ought to look at its contacts again."""
    return confirmed_at is None or now - confirmed_at > CONFIRMED_FOR
