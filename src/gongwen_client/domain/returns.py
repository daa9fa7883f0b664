"""What became of a document that a unit sent back (退文的处理状态)."""

from __future__ import annotations

from enum import StrEnum

from gongwen_protocol.basics import LongText, Message, Moment


class Handling(StrEnum):
    """待处理, 已补发更正, 已转纸质, 已重发, 已作废."""

    OPEN = "open"
    CORRECTED = "corrected"
    ON_PAPER = "on_paper"
    RESENT = "resent"
    CLOSED = "closed"


class ReturnNote(Message):
    """What the sender's clerk did about a return, kept on this PC. A resending takes time and reason of the
    return from the exchange's view, so they are kept here. ``why`` it is closed without another sending."""

    how: Handling
    returned_at: Moment
    reason: str = ""
    note: LongText = ""
    at: Moment
    by_post: str
    why: LongText = ""
