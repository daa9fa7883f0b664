"""Breaking text into lines: cells, half-width runs, and what may not begin or end a line (避头尾)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gongwen_docs.write.faces import Face, FaceShelf, Role

#: Marks that may not begin a line, and those that may not end one.
NO_START = frozenset("，。、；：？！）》〉」』】〕］”’…—～％‰℃·,.;:?!)]}%")
NO_END = frozenset("（《〈「『【〔［“‘([{￥＄№")

_FULL_CLOSING = frozenset("，。、；：？！）》〉」』】〕］”’")
_FULL_OPENING = frozenset("（《〈「『【〔［“‘")
#: How much of a cell a full-width mark may give up.
_SQUEEZE = 0.5
#: Words that stay with the figure before them.
_UNITS = frozenset("年月日号时％")
_NEVER_SPLIT = ("——", "……")


@dataclass(frozen=True)
class TextStyle:
    """A typeface at a size; ``cell`` is the width in mm that one Han character takes."""

    role: Role
    size: float
    cell: float


@dataclass(frozen=True)
class Span:
    """Text in one style."""

    text: str
    style: TextStyle


@dataclass(frozen=True)
class Glyph:
    """One character with its face and its natural width in mm."""

    char: str
    face: Face
    style: TextStyle
    width: float


@dataclass(frozen=True)
class Placed:
    """A glyph at ``x`` mm from the left edge of the measure."""

    glyph: Glyph
    x: float


@dataclass(frozen=True)
class Line:
    """The glyphs of one line and the width that they fill."""

    glyphs: tuple[Placed, ...]
    width: float

    @property
    def text(self) -> str:
        return "".join(placed.glyph.char for placed in self.glyphs)

    def moved(self, offset: float) -> Line:
        return Line(tuple(Placed(item.glyph, item.x + offset) for item in self.glyphs), self.width)


def is_half_width(char: str) -> bool:
    """Whether a character keeps its own advance instead of a full cell (digits, Latin, ASCII marks)."""
    return char.isascii() or ("\u00a0" <= char <= "\u024f" and char not in "·×÷°±")


def shape(shelf: FaceShelf, spans: Sequence[Span]) -> list[Glyph]:
    """Choose a face for each character and measure it."""
    glyphs = []
    for span in spans:
        style = span.style
        for char in span.text:
            face = shelf.face(style.role, char if char.strip() else " ")
            width = face.advance(char) * style.cell if is_half_width(char) else style.cell
            glyphs.append(Glyph(char, face, style, width))
    return glyphs


def measure(glyphs: Sequence[Glyph]) -> float:
    return sum(glyph.width for glyph in glyphs)


def may_break(before: str, after: str) -> bool:
    """Whether a line may end between two neighbouring characters."""
    if before in NO_END or after in NO_START or before + after in _NEVER_SPLIT:
        return False
    if after == " " or (before.isdigit() and after in _UNITS):
        return False
    return not (is_half_width(before) and before != " " and is_half_width(after))


def break_lines(
    glyphs: Sequence[Glyph], width: float, *, first_indent: float = 0.0, next_indent: float = 0.0
) -> list[Line]:
    """Break glyphs into lines of ``width`` mm; all but the last fill it exactly.

    A closing mark that would begin the next line is drawn in where the marks of the line can give up
    enough of their width; otherwise characters move down and the line is spread evenly.
    """
    lines: list[Line] = []
    start = 0
    while start < len(glyphs):
        indent = next_indent if lines else first_indent
        room = width - indent
        end = _line_end(glyphs, start, room)
        chosen = list(glyphs[start:end])
        while chosen and chosen[-1].char == " ":
            chosen.pop()
        if chosen:
            lines.append(_set_line(chosen, room, indent, spread=end < len(glyphs)))
        start = end
        while start < len(glyphs) and glyphs[start].char == " ":
            start += 1
    return lines


def _line_end(glyphs: Sequence[Glyph], start: int, room: float) -> int:
    total = 0.0
    end = start
    while end < len(glyphs) and total + glyphs[end].width <= room + 1e-6:
        total += glyphs[end].width
        end += 1
    if end == len(glyphs):
        return end
    squeezed = _squeezed_end(glyphs, start, end, room, total)
    if squeezed:
        return squeezed
    back = end
    while back > start + 1 and not may_break(glyphs[back - 1].char, glyphs[back].char):
        back -= 1
    return back if back > start + 1 else max(end, start + 1)


def _squeezed_end(glyphs: Sequence[Glyph], start: int, end: int, room: float, total: float) -> int:
    """The end of the line when closing marks are drawn in, or 0 where that does not work."""
    while end < len(glyphs) and glyphs[end].char in _FULL_CLOSING:
        total += glyphs[end].width
        end += 1
        slack = sum(g.width * _SQUEEZE for g in glyphs[start:end] if _is_mark(g.char))
        if total - room > slack + 1e-6:
            return 0
        if end == len(glyphs) or may_break(glyphs[end - 1].char, glyphs[end].char):
            return end
    return 0


def _is_mark(char: str) -> bool:
    return char in _FULL_CLOSING or char in _FULL_OPENING


def _set_line(glyphs: list[Glyph], room: float, indent: float, *, spread: bool) -> Line:
    total = measure(glyphs)
    placed: list[Placed] = []
    x = indent
    if total > room + 1e-6:
        marks = sum(1 for glyph in glyphs if _is_mark(glyph.char))
        give = (total - room) / max(marks, 1)
        for glyph in glyphs:
            mark = _is_mark(glyph.char)
            placed.append(Placed(glyph, x - give if glyph.char in _FULL_OPENING else x))
            x += glyph.width - (give if mark else 0.0)
        return Line(tuple(placed), room)
    gaps = [may_stretch(a.char, b.char) for a, b in pairwise(glyphs)]
    extra = (room - total) / sum(gaps) if spread and any(gaps) else 0.0
    for glyph, stretch in zip(glyphs, [*gaps, False], strict=True):
        placed.append(Placed(glyph, x))
        x += glyph.width + (extra if stretch else 0.0)
    return Line(tuple(placed), x - indent)


def may_stretch(before: str, after: str) -> bool:
    """Whether spare width may go between two characters: not within words and figures."""
    if before + after in _NEVER_SPLIT:
        return False
    return not (is_half_width(before) and is_half_width(after) and before != " ")
