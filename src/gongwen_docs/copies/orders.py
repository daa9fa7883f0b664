"""What is ordered of marks, copies and test sheets: plain words and numbers, light for who only orders."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gongwen_docs.draw.results import SealView


@dataclass(frozen=True)
class MarkOfCopy:
    """What is printed: the text of the code, and words for people beside it."""

    text: str
    copy_number: int
    copies: int


class CopyFormat(StrEnum):
    """What a copy is written as."""

    PDF = "pdf"
    OFD = "ofd"


@dataclass(frozen=True)
class CopyNotice:
    """Who took the copy. ``at`` is local time in words; ``purpose`` is what the person gave."""

    unit: str
    post: str
    at: str
    purpose: str

    @property
    def line(self) -> str:
        """For the foot of each page."""
        return " · ".join(part for part in (self.unit, self.post, self.at, f"用途：{self.purpose}") if part)


@dataclass(frozen=True)
class CopyOrder:
    """How a copy is to be made; ``seals`` GREY or HIDDEN: no copy shows a seal in colour."""

    format: CopyFormat
    seals: SealView
    notice: CopyNotice
    title: str


@dataclass(frozen=True)
class SheetFacts:
    """What stands in the head of a test sheet. ``at`` is local time in words."""

    unit: str
    printer: str
    at: str
