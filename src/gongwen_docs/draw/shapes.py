"""What can be filled or clipped to: paths and texts, inside or outline, behind one interface."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from pymupdf import mupdf

from gongwen_docs.ofd.graphics import Style
from gongwen_docs.ofd.path import Segment
from gongwen_docs.ofd.values import Box, Matrix

DEFAULT_LINE_WIDTH = 0.353
DEFAULT_MITER_LIMIT = 4.234

_CAPS = {"Butt": mupdf.FZ_LINECAP_BUTT, "Round": mupdf.FZ_LINECAP_ROUND, "Square": mupdf.FZ_LINECAP_SQUARE}
_JOINS = {
    "Miter": mupdf.FZ_LINEJOIN_MITER,
    "Round": mupdf.FZ_LINEJOIN_ROUND,
    "Bevel": mupdf.FZ_LINEJOIN_BEVEL,
}
_LONGEST_DASH = 32
PARAMS = mupdf.FzColorParams()
RGB = mupdf.fz_device_rgb()
GREY = mupdf.fz_device_gray()
EVERYWHERE = mupdf.FzRect(mupdf.FzRect.Fixed_INFINITE)
#: Area of transparency groups and masks, in mm. Finite: the PDF writer puts it down as the bounding box
#: of a form, and other readers (poppler, hence CUPS) draw nothing of a form whose box leaves the integers;
#: below the 14,400 pt that PDF 32000-1 Annex C names as the largest page.
ANY_SHEET = mupdf.FzRect(-5000, -5000, 5000, 5000)

Rgb = tuple[float, float, float]


class Shape(Protocol):
    """An area in local space that a device can paint."""

    def paint(self, device: Any, matrix: Matrix, color: Rgb, alpha: float) -> None: ...

    def bounds(self) -> Box: ...


def fz_matrix(matrix: Matrix) -> Any:
    return mupdf.FzMatrix(*matrix)


@lru_cache(maxsize=4096)
def fz_color(color: Rgb) -> Any:
    """A C array of the channels; kept, because the array has no owner that would free it."""
    array = mupdf.new_floats(len(color))
    for index, channel in enumerate(color):
        mupdf.floats_setitem(array, index, channel)
    return array


def fz_path(segments: Iterable[Segment]) -> Any:
    """A MuPDF path; a line before the first move starts at the origin."""
    path = mupdf.FzPath()
    started = False
    for operator, points in segments:
        if not started and operator != "M":
            mupdf.fz_moveto(path, 0, 0)
        started = True
        if operator == "M":
            mupdf.fz_moveto(path, *points)
        elif operator == "L":
            mupdf.fz_lineto(path, *points)
        elif operator == "B":
            mupdf.fz_curveto(path, *points)
        elif operator == "Q":
            mupdf.fz_quadto(path, *points)
        else:
            mupdf.fz_closepath(path)
    return path


def box_path(box: Box) -> Any:
    path = mupdf.FzPath()
    mupdf.fz_rectto(path, box.x, box.y, box.x + box.width, box.y + box.height)
    return path


def fz_stroke(style: Style) -> Any:
    """Line properties for a stroke; a width of 0 is the thinnest visible line (§8.2)."""
    dash: Sequence[float] = (style.dash or ())[:_LONGEST_DASH]
    if sum(dash) <= 0:
        dash = ()
    stroke = mupdf.fz_new_stroke_state_with_dash_len(len(dash))
    state = stroke.m_internal
    state.linewidth = DEFAULT_LINE_WIDTH if style.line_width is None else style.line_width
    cap = _CAPS.get(style.cap or "Butt", mupdf.FZ_LINECAP_BUTT)
    state.start_cap = state.end_cap = state.dash_cap = cap
    state.linejoin = _JOINS.get(style.join or "Miter", mupdf.FZ_LINEJOIN_MITER)
    state.miterlimit = max(1.0, DEFAULT_MITER_LIMIT if style.miter_limit is None else style.miter_limit)
    state.dash_len = len(dash)
    state.dash_phase = style.dash_offset or 0.0
    for index, value in enumerate(dash):
        mupdf.floats_setitem(state.dash_list, index, value)
    return stroke


@dataclass(frozen=True)
class Filled:
    """The inside of a path."""

    path: Any
    even_odd: bool = False

    def paint(self, device: Any, matrix: Matrix, color: Rgb, alpha: float) -> None:
        mupdf.fz_fill_path(
            device, self.path, self.even_odd, fz_matrix(matrix), RGB, fz_color(color), alpha, PARAMS
        )

    def clip(self, device: Any, matrix: Matrix) -> None:
        mupdf.fz_clip_path(device, self.path, self.even_odd, fz_matrix(matrix), EVERYWHERE)

    def bounds(self) -> Box:
        return _box(mupdf.fz_bound_path(self.path, mupdf.FzStrokeState(), mupdf.FzMatrix()))


@dataclass(frozen=True)
class Stroked:
    """The line along a path."""

    path: Any
    stroke: Any

    def paint(self, device: Any, matrix: Matrix, color: Rgb, alpha: float) -> None:
        mupdf.fz_stroke_path(
            device, self.path, self.stroke, fz_matrix(matrix), RGB, fz_color(color), alpha, PARAMS
        )

    def bounds(self) -> Box:
        return _box(mupdf.fz_bound_path(self.path, self.stroke, mupdf.FzMatrix()))


@dataclass(frozen=True)
class FilledText:
    """The bodies of glyphs."""

    text: Any

    def paint(self, device: Any, matrix: Matrix, color: Rgb, alpha: float) -> None:
        mupdf.fz_fill_text(device, self.text, fz_matrix(matrix), RGB, color, alpha, PARAMS)

    def clip(self, device: Any, matrix: Matrix) -> None:
        mupdf.fz_clip_text(device, self.text, fz_matrix(matrix), EVERYWHERE)

    def bounds(self) -> Box:
        return _box(mupdf.fz_bound_text(self.text, mupdf.FzStrokeState(), mupdf.FzMatrix()))


@dataclass(frozen=True)
class StrokedText:
    """The outlines of glyphs."""

    text: Any
    stroke: Any

    def paint(self, device: Any, matrix: Matrix, color: Rgb, alpha: float) -> None:
        mupdf.fz_stroke_text(
            device, self.text, self.stroke, fz_matrix(matrix), RGB, fz_color(color), alpha, PARAMS
        )

    def bounds(self) -> Box:
        return _box(mupdf.fz_bound_text(self.text, self.stroke, mupdf.FzMatrix()))


Area = Filled | FilledText
"""What devices can clip to: MuPDF's PDF writer takes a line for the area it encloses."""


def _box(rect: Any) -> Box:
    return Box(rect.x0, rect.y0, rect.x1 - rect.x0, rect.y1 - rect.y0)
