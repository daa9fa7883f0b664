"""A seal's picture by itself, for windows that show seals without a page around them."""

from __future__ import annotations

from pymupdf import mupdf

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.ofd_drawing import seal_page
from gongwen_docs.draw.reports import Reports
from gongwen_docs.draw.shapes import EVERYWHERE
from gongwen_docs.draw.stamps import record_seal_picture
from gongwen_docs.limits import DEFAULT_LIMITS
from gongwen_docs.seals.model import SealPicture

MAX_SIDE = 1024


def seal_png(picture: SealPicture, side: int) -> bytes:
    """The picture in ``side`` by ``side`` px with a transparent ground, in its own proportions, as PNG.

    Raises KnownError("draw.picture_damaged") for what cannot be drawn.
    """
    side = min(side, MAX_SIDE)
    width, height = picture.width_mm, picture.height_mm
    if not (width > 0 and height > 0):
        width = height = 1.0
    longer = max(width, height)
    across, down = max(1, round(side * width / longer)), max(1, round(side * height / longer))
    try:
        unit = record_seal_picture(
            picture, "seal", lambda data: seal_page(data, DEFAULT_LIMITS, 1, Reports())
        )
        pixmap = mupdf.fz_new_pixmap_with_bbox(
            mupdf.fz_device_rgb(), mupdf.FzIrect(0, 0, across, down), mupdf.FzSeparations(), 1
        )
        mupdf.fz_clear_pixmap(pixmap)
        device = mupdf.fz_new_draw_device(mupdf.FzMatrix(across, 0, 0, down, 0, 0), pixmap)
        mupdf.fz_run_display_list(unit, device, mupdf.FzMatrix(), EVERYWHERE, mupdf.FzCookie())
        mupdf.fz_close_device(device)
        buffer = mupdf.fz_new_buffer_from_pixmap_as_png(pixmap, mupdf.FzColorParams())
        return bytes(mupdf.fz_buffer_extract_copy(buffer))
    except (mupdf.FzErrorBase, ValueError) as error:
        raise KnownError("draw.picture_damaged", part="seal") from error
