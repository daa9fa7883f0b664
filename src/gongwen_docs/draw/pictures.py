"""Pictures of a document, decoded by what their bytes are, whatever their name says."""

from __future__ import annotations

import struct
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Protocol

from pymupdf import mupdf

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.canvas import Canvas
from gongwen_docs.draw.reports import Reports
from gongwen_docs.draw.shapes import EVERYWHERE, PARAMS, fz_matrix
from gongwen_docs.draw.svg import is_svg, safe_svg
from gongwen_docs.limits import MIB, Limits
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.resources import Resources
from gongwen_docs.ofd.values import Matrix, scaling

_JBIG2_MARK = b"\x97JB2\r\n\x1a\n"
_JBIG2_SEQUENTIAL_ONE_PAGE = _JBIG2_MARK + b"\x01\x00\x00\x00\x01"
_JBIG2_PAGE_INFORMATION = 48
_KEPT_BYTES = 32 * MIB
_MOST_SCANS = 500
"""Scans of a progressive JPEG; each goes over the whole picture. Ordinary ones have ten."""


class Picture(Protocol):
    """Something that fills the unit square."""

    def paint(self, device: Any, place: Matrix, alpha: float) -> None: ...


@dataclass(frozen=True)
class Raster:
    """A picture of pixels, decoded when first painted."""

    image: Any

    def paint(self, device: Any, place: Matrix, alpha: float) -> None:
        mupdf.fz_fill_image(device, self.image, fz_matrix(place), alpha, PARAMS)


@dataclass(frozen=True)
class Vectors:
    """A drawing of ``width`` by ``height`` of its own units."""

    drawing: Any
    width: float
    height: float

    def paint(self, device: Any, place: Matrix, alpha: float) -> None:
        target = fz_matrix(scaling(1 / self.width, 1 / self.height).then(place))
        with Canvas(device).grouped(alpha=alpha):
            mupdf.fz_run_display_list(self.drawing, device, target, EVERYWHERE, mupdf.FzCookie())


class Pictures:
    """The pictures of one document by resource ID.

    The last ones used are kept: a letterhead is on every page, but the scans of a thousand pages would fill
    the memory.
    """

    def __init__(self, package: Package, reports: Reports) -> None:
        self._package = package
        self._reports = reports
        self._loaded: OrderedDict[str, tuple[Picture | None, int]] = OrderedDict()

    def get(self, media_id: str, resources: Resources) -> Picture | None:
        """A picture, or None where there is none to show; the reason is reported."""
        media = resources.media.get(media_id)
        if media is None or media.path not in self._package:
            self._reports.add("draw.picture_missing", part=media.path if media else media_id)
            return None
        if media.path not in self._loaded:
            self._loaded[media.path] = self._load(media.path), self._package.size(media.path)
            while len(self._loaded) > 1 and sum(size for _, size in self._loaded.values()) > _KEPT_BYTES:
                self._loaded.popitem(last=False)
        self._loaded.move_to_end(media.path)
        return self._loaded[media.path][0]

    def _load(self, path: str) -> Picture | None:
        try:
            data = self._package.read(path)
            if is_truncated(data):
                self._reports.add("draw.picture_damaged", part=path)
            return load_picture(data, path, self._package.limits)
        except KnownError as error:
            self._reports.add(error.code, part=path)
            return None


def load_picture(data: bytes, name: str, limits: Limits) -> Picture:
    """A picture of PNG, JPEG, BMP, GIF, TIFF, JBIG2, JPEG 2000 or SVG bytes.

    Raises ``KnownError``: ``draw.picture_damaged``, ``draw.picture_too_large``.
    """
    try:
        if is_svg(data):
            return _load_svg(data, name, limits)
        image = mupdf.fz_new_image_from_buffer(mupdf.fz_new_buffer_from_copied_data(_with_header(data)))
    except mupdf.FzErrorBase as error:
        raise KnownError("draw.picture_damaged", part=name) from error
    if image.w() * image.h() > limits.image_pixels or _decoded_bytes(data, image) > limits.image_bytes:
        raise KnownError("draw.picture_too_large", part=name)
    if data.startswith(b"\xff\xd8") and data.count(b"\xff\xda") > _MOST_SCANS:
        raise KnownError("draw.picture_damaged", part=name)
    return Raster(image)


def _decoded_bytes(data: bytes, image: Any) -> int:
    """Memory that decoding takes. Transparent PNG files are held twice, JPEG files never whole."""
    if data.startswith(b"\xff\xd8"):
        return 0
    transparent = data.startswith(b"\x89PNG") and data[25:26] in (b"\4", b"\6")
    return int(image.w() * image.h() * image.m_internal.n * (3 if transparent else 1))


def _load_svg(data: bytes, name: str, limits: Limits) -> Picture:
    buffer = mupdf.fz_new_buffer_from_copied_data(safe_svg(data, name, limits))
    drawing, width, height = mupdf.fz_new_display_list_from_svg(buffer, "", mupdf.FzArchive())
    if width <= 0 or height <= 0:
        raise KnownError("draw.picture_damaged", part=name)
    return Vectors(drawing, width, height)


def is_truncated(data: bytes) -> bool:
    """Whether a PNG or JPEG file lacks its end. Decoders show the beginning and say nothing."""
    if data.startswith(b"\x89PNG"):
        return b"IEND" not in data
    return data.startswith(b"\xff\xd8") and b"\xff\xd9" not in data


def _with_header(data: bytes) -> bytes:
    """JBIG2 as PDF embeds it, without a file header, gets one: scanners' software writes such parts."""
    return _JBIG2_SEQUENTIAL_ONE_PAGE + data if _is_bare_jbig2(data) else data


def _is_bare_jbig2(data: bytes) -> bool:
    """Whether the bytes begin with the segment header of page information (ITU-T T.88 §7.2, §7.4.8)."""
    if len(data) < 30:
        return False
    flags, referred, page, size = struct.unpack_from(">BBBL", data, 4)
    return bool(flags == _JBIG2_PAGE_INFORMATION and referred == 0 and page == 1 and size == 19)
