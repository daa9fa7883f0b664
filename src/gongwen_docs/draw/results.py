"""What drawing a page yields."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class SealView(StrEnum):
    """How seals appear: in colour, in grey as on a copy, or not at all."""

    SHOWN = "shown"
    GREY = "grey"
    HIDDEN = "hidden"


@dataclass(frozen=True)
class Pixels:
    """A picture: ``samples`` holds rows of RGB bytes without padding, top row first."""

    width: int
    height: int
    samples: bytes


class CharBox(NamedTuple):
    """A character and its box on the page: left, top, right, bottom in mm from the top left corner."""

    char: str
    box: tuple[float, float, float, float]


class LineEnd(StrEnum):
    """What follows a line: the same paragraph, another line right beneath, or something apart."""

    WRAP = "wrap"
    BREAK = "break"
    APART = "apart"


@dataclass(frozen=True)
class TextLine:
    """Characters ``start`` up to ``end`` of a page, which stand in a row.

    ``direction`` is the unit vector in which one reads, in page space (y down): (1, 0) for ordinary lines,
    (0, 1) for vertical Chinese.
    """

    start: int
    end: int
    direction: tuple[float, float]
    ends: LineEnd


@dataclass(frozen=True)
class PageText:
    """Text of a page in reading order, lines ended by newlines; ``chars`` has the same order without them."""

    text: str
    chars: tuple[CharBox, ...]
    lines: tuple[TextLine, ...] = ()
