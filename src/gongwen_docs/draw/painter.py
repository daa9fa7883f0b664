"""Painting graphic units of an OFD page onto a MuPDF device (GB/T 33190 §8.5 - §13)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from pymupdf import mupdf

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.colors import rgb
from gongwen_docs.draw.faces import Faces
from gongwen_docs.draw.pictures import is_truncated, load_picture
from gongwen_docs.draw.reports import Reports
from gongwen_docs.draw.shadings import Special, alpha_paint, fill_shade, has_alpha, shade
from gongwen_docs.draw.shapes import (
    ANY_SHEET,
    DEFAULT_LINE_WIDTH,
    EVERYWHERE,
    PARAMS,
    Filled,
    FilledText,
    Rgb,
    Shape,
    Stroked,
    StrokedText,
    box_path,
    fz_color,
    fz_matrix,
    fz_path,
    fz_stroke,
)
from gongwen_docs.draw.text import place_text
from gongwen_docs.limits import Limits
from gongwen_docs.ofd.colors import Color, MeshShading, Pattern
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.graphics import (
    Border,
    ClipArea,
    Clips,
    CompositeUnit,
    Frame,
    ImageUnit,
    PathUnit,
    Style,
    TextUnit,
    Unit,
    read_units,
)
from gongwen_docs.ofd.path import Segment, parse_path
from gongwen_docs.ofd.resources import Resources
from gongwen_docs.ofd.values import IDENTITY, Box, Matrix, scaling, translation

_BLACK = Color()
_GREY = mupdf.fz_device_gray()
_BLEND_MODES = {
    name.lower(): index
    for index, name in enumerate(
        (
            *("Normal", "Multiply", "Screen", "Overlay", "Darken", "Lighten", "ColorDodge", "ColorBurn"),
            *("HardLight", "SoftLight", "Difference", "Exclusion", "Hue", "Saturation", "Color"),
            "Luminosity",
        )
    )
}
"""PDF blend modes in MuPDF's numbering; files carry them although the standard of 2016 does not."""
_TIDY = 1e-3


@dataclass(frozen=True)
class Scope:
    """Where and how units are painted: resources, inherited style, matrix to page space, depth of nesting."""

    resources: Resources
    style: Style
    matrix: Matrix
    depth: int = 0


_PARKED = 1e-4


class Painter:
    """Paints units onto one device. Whatever cannot be painted is reported and left out."""

    def __init__(self, device: Any, package: Package, faces: Faces, reports: Reports) -> None:
        self._device = device
        self._package = package
        self._faces = faces
        self._reports = reports
        self._limits: Limits = package.limits
        self._budget = package.limits.page_objects
        self._pictures: dict[str, Any] = {}

    def paint_units(self, units: Iterator[Unit], scope: Scope) -> None:
        """Paint units in order. Raises ``KnownError`` ``draw.too_complex`` past the page's budget."""
        for unit in units:
            self._spend(1)
            try:
                self._paint_unit(unit, scope)
            except mupdf.FzErrorBase:
                self._reports.add("draw.object_damaged", object=unit.frame.id)

    def _spend(self, count: int) -> None:
        self._budget -= count
        if self._budget < 0:
            raise KnownError("draw.too_complex")

    def _paint_unit(self, unit: Unit, scope: Scope) -> None:
        if isinstance(unit, TextUnit):
            self._paint_text(unit, scope)
        elif isinstance(unit, PathUnit):
            self._paint_path(unit, scope)
        elif isinstance(unit, ImageUnit):
            self._paint_image(unit, scope)
        else:
            self._paint_composite(unit, scope)

    # Frames: placement, clips, transparency

    @contextmanager
    def _framed(
        self, frame: Frame, scope: Scope, cut: Box | None, group_alpha: float = 1.0
    ) -> Iterator[Matrix]:
        """Enter a unit: yields the matrix from its local space. ``cut`` is a clip in the parent's space."""
        with ExitStack() as containers:
            if cut is not None:
                containers.enter_context(self.clipped(Filled(box_path(cut)), scope.matrix))
            origin = translation(frame.boundary.x, frame.boundary.y).then(scope.matrix)
            local = _regular(frame.ctm or IDENTITY).then(origin)
            if frame.clips is not None:
                self._enter_clips(
                    containers, frame.clips, local if frame.clips.through_ctm else origin, scope
                )
            mode = _BLEND_MODES.get(frame.blend.lower(), 0)
            if mode or group_alpha < 1:
                mupdf.fz_begin_group(self._device, ANY_SHEET, mupdf.FzColorspace(), 0, 0, mode, group_alpha)
                containers.callback(mupdf.fz_end_group, self._device)
            yield local

    @contextmanager
    def clipped(self, shape: Shape, matrix: Matrix) -> Iterator[None]:
        shape.clip(self._device, matrix)
        try:
            yield
        finally:
            mupdf.fz_pop_clip(self._device)

    def _enter_clips(self, containers: ExitStack, clips: Clips, matrix: Matrix, scope: Scope) -> None:
        """Clips intersect, so each is entered; the areas of one clip unite."""
        for areas in clips.clips:
            shapes = [self._area_shape(area, matrix, scope) for area in areas]
            if len(shapes) == 1:
                containers.enter_context(self.clipped(*shapes[0]))
            elif shapes:
                containers.enter_context(self._masked(shapes))

    @contextmanager
    def _masked(self, shapes: list[tuple[Shape, Matrix]]) -> Iterator[None]:
        self._begin_mask()
        for shape, matrix in shapes:
            shape.paint(self._device, matrix, (1.0, 1.0, 1.0), 1.0)
        mupdf.fz_end_mask(self._device)
        try:
            yield
        finally:
            mupdf.fz_pop_clip(self._device)

    def _begin_mask(self) -> None:
        mupdf.fz_begin_mask(self._device, ANY_SHEET, 1, _GREY, fz_color((0.0, 0.0, 0.0)), PARAMS)

    def _area_shape(self, area: ClipArea, matrix: Matrix, scope: Scope) -> tuple[Shape, Matrix]:
        frame = area.shape.frame
        origin = translation(frame.boundary.x, frame.boundary.y).then(area.ctm).then(matrix)
        local = (frame.ctm or IDENTITY).then(origin)
        if isinstance(area.shape, PathUnit):
            return Filled(fz_path(parse_path(area.shape.data)), area.shape.even_odd), local
        face = self._faces.get(area.shape.font_id, scope.resources, False, area.shape.italic)
        return FilledText(place_text(area.shape, face).text), local

    def _style(self, frame: Frame, scope: Scope) -> Style:
        """The cascade: the unit's own values, its draw parameter, the layer's."""
        own = frame.style
        if frame.draw_param:
            own = own.over(scope.resources.style(frame.draw_param))
        return own.over(scope.style)

    # Paint

    def _paint(self, shape: Shape, matrix: Matrix, color: Color, alpha: float, scope: Scope) -> None:
        alpha *= color.alpha
        if alpha <= 0:
            return
        special = color.special
        if special is None:
            shape.paint(self._device, matrix, rgb(color, scope.resources), alpha)
            return
        with self.clipped(shape, matrix):
            if isinstance(special, Pattern):
                self._paint_pattern(special, shape.bounds(), matrix, alpha, scope)
            else:
                self._paint_shade(special, shape.bounds(), matrix, alpha, scope)

    def _paint_shade(self, special: Special, area: Box, matrix: Matrix, alpha: float, scope: Scope) -> None:
        def colors(color: Color) -> Rgb:
            return rgb(color, scope.resources)

        background = special.background if isinstance(special, MeshShading) else None
        if background is not None:
            Filled(box_path(area)).paint(self._device, matrix, colors(background), alpha * background.alpha)
        painted, frame = shade(special, area, colors)
        target = frame.then(matrix)
        if not has_alpha(special):
            fill_shade(self._device, painted, special, area, target, alpha)
            return
        mask, _ = shade(special, area, alpha_paint)
        self._begin_mask()
        fill_shade(self._device, mask, special, area, target, 1.0)
        mupdf.fz_end_mask(self._device)
        fill_shade(self._device, painted, special, area, target, alpha)
        mupdf.fz_pop_clip(self._device)

    def _paint_pattern(self, pattern: Pattern, area: Box, matrix: Matrix, alpha: float, scope: Scope) -> None:
        """Tiles that touch the area; the cell is interpreted once and then repeated (§8.3.3)."""
        if scope.depth >= self._limits.nesting:
            raise KnownError("draw.too_complex")
        base = pattern.ctm if pattern.relative_to_page else pattern.ctm.then(matrix)
        to_area = matrix.then(base.inverse() or IDENTITY)
        corners = [
            to_area.point(x, y) for x in (area.x, area.x + area.width) for y in (area.y, area.y + area.height)
        ]
        columns = range(
            int((min(x for x, _ in corners) - pattern.width) // pattern.x_step),
            int(max(x for x, _ in corners) // pattern.x_step) + 1,
        )
        rows = range(
            int((min(y for _, y in corners) - pattern.height) // pattern.y_step),
            int(max(y for _, y in corners) // pattern.y_step) + 1,
        )
        self._spend(len(columns) * len(rows))
        cell = self._recorded_cell(pattern, scope)
        with ExitStack() as group:
            if alpha < 1:
                mupdf.fz_begin_group(self._device, ANY_SHEET, mupdf.FzColorspace(), 0, 0, 0, alpha)
                group.callback(mupdf.fz_end_group, self._device)
            for row in rows:
                for column in columns:
                    tile = _mirror(pattern, column, row).then(
                        translation(column * pattern.x_step, row * pattern.y_step)
                    )
                    target = fz_matrix(tile.then(base))
                    mupdf.fz_run_display_list(cell, self._device, target, EVERYWHERE, mupdf.FzCookie())

    def _recorded_cell(self, pattern: Pattern, scope: Scope) -> Any:
        cell_box = Box(0, 0, pattern.width, pattern.height)
        cell = mupdf.FzDisplayList(mupdf.FzRect(0, 0, pattern.width, pattern.height))
        device = mupdf.fz_new_list_device(cell)
        outer, self._device = self._device, device
        try:
            inner = Scope(scope.resources, Style(), IDENTITY, scope.depth + 1)
            with self.clipped(Filled(box_path(cell_box)), IDENTITY):
                self.paint_units(read_units(pattern.cell, self._limits), inner)
        finally:
            self._device = outer
            mupdf.fz_close_device(device)
        return cell

    # Units

    def _paint_text(self, unit: TextUnit, scope: Scope) -> None:
        if unit.size <= 0:
            return
        style = self._style(unit.frame, scope)
        face = self._faces.get(unit.font_id, scope.resources, unit.weight >= 600, unit.italic)
        placed = place_text(unit, face)
        if placed.missing:
            self._reports.add("draw.characters_missing", characters=placed.missing[:20])
        fill = (style.fill or _BLACK) if unit.fill else None
        stroke = style.stroke if unit.stroke else None
        alpha = unit.frame.alpha
        # Boundaries of text are often too tight: glyphs are not cut at them.
        with self._framed(unit.frame, scope, None) as local:
            if alpha <= 0 or (fill is None and stroke is None):
                mupdf.fz_ignore_text(self._device, placed.text, fz_matrix(local))
                return
            if fill is not None:
                self._paint(FilledText(placed.text), local, fill, alpha, scope)
                if placed.embolden and not fill.special:
                    bolder = fz_stroke(Style(line_width=placed.embolden, join="Round"))
                    self._paint(StrokedText(placed.text, bolder), local, fill, alpha, scope)
            if stroke is not None:
                self._paint(StrokedText(placed.text, fz_stroke(style)), local, stroke, alpha, scope)

    def _paint_path(self, unit: PathUnit, scope: Scope) -> None:
        style = self._style(unit.frame, scope)
        segments = parse_path(unit.data)
        fill = style.fill if unit.fill else None
        stroke = (style.stroke or _BLACK) if unit.stroke else None
        if not segments or unit.frame.alpha <= 0 or (fill is None and stroke is None):
            return
        path = fz_path(segments)
        cut = self._path_cut(unit, segments, style if stroke is not None else None)
        with self._framed(unit.frame, scope, cut) as local:
            if fill is not None:
                self._paint(Filled(path, unit.even_odd), local, fill, unit.frame.alpha, scope)
            if stroke is not None:
                self._paint(Stroked(path, fz_stroke(style)), local, stroke, unit.frame.alpha, scope)

    def _path_cut(self, unit: PathUnit, segments: list[Segment], stroke: Style | None) -> Box | None:
        """The boundary as a clip, widened by half a line, or None where nothing sticks out of it (§8.5)."""
        boundary = unit.frame.boundary
        if boundary.width < 0 or boundary.height < 0 or (boundary.width == 0 and boundary.height == 0):
            return None
        ctm = unit.frame.ctm or IDENTITY
        margin = 0.0
        if stroke is not None:
            width = DEFAULT_LINE_WIDTH if stroke.line_width is None else stroke.line_width
            margin = width / 2 * max(abs(ctm.a) + abs(ctm.c), abs(ctm.b) + abs(ctm.d))
        points = [
            ctm.point(segment.points[at], segment.points[at + 1])
            for segment in segments
            for at in range(0, len(segment.points), 2)
        ]
        inside = all(
            -_TIDY <= x <= boundary.width + _TIDY and -_TIDY <= y <= boundary.height + _TIDY
            for x, y in points
        )
        return None if inside else _widened(boundary, margin)

    def _paint_image(self, unit: ImageUnit, scope: Scope) -> None:
        frame = unit.frame
        if frame.alpha <= 0:
            return
        picture = self._picture(unit.resource_id, scope.resources)
        ctm = frame.ctm or scaling(frame.boundary.width, frame.boundary.height)
        cut = None if frame.boundary.empty else _widened(frame.boundary, _TIDY)
        with self._framed(replace(frame, ctm=ctm), scope, cut) as local, ExitStack() as containers:
            mask = self._picture(unit.mask_id, scope.resources) if unit.mask_id else None
            if mask is not None:
                self._begin_mask()
                mupdf.fz_fill_image(self._device, mask, fz_matrix(local), 1.0, PARAMS)
                mupdf.fz_end_mask(self._device)
                containers.callback(mupdf.fz_pop_clip, self._device)
            if picture is not None:
                mupdf.fz_fill_image(self._device, picture, fz_matrix(local), frame.alpha, PARAMS)
        if unit.border is not None and unit.border.width > 0:
            self._paint_border(unit.border, frame, scope)

    def _picture(self, media_id: str, resources: Resources) -> Any | None:
        media = resources.media.get(media_id)
        if media is None or media.path not in self._package:
            self._reports.add("draw.picture_missing", part=media.path if media else media_id)
            return None
        if media.path not in self._pictures:
            try:
                data = self._package.read(media.path)
                if is_truncated(data):
                    self._reports.add("draw.picture_damaged", part=media.path)
                self._pictures[media.path] = load_picture(data, media.path, self._limits)
            except KnownError as error:
                self._reports.add(error.code, part=media.path)
                self._pictures[media.path] = None
        return self._pictures[media.path]

    def _paint_border(self, border: Border, frame: Frame, scope: Scope) -> None:
        width, height = frame.boundary.width, frame.boundary.height
        rx, ry = min(border.x_radius, width / 2), min(border.y_radius, height / 2)
        if rx > 0 and ry > 0:
            data = (
                f"M {rx} 0 L {width - rx} 0 A {rx} {ry} 0 0 1 {width} {ry} L {width} {height - ry} "
                f"A {rx} {ry} 0 0 1 {width - rx} {height} L {rx} {height} A {rx} {ry} 0 0 1 0 {height - ry} "
                f"L 0 {ry} A {rx} {ry} 0 0 1 {rx} 0 C"
            )
        else:
            data = f"M 0 0 L {width} 0 L {width} {height} L 0 {height} C"
        style = Style(line_width=border.width, dash=border.dash, dash_offset=border.dash_offset)
        matrix = translation(frame.boundary.x, frame.boundary.y).then(scope.matrix)
        shape = Stroked(fz_path(parse_path(data)), fz_stroke(style))
        self._paint(shape, matrix, border.color or _BLACK, frame.alpha, scope)

    def _paint_composite(self, unit: CompositeUnit, scope: Scope) -> None:
        drawing = scope.resources.composites.get(unit.resource_id)
        if drawing is None or unit.frame.alpha <= 0:
            return
        if scope.depth >= self._limits.nesting:
            raise KnownError("draw.too_complex")
        cut = None if unit.frame.boundary.empty else unit.frame.boundary
        with self._framed(unit.frame, scope, cut, unit.frame.alpha) as local, ExitStack() as containers:
            if drawing.width > 0 and drawing.height > 0:
                own = Filled(box_path(Box(0, 0, drawing.width, drawing.height)))
                containers.enter_context(self.clipped(own, local))
            inner = Scope(scope.resources, scope.style, local, scope.depth + 1)
            self.paint_units(read_units(drawing.content, self._limits), inner)


def _widened(area: Box, margin: float) -> Box:
    return Box(area.x - margin, area.y - margin, area.width + 2 * margin, area.height + 2 * margin)


def _mirror(pattern: Pattern, column: int, row: int) -> Matrix:
    """Alternate cells are mirrored: Column turns odd columns left to right, Row odd rows top to bottom."""
    matrix = IDENTITY
    if pattern.reflect in ("Column", "RowAndColumn") and column % 2:
        matrix = matrix.then(Matrix(a=-1.0, e=pattern.width))
    if pattern.reflect in ("Row", "RowAndColumn") and row % 2:
        matrix = matrix.then(Matrix(d=-1.0, f=pattern.height))
    return matrix


def _regular(matrix: Matrix) -> Matrix:
    """A matrix that squeezes everything into a line or point, opened by an invisible 0.1 µm.

    Producers park unused texts that way. Written as it is into a PDF, a singular matrix makes other readers
    lose everything that follows; the texts themselves must stay, for search and extraction.
    """
    if matrix.inverse() is not None:
        return matrix
    opened = matrix._replace(a=matrix.a + _PARKED)
    return opened if opened.inverse() is not None else opened._replace(d=opened.d + _PARKED)
