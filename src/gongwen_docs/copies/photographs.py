"""Photographs of what failed (卡纸, 缺页): upright, small, without what the camera wrote into them."""

from __future__ import annotations

from typing import Any

from pymupdf import mupdf

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.pictures import Raster, load_picture
from gongwen_docs.draw.results import Pixels
from gongwen_docs.draw.shapes import PARAMS
from gongwen_docs.limits import Limits

_QUALITIES = (82, 70, 55, 40)
_SMALLER = 0.7
_SMALLEST = 320


def photograph(data: bytes, name: str, limits: Limits, longest: int, at_most: int) -> bytes:
    """``data`` as a JPEG file of ``longest`` px at the longer side and ``at_most`` bytes: as sharp as fits.

    Drawn anew: place, time and camera (Exif) stay behind. Raises ``KnownError``: ``draw.picture_damaged``,
    ``draw.picture_too_large``.
    """
    while True:
        pixmap = _drawn(data, name, limits, longest)
        for quality in _QUALITIES:
            buffer = mupdf.fz_new_buffer_from_pixmap_as_jpeg(pixmap, PARAMS, quality, 0)
            jpeg = bytes(mupdf.fz_buffer_extract_copy(buffer))
            if len(jpeg) <= at_most:
                return jpeg
        if longest <= _SMALLEST:
            raise KnownError("draw.picture_too_large", part=name)
        longest = max(_SMALLEST, round(longest * _SMALLER))


def pixels_of(data: bytes, name: str, limits: Limits, longest: int) -> Pixels:
    """A photograph upright on white, at most ``longest`` px at the longer side. Raises as ``photograph``."""
    pixmap = _drawn(data, name, limits, longest)
    return Pixels(pixmap.w(), pixmap.h(), bytes(mupdf.fz_pixmap_samples_memoryview(pixmap)))


def _drawn(data: bytes, name: str, limits: Limits, longest: int) -> Any:
    picture = load_picture(data, name, limits)
    if not isinstance(picture, Raster):
        raise KnownError("draw.picture_damaged", part=name)
    image = picture.image
    try:
        across, down = image.w(), image.h()
        orientation = mupdf.fz_image_orientation(image)
        if orientation and not orientation % 2:  # lies on its side: 2, 4, 6, 8
            across, down = down, across
        scale = min(1.0, longest / max(across, down))
        width, height = max(1, round(across * scale)), max(1, round(down * scale))
        bounds = mupdf.FzIrect(0, 0, width, height)
        pixmap = mupdf.fz_new_pixmap_with_bbox(mupdf.fz_device_rgb(), bounds, mupdf.FzSeparations(), 0)
        mupdf.fz_clear_pixmap_with_value(pixmap, 255)
        place = mupdf.fz_post_scale(mupdf.fz_image_orientation_matrix(image), width, height)
        device = mupdf.fz_new_draw_device(mupdf.FzMatrix(), pixmap)
        mupdf.fz_fill_image(device, image, place, 1.0, PARAMS)
        mupdf.fz_close_device(device)
    except mupdf.FzErrorBase as error:
        raise KnownError("draw.picture_damaged", part=name) from error
    return pixmap
