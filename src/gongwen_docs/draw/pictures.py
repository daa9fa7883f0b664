"""Pictures of a document, decoded by what their bytes are, whatever their name says."""

from __future__ import annotations

from typing import Any

from pymupdf import mupdf

from gongwen_crypto.errors import KnownError
from gongwen_docs.limits import Limits


def load_picture(data: bytes, name: str, limits: Limits) -> Any:
    """A MuPDF image of PNG, JPEG, BMP, GIF, TIFF, JBIG2 or JPEG 2000 bytes; decoded when first painted.

    Raises ``KnownError``: ``draw.picture_damaged``, ``draw.picture_too_large``.
    """
    try:
        image = mupdf.fz_new_image_from_buffer(mupdf.fz_new_buffer_from_copied_data(data))
    except mupdf.FzErrorBase as error:
        raise KnownError("draw.picture_damaged", part=name) from error
    if image.w() * image.h() > limits.image_pixels:
        raise KnownError("draw.picture_too_large", part=name)
    return image


def is_truncated(data: bytes) -> bool:
    """Whether a PNG or JPEG file lacks its end. Decoders show the beginning and say nothing."""
    if data.startswith(b"\x89PNG"):
        return b"IEND" not in data[-64:]
    return data.startswith(b"\xff\xd8") and b"\xff\xd9" not in data
