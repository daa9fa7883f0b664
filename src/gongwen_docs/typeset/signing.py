"""署名 and 成文日期 (GB/T 9704-2012, 7.3.5), with room for the seal."""

from __future__ import annotations

from dataclasses import dataclass

from gongwen_docs.typeset import geometry as g
from gongwen_docs.typeset.circular import Circular, written_date
from gongwen_docs.typeset.facts import Spot
from gongwen_docs.typeset.lines import Line
from gongwen_docs.typeset.sheets import BODY, Sheets
from gongwen_docs.write import Box

#: Blank lines above the signature: as a seal of 42 to 45 mm wants them, and the least that it bears.
SEAL_GAP = 2
LEAST_SEAL_GAP = 1


@dataclass(frozen=True)
class Signing:
    signature: Spot
    date_line: Spot
    body_bottom: float


def rows_needed(circular: Circular, gap: int) -> int:
    """Grid lines from the end of the text to the date line."""
    return gap + 2 + bool(circular.remark)


def set_signature(sheets: Sheets, circular: Circular) -> Signing:
    """Set signature and date after the text; the caller has made sure that they fit."""
    gap = SEAL_GAP if circular.sealed else 1
    # A seal reaches one line below the date; it should not leave the type area.
    if sheets.rows_left < rows_needed(circular, gap) + 1:
        gap = LEAST_SEAL_GAP
    body_bottom = g.line_top(sheets.row - 1) + g.SIZE_3 if sheets.row else 0.0
    sheets.row += gap
    name = sheets.one_line(circular.signature, BODY)
    day = sheets.one_line(written_date(circular.issue_date), BODY)
    name_left, day_left = (_sealed if circular.sealed else _unsealed)(name.width, day.width)
    signature = _set(sheets, name, name_left)
    date_line = _set(sheets, day, day_left)
    if circular.remark:
        remark = sheets.one_line(f"（{circular.remark.strip('（）')}）", BODY)
        sheets.set_line(remark.moved(2 * g.CELL))
    return Signing(signature, date_line, body_bottom)


def _set(sheets: Sheets, line: Line, left: float) -> Spot:
    place = sheets.set_line(line.moved(left))
    return Spot(place.page, Box(g.LEFT + left, g.line_top(place.row), line.width, g.SIZE_3))


def _sealed(name: float, day: float) -> tuple[float, float]:
    """Date four characters from the right edge, the name centred on it (7.3.5.1).

    A name too long for that keeps inside the type area and the date is centred below it.
    """
    day_left = g.WIDTH - 4 * g.CELL - day
    name_left = day_left + day / 2 - name / 2
    if name_left + name > g.WIDTH:
        name_left = g.WIDTH - name
        day_left = name_left + name / 2 - day / 2
    return name_left, day_left


def _unsealed(name: float, day: float) -> tuple[float, float]:
    """Name two characters from the right edge, the date begins two characters right of it (7.3.5.2)."""
    name_left = g.WIDTH - 2 * g.CELL - name
    day_left = name_left + 2 * g.CELL
    if day_left + day > g.WIDTH - 2 * g.CELL:
        day_left = g.WIDTH - 2 * g.CELL - day
        name_left = min(name_left, day_left - 2 * g.CELL)
    return name_left, day_left
