"""The sheets being set: a place on the grid, and drawing of set lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gongwen_docs.typeset import geometry as g
from gongwen_docs.typeset.lines import Line, Placed, Span, TextStyle, break_lines, shape
from gongwen_docs.write import BLACK, Box, Color, FaceShelf, OfdWriter, PageCanvas, Role
from gongwen_docs.write.page import ASCENT

BODY = TextStyle(Role.FANG, g.SIZE_3, g.CELL)
HEI = TextStyle(Role.HEI, g.SIZE_3, g.CELL)
KAI = TextStyle(Role.KAI, g.SIZE_3, g.CELL)
TITLE = TextStyle(Role.TITLE, g.SIZE_2, g.SIZE_2)
IMPRINT = TextStyle(Role.FANG, g.SIZE_4, g.CELL_4)
FOLIO = TextStyle(Role.SONG, g.SIZE_4, g.CELL_4)


@dataclass(frozen=True)
class Place:
    """A grid line: page index from 0 and row 0 to 21."""

    page: int
    row: int


class Sheets:
    """The pages so far and the grid line that is set next."""

    def __init__(self, writer: OfdWriter, shelf: FaceShelf) -> None:
        self.shelf = shelf
        self._writer = writer
        self.pages: list[PageCanvas] = []
        self.row = 0
        self.new_page()

    @property
    def page(self) -> int:
        return len(self.pages) - 1

    @property
    def canvas(self) -> PageCanvas:
        return self.pages[-1]

    @property
    def rows_left(self) -> int:
        return g.LINES - self.row

    def new_page(self) -> None:
        self.pages.append(self._writer.page())
        self.row = 0

    def skip(self, rows: int) -> None:
        """Leave blank lines; at the head of a page they are dropped."""
        if self.row:
            self.row += rows

    def set_line(self, line: Line) -> Place:
        """Draw ``line`` on the next grid line, on a new page where this one is full."""
        if self.row >= g.LINES:
            self.new_page()
        place = Place(self.page, self.row)
        draw_line(self.canvas, line, g.LEFT, g.line_top(self.row))
        self.row += 1
        return place

    def break_spans(
        self,
        spans: Sequence[Span],
        *,
        first_indent: float = 0.0,
        next_indent: float = 0.0,
        width: float = g.WIDTH,
    ) -> list[Line]:
        return break_lines(
            shape(self.shelf, spans), width, first_indent=first_indent, next_indent=next_indent
        )

    def one_line(self, text: str, style: TextStyle) -> Line:
        """``text`` as a single line, however wide, from x = 0."""
        return break_lines(shape(self.shelf, [Span(text, style)]), float("inf"))[0]


def draw_line(
    canvas: PageCanvas, line: Line, left: float, top: float, color: Color = BLACK, h_scale: float = 1.0
) -> Box:
    """Draw a set line with the tops of its characters at ``top``; returns its box in mm."""
    size = max((item.glyph.style.size for item in line.glyphs), default=0.0)
    run: list[Placed] = []
    for item in line.glyphs:
        if run and (item.glyph.face, item.glyph.style) != (run[0].glyph.face, run[0].glyph.style):
            _draw_run(canvas, run, left, top, color, h_scale)
            run = []
        run.append(item)
    if run:
        _draw_run(canvas, run, left, top, color, h_scale)
    start = line.glyphs[0].x if line.glyphs else 0.0
    return Box(left + start, top, line.width, size)


def _draw_run(
    canvas: PageCanvas, run: list[Placed], left: float, top: float, color: Color, h_scale: float
) -> None:
    style = run[0].glyph.style
    # A glyph of the em's width stands centred in its cell.
    offsets = [
        item.x + (0.0 if item.glyph.char.isascii() else (style.cell - style.size * h_scale) / 2)
        for item in run
    ]
    canvas.text(
        left + offsets[0],
        top + ASCENT * style.size,
        "".join(item.glyph.char for item in run),
        run[0].glyph.face,
        style.size,
        steps=[b - a for a, b in pairwise(offsets)],
        color=color,
        h_scale=h_scale,
    )
