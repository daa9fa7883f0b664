"""What the program keeps of how a draft came about; it stays on this PC with the send record."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from pydantic import Field

from gongwen_protocol.basics import LongText, Message, Moment


class Origin(StrEnum):
    """Where the program took an element from. A person who touches the field makes it their own."""

    METADATA = "metadata"
    TEXT = "text"
    RECEIVED = "received"
    """The received document that is forwarded."""


class Step(StrEnum):
    """The three steps of a document (制作, 盖章, 发送; Jiangmen art. 29)."""

    COMPOSE = "compose"
    SEAL = "seal"
    SEND = "send"


class Hand(Message):
    """Who did something, as the log-in says: an account and a post, no personal name."""

    account: str
    post: str
    at: Moment


class Source(StrEnum):
    """Where words of secrecy stand."""

    ELEMENTS = "elements"
    NAME = "name"
    BODY = "body"
    METADATA = "metadata"
    ATTACHMENT = "attachment"


class SecrecyHit(Message):
    """Words or marks of secrecy in what is to be sent. ``rule`` is the code whose sentence explains it;
    ``mark`` what was found, ``context`` the words around it; ``digest`` and ``page`` (from 0) with ``box``
    (x, y, width, height in mm) where it stands. ``refused``: nobody can declare it harmless."""

    rule: str
    source: Source
    name: str
    mark: str
    context: str = ""
    digest: str = ""
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    refused: bool = False

    @property
    def unread(self) -> bool:
        """Nothing was found because nothing could be read."""
        return self.rule.startswith("secrecy.unread")


class SecrecyDeclaration(Message):
    """Somebody has looked at the hits and says why the document may go; where the region wants it, a second
    person has looked, too. It holds for exactly these ``hits``."""

    hits: str = Field(description="fingerprint of what was looked at")
    reason: LongText
    by: Hand
    confirmed: Hand | None = None


class DraftRecord(Message):
    """``origins``: prefilled elements that nobody has touched. ``hits``: what the secrecy guard found last.
    ``steps``: who did which step. ``author``: who began it (拟稿人). ``forwards``: title of the received
    document that goes along."""

    origins: dict[str, Origin] = Field(default_factory=dict)
    hits: tuple[SecrecyHit, ...] = ()
    declaration: SecrecyDeclaration | None = None
    steps: dict[Step, Hand] = Field(default_factory=dict)
    author: Hand | None = None
    forwards: str = ""

    def stepped(self, step: Step, hand: Hand) -> DraftRecord:
        """The record once a step was done."""
        return self.model_copy(update={"steps": {**self.steps, step: hand}})


def fingerprint(hits: Iterable[SecrecyHit]) -> str:
    """Tells whether the same was found: a declaration about other hits is none. The body's bytes do not
    count, for its seal changes them."""
    return "\n".join(sorted(map(_said, hits)))


def _said(hit: SecrecyHit) -> str:
    digest = hit.digest if hit.source is Source.ATTACHMENT else ""
    return f"{digest}|{hit.rule}|{hit.name}|{hit.page}|{hit.context}"
