"""Files made of a document: the PDF for a printer, and copies (副本) that can never pass for the original."""

from __future__ import annotations

import math
from pathlib import Path

from pymupdf import JM_BinFromBuffer, mupdf

from gongwen_docs.copies.mark import mark_sheets, pages_with_room
from gongwen_docs.copies.orders import CopyFormat, CopyOrder, MarkOfCopy
from gongwen_docs.copies.watermark import STATEMENT, watermark
from gongwen_docs.draw.drawing import MM_PER_INCH, Drawing, Overlay
from gongwen_docs.draw.opening import open_drawing
from gongwen_docs.draw.results import SealView
from gongwen_docs.draw.shapes import PARAMS
from gongwen_docs.write import Box, DocumentInfo, OfdWriter

_COPY_DPI = 200.0
_MOST_PIXELS = 12_000_000
"""Of one page of a copy as pictures: A3 at 300 dpi has 17 million; larger sheets get fewer dots."""
_PNG_BYTES = 400_000
"""Above this a page is no text on white but a scan, which JPEG keeps in a tenth."""
_JPEG_QUALITY = 85
_MARK_OF_COPIES = "Copy"
"""Name of the custom datum by which a program knows a copy in OFD."""


def write_original(drawing: Drawing, target: Path, mark: MarkOfCopy | None, title: str = "") -> int:
    """Write the PDF for the printer, with the mark of its copy on the pages that have room for one.

    Returns how many pages have none although there is a mark. Raises as ``Drawing.export_pdf``.
    """
    if mark is None:
        drawing.export_pdf(target, title=title)
        return 0
    pages = range(drawing.page_count)
    marked = pages_with_room(drawing, pages)
    if not marked:
        drawing.export_pdf(target, title=title)
        return len(pages)
    sheets = mark_sheets([drawing.page_size_mm(page) for page in marked], mark)
    place = {page: number for number, page in enumerate(marked)}
    with open_drawing(sheets) as above:
        over = Overlay(above, tuple(place.get(page) for page in pages))
        drawing.export_pdf(target, title=title, over=over)
    return len(pages) - len(marked)


def copy_of(drawing: Drawing, order: CopyOrder, pages: int | None = None) -> bytes:
    """The file of a copy of the first ``pages``, or of all: no colour, no signature, 副本 over each page.

    Raises as ``Drawing.export_pdf``, and ``KnownError("write.no_font")``.
    """
    assert order.seals is not SealView.SHOWN, "a copy shows no seal in colour"
    chosen = range(drawing.page_count if pages is None else min(pages, drawing.page_count))
    if order.format is CopyFormat.OFD:
        return _as_ofd(drawing, chosen, order)
    return _as_pdf(drawing, chosen, order)


def _as_pdf(drawing: Drawing, chosen: range, order: CopyOrder) -> bytes:
    """Vectors and text stay; pages of one size share one sheet with the watermark."""
    sizes = [_rounded(drawing, page) for page in chosen]
    kinds = list(dict.fromkeys(sizes))
    writer = OfdWriter()
    for size in kinds:
        watermark(writer.page(size), order.notice)
    with open_drawing(writer.to_bytes()) as above:
        over = Overlay(above, tuple(kinds.index(size) for size in sizes))
        return drawing.grey_pdf(chosen, order.seals, _title(order), over)


def _as_ofd(drawing: Drawing, chosen: range, order: CopyOrder) -> bytes:
    """Each page as a grey picture, as from a photocopier, under the watermark."""
    info = DocumentInfo(title=_title(order), elements={_MARK_OF_COPIES: STATEMENT})
    writer = OfdWriter(info, page_size=drawing.page_size_mm(0))
    for page in chosen:
        width, height = drawing.page_size_mm(page)
        data, kind = _grey_picture(drawing, page, order.seals)
        canvas = writer.page((width, height))
        canvas.image(Box(0, 0, width, height), data, kind)
        watermark(canvas, order.notice)
    return writer.to_bytes()


def _grey_picture(drawing: Drawing, page: int, seals: SealView) -> tuple[bytes, str]:
    """File bytes and kind of a page without colour."""
    width, height = drawing.page_size_mm(page)
    inches = width * height / MM_PER_INCH**2
    dpi = min(_COPY_DPI, math.sqrt(_MOST_PIXELS / inches))
    grey = drawing.grey_pixmap(page, dpi, seals)
    png = _bytes(mupdf.fz_new_buffer_from_pixmap_as_png(grey, PARAMS))
    if len(png) <= _PNG_BYTES:
        return png, "PNG"
    return _bytes(mupdf.fz_new_buffer_from_pixmap_as_jpeg(grey, PARAMS, _JPEG_QUALITY, 0)), "JPEG"


def _bytes(buffer: object) -> bytes:
    return bytes(JM_BinFromBuffer(buffer))


def _rounded(drawing: Drawing, page: int) -> tuple[float, float]:
    width, height = drawing.page_size_mm(page)
    return round(width, 2), round(height, 2)


def _title(order: CopyOrder) -> str:
    return f"副本：{order.title}" if order.title else "副本"
