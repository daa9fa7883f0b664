"""Measures of GB/T 9704-2012 in millimetres; clauses in brackets.

The grid is 22 lines of 28 characters that *fill* the type area (5.2.3): the characters of the first line
begin on its upper edge, those of the last line end on its lower edge. The line pitch follows: it is also
what the margins of GB/T 33476.2-2016 (34.58 and 32.58 mm around 22 lines) come to.
"""

from __future__ import annotations

#: 天头, 订口 and 版心 (5.2.1).
TOP = 37.0
LEFT = 28.0
WIDTH = 156.0
HEIGHT = 225.0
RIGHT = LEFT + WIDTH
BOTTOM = TOP + HEIGHT

#: Type sizes: 二号 22 pt, 三号 16 pt, 四号 14 pt.
POINT = 25.4 / 72
SIZE_2 = 22 * POINT
SIZE_3 = 16 * POINT
SIZE_4 = 14 * POINT

#: Lines and characters of a page (5.2.3); the width of one 三号 character cell.
LINES = 22
CHARS = 28
CELL = WIDTH / CHARS
CELL_4 = CELL * 14 / 16

#: From the top of one line to the top of the next.
PITCH = (HEIGHT - SIZE_3) / (LINES - 1)

#: Upper edge of the issuer's mark below the upper edge of the type area (7.2.4).
MARK_DROP = 35.0
#: The red line below the document number (7.2.7).
RED_LINE_DROP = 4.0
RED_LINE_WIDTH = 0.5

#: Line distance within a title of 二号 characters.
TITLE_PITCH = SIZE_2 * 1.5

#: Rules of the imprint: outer and inner (7.4.1), and its line distance (四号).
OUTER_RULE = 0.35
INNER_RULE = 0.25
IMPRINT_PITCH = SIZE_4 * 15 / 8

#: The dashes of the page number below the lower edge of the type area (7.5).
PAGE_NUMBER_DROP = 7.0


def line_top(row: int) -> float:
    """Top of the characters of grid line ``row`` (0 to 21) from the top of the page."""
    return TOP + row * PITCH


def row_at_or_below(y: float) -> int:
    """The first grid line whose characters begin at ``y`` or below (a tenth of a millimetre of grace)."""
    row = 0
    while line_top(row) < y - 0.1:
        row += 1
    return row
