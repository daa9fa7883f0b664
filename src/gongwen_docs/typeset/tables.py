"""Ruled tables inside the type area."""

from __future__ import annotations

from gongwen_docs.typeset import geometry as g
from gongwen_docs.typeset.circular import Table
from gongwen_docs.typeset.lines import Line, TextStyle
from gongwen_docs.typeset.sheets import Sheets, draw_line
from gongwen_docs.write import Role

_CELL_TEXT = TextStyle(Role.FANG, g.SIZE_4, g.CELL_4)
_CELL_HEAD = TextStyle(Role.HEI, g.SIZE_4, g.CELL_4)
_ROW_HEIGHT = g.PITCH
_PADDING = 2.0
#: A column with a longer text than this is set flush left.
_CENTRED = 10
_RULE = 0.2


def set_table(sheets: Sheets, table: Table) -> None:
    """Set a table row by row; a new page repeats the head."""
    edges = _edges(table.widths)
    head, *rows = table.rows
    flush = [any(len(row[column]) > _CENTRED for row in rows) for column in range(len(head))]
    if sheets.rows_left < 3:
        sheets.new_page()
    _set_row(sheets, head, edges, _CELL_HEAD, [False] * len(head))
    for row in rows:
        if sheets.rows_left < 1:
            sheets.new_page()
            _set_row(sheets, head, edges, _CELL_HEAD, [False] * len(head))
        _set_row(sheets, row, edges, _CELL_TEXT, flush)


def _edges(widths: tuple[float, ...]) -> list[float]:
    total = sum(widths)
    edges = [g.LEFT]
    for width in widths:
        edges.append(edges[-1] + g.WIDTH * width / total)
    return edges


def _set_row(
    sheets: Sheets, row: tuple[str, ...], edges: list[float], style: TextStyle, flush: list[bool]
) -> None:
    top = g.line_top(sheets.row) - (_ROW_HEIGHT - g.SIZE_3) / 2
    canvas = sheets.canvas
    for text, left, right, at_left in zip(row, edges, edges[1:], flush, strict=False):
        line = _fitted(sheets, text, style, right - left - 2 * _PADDING)
        x = left + _PADDING if at_left else (left + right - line.width) / 2
        draw_line(canvas, line, x, top + (_ROW_HEIGHT - style.size) / 2)
    for y in (top, top + _ROW_HEIGHT):
        canvas.line(edges[0], y, edges[-1], y, _RULE)
    for x in edges:
        canvas.line(x, top, x, top + _ROW_HEIGHT, _RULE)
    sheets.row += 1


def _fitted(sheets: Sheets, text: str, style: TextStyle, room: float) -> Line:
    """One line of ``text``; set smaller where it is wider than its cell."""
    line = sheets.one_line(text, style)
    if line.width <= room:
        return line
    scale = room / line.width
    return sheets.one_line(text, TextStyle(style.role, style.size * scale, style.cell * scale))
