"""Image objects: picture, mask and border (GB/T 33190 §10)."""

from __future__ import annotations

from contextlib import ExitStack

from gongwen_docs.draw.canvas import Canvas
from gongwen_docs.draw.inks import Inks
from gongwen_docs.draw.pictures import Picture, Pictures
from gongwen_docs.draw.scope import Scope
from gongwen_docs.draw.shapes import Stroked, fz_path, fz_stroke
from gongwen_docs.ofd.colors import Color
from gongwen_docs.ofd.graphics import Border, Frame, ImageUnit, Style
from gongwen_docs.ofd.path import parse_path
from gongwen_docs.ofd.resources import Resources
from gongwen_docs.ofd.values import Matrix, translation

_BLACK = Color()


class ImagePainter:
    """Paints what image objects show onto a canvas that their frame has been entered on."""

    def __init__(self, canvas: Canvas, pictures: Pictures, inks: Inks) -> None:
        self._canvas = canvas
        self._pictures = pictures
        self._inks = inks

    def paint(self, unit: ImageUnit, local: Matrix, resources: Resources) -> None:
        """Paint the picture into the unit square of its local space."""
        picture = self._picture(unit, resources)
        mask = self._pictures.get(unit.mask_id, resources) if unit.mask_id else None
        self.paint_picture(picture, mask, local, unit.frame.alpha)

    def paint_picture(
        self, picture: Picture | None, mask: Picture | None, place: Matrix, alpha: float
    ) -> None:
        """Paint a picture, if there is one, into the unit square of ``place``.

        White in the mask shows it; a mask that is missing or damaged hides nothing.
        """
        if picture is None:
            return
        device = self._canvas.device
        with ExitStack() as containers:
            if mask is not None:
                containers.enter_context(self._canvas.masked(lambda: mask.paint(device, place, 1.0)))
            picture.paint(device, place, alpha)

    def _picture(self, unit: ImageUnit, resources: Resources) -> Picture | None:
        """The picture, or its substitute where it cannot be shown."""
        picture = self._pictures.get(unit.resource_id, resources)
        if picture is None and unit.substitution_id:
            return self._pictures.get(unit.substitution_id, resources)
        return picture

    def paint_border(self, border: Border, frame: Frame, scope: Scope) -> None:
        """The line around the boundary; it starts at the top left and runs clockwise."""
        width, height = frame.boundary.width, frame.boundary.height
        if border.width <= 0 or frame.boundary.empty:
            return
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
        self._inks.paint(shape, matrix, border.color or _BLACK, frame.alpha, scope)
