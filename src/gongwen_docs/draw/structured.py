"""Text of a display list in reading order, by MuPDF's structured text.

MuPDF gives lines in the order in which the page paints them. Vertical Chinese, which OFD writes as upright
glyphs under one another, comes as one line for each character; such columns are put together again here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from pymupdf import mupdf

from gongwen_docs.draw.results import CharBox, LineEnd, PageText, TextLine
from gongwen_docs.draw.shapes import EVERYWHERE

_COLUMN_SHIFT = 0.35
"""How far characters of one column may stand aside, in their size."""
_COLUMN_PITCH = 2.0
"""Largest distance of characters in a column, in their size."""
_LINE_PITCH = 2.4
"""Largest distance of lines that belong together, in their size: official documents have 1.8."""
_SAME_SIZE = 1.25
_FULL = 1.5
"""A line that ends nearer than this to the edge of its column, in its size, runs on in the next one."""


@dataclass
class _Line:
    """A line while it is put together. ``size`` is its extent across the direction of reading."""

    chars: list[CharBox]
    direction: tuple[float, float]
    _bounds: tuple[float, float, float, float] | None = field(default=None, repr=False)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of what is not blank."""
        if self._bounds is None:
            boxes = [item.box for item in self.chars if not item.char.isspace()] or [self.chars[0].box]
            lefts, tops, rights, bottoms = zip(*boxes, strict=True)
            self._bounds = min(lefts), min(tops), max(rights), max(bottoms)
        return self._bounds

    @property
    def vertical(self) -> bool:
        return abs(self.direction[1]) > abs(self.direction[0])

    @property
    def span(self) -> tuple[float, float]:
        """From where to where it reaches, along the direction of reading."""
        left, top, right, bottom = self.bounds
        low, high = (top, bottom) if self.vertical else (left, right)
        forwards = self.direction[1 if self.vertical else 0] >= 0
        return (low, high) if forwards else (-high, -low)

    @property
    def depth(self) -> float:
        """Where it stands across the direction of reading; the next line of a paragraph has a larger one."""
        left, top, right, bottom = self.bounds
        x, y = (left + right) / 2, (top + bottom) / 2
        return y * self.direction[0] - x * self.direction[1]

    @property
    def size(self) -> float:
        left, top, right, bottom = self.bounds
        return max((right - left) if self.vertical else (bottom - top), 0.1)


def structured_text(page: Any, box: Any, unit_mm: float) -> PageText:
    """Characters with their boxes and lines; lines end with a newline."""
    lines = _columns(_lines(page, box, unit_mm))
    found: list[TextLine] = []
    chars: list[CharBox] = []
    ends = _endings(lines)
    for line, end in zip(lines, ends, strict=True):
        start = len(chars)
        chars += line.chars
        found.append(TextLine(start, len(chars), line.direction, end))
    text = "".join("".join(item.char for item in line.chars) + "\n" for line in lines)
    return PageText(text, tuple(chars), tuple(found))


def _lines(page: Any, box: Any, unit_mm: float) -> list[_Line]:
    options = mupdf.FzStextOptions()
    options.flags = mupdf.FZ_STEXT_PRESERVE_WHITESPACE
    extracted = mupdf.FzStextPage(box)
    device = mupdf.fz_new_stext_device(extracted, options)
    mupdf.fz_run_display_list(page, device, mupdf.FzMatrix(), EVERYWHERE, mupdf.FzCookie())
    mupdf.fz_close_device(device)
    lines: list[_Line] = []
    for block in extracted:
        if block.m_internal.type != mupdf.FZ_STEXT_BLOCK_TEXT:
            continue
        for line in block:
            direction = line.m_internal.dir
            chars = list(_chars(line.m_internal, unit_mm))
            if chars:
                lines.append(_Line(chars, (round(direction.x, 4), round(direction.y, 4))))
    return lines


def _chars(line: Any, unit_mm: float) -> Iterator[CharBox]:
    """Straight from MuPDF's list: wrapped objects would take three times as long."""
    char = line.first_char
    while char:
        box = mupdf.ll_fz_rect_from_quad(char.quad)
        yield CharBox(chr(char.c), (box.x0 * unit_mm, box.y0 * unit_mm, box.x1 * unit_mm, box.y1 * unit_mm))
        char = char.next


def _columns(lines: list[_Line]) -> list[_Line]:
    """Lines of single wide characters stacked on one another, put together as columns."""
    result: list[_Line] = []
    upright: tuple[float, float] | None = None  # direction of the characters of the last line
    for line in lines:
        if result and upright == line.direction and _goes_on_below(result[-1], line):
            result[-1] = _Line([*result[-1].chars, *line.chars], _turned(line.direction))
        else:
            result.append(line)
            upright = line.direction if _wide(line) else None
    return result


def _turned(direction: tuple[float, float]) -> tuple[float, float]:
    """A quarter turn clockwise on the page: from reading along a line to reading down a column."""
    return -direction[1] + 0.0, direction[0]


def _goes_on_below(above: _Line, line: _Line) -> bool:
    if not _wide(line):
        return False
    left, top, right, bottom = above.chars[-1].box
    x0, y0, x1, y1 = line.chars[0].box
    x, y = (x0 + x1 - left - right) / 2, (y0 + y1 - top - bottom) / 2
    along, down = line.direction, _turned(line.direction)
    aside, step = abs(x * along[0] + y * along[1]), x * down[0] + y * down[1]
    side = max(right - left, bottom - top)
    return (
        aside <= _COLUMN_SHIFT * side
        and 0.3 * side < step <= _COLUMN_PITCH * side
        and abs(max(x1 - x0, y1 - y0) - side) <= (_SAME_SIZE - 1) * side
    )


def _wide(line: _Line) -> bool:
    """One character of full width."""
    return len(line.chars) == 1 and unicodedata.east_asian_width(line.chars[0].char) in "WF"


def _endings(lines: list[_Line]) -> list[LineEnd]:
    ends = []
    edges: dict[tuple[float, float], float] = {}
    for line in lines:
        edges[line.direction] = max(edges.get(line.direction, line.span[1]), line.span[1])
    for line, following in pairwise(lines):
        ends.append(_ending(line, following, edges[line.direction]))
    return [*ends, LineEnd.APART] if lines else []


def _ending(line: _Line, following: _Line, edge: float) -> LineEnd:
    if line.direction != following.direction:
        return LineEnd.APART
    size = max(line.size, following.size)
    step = following.depth - line.depth
    alike = size <= _SAME_SIZE * min(line.size, following.size)
    (start, end), (next_start, next_end) = line.span, following.span
    beneath = 0.4 * size < step <= _LINE_PITCH * size and min(end, next_end) > max(start, next_start)
    if not alike or not beneath:
        return LineEnd.APART
    runs_on = end > edge - _FULL * size and next_start < start + size / 2
    return LineEnd.WRAP if runs_on else LineEnd.BREAK
