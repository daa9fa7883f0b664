"""Whether the pages of a received document show as they were written (版面有效), a part at a time.

A document of a thousand pages takes many seconds. In parts, whoever judges it can show pages in between.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from gongwen_docs.draw import Drawing, SealView
from gongwen_docs.draw.ofd_drawing import OfdDrawing
from gongwen_docs.inspect.findings import Finding, LayoutPart, Weight
from gongwen_docs.inspect.ink import INK_DPI, InkMap
from gongwen_docs.inspect.pages import sort_characters, trouble_with_text
from gongwen_docs.ofd.document import Page

PART_SECONDS = 0.5


def judge_layout(drawing: Drawing, first: int = 0, seconds: float = PART_SECONDS) -> LayoutPart:
    """Judge pages from ``first`` on until the time is up, one at least.

    Raises ``KnownError`` for a page that cannot be read.
    """
    enough = time.monotonic() + seconds
    findings: list[Finding] = []
    fonts: set[str] = set()
    if isinstance(drawing, OfdDrawing) and first == 0:
        for template in drawing.document.templates.values():
            fonts.update(fonts_not_embedded(template))
    index = first
    while index < drawing.page_count and (index == first or time.monotonic() < enough):
        findings += _judge_page(drawing, index)
        if isinstance(drawing, OfdDrawing):
            fonts.update(fonts_not_embedded(drawing.document.pages[index]))
        index += 1
    findings += [font_finding(font) for font in sorted(fonts)]
    return LayoutPart(tuple(findings), index if index < drawing.page_count else None)


def _judge_page(drawing: Drawing, index: int) -> list[Finding]:
    """Characters that nobody sees."""
    text = drawing.text(index, SealView.HIDDEN)
    if not text.text.strip():
        return []
    width, height = drawing.page_size_mm(index)
    ink = InkMap.of(drawing.render(index, INK_DPI, seals=SealView.HIDDEN), width, height)
    _, invisible, outside = sort_characters(text, ink)
    return trouble_with_text(index, invisible, outside)


def fonts_not_embedded(page: Page) -> Iterator[str]:
    """Names of the fonts that texts of a page are set in, and that the document does not carry."""
    absent = {key: font.name for key, font in page.resources.fonts.items() if font.path is None}
    if absent:
        yield from (absent[key] for key in _fonts_used(page) if key in absent)


def font_finding(font: str) -> Finding:
    return Finding("document.font_not_embedded", Weight.HINT, facts={"font": font})


def _fonts_used(page: Page) -> set[str]:
    """IDs of the fonts of all texts of a page, those of composite units that it may use among them."""
    layers = [layer.element for layer in page.layers]
    composites = [composite.content for composite in page.resources.composites.values()]
    blocks = [*layers, *(content for content in composites if content is not None)]
    return {text.get("Font", "") for block in blocks for text in block.iter("{*}TextObject")}
