"""Which words are selected, over the pages of a document."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from gongwen_docs.draw.passages import Passage, Rect, char_at, copied, line_at, nearest, regions, word_at
from gongwen_docs.draw.results import PageText

Caret = tuple[int, int]
"""(page, before which of its characters); the page's last caret is behind all."""


class Unit(IntEnum):
    """By what a selection grows: the number of clicks."""

    CHARACTER = 1
    WORD = 2
    LINE = 3


class Selection:
    """An anchor and an end, each a passage of a page; texts of pages arrive when they are read."""

    def __init__(self, texts: Mapping[int, PageText]) -> None:
        self._texts = texts
        self._unit = Unit.CHARACTER
        self._anchor: tuple[Caret, Caret] | None = None
        self._first: Caret = (0, 0)
        self._last: Caret = (0, 0)

    def clear(self) -> None:
        """Nothing selected."""
        self._anchor = None
        self._first = self._last = (0, 0)

    @property
    def empty(self) -> bool:
        """True when no character is selected."""
        return self._first >= self._last

    @property
    def anchored(self) -> bool:
        """True when a selection was begun and can be extended."""
        return self._anchor is not None

    def begin(self, page: int, x: float, y: float, unit: Unit) -> None:
        """Anchor at a point of a page, mm."""
        self._unit = unit
        self._anchor = self._around(page, x, y)
        self.extend(page, x, y)

    def extend(self, page: int, x: float, y: float) -> None:
        """From the anchor to a point."""
        if self._anchor is None:
            return
        first, last = self._around(page, x, y)
        self._first, self._last = min(self._anchor[0], first), max(self._anchor[1], last)

    def select_page(self, page: int) -> None:
        """All of one page."""
        self._unit = Unit.CHARACTER
        self._first, self._last = (page, 0), (page, len(self._texts[page].chars))
        self._anchor = (self._first, self._first)

    def _around(self, page: int, x: float, y: float) -> tuple[Caret, Caret]:
        text = self._texts.get(page)
        caret = nearest(text, x, y) if text is not None else None
        if text is None or caret is None:
            return (page, 0), (page, 0)
        if self._unit is Unit.CHARACTER:
            return (page, caret), (page, caret)
        under = char_at(text, x, y)
        index = under if under is not None else min(caret, len(text.chars) - 1)
        start, end = word_at(text, index)
        line = line_at(text, index)
        if self._unit is Unit.LINE and line is not None:
            start, end = line.start, line.end
        return (page, start), (page, end)

    @property
    def pages(self) -> range:
        """Pages of which something may be selected."""
        return range(0) if self.empty else range(self._first[0], self._last[0] + 1)

    def passage(self, page: int) -> Passage | None:
        """What is selected of a page whose text is known."""
        text = self._texts.get(page)
        if text is None or page not in self.pages:
            return None
        start = self._first[1] if page == self._first[0] else 0
        end = self._last[1] if page == self._last[0] else len(text.chars)
        return (start, end) if start < end else None

    def boxes(self, page: int) -> tuple[Rect, ...]:
        """Boxes of what is selected of a page, mm."""
        passage = self.passage(page)
        return () if passage is None else regions(self._texts[page], *passage)

    def words(self) -> str:
        """What is selected, as it is copied; pages whose text is not known are left out."""
        parts = [
            copied(self._texts[page], *passage) for page in self.pages if (passage := self.passage(page))
        ]
        return "\n".join(part.rstrip("\n") for part in parts)
