"""版头 and title: everything from the copy number to the title (GB/T 9704-2012, 7.2 and 7.3.1)."""

from __future__ import annotations

from dataclasses import dataclass

from gongwen_docs.typeset import geometry as g
from gongwen_docs.typeset.circular import Circular
from gongwen_docs.typeset.facts import Spot
from gongwen_docs.typeset.lines import TextStyle
from gongwen_docs.typeset.sheets import BODY, HEI, TITLE, Sheets, draw_line
from gongwen_docs.typeset.title import break_title
from gongwen_docs.write import RED, Box, Role

#: The mark: characters at most this wide and high, slender when the name is long.
_MARK_WIDTH = 15.0
_MARK_HEIGHT = 18.0
_MARK_SLENDERNESS = 1.5
_MARK_MEASURE = 152.0


@dataclass(frozen=True)
class Letterhead:
    red_line: Spot
    title: Spot


def set_letterhead(sheets: Sheets, circular: Circular) -> Letterhead:
    """Set the head of the first page and leave the grid at the line of the main recipients."""
    for text, style in (
        (circular.copy_number, BODY),
        (circular.classification, HEI),
        (circular.urgency, HEI),
    ):
        if text:
            sheets.set_line(sheets.one_line(text, style))
    bottom = _set_mark(sheets, circular.mark)
    number_top = bottom + 2 * g.PITCH
    number = sheets.one_line(circular.doc_number, BODY)
    draw_line(sheets.canvas, number, g.LEFT + (g.WIDTH - number.width) / 2, number_top)
    red = number_top + g.SIZE_3 + g.RED_LINE_DROP
    sheets.canvas.line(g.LEFT, red, g.RIGHT, red, g.RED_LINE_WIDTH, RED)
    title = set_title(sheets, circular.title, red + 2 * g.PITCH)
    sheets.row = g.row_at_or_below(title.box.y + title.box.height + g.PITCH * 0.8)
    return Letterhead(Spot(0, Box(g.LEFT, red, g.WIDTH, g.RED_LINE_WIDTH)), title)


def set_title(sheets: Sheets, text: str, top: float) -> Spot:
    """Set a title centred from ``top`` downwards; returns its box."""
    lines = break_title(text, int(g.WIDTH / g.SIZE_2))
    widest = 0.0
    for index, part in enumerate(lines):
        line = sheets.one_line(part, TITLE)
        left = g.LEFT + (g.WIDTH - line.width) / 2
        draw_line(sheets.canvas, line, left, top + index * g.TITLE_PITCH)
        widest = max(widest, line.width)
    height = (len(lines) - 1) * g.TITLE_PITCH + g.SIZE_2
    return Spot(sheets.page, Box(g.LEFT + (g.WIDTH - widest) / 2, top, widest, height))


def _set_mark(sheets: Sheets, mark: str) -> float:
    """Set the issuer's mark over the full measure; returns its lower edge."""
    width = min(_MARK_WIDTH, _MARK_MEASURE / len(mark))
    height = min(_MARK_HEIGHT, width * _MARK_SLENDERNESS)
    # Few characters are spread, many are set close and slender.
    cell = max(width, min(_MARK_MEASURE / len(mark), width * 1.25))
    style = TextStyle(Role.TITLE, height, cell)
    line = sheets.one_line(mark, style)
    top = g.TOP + g.MARK_DROP
    left = g.LEFT + (g.WIDTH - line.width) / 2
    draw_line(sheets.canvas, line, left, top, RED, width * 0.98 / height)
    return top + height
