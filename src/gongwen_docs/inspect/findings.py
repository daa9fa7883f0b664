"""What an inspection finds: codes with sentences, a weight and a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gongwen_docs.inspect.ink import Region


class Weight(StrEnum):
    """How much a finding weighs.

    ``REFUSE``: everywhere forbidden. ``BY_RULE``: the region's profile decides. ``HINT``: to be looked at.
    """

    REFUSE = "refuse"
    BY_RULE = "by_rule"
    HINT = "hint"


@dataclass(frozen=True)
class Finding:
    """One finding. ``page`` counts from 0, None for the document as a whole; ``region`` is in mm.

    ``facts`` are the values of the code's sentence.
    """

    code: str
    weight: Weight
    page: int | None = None
    region: Region | None = None
    facts: Mapping[str, str | int] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        return {
            "code": self.code,
            "weight": str(self.weight),
            "page": self.page,
            "region": list(self.region) if self.region else None,
            "facts": dict(self.facts),
        }


@dataclass(frozen=True)
class LayoutPart:
    """What was found on some pages. ``next_page`` (from 0) is where to go on, None after the last one. A font
    may be named by several parts."""

    findings: tuple[Finding, ...]
    next_page: int | None


class Unread(StrEnum):
    """Why a file, or a part of it, was not read."""

    NONE = ""
    FORMAT = "format"
    ARCHIVE = "archive"
    PICTURES = "pictures"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too_large"


@dataclass(frozen=True)
class FileMarks:
    """What was found in a file. ``unread_pages`` count from 0 and hold pictures that nobody has read."""

    findings: tuple[Finding, ...] = ()
    unread: Unread = Unread.NONE
    unread_pages: tuple[int, ...] = ()
