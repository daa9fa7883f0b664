"""The mark of a printed copy (验真码): a QR code in the upper margin, outside the type area, on each page.

GB/T 9704-2012 leaves 37 mm above the type area; the highest element of any of its forms, the issuer's mark of
a letter (信函), begins 30 mm below the edge. A page whose margin is not blank there gets no mark.
"""

from __future__ import annotations

from collections.abc import Sequence

import segno

from gongwen_docs.copies.lettering import POINT, write
from gongwen_docs.copies.orders import MarkOfCopy
from gongwen_docs.draw.drawing import Drawing
from gongwen_docs.ofd.values import Box
from gongwen_docs.typeset import geometry
from gongwen_docs.write import A4, BLACK, Color, OfdWriter, PageCanvas
from gongwen_docs.write import Box as InkBox

SIDE = 19.0
"""Width and height of the code in mm: modules of 0.36 to 0.39 mm, four dots of a printer of 300 dpi."""
TOP = 8.5
"""From the upper edge of the sheet to the code."""

_QUIET = 1.6
_CAPTION = 24.0
_RIGHT_MARGIN = A4[0] - geometry.RIGHT
_LEAST_WIDTH = 120.0
_LOOK_DPI = 60
_BLANK = 245
_GREY = Color(90, 90, 90)


def place_of(width: float, height: float) -> Box | None:
    """Where the code stands on a page of this size (mm); None on one without room."""
    if width < _LEAST_WIDTH or height < _LEAST_WIDTH:
        return None
    return Box(width - _RIGHT_MARGIN - SIDE, TOP, SIDE, SIDE)


def pages_with_room(drawing: Drawing, pages: Sequence[int]) -> tuple[int, ...]:
    """Those of the pages whose margin is blank where the mark would stand."""
    return tuple(page for page in pages if _is_blank(drawing, page))


def _is_blank(drawing: Drawing, page: int) -> bool:
    place = place_of(*drawing.page_size_mm(page))
    if place is None:
        return False
    left = place.x - _CAPTION - _QUIET
    around = (left, place.y - _QUIET, _CAPTION + SIDE + 3 * _QUIET, SIDE + 2 * _QUIET)
    return min(drawing.render(page, _LOOK_DPI, around, for_print=True).samples) >= _BLANK


def draw_mark(canvas: PageCanvas, mark: MarkOfCopy) -> None:
    """Draw code and words on a page that has room. Raises ``KnownError("write.no_font")``."""
    place = place_of(canvas.width, canvas.height)
    assert place is not None, "the page has room"
    canvas.path(InkBox(place.x, place.y, SIDE, SIDE), _modules(mark.text), fill=BLACK)
    right = place.x - _QUIET
    lines = (f"份号 {mark.copy_number}", f"本单位共 {mark.copies} 份", "扫码验真")
    for number, line in enumerate(lines):
        write(canvas, right, place.y + 4.5 + 4.0 * number, line, 7 * POINT, color=_GREY, align=1.0)


def mark_sheets(sizes: Sequence[tuple[float, float]], mark: MarkOfCopy) -> bytes:
    """An OFD of pages that carry nothing but the mark."""
    writer = OfdWriter()
    for size in sizes:
        draw_mark(writer.page(size), mark)
    return writer.to_bytes()


def _modules(text: str) -> str:
    """The dark modules as a path over the code's square; neighbours in a row are one rectangle."""
    code = segno.make(text, error="m", mode="alphanumeric", micro=False, boost_error=False)
    rows = [bytes(row) for row in code.matrix]
    step = SIDE / len(rows)
    parts: list[str] = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                left, right, top, bottom = (f"{v * step:.4f}" for v in (x, end, y, y + 1))
                parts.append(f"M {left} {top} L {right} {top} L {right} {bottom} L {left} {bottom} C")
            x = max(end, x + 1)
    return " ".join(parts)
