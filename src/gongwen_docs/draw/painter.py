"""Painting graphic units of an OFD page onto a MuPDF device (GB/T 33190 §8.5 - §13)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from pymupdf import mupdf

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.canvas import Canvas
from gongwen_docs.draw.clips import enter_clips
from gongwen_docs.draw.images import ImagePainter
from gongwen_docs.draw.inks import Inks
from gongwen_docs.draw.scope import Scope
from gongwen_docs.draw.shapes import (
    DEFAULT_LINE_WIDTH,
    Filled,
    FilledText,
    Shape,
    Stroked,
    StrokedText,
    box_path,
    fz_matrix,
    fz_path,
    fz_stroke,
)
from gongwen_docs.draw.sources import Sources
from gongwen_docs.draw.text import place_text
from gongwen_docs.limits import Limits
from gongwen_docs.ofd.colors import Color
from gongwen_docs.ofd.graphics import (
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
from gongwen_docs.ofd.values import IDENTITY, Box, Matrix, scaling, translation
from gongwen_docs.ofd.xml import Element

_BLACK = Color()
_TIDY = 1e-3
_PARKED = 1e-4
_HOLLOW_LINE = 0.03
"""Line of the box that stands for a character without a glyph, as a share of the em."""


class Painter:
    """Paints units onto one device. Whatever cannot be painted is reported and left out."""

    def __init__(self, device: Any, sources: Sources) -> None:
        self.canvas = Canvas(device)
        self._sources = sources
        self._reports = sources.reports
        self._limits: Limits = sources.package.limits
        self._budget = self._limits.page_objects
        self._repeated = self._limits.repeated_objects
        self._inks = Inks(self.canvas, sources.colors, self._limits, self._spend, self._paint_block)
        self._images = ImagePainter(self.canvas, sources.pictures, self._inks)

    def paint_units(self, units: Iterator[Unit], scope: Scope) -> None:
        """Paint units in order. Raises ``KnownError`` ``draw.too_complex`` past the page's budget."""
        for unit in units:
            self._spend(1)
            if scope.depth:
                self._spend_repeated()
            try:
                self._paint_unit(unit, scope)
            except mupdf.FzErrorBase:
                self._reports.add("draw.object_damaged", object=unit.frame.id)

    def _paint_block(self, block: Element, scope: Scope) -> None:
        self.paint_units(read_units(block, self._limits), scope)

    def _spend_repeated(self) -> None:
        self._repeated -= 1
        if self._repeated < 0:
            raise KnownError("draw.too_complex")

    def _spend(self, count: int) -> int:
        self._budget -= count
        if self._budget < 0:
            raise KnownError("draw.too_complex")
        return self._limits.page_objects - self._budget

    def _paint_unit(self, unit: Unit, scope: Scope) -> None:
        if isinstance(unit, TextUnit):
            self._paint_text(unit, scope)
        elif isinstance(unit, PathUnit):
            self._paint_path(unit, scope)
        elif isinstance(unit, ImageUnit):
            self._paint_image(unit, scope)
        else:
            self._paint_composite(unit, scope)

    @contextmanager
    def _framed(
        self, frame: Frame, scope: Scope, cut: Box | None, group_alpha: float = 1.0
    ) -> Iterator[Matrix]:
        """Enter a unit: yields the matrix from its local space. ``cut`` is a clip in the parent's space."""
        with ExitStack() as containers:
            if cut is not None:
                containers.enter_context(self.canvas.clipped(Filled(box_path(cut)), scope.matrix))
            origin = translation(frame.boundary.x, frame.boundary.y).then(scope.matrix)
            local = _regular(frame.ctm or IDENTITY).then(origin)
            if frame.clips is not None:
                space = local if frame.clips.through_ctm else origin
                enter_clips(frame.clips, space, scope, self.canvas, self._sources.faces, containers)
            containers.enter_context(self.canvas.grouped(frame.blend, group_alpha))
            yield local

    def _paint_text(self, unit: TextUnit, scope: Scope) -> None:
        if unit.size <= 0:
            return
        style = scope.style_of(unit.frame)
        face = self._sources.faces.get(unit.font_id, scope.resources, unit.weight >= 600, unit.italic)
        placed = place_text(unit, face)
        if placed.missing:
            self._reports.add("draw.characters_missing", characters=placed.missing[:20])
        fill = (style.fill or _BLACK) if unit.fill else None
        stroke = style.stroke if unit.stroke else None
        layers: list[tuple[Shape, Color]] = []
        if fill is not None:
            layers.append((FilledText(placed.text), fill))
            if placed.embolden and not fill.special:
                bolder = fz_stroke(Style(line_width=placed.embolden, join="Round"))
                layers.append((StrokedText(placed.text, bolder), fill))
            if placed.missing:
                hairline = fz_stroke(Style(line_width=unit.size * _HOLLOW_LINE))
                layers.append((Stroked(placed.hollows, hairline), fill))
        if stroke is not None:
            layers.append((StrokedText(placed.text, fz_stroke(style)), stroke))
        # Boundaries of text are often too tight: glyphs are not cut at them.
        self._paint_layers(unit.frame, layers, scope, None)
        if not layers or unit.frame.alpha <= 0:
            with self._framed(unit.frame, scope, None) as local:
                mupdf.fz_ignore_text(self.canvas.device, placed.text, fz_matrix(local))

    def _paint_path(self, unit: PathUnit, scope: Scope) -> None:
        if len(unit.data) > self._limits.path_bytes:
            self._reports.add("draw.object_damaged", object=unit.frame.id)
            return
        style = scope.style_of(unit.frame)
        segments = parse_path(unit.data)
        fill = style.fill if unit.fill else None
        stroke = (style.stroke or _BLACK) if unit.stroke else None
        if not segments:
            return
        path = fz_path(segments)
        layers: list[tuple[Shape, Color]] = []
        if fill is not None:
            layers.append((Filled(path, unit.even_odd), fill))
        if stroke is not None:
            layers.append((Stroked(path, fz_stroke(style)), stroke))
        cut = _path_cut(unit, segments, style if stroke is not None else None)
        self._paint_layers(unit.frame, layers, scope, cut)

    def _paint_layers(
        self, frame: Frame, layers: list[tuple[Shape, Color]], scope: Scope, cut: Box | None
    ) -> None:
        """Shapes of one unit over one another. A unit that is translucent as a whole is so as one picture:
        its outline does not show the body beneath it."""
        if not layers or frame.alpha <= 0:
            return
        group_alpha = frame.alpha if len(layers) > 1 else 1.0
        alpha = 1.0 if len(layers) > 1 else frame.alpha
        with self._framed(frame, scope, cut, group_alpha) as local:
            for shape, color in layers:
                self._inks.paint(shape, local, color, alpha, scope)

    def _paint_image(self, unit: ImageUnit, scope: Scope) -> None:
        frame = unit.frame
        if frame.alpha <= 0:
            return
        ctm = frame.ctm or scaling(frame.boundary.width, frame.boundary.height)
        cut = None if frame.boundary.empty else _widened(frame.boundary, _TIDY)
        with self._framed(replace(frame, ctm=ctm), scope, cut) as local:
            self._images.paint(unit, local, scope.resources)
        if unit.border is not None:
            self._images.paint_border(unit.border, frame, scope)

    def _paint_composite(self, unit: CompositeUnit, scope: Scope) -> None:
        drawing = scope.resources.composites.get(unit.resource_id)
        if drawing is None:
            self._reports.add("draw.composite_missing", object=unit.frame.id)
            return
        if unit.frame.alpha <= 0:
            return
        if scope.depth >= self._limits.nesting:
            raise KnownError("draw.too_complex")
        cut = None if unit.frame.boundary.empty else unit.frame.boundary
        own = Box(0, 0, drawing.width, drawing.height)
        with self._framed(unit.frame, scope, cut, unit.frame.alpha) as local, ExitStack() as containers:
            if drawing.content is None:
                picture = self._sources.pictures.get(drawing.substitution_id, scope.resources)
                place = scaling(own.width, own.height).then(local)
                self._images.paint_picture(picture, None, place, 1.0)
                return
            if not own.empty:
                containers.enter_context(self.canvas.clipped(Filled(box_path(own)), local))
            self._paint_block(drawing.content, scope.inside(local, scope.style))


def _path_cut(unit: PathUnit, segments: list[Segment], stroke: Style | None) -> Box | None:
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
        -_TIDY <= x <= boundary.width + _TIDY and -_TIDY <= y <= boundary.height + _TIDY for x, y in points
    )
    return None if inside else _widened(boundary, margin)


def _widened(area: Box, margin: float) -> Box:
    return Box(area.x - margin, area.y - margin, area.width + 2 * margin, area.height + 2 * margin)


def _regular(matrix: Matrix) -> Matrix:
    """A matrix that squeezes everything into a line or point, opened by an invisible 0.1 µm.

    Producers park unused texts that way. Written as it is into a PDF, a singular matrix makes other readers
    lose everything that follows; the texts themselves must stay, for search and extraction.
    """
    if matrix.inverse() is not None:
        return matrix
    opened = matrix._replace(a=matrix.a + _PARKED)
    return opened if opened.inverse() is not None else opened._replace(d=opened.d + _PARKED)
