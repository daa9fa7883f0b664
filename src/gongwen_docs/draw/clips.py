"""Clips of graphic units (GB/T 33190 §8.4): areas of one clip unite, several clips intersect."""

from __future__ import annotations

from contextlib import ExitStack

from gongwen_docs.draw.canvas import Canvas
from gongwen_docs.draw.faces import Faces
from gongwen_docs.draw.scope import Scope
from gongwen_docs.draw.shapes import Filled, FilledText, Shape, fz_path
from gongwen_docs.draw.text import place_text
from gongwen_docs.ofd.graphics import ClipArea, Clips, PathUnit
from gongwen_docs.ofd.path import parse_path
from gongwen_docs.ofd.values import IDENTITY, Matrix, translation


def enter_clips(
    clips: Clips, matrix: Matrix, scope: Scope, canvas: Canvas, faces: Faces, containers: ExitStack
) -> None:
    """Enter every clip until ``containers`` is closed; ``matrix`` is that of the clips' space.

    An area without any path or text says nothing and is passed over, as is a clip of nothing but these: what
    it was to cut is shown rather than lost.
    """
    for areas in clips.clips:
        shapes = [shape for area in areas if (shape := _area_shape(area, matrix, scope, faces)) is not None]
        if len(shapes) == 1:
            containers.enter_context(canvas.clipped(*shapes[0]))
        elif shapes:
            containers.enter_context(canvas.united(shapes))


def _area_shape(area: ClipArea, matrix: Matrix, scope: Scope, faces: Faces) -> tuple[Shape, Matrix] | None:
    """The inside of an area's path or text: both count as filled, whatever their Fill and Stroke say."""
    shape = area.shape
    origin = translation(shape.frame.boundary.x, shape.frame.boundary.y).then(area.ctm).then(matrix)
    local = (shape.frame.ctm or IDENTITY).then(origin)
    if isinstance(shape, PathUnit):
        segments = parse_path(shape.data)
        return (Filled(fz_path(segments), shape.even_odd), local) if segments else None
    face = faces.get(shape.font_id, scope.resources, False, shape.italic)
    return (FilledText(place_text(shape, face).text), local) if shape.codes else None
