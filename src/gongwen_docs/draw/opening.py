"""Opening a document by what its bytes are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.drawing import Drawing
from gongwen_docs.draw.ofd_drawing import OfdDrawing
from gongwen_docs.draw.pdf_drawing import PdfDrawing
from gongwen_docs.limits import DEFAULT_LIMITS, Limits
from gongwen_docs.ofd.document import OfdDocument

if TYPE_CHECKING:
    from gongwen_docs.ofd.encryption.keys import Opener

_PDF_MARK = b"%PDF-"
_MARK_WITHIN = 1024


def open_drawing(
    source: Path | bytes | OfdDocument, limits: Limits = DEFAULT_LIMITS, openers: Sequence[Opener] = ()
) -> Drawing:
    """Open an OFD or PDF file, bytes, or the very document object that the verifier judged. ``openers``
    unlock an encrypted OFD file.

    Raises ``KnownError``: everything that opening an OFD package raises, ``draw.pdf_damaged``,
    ``draw.pdf_locked``.
    """
    if isinstance(source, OfdDocument):
        return OfdDrawing(source)
    if _PDF_MARK in _head(source):
        data = source if isinstance(source, bytes) else _read(source, limits)
        return PdfDrawing(data, limits)
    return OfdDrawing(OfdDocument.open(source, limits, openers))


def _head(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        return source[:_MARK_WITHIN]
    try:
        with source.open("rb") as stream:
            return stream.read(_MARK_WITHIN)
    except OSError as error:
        raise KnownError("ofd.container.unreadable", file=source.name) from error


def _read(source: Path, limits: Limits) -> bytes:
    if source.stat().st_size > limits.package_bytes:
        raise KnownError("ofd.container.too_large", limit_mb=limits.package_bytes // (1024 * 1024))
    return source.read_bytes()
