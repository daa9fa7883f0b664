"""Fault reports (故障报告): what a unit tells the administrators of its level, and what became of it.

The four classes are those of Ordos art. 12; the hours within which an answer is due are the region's (24 in
Jiangmen art. 38, none stated in Ordos).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from gongwen_protocol.basics import Id, LongText, Message, Moment, ShortText

MOST_FACTS = 200
Said = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00]*\S[^\x00]*$")]


class FaultKind(StrEnum):
    """What does not work."""

    LOG_IN = "log_in"
    RECEIVE = "receive"
    READ_OR_PRINT = "read_or_print"
    SEAL = "seal"
    OTHER = "other"


class FaultState(StrEnum):
    """Where a report stands. An answer leaves it open until the cause is mended."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class FaultFact(Message):
    """One result of the automatic checks: in plain words, without a name, title or secret."""

    check: ShortText
    result: ShortText
    detail: Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")] = ""


class FaultReport(Message):
    """POST /v1/faults. ``ticket_id`` is the client's: what was written while nothing worked keeps its number
    when it arrives at last."""

    ticket_id: Id
    kind: FaultKind
    said: Said
    happened_at: Moment
    contact: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    facts: Annotated[tuple[FaultFact, ...], Field(max_length=MOST_FACTS)] = ()


class FaultView(Message):
    """A report as the exchange keeps it. ``due_at``: when an answer is due, where the region states hours."""

    ticket_id: str
    unit_code: str
    unit_name: str
    by_post: str
    kind: FaultKind
    said: str
    contact: str
    happened_at: Moment
    handed_in_at: Moment
    due_at: Moment | None = None
    handled_by: str = Field(description="the office whose administrators answer it")
    state: FaultState
    answer: str = ""
    answered_at: Moment | None = None
    answered_by: str = ""
    closed_at: Moment | None = None
    facts: tuple[FaultFact, ...] = ()


class FaultList(Message):
    """GET /v1/faults (the own unit's), GET /v1/faults/all (those that the caller answers), newest first."""

    faults: tuple[FaultView, ...]
    server_time: Moment


class FaultAnswer(Message):
    """POST /v1/faults/{ticket_id}/answer. ``closed``: the cause is mended."""

    answer: Annotated[LongText, StringConstraints(min_length=1)]
    closed: bool = False
