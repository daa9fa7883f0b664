"""Painting a shape with a colour, whatever the colour is: plain, shading, pattern (GB/T 33190 §8.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pymupdf import mupdf

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.canvas import Canvas
from gongwen_docs.draw.colors import Colors
from gongwen_docs.draw.scope import Scope
from gongwen_docs.draw.shadings import Special, alpha_paint, fill_shade, has_alpha, shade
from gongwen_docs.draw.shapes import EVERYWHERE, Filled, Rgb, Shape, box_path, fz_matrix
from gongwen_docs.limits import Limits
from gongwen_docs.ofd.colors import Color, MeshShading, Pattern
from gongwen_docs.ofd.graphics import Style
from gongwen_docs.ofd.values import IDENTITY, Box, Matrix, translation
from gongwen_docs.ofd.xml import Element

PaintBlock = Callable[[Element, Scope], None]
"""Paints the units of a page block."""
Spend = Callable[[int], int]
"""Takes objects from the page's budget and tells how many were taken so far; raises ``KnownError``
``draw.too_complex`` when it is used up."""


class Inks:
    """Fills shapes on a canvas. Pattern cells are drawn by whoever draws page blocks."""

    def __init__(
        self, canvas: Canvas, colors: Colors, limits: Limits, spend: Spend, paint_block: PaintBlock
    ) -> None:
        self._canvas = canvas
        self._colors = colors
        self._limits = limits
        self._spend = spend
        self._paint_block = paint_block

    def paint(self, shape: Shape, matrix: Matrix, color: Color, alpha: float, scope: Scope) -> None:
        """Paint a shape in its local space; ``alpha`` multiplies the colour's own."""
        alpha *= color.alpha
        if alpha <= 0:
            return
        special = color.special
        if special is None:
            shape.paint(self._canvas.device, matrix, self._colors.rgb(color, scope.resources), alpha)
            return
        with self._canvas.clipped(shape, matrix):
            if isinstance(special, Pattern):
                self._paint_pattern(special, shape.bounds(), matrix, alpha, scope)
            else:
                self._paint_shade(special, shape.bounds(), matrix, alpha, scope)

    def _paint_shade(self, special: Special, area: Box, matrix: Matrix, alpha: float, scope: Scope) -> None:
        def colors(color: Color) -> Rgb:
            return self._colors.rgb(color, scope.resources)

        device = self._canvas.device
        background = special.background if isinstance(special, MeshShading) else None
        if background is not None:
            Filled(box_path(area)).paint(device, matrix, colors(background), alpha * background.alpha)
        painted, frame = shade(special, area, colors)
        target = frame.then(matrix)
        if not has_alpha(special):
            fill_shade(device, painted, special, area, target, alpha)
            return
        mask, _ = shade(special, area, alpha_paint)
        with self._canvas.masked(lambda: fill_shade(device, mask, special, area, target, 1.0)):
            fill_shade(device, painted, special, area, target, alpha)

    def _paint_pattern(self, pattern: Pattern, area: Box, matrix: Matrix, alpha: float, scope: Scope) -> None:
        """Tiles that touch the area; the cell is interpreted once and then repeated (§8.3.3)."""
        if scope.depth >= self._limits.nesting:
            raise KnownError("draw.too_complex")
        base = pattern.ctm.then(scope.page if pattern.relative_to_page else matrix)
        back = base.inverse()
        if back is None:
            return
        columns, rows = _tiles(pattern, matrix.then(back), area)
        tiles = len(columns) * len(rows)
        before = self._spend(tiles)
        cell = self._recorded_cell(pattern, scope)
        self._spend(tiles * (self._spend(0) - before))  # patterns in patterns multiply
        with self._canvas.grouped("", alpha):
            for row in rows:
                for column in columns:
                    tile = _mirror(pattern, column, row).then(
                        translation(column * pattern.x_step, row * pattern.y_step)
                    )
                    target = fz_matrix(tile.then(base))
                    mupdf.fz_run_display_list(cell, self._canvas.device, target, EVERYWHERE, mupdf.FzCookie())

    def _recorded_cell(self, pattern: Pattern, scope: Scope) -> Any:
        with self._canvas.recording(pattern.width, pattern.height) as cell:
            self._paint_block(pattern.cell, scope.inside(IDENTITY, Style()))
        return cell


def _tiles(pattern: Pattern, to_grid: Matrix, area: Box) -> tuple[range, range]:
    """Columns and rows of tiles that touch an area of the painted object."""
    corners = [
        to_grid.point(x, y) for x in (area.x, area.x + area.width) for y in (area.y, area.y + area.height)
    ]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    columns = range(int((min(xs) - pattern.width) // pattern.x_step), int(max(xs) // pattern.x_step) + 1)
    rows = range(int((min(ys) - pattern.height) // pattern.y_step), int(max(ys) // pattern.y_step) + 1)
    return columns, rows


def _mirror(pattern: Pattern, column: int, row: int) -> Matrix:
    """Alternate cells are mirrored: Column turns odd columns left to right, Row odd rows top to bottom."""
    matrix = IDENTITY
    if pattern.reflect in ("Column", "RowAndColumn") and column % 2:
        matrix = matrix.then(Matrix(a=-1.0, e=pattern.width))
    if pattern.reflect in ("Row", "RowAndColumn") and row % 2:
        matrix = matrix.then(Matrix(d=-1.0, f=pattern.height))
    return matrix
