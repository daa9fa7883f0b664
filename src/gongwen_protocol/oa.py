"""What office systems (OA) say to the exchange in place of a unit's PC (Ordos art. 8, Jiangmen art. 36)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from gongwen_protocol.basics import Digest, Message, ShortText
from gongwen_protocol.checkpoints import SignedCheckpoint
from gongwen_protocol.handover import SignedHandover
from gongwen_protocol.messages import CheckResult, DocumentView


class OaScope(StrEnum):
    """What an office system may do for its unit."""

    RECEIVE = "receive"  # pull, confirm, return
    SEND = "send"  # push, follow, urge


class OaInbox(Message):
    """GET /oa/v1/inbox: documents that the unit has not received yet, oldest first, each with the unit's own
    delivery. What is confirmed or returned is no longer in it."""

    documents: tuple[DocumentView, ...]
    more: bool = Field(description="there are more: confirm or return these first")


class OaLog(Message):
    """GET /oa/v1/log?tree=N: who the exchange is (base64 DER certificate of its statements, how it came to
    it), what it commits to now, and that this only adds to its first ``tree`` leaves."""

    exchange: str
    certificate: str
    handovers: tuple[SignedHandover, ...] = ()
    checkpoint: SignedCheckpoint | None = None
    consistency: tuple[Digest, ...] = ()


class OaConfirmation(Message):
    """POST /oa/v1/deliveries/{id}/confirm: every file is in durable storage of the office system. Only this
    is the receipt: reading alone is not."""

    checks: CheckResult
    stored: Annotated[tuple[Digest, ...], Field(min_length=1, max_length=1000)] = Field(
        description="SM3 of each file as the office system computed it over what it stored"
    )
    reference: ShortText = Field(description="where the office system has it, e.g. its register number")
