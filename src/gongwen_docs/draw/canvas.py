"""A MuPDF device and what may be nested on it: clips, groups, masks, recordings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pymupdf import mupdf

from gongwen_docs.draw.shapes import ANY_SHEET, PARAMS, Area, Filled, Shape, box_path, fz_color
from gongwen_docs.ofd.values import Box, Matrix

_GREY = mupdf.fz_device_gray()
_NORMAL = 0
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
_NOTHING = Filled(box_path(Box(0, 0, 0, 0)))
_SHEET = Filled(
    box_path(Box(ANY_SHEET.x0, ANY_SHEET.y0, ANY_SHEET.x1 - ANY_SHEET.x0, ANY_SHEET.y1 - ANY_SHEET.y0))
)


class Canvas:
    """What is painted on. ``device`` changes while something is recorded."""

    def __init__(self, device: Any) -> None:
        self.device = device

    @contextmanager
    def clipped(self, shape: Shape, matrix: Matrix) -> Iterator[None]:
        """Paint only inside a shape."""
        if not isinstance(shape, Area):
            with self.united([(shape, matrix)]):
                yield
            return
        shape.clip(self.device, matrix)
        try:
            yield
        finally:
            mupdf.fz_pop_clip(self.device)

    @contextmanager
    def grouped(self, blend: str = "", alpha: float = 1.0) -> Iterator[None]:
        """Paint as one picture that is then blended; nothing happens where that makes no difference."""
        mode = _BLEND_MODES.get(blend.lower(), _NORMAL)
        if mode == _NORMAL and alpha >= 1:
            yield
            return
        with self._group(mode, alpha):
            yield

    @contextmanager
    def _group(self, mode: int, alpha: float) -> Iterator[None]:
        # MuPDF's PDF writer gives a group the alpha of whatever was painted before it: nothing, here.
        _NOTHING.paint(self.device, Matrix(), (0.0, 0.0, 0.0), alpha)
        mupdf.fz_begin_group(self.device, ANY_SHEET, mupdf.FzColorspace(), 0, 0, mode, alpha)
        try:
            yield
        finally:
            mupdf.fz_end_group(self.device)

    @contextmanager
    def masked(self, paint_mask: Callable[[], None]) -> Iterator[None]:
        """Paint only where, and as strongly as, ``paint_mask`` leaves white on black."""
        mupdf.fz_begin_mask(self.device, ANY_SHEET, 1, _GREY, fz_color((0.0, 0.0, 0.0)), PARAMS)
        try:
            # Inside a clip, because MuPDF's PDF writer goes on with the matrix that the mask ends with.
            with self.clipped(_SHEET, Matrix()):
                paint_mask()
        finally:
            mupdf.fz_end_mask(self.device)
        try:
            # As a group, because poppler takes a picture's own transparency instead of the mask, not with it.
            with self._group(_NORMAL, 1.0):
                yield
        finally:
            mupdf.fz_pop_clip(self.device)

    @contextmanager
    def united(self, shapes: list[tuple[Shape, Matrix]]) -> Iterator[None]:
        """Paint only inside any of several shapes."""

        def paint_shapes() -> None:
            for shape, matrix in shapes:
                shape.paint(self.device, matrix, (1.0, 1.0, 1.0), 1.0)

        with self.masked(paint_shapes):
            yield

    @contextmanager
    def recording(self, width: float, height: float) -> Iterator[Any]:
        """Paint into a display list of this size, which is yielded, and only inside it."""
        recorded = mupdf.FzDisplayList(mupdf.FzRect(0, 0, width, height))
        outer, self.device = self.device, mupdf.fz_new_list_device(recorded)
        try:
            with self.clipped(Filled(box_path(Box(0, 0, width, height))), Matrix()):
                yield recorded
        finally:
            mupdf.fz_close_device(self.device)
            self.device = outer
