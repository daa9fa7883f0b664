"""版记 and page numbers (GB/T 9704-2012, 7.4 and 7.5)."""

from __future__ import annotations

from gongwen_docs.typeset import geometry as g
from gongwen_docs.typeset.circular import Circular, written_date
from gongwen_docs.typeset.facts import Spot
from gongwen_docs.typeset.lines import Line, Span
from gongwen_docs.typeset.sheets import FOLIO, IMPRINT, Sheets, draw_line
from gongwen_docs.write import Box


def imprint_height(sheets: Sheets, circular: Circular) -> float:
    """Height in mm from the first rule to the last, 0 where the circular has no imprint."""
    rows = len(_cc_lines(sheets, circular)) + bool(circular.print_office)
    return rows * g.IMPRINT_PITCH


def set_imprint(sheets: Sheets, circular: Circular) -> Spot | None:
    """Set the imprint at the foot of the current page, its last rule on the type area's lower edge."""
    height = imprint_height(sheets, circular)
    if not height:
        return None
    top = g.BOTTOM - height
    canvas = sheets.canvas
    inset = (g.IMPRINT_PITCH - g.SIZE_4) / 2
    y = top
    for line in _cc_lines(sheets, circular):
        draw_line(canvas, line, g.LEFT, y + inset)
        y += g.IMPRINT_PITCH
    if y > top and circular.print_office:
        canvas.line(g.LEFT, y, g.RIGHT, y, g.INNER_RULE)
    if circular.print_office:
        office = sheets.one_line(circular.print_office, IMPRINT)
        draw_line(canvas, office, g.LEFT + g.CELL_4, y + inset)
        day = written_date(circular.print_date or circular.issue_date)
        printed = sheets.one_line(f"{day}印发", IMPRINT)
        draw_line(canvas, printed, g.RIGHT - g.CELL_4 - printed.width, y + inset)
    for rule in (top, g.BOTTOM):
        canvas.line(g.LEFT, rule, g.RIGHT, rule, g.OUTER_RULE)
    return Spot(sheets.page, Box(g.LEFT, top, g.WIDTH, height))


def _cc_lines(sheets: Sheets, circular: Circular) -> list[Line]:
    if not circular.cc:
        return []
    indent = g.CELL_4
    return sheets.break_spans(
        [Span(f"抄送：{circular.cc.rstrip('。')}。", IMPRINT)],
        first_indent=indent,
        next_indent=indent + 3 * g.CELL_4,
        width=g.WIDTH - indent,
    )


def set_page_numbers(sheets: Sheets, *, last_is_imprint_only: bool = False) -> None:
    """Number all pages: odd ones right, even ones left, one character from the edge."""
    numbered = sheets.pages[:-1] if last_is_imprint_only else sheets.pages
    # The dash of an em is drawn a little above a third of the em over the baseline.
    top = g.BOTTOM + g.PAGE_NUMBER_DROP - (0.88 - 0.36) * g.SIZE_4
    for number, canvas in enumerate(numbered, 1):
        line = sheets.one_line(f"— {number} —", FOLIO)
        left = g.RIGHT - g.CELL_4 - line.width if number % 2 else g.LEFT + g.CELL_4
        draw_line(canvas, line, left, top)
