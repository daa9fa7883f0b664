"""The visible text of a page as lines with boxes, however the producer cut it into runs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from gongwen_docs.draw import CharBox
from gongwen_docs.inspect.ink import Region

#: Runs on one line that stand further apart than this many character heights are lines of their own.
_COLUMN_GAP = 2.5
_SAME_LINE = 0.5
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True)
class TextLine:
    """A line: its text without blanks, its box in mm, its height as a measure of type size."""

    page: int
    text: str
    boxes: tuple[Region, ...]

    @property
    def region(self) -> Region:
        return self.part(0, len(self.text))

    @property
    def height(self) -> float:
        return max(box.height for box in self.boxes)

    def part(self, start: int, end: int) -> Region:
        """The box around characters ``start`` to ``end`` (excluded)."""
        chosen = self.boxes[start:end]
        return Region(
            min(box.left for box in chosen),
            min(box.top for box in chosen),
            max(box.right for box in chosen),
            max(box.bottom for box in chosen),
        )


def text_lines(page: int, chars: Iterable[CharBox]) -> list[TextLine]:
    """Lines from top to bottom, parts of a line from left to right. Blanks are left out."""
    rows: list[list[tuple[str, Region]]] = []
    items = [(_usual(char.char), Region(*char.box)) for char in chars if _is_seen(char.char)]
    for char, box in sorted(items, key=lambda item: item[1].center[1]):
        if rows:
            last = rows[-1][-1][1]
            limit = _SAME_LINE * max(min(last.height, box.height), 0.1)
            if abs(box.center[1] - last.center[1]) < limit:
                rows[-1].append((char, box))
                continue
        rows.append([(char, box)])
    return [line for row in rows for line in _columns(page, sorted(row, key=lambda item: item[1].left))]


def _columns(page: int, row: list[tuple[str, Region]]) -> Iterable[TextLine]:
    start = 0
    for index in range(1, len(row) + 1):
        if index < len(row):
            before, after = row[index - 1][1], row[index][1]
            if after.left - before.right <= _COLUMN_GAP * max(before.height, 0.1):
                continue
        part = row[start:index]
        yield TextLine(page, "".join(char for char, _ in part), tuple(box for _, box in part))
        start = index


def _is_seen(char: str) -> bool:
    """Whether a character leaves a trace: no blank, no joiner or mark of direction."""
    return bool(char.strip()) and unicodedata.category(char[0]) != "Cf"


#: Punctuation that Chinese text sets in full width: there the width means nothing to be undone.
_KEPT = frozenset("，：；！？（）［］｛｝＋－＝％＆＠＃＄～｜／＼＜＞．＿＊")


def _usual(char: str) -> str:
    """The usual form of a character: full-width figures and letters, radicals and compatibility forms."""
    if char in _KEPT:
        return char
    usual = unicodedata.normalize("NFKC", char)
    return usual if len(usual) == 1 else char


def plain(text: str) -> str:
    """Text in usual characters without any blanks."""
    return "".join(map(_usual, filter(_is_seen, _BLANK.sub("", text))))


def same_width(text: str) -> str:
    """``text`` with full-width punctuation in half width, for comparing; as long as before."""
    forms = (unicodedata.normalize("NFKC", char) for char in text)
    return "".join(form if len(form) == 1 else char for form, char in zip(forms, text, strict=True))
