"""Where pages lie on the desk: under one another, in logical pixels, at one zoom and turn."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from PySide6.QtCore import QRectF
from PySide6.QtGui import QTransform

GAP = 16
"""Pixels between pages and around them."""


@dataclass(frozen=True)
class PageSize:
    """Paper size in mm."""

    width: float
    height: float

    def turned(self, quarters: int) -> PageSize:
        """The size after quarter turns."""
        return PageSize(self.height, self.width) if quarters % 2 else self


class PageLayout:
    """Made anew for each zoom, turn and window width; costs some microseconds a page and no pixels.

    ``scale`` is pixels per mm; ``quarters`` are quarter turns clockwise; ``desk`` is the least width.
    """

    def __init__(self, sizes: Sequence[PageSize], scale: float, quarters: int = 0, desk: float = 0.0) -> None:
        self._sizes = sizes
        self._scale = scale
        self._quarters = quarters % 4
        odd = self._quarters % 2
        widths = (page.height if odd else page.width for page in sizes)
        heights = (round((page.width if odd else page.height) * scale) + GAP for page in sizes)
        self.width = max(desk, round(max(widths, default=0.0) * scale) + 2 * GAP)
        self._tops = list(accumulate(heights, initial=GAP))

    @property
    def height(self) -> float:
        """Of the whole desk."""
        return self._tops[-1] if self._sizes else 0.0

    def box(self, page: int) -> QRectF:
        """Where a page lies."""
        size = self._sizes[page].turned(self._quarters)
        width = round(size.width * self._scale)
        top = self._tops[page]
        return QRectF(round((self.width - width) / 2), top, width, self._tops[page + 1] - GAP - top)

    def between(self, top: float, bottom: float) -> range:
        """The pages of which something lies between two heights."""
        first = max(0, bisect_right(self._tops, top) - 1)
        if self._sizes and first < len(self._sizes) and self._tops[first + 1] - GAP <= top:
            first += 1
        return range(first, min(len(self._sizes), bisect_left(self._tops, bottom)))

    def nearest(self, height: float) -> int:
        """The page at a height, or the one above the gap there."""
        return min(max(0, bisect_right(self._tops, height) - 1), max(0, len(self._sizes) - 1))

    def transform(self, page: int) -> QTransform:
        """From mm on the page to pixels on the desk."""
        box = self.box(page)
        size = self._sizes[page]
        result = QTransform.fromTranslate(box.center().x(), box.center().y())
        result.rotate(90 * self._quarters)
        across, down = (box.height(), box.width()) if self._quarters % 2 else (box.width(), box.height())
        result.scale(across / max(size.width, 0.01), down / max(size.height, 0.01))
        return result.translate(-size.width / 2, -size.height / 2)
