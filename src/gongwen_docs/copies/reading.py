"""Finding the mark of a copy in a photograph or a scan, with the decoder inside MuPDF (ZXing)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pymupdf import mupdf

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.drawing import Drawing
from gongwen_docs.draw.opening import open_drawing
from gongwen_docs.draw.pictures import Raster, load_picture
from gongwen_docs.draw.results import SealView
from gongwen_docs.kinds import HEAD, is_pdf
from gongwen_docs.limits import Limits

_QR_CODE = mupdf.FZ_BARCODE_QRCODE
_SCAN_DPI = (200.0, 300.0)
_MOST_PAGES = 4
_ZIP = b"PK"


def texts_of_codes(path: Path, limits: Limits) -> tuple[str, ...]:
    """What the QR codes say: of a picture, or of the first pages of a PDF or OFD; each once, none found: ().

    Raises ``KnownError``: ``draw.picture_damaged``, ``draw.picture_too_large``, what opening a document
    raises.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
        whole = is_pdf(head) or head.startswith(_ZIP)
        data = b"" if whole else _bounded(path, limits)
    except OSError as error:
        raise KnownError("ofd.container.unreadable", file=path.name) from error
    if whole:
        with open_drawing(path, limits) as drawing:
            return tuple(dict.fromkeys(_decoded(_pages(drawing))))
    return tuple(dict.fromkeys(_decoded(_picture(data, path.name, limits))))


def _bounded(path: Path, limits: Limits) -> bytes:
    if path.stat().st_size > limits.part_bytes:
        raise KnownError("draw.picture_too_large", part=path.name)
    return path.read_bytes()


def _picture(data: bytes, name: str, limits: Limits) -> Iterator[Any]:
    picture = load_picture(data, name, limits)
    if not isinstance(picture, Raster):
        raise KnownError("draw.picture_damaged", part=name)
    try:
        yield picture.image.fz_get_unscaled_pixmap_from_image()
    except mupdf.FzErrorBase as error:
        raise KnownError("draw.picture_damaged", part=name) from error


def _pages(drawing: Drawing) -> Iterator[Any]:
    for page in range(min(_MOST_PAGES, drawing.page_count)):
        for dpi in _SCAN_DPI:
            yield drawing.grey_pixmap(page, dpi, SealView.SHOWN)


def _decoded(pixmaps: Iterator[Any]) -> Iterator[str]:
    """The text of the code in each picture that has one."""
    for pixmap in pixmaps:
        try:
            text, kind = mupdf.fz_decode_barcode_from_pixmap2(pixmap, 0)
        except mupdf.FzErrorBase:
            continue
        if kind == _QR_CODE and text:
            yield str(text)
