"""What a page says by its own text objects, for comparison with what we extract."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongwen_docs.ofd.document import OfdDocument, Page
from gongwen_docs.ofd.graphics import CompositeUnit, TextUnit, Unit, read_units
from gongwen_docs.ofd.resources import Resources

_BLANK = re.compile(r"[\s\u00a0\u200b\u3000]+")
_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{4})")


def without_blanks(text: str) -> str:
    """Only what leaves ink: blanks are layout, and readers add and drop them."""
    return _BLANK.sub("", "".join(character for character in text if character >= " "))


def own_texts(document: OfdDocument, page: Page) -> list[str]:
    """The text of every text object of a page, templates and shown annotations included."""
    found: list[str] = []
    for use in page.templates:
        if use.template_id in document.templates:
            template = document.templates[use.template_id]
            for layer in template.layers:
                found += _texts(layer.units(document.package.limits), template.resources, document)
    for layer in page.layers:
        found += _texts(layer.units(document.package.limits), page.resources, document)
    for annotation in document.page_annotations(page.id):
        if annotation.visible and annotation.appearance is not None:
            units = read_units(annotation.appearance, document.package.limits)
            found += _texts(units, page.resources, document)
    return [text for text in map(without_blanks, found) if text]


def _texts(units: Iterator[Unit], resources: Resources, document: OfdDocument) -> Iterator[str]:
    for unit in units:
        if isinstance(unit, TextUnit):
            yield "".join(_resolved(code.text, len(code.delta_x)) for code in unit.codes)
        elif isinstance(unit, CompositeUnit) and unit.resource_id in resources.composites:
            content = resources.composites[unit.resource_id].content
            if content is not None:
                yield from _texts(read_units(content, document.package.limits), resources, document)


def _resolved(text: str, deltas: int) -> str:
    """Escapes of barred characters resolved, where the offsets show that they are escapes."""
    if "\\" in text and len(text) > deltas + 1:
        return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return text
