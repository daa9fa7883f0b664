"""The checks before sealing and sending, in one call. Draws pages: runs where drawing runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from gongwen_docs.draw import Drawing, open_drawing
from gongwen_docs.draw.ofd_drawing import OfdDrawing
from gongwen_docs.draw.pdf_drawing import PdfDrawing
from gongwen_docs.inspect.findings import Finding, Weight
from gongwen_docs.inspect.ink import Region
from gongwen_docs.inspect.inspection import Inspection
from gongwen_docs.inspect.marks import find_marks
from gongwen_docs.inspect.pages import PageView, view_page
from gongwen_docs.inspect.prefill import prefill
from gongwen_docs.inspect.signing_place import find_signing_place
from gongwen_docs.inspect.stamp_place import Stamped
from gongwen_docs.ofd.document import OfdDocument, Page
from gongwen_docs.ofd.values import Box
from gongwen_docs.seals.stamps import page_stamps

_A4 = (210.0, 297.0)
_PAPER_TOLERANCE = 2.0


def inspect_document(source: Path | bytes | OfdDocument) -> Inspection:
    """Inspect an OFD or PDF document; a document object stays open. Runs where drawing runs.

    Raises what ``open_drawing`` raises for a document that cannot be read.
    """
    drawing = open_drawing(source)
    try:
        return inspect_drawing(drawing)
    finally:
        if not isinstance(source, OfdDocument):
            drawing.close()


def inspect_drawing(drawing: Drawing) -> Inspection:
    """Inspect a document that is open already."""
    pages = tuple(view_page(drawing, index) for index in range(drawing.page_count))
    custom, title, texts = _information(drawing)
    signing = find_signing_place(pages)
    fonts = _fonts_not_embedded(drawing)
    findings = find_marks(pages, {**custom, **texts})
    for page in pages:
        findings += page.findings()
    findings += _paper(pages)
    if signing is None:
        findings.append(Finding("document.no_date_line", Weight.HINT))
    findings += [Finding("document.font_not_embedded", Weight.HINT, facts={"font": font}) for font in fonts]
    filled = prefill(pages, signing, custom, title)
    pages = tuple(replace(page, ink=page.ink.sampled()) for page in pages)
    return Inspection(pages, tuple(findings), signing, filled, fonts, _stamps(drawing))


def _stamps(drawing: Drawing) -> tuple[Stamped, ...]:
    """What shows of the seals that an OFD document carries."""
    if not isinstance(drawing, OfdDrawing):
        return ()
    numbers = {page.id: page.index for page in drawing.document.pages}
    found = []
    for stamp in page_stamps(drawing.document):
        if stamp.page_id not in numbers:
            continue
        box, clip = stamp.boundary, stamp.clip or Box(0, 0, stamp.boundary.width, stamp.boundary.height)
        left, top = box.x + max(clip.x, 0), box.y + max(clip.y, 0)
        right = min(box.x + clip.x + clip.width, box.x + box.width)
        bottom = min(box.y + clip.y + clip.height, box.y + box.height)
        region = Region(left, top, right, bottom)
        found.append(Stamped(numbers[stamp.page_id], region, stamp.seal_name, stamp.clip is None))
    return tuple(found)


def _information(drawing: Drawing) -> tuple[Mapping[str, str], str, Mapping[str, str]]:
    """Metadata of official documents, the title, and all texts in which a mark may stand besides."""
    if isinstance(drawing, OfdDrawing):
        info = drawing.document.info
        texts = {"Title": info.title, "Subject": info.subject, "Abstract": info.abstract}
        texts |= {f"Keyword {index}": keyword for index, keyword in enumerate(info.keywords)}
        return info.custom, info.title, texts
    title = drawing.title if isinstance(drawing, PdfDrawing) else ""
    return {}, title, {"Title": title}


def _fonts_not_embedded(drawing: Drawing) -> tuple[str, ...]:
    """Names of the fonts that texts of an OFD document are set in and that it does not carry."""
    if not isinstance(drawing, OfdDrawing):
        return ()
    document = drawing.document
    names: set[str] = set()
    for page in (*document.pages, *document.templates.values()):
        absent = {key: font.name for key, font in page.resources.fonts.items() if font.path is None}
        if absent:
            names |= {absent[key] for key in _fonts_used(page) if key in absent}
    return tuple(sorted(names))


def _fonts_used(page: Page) -> set[str]:
    """IDs of the fonts of all texts of a page, those of composite units that it may use among them."""
    layers = [layer.element for layer in page.layers]
    composites = [composite.content for composite in page.resources.composites.values()]
    blocks = [*layers, *(content for content in composites if content is not None)]
    return {text.get("Font", "") for block in blocks for text in block.iter("{*}TextObject")}


def _paper(pages: Iterable[PageView]) -> Iterable[Finding]:
    for page in pages:
        size = sorted((page.width_mm, page.height_mm))
        if any(abs(a - b) > _PAPER_TOLERANCE for a, b in zip(size, _A4, strict=True)):
            facts: dict[str, str | int] = {
                "page": page.index + 1,
                "width": round(page.width_mm),
                "height": round(page.height_mm),
            }
            yield Finding("document.paper_not_a4", Weight.HINT, page.index, None, facts)
