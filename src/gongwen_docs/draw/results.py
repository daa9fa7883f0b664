"""What drawing a page yields."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True)
class CharBox:
    """A character and its box on the page: left, top, right, bottom in mm from the top left corner."""

    char: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class PageText:
    """Text of a page in reading order, lines ended by newlines; ``chars`` has the same order without them."""

    text: str
    chars: tuple[CharBox, ...]
