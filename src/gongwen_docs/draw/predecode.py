"""Decoding large pictures once for all tiles of a page.

Asked for a part of a JPEG picture, MuPDF decodes everything above and left of it and keeps only that part: on
a scanned page every tile would pay for nearly the whole page (measured: 140 ms a tile at 300 dpi). A picture
that lies whole in MuPDF's store serves every tile (3 ms); the store has a limit of its own.
"""

from __future__ import annotations

from typing import Any

from pymupdf import mupdf

_LARGE_PIXELS = 1_000_000


class _Decoder(mupdf.FzDevice2):  # type: ignore[misc]  # MuPDF publishes no types
    """A device that draws nothing and has every large picture decoded as the drawing device will want it."""

    def __init__(self) -> None:
        super().__init__()
        self.use_virtual_fill_image()

    def fill_image(self, context: Any, image: Any, matrix: Any, *_rest: Any) -> None:
        if image.w * image.h >= _LARGE_PIXELS:
            pixmap, _, _ = mupdf.ll_fz_get_pixmap_from_image(image, None, matrix)
            mupdf.ll_fz_drop_pixmap(pixmap)


def decode_pictures(page: Any, zoom: float, visible: Any) -> None:
    """Have the large pictures of a display list decoded that touch ``visible``, for drawing at ``zoom``.

    A damaged picture is left to the drawing itself.
    """
    decoder = _Decoder()
    matrix = mupdf.FzMatrix(zoom, 0, 0, zoom, 0, 0)
    mupdf.fz_run_display_list(
        page, decoder, matrix, mupdf.fz_transform_rect(visible, matrix), mupdf.FzCookie()
    )
    mupdf.fz_close_device(decoder)
