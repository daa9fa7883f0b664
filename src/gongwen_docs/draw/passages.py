"""Parts of a page's text: what lies under a point, words, lines; their boxes; their words as copied; search.

Pure functions over ``PageText``. A passage is a pair (start, end) of indices into ``chars``; ``end`` is not
in it. Lengths are mm.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from gongwen_docs.draw.results import LineEnd, PageText, TextLine

Rect = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Passage = tuple[int, int]

_AROUND = 18
"""Characters of a snippet on each side of what was found."""
_ALIKE = str.maketrans("〔〕[]【】｛｝{}—–―‐‑−“”„‘’‚〜∼", "()()()()()------\"\"\"'''~~")
"""After NFKC: brackets, dashes and quotes are found whichever of them was typed."""


@dataclass(frozen=True)
class Match:
    """A passage that was found, and the words around it."""

    start: int
    end: int
    before: str
    found: str
    after: str


def line_at(page: PageText, index: int) -> TextLine | None:
    """The line that holds a character."""
    found = bisect_right([line.start for line in page.lines], index) - 1
    return page.lines[found] if 0 <= found < len(page.lines) else None


def nearest(page: PageText, x: float, y: float) -> int | None:
    """Where a caret at this point stands: before character ``answer``. None on a page without text."""
    if not page.lines:
        return None
    line = min(page.lines, key=lambda line: _distance(_bounds(page, line.start, line.end), x, y))
    forward, across = line.direction
    along = x * forward + y * across
    for index in range(line.start, line.end):
        left, top, right, bottom = page.chars[index].box
        if (left + right) / 2 * forward + (top + bottom) / 2 * across > along:
            return index
    return line.end


def char_at(page: PageText, x: float, y: float, tolerance: float = 0.0) -> int | None:
    """The character under a point, ``tolerance`` mm around it included."""
    for index, (_char, (left, top, right, bottom)) in enumerate(page.chars):
        if left - tolerance <= x <= right + tolerance and top - tolerance <= y <= bottom + tolerance:
            return index
    return None


def word_at(page: PageText, index: int) -> Passage:
    """The run of like characters around ``index`` in its line: Chinese, letters and digits, or blanks; a
    punctuation mark stands alone."""
    line = line_at(page, index)
    if line is None or not line.start <= index < line.end:
        return index, index
    kind = _kind(page.chars[index].char)
    start, end = index, index + 1
    if kind != "mark":
        while start > line.start and _kind(page.chars[start - 1].char) == kind:
            start -= 1
        while end < line.end and _kind(page.chars[end].char) == kind:
            end += 1
    return start, end


def _kind(char: str) -> str:
    if char.isspace():
        return "blank"
    if not char.isalnum():
        return "mark"
    return "wide" if unicodedata.east_asian_width(char) == "W" else "narrow"


def regions(page: PageText, start: int, end: int) -> tuple[Rect, ...]:
    """One box for each line of a passage."""
    return tuple(_bounds(page, first, last) for first, last, _line in _pieces(page, start, end))


def copied(page: PageText, start: int, end: int) -> str:
    """The words of a passage: lines of one paragraph joined, other lines on lines of their own."""
    parts: list[str] = []
    for first, last, line in _pieces(page, start, end):
        words = "".join(page.chars[index].char for index in range(first, last))
        if last < line.end or last == end:
            parts.append(words)
        elif line.ends is LineEnd.WRAP:
            words = words.rstrip()
            parts.append(f"{words} " if words and words[-1].isascii() and words[-1].isalpha() else words)
        else:
            parts.append(f"{words}\n")
    return "".join(parts)


def find(page: PageText, words: str) -> tuple[Match, ...]:
    """Every place of ``words``: whatever the width, case, blanks, form of brackets; over the ends of lines
    that belong together."""
    needle = folded(words)
    if not needle:
        return ()
    matches = []
    for text, places in _runs(page):
        at = text.find(needle)
        while at >= 0:
            start, end = places[at], places[at + len(needle) - 1] + 1
            matches.append(_match(page, start, end))
            at = text.find(needle, at + len(needle))
    return tuple(matches)


def folded(words: str) -> str:
    """Words as they are compared."""
    return "".join(_fold(char) for char in words)


@cache
def _fold(char: str) -> str:
    plain = unicodedata.normalize("NFKC", char).casefold().translate(_ALIKE)
    return "".join(part for part in plain if not part.isspace() and unicodedata.category(part) != "Cf")


def _runs(page: PageText) -> Iterator[tuple[str, list[int]]]:
    """Texts within which a search goes on, folded; for each of their characters its place on the page."""
    parts: list[str] = []
    places: list[int] = []
    for line in page.lines:
        for index in range(line.start, line.end):
            plain = _fold(page.chars[index].char)
            parts.append(plain)
            places += [index] * len(plain)
        if line.ends is LineEnd.APART:
            yield "".join(parts), places
            parts, places = [], []


def _match(page: PageText, start: int, end: int) -> Match:
    def words(first: int, last: int) -> str:
        return "".join(item.char for item in page.chars[max(0, first) : last])

    return Match(start, end, words(start - _AROUND, start), words(start, end), words(end, end + _AROUND))


def _pieces(page: PageText, start: int, end: int) -> Iterator[tuple[int, int, TextLine]]:
    for line in page.lines:
        first, last = max(start, line.start), min(end, line.end)
        if first < last:
            yield first, last, line


def _bounds(page: PageText, start: int, end: int) -> Rect:
    lefts, tops, rights, bottoms = zip(*(page.chars[index].box for index in range(start, end)), strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _distance(box: Rect, x: float, y: float) -> float:
    left, top, right, bottom = box
    aside, above = max(left - x, 0.0, x - right), max(top - y, 0.0, y - bottom)
    return aside * aside + above * above
