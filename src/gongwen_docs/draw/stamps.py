"""Stamps: seals painted over the page from the signed structure (GB/T 33190 §18; GB/T 38540).

The picture comes from the signed seal, never from a loose file. A seal that cannot be drawn leaves a box that
says so in its place: a page never looks as if it had no seal.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import ExitStack
from typing import Any

from pymupdf import mupdf

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.canvas import Canvas
from gongwen_docs.draw.faces import Faces
from gongwen_docs.draw.pictures import Raster, is_truncated, load_picture
from gongwen_docs.draw.reports import Reports
from gongwen_docs.draw.shapes import (
    EVERYWHERE,
    PARAMS,
    Filled,
    FilledText,
    Stroked,
    box_path,
    fz_matrix,
    fz_stroke,
)
from gongwen_docs.limits import DEFAULT_LIMITS
from gongwen_docs.ofd.graphics import Style
from gongwen_docs.ofd.resources import Resources
from gongwen_docs.ofd.values import IDENTITY, Box, Matrix, scaling, translation
from gongwen_docs.seals.model import SealPicture
from gongwen_docs.seals.stamps import PageStamp

SealDocument = Callable[[bytes], tuple[Any, float, float]]
"""Draws the first page of an OFD document: display list, width and height in mm."""

PLACEHOLDER = "印章未能显示"
_PLACEHOLDER_COLOR = (0.7, 0.15, 0.12)
_BLANK_PX = 48
_FAINT = 8
"""Of 255: the least darkening, of premultiplied colour, that counts as a trace."""
_GREY_PX = 600
"""Pixels along the longer side of a seal drawn in grey: 300 dpi for the largest official seal (50 mm)."""


class StampPainter:
    """Paints the stamps of one document. Seals darken what lies under them, as ink does."""

    def __init__(
        self,
        stamps: tuple[PageStamp, ...],
        faces: Faces,
        reports: Reports,
        draw_document: SealDocument,
    ) -> None:
        self._stamps = stamps
        self._faces = faces
        self._reports = reports
        self._draw_document = draw_document
        self._lists: dict[int, Any] = {}

    def report_homeless(self, page_ids: Collection[str]) -> None:
        """Report the stamps that no page can show: without area, or on a page that does not exist."""
        for stamp in self._stamps:
            clip_empty = stamp.clip is not None and stamp.clip.empty
            if stamp.boundary.empty or clip_empty or stamp.page_id not in page_ids:
                self._reports.add("draw.seal_homeless", signature=stamp.signature_id)

    def paint(self, device: Any, page_id: str, origin: Matrix, grey: bool) -> None:
        """Paint all stamps of a page in the order of the signatures."""
        for stamp in self._stamps:
            if stamp.page_id == page_id and not stamp.boundary.empty:
                self._paint_stamp(device, stamp, origin, grey)

    def _paint_stamp(self, device: Any, stamp: PageStamp, origin: Matrix, grey: bool) -> None:
        boundary = stamp.boundary
        shown = boundary
        if stamp.clip is not None:
            shown = Box(boundary.x + stamp.clip.x, boundary.y + stamp.clip.y, *stamp.clip[2:])
        place = (
            scaling(boundary.width, boundary.height).then(translation(boundary.x, boundary.y)).then(origin)
        )
        with ExitStack() as containers:
            Filled(box_path(shown)).clip(device, origin)
            containers.callback(mupdf.fz_pop_clip, device)
            picture = self._unit_picture(stamp)
            if picture is None:
                self._paint_placeholder(device, boundary, origin)
                return
            containers.enter_context(Canvas(device).grouped("Multiply"))
            if grey:
                mupdf.fz_fill_image(device, _grey(picture, boundary), fz_matrix(place), 1.0, PARAMS)
            else:
                mupdf.fz_run_display_list(picture, device, fz_matrix(place), EVERYWHERE, mupdf.FzCookie())

    def _unit_picture(self, stamp: PageStamp) -> Any | None:
        """The seal as a display list that fills the unit square; None where it cannot be drawn."""
        if stamp.picture is None:
            self._reports.add("draw.seal_undrawable", signature=stamp.signature_id)
            return None
        key = id(stamp.picture)
        if key not in self._lists:
            try:
                self._lists[key] = record_seal_picture(stamp.picture, stamp.signature_id, self._draw_document)
                if is_truncated(stamp.picture.data):
                    self._reports.add("draw.picture_damaged", part=stamp.signature_id)
            except (KnownError, mupdf.FzErrorBase):
                self._reports.add("draw.seal_undrawable", signature=stamp.signature_id)
                self._lists[key] = None
        return self._lists[key]

    def _paint_placeholder(self, device: Any, area: Box, origin: Matrix) -> None:
        frame = Stroked(box_path(area), fz_stroke(Style(line_width=0.3, dash=(2.0, 1.0))))
        frame.paint(device, origin, _PLACEHOLDER_COLOR, 1.0)
        size = min(area.width / (len(PLACEHOLDER) + 1), area.height / 2)
        face = self._faces.get("", Resources(), False, False)
        text = mupdf.FzText()
        left = area.x + (area.width - size * len(PLACEHOLDER)) / 2
        baseline = area.y + area.height / 2 + size * 0.36
        for index, character in enumerate(PLACEHOLDER):
            found = face.glyph(character)
            if found is not None:
                matrix = mupdf.FzMatrix(size, 0, 0, -size, left + index * size, baseline)
                left_to_right, language = mupdf.FZ_BIDI_LTR, mupdf.FZ_LANG_UNSET
                mupdf.fz_show_glyph(
                    text, found[0], matrix, found[1], ord(character), 0, 0, left_to_right, language
                )
        FilledText(text).paint(device, origin, _PLACEHOLDER_COLOR, 1.0)


def record_seal_picture(picture: SealPicture, name: str, draw_document: SealDocument) -> Any:
    """A seal's picture as a display list that fills the unit square; ``name`` stands in reports.

    Raises KnownError or an error of MuPDF for what cannot be drawn or leaves no trace.
    """
    unit = mupdf.FzDisplayList(mupdf.FzRect(0, 0, 1, 1))
    device = mupdf.fz_new_list_device(unit)
    if picture.type.upper() == "OFD" or picture.data.startswith(b"PK\x03\x04"):
        page, width, height = draw_document(picture.data)
        shrink = mupdf.FzMatrix(1 / width, 0, 0, 1 / height, 0, 0)
        mupdf.fz_run_display_list(page, device, shrink, EVERYWHERE, mupdf.FzCookie())
    else:
        loaded = load_picture(picture.data, name, DEFAULT_LIMITS)
        if isinstance(loaded, Raster):  # decode now: a damaged seal must not just be absent
            mupdf.fz_get_unscaled_pixmap_from_image(loaded.image)
        loaded.paint(device, IDENTITY, 1.0)
    mupdf.fz_close_device(device)
    if _is_blank(unit):
        raise KnownError("draw.picture_damaged", part=name)
    return unit


def _pixels(picture: Any, width: int, height: int) -> Any:
    """A pixmap with transparency of a display list that fills the unit square."""
    bounds = mupdf.FzIrect(0, 0, width, height)
    pixmap = mupdf.fz_new_pixmap_with_bbox(mupdf.fz_device_rgb(), bounds, mupdf.FzSeparations(), 1)
    mupdf.fz_clear_pixmap(pixmap)
    device = mupdf.fz_new_draw_device(mupdf.FzMatrix(width, 0, 0, height, 0, 0), pixmap)
    mupdf.fz_run_display_list(picture, device, mupdf.FzMatrix(), EVERYWHERE, mupdf.FzCookie())
    mupdf.fz_close_device(device)
    return pixmap


def _is_blank(picture: Any) -> bool:
    """Whether a seal leaves no trace on paper: nothing at all, or white only."""
    pixmap = _pixels(picture, _BLANK_PX, _BLANK_PX)
    samples = bytes(mupdf.fz_pixmap_samples_memoryview(pixmap))
    return all(
        max(samples[at + 3] - channel for channel in samples[at : at + 3]) < _FAINT
        for at in range(0, len(samples), 4)
    )


def _grey(picture: Any, boundary: Box) -> Any:
    """The seal as a grey image with transparency, as copies show it."""
    scale = _GREY_PX / max(boundary.width, boundary.height)
    pixmap = _pixels(picture, max(1, round(boundary.width * scale)), max(1, round(boundary.height * scale)))
    grey = mupdf.fz_convert_pixmap(
        pixmap, mupdf.fz_device_gray(), mupdf.FzColorspace(), mupdf.FzDefaultColorspaces(), PARAMS, 1
    )
    return mupdf.fz_new_image_from_pixmap(grey, mupdf.FzImage())
