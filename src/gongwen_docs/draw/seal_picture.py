"""A seal's picture by itself, as PNG: for reports and lists beside the page."""

from __future__ import annotations

from pymupdf import mupdf

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.pictures import Picture, Raster, Vectors, load_picture
from gongwen_docs.limits import DEFAULT_LIMITS
from gongwen_docs.ofd.values import scaling
from gongwen_docs.seals.model import SealPicture

_SIDE_PX = 480


def seal_png(picture: SealPicture) -> bytes:
    """The picture on white, its longer side at most 480 px, whatever format the seal carries.

    Raises ``KnownError("draw.picture_damaged")`` for one that cannot be drawn.
    """
    try:
        if picture.type.upper() == "OFD" or picture.data.startswith(b"PK\x03\x04"):
            return _png_of_document(picture.data)
        drawn = load_picture(picture.data, "印章", DEFAULT_LIMITS)
        across, down = _size(drawn)
        scale = min(1.0, _SIDE_PX / max(across, down, 1))
        width, height = max(1, round(across * scale)), max(1, round(down * scale))
        bounds = mupdf.FzIrect(0, 0, width, height)
        pixmap = mupdf.fz_new_pixmap_with_bbox(mupdf.fz_device_rgb(), bounds, mupdf.FzSeparations(), 0)
        mupdf.fz_clear_pixmap_with_value(pixmap, 255)
        device = mupdf.fz_new_draw_device(mupdf.FzMatrix(), pixmap)
        drawn.paint(device, scaling(width, height), 1.0)
        mupdf.fz_close_device(device)
        return _png(pixmap)
    except mupdf.FzErrorBase as error:
        raise KnownError("draw.picture_damaged", part="印章") from error


def _size(picture: Picture) -> tuple[float, float]:
    """Width and height in pixels; those of a vector picture are as fine as wanted."""
    if isinstance(picture, Raster):
        return picture.image.w(), picture.image.h()
    if isinstance(picture, Vectors):
        scale = _SIDE_PX / max(picture.width, picture.height)
        return picture.width * scale, picture.height * scale
    return _SIDE_PX, _SIDE_PX


def _png_of_document(data: bytes) -> bytes:
    from gongwen_docs.draw.ofd_drawing import OfdDrawing
    from gongwen_docs.ofd.document import OfdDocument

    with OfdDrawing(OfdDocument.open(data), nesting=1) as drawing:
        width, height = drawing.page_size_mm(0)
        pixels = drawing.render(0, _SIDE_PX * 25.4 / max(width, height, 1.0))
    bounds = mupdf.FzIrect(0, 0, pixels.width, pixels.height)
    pixmap = mupdf.fz_new_pixmap_with_bbox(mupdf.fz_device_rgb(), bounds, mupdf.FzSeparations(), 0)
    mupdf.fz_pixmap_samples_memoryview(pixmap)[:] = pixels.samples
    return _png(pixmap)


def _png(pixmap: object) -> bytes:
    buffer = mupdf.fz_new_buffer_from_pixmap_as_png(pixmap, mupdf.FzColorParams())
    return bytes(mupdf.fz_buffer_extract_copy(buffer))
