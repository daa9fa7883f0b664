"""Text in columns down a page, with page breaks: for reports, which have no grid of characters."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from gongwen_crypto.errors import KnownError
from gongwen_docs.write import BLACK, Box, Color, Face, FaceShelf, OfdWriter, PageCanvas, Role

GREY = Color(110, 110, 110)
BLUE_GREY = Color(150, 165, 185)
_TOP, _BOTTOM = 20.0, 277.0
_LEADING = 1.45
_MISSING = "□"
_NEVER_FIRST = frozenset("，。；：、？！）」』》…—·%")


@dataclass(frozen=True)
class Style:
    """Typeface, mm per em and colour of a text."""

    role: Role
    size: float
    color: Color = BLACK


class Flow:
    """Sets one thing below another; ``y`` is the next free height in mm on the last page."""

    def __init__(self, writer: OfdWriter, shelf: FaceShelf, left: float, width: float) -> None:
        self._writer = writer
        self._shelf = shelf
        self._left = left
        self._width = width
        self.pages: list[PageCanvas] = [writer.page()]
        self.y = _TOP

    @property
    def page(self) -> int:
        """Index of the page being set, from 0."""
        return len(self.pages) - 1

    def keep(self, height: float) -> None:
        """Begin a new page unless ``height`` mm are left on this one."""
        if self.y + height > _BOTTOM:
            self.pages.append(self._writer.page())
            self.y = _TOP

    def space(self, height: float) -> None:
        self.y += height

    def rule(self, color: Color) -> None:
        """A thin line across the column."""
        self.pages[-1].line(self._left, self.y + 0.6, self._left + self._width, self.y + 0.6, 0.25, color)
        self.y += 1.5

    def frame(self, box: Box, color: Color) -> None:
        """A frame with a thick left edge."""
        page = self.pages[-1]
        right, bottom = box.x + box.width, box.y + box.height
        for x1, y1, x2, y2 in (
            (box.x, box.y, right, box.y),
            (box.x, bottom, right, bottom),
            (right, box.y, right, bottom),
        ):
            page.line(x1, y1, x2, y2, 0.25, color)
        page.line(box.x, box.y, box.x, bottom, 1.6, color)

    def image(self, box: Box, data: bytes) -> None:
        self.pages[-1].image(box, data)

    def centred(self, text: str, style: Style) -> None:
        width = sum(self._advance(char, style) for char in text)
        self._line(self._left + (self._width - width) / 2, text, style)

    def at(self, left: float, width: float, text: str, style: Style) -> None:
        """A paragraph from ``left``, broken at ``width`` mm."""
        for line in self._broken(text, width, style):
            self.keep(style.size * _LEADING)
            self._line(left, line, style)

    def footer(self, page: int, text: str, style: Style) -> None:
        """A line at the foot of a page."""
        self._draw(self.pages[page], self._left, 285.0, text, style)

    def _line(self, left: float, text: str, style: Style) -> None:
        self._draw(self.pages[-1], left, self.y + style.size, text, style)
        self.y += style.size * _LEADING

    def _draw(self, page: PageCanvas, left: float, baseline: float, text: str, style: Style) -> None:
        faces = [(char, *self._glyph(char, style.role)) for char in text]
        for face, group in groupby(faces, key=lambda item: item[2]):
            run = "".join(item[1] for item in group)
            page.text(left, baseline, run, face, style.size, color=style.color)
            left += sum(face.advance(char) for char in run) * style.size

    def _broken(self, text: str, width: float, style: Style) -> list[str]:
        lines, line, used = [], "", 0.0
        for char in text:
            advance = self._advance(char, style)
            if line and (char == "\n" or (used + advance > width and char not in _NEVER_FIRST)):
                lines.append(line)
                line, used = "", 0.0
            if char != "\n":
                line, used = line + char, used + advance
        return [*lines, line]

    def _advance(self, char: str, style: Style) -> float:
        drawn, face = self._glyph(char, style.role)
        return face.advance(drawn) * style.size

    def _glyph(self, char: str, role: Role) -> tuple[str, Face]:
        """The character and its face; a box for one that no face has: foreign certificates name anything."""
        try:
            return char, self._shelf.face(role, char)
        except KnownError:
            return _MISSING, self._shelf.face(role, _MISSING)
