"""Everything that a document says about itself, as plain values for ``gongwen info --json``.

A side file that cannot be read is a finding, never an error: the rest is still told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, TypeVar

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.drawing import Drawing
from gongwen_docs.draw.ofd_drawing import OfdDrawing
from gongwen_docs.draw.pdf_drawing import PdfDrawing
from gongwen_docs.fonts import find
from gongwen_docs.ofd import xml
from gongwen_docs.ofd.document import OfdDocument, Page
from gongwen_docs.ofd.navigation import MOST_ENTRIES, Navigation
from gongwen_docs.ofd.resources import FontResource
from gongwen_docs.ofd.values import Box

T = TypeVar("T")
Facts = dict[str, Any]


def catalogue(drawing: Drawing) -> Facts:
    """The facts by topic; pages count from 1, lengths are mm, texts are as written."""
    if isinstance(drawing, OfdDrawing):
        return _Catalogue(drawing).facts()
    return _pdf_facts(drawing)


class _Catalogue:
    """The facts of one OFD document."""

    def __init__(self, drawing: OfdDrawing) -> None:
        self._drawing = drawing
        self._document = drawing.document
        self._findings: list[Facts] = []
        self._numbers = {page.id: page.index + 1 for page in reversed(self._document.pages)}

    def facts(self) -> Facts:
        document, entry = self._document, self._document.entry
        told: Facts = {
            "kind": "ofd",
            "version": entry.version,
            "doc_type": entry.doc_type,
            "bodies": entry.bodies,
            "root": entry.root,
            "versions": list(entry.versions),
            "info": {name: value for name, value in vars(document.info).items() if name != "custom"},
            "custom": dict(document.info.custom),
            "page_count": len(document.pages),
            "pages": [_page(page) for page in document.pages],
            "templates": [{"id": page.id, "part": page.path} for page in document.templates.values()],
        }
        told |= {name: self._tolerant(read) for name, read in self._topics().items()}
        told["findings"] = [*self._findings, *self._missing_parts()]
        return told

    def _topics(self) -> dict[str, Callable[[], object]]:
        document = self._document
        return {
            "fonts": lambda: [self._font(font) for font in _some(document.resources.fonts.values())],
            "media": lambda: [self._media(item) for item in _some(document.resources.media.values())],
            "navigation": lambda: _navigation(self._drawing.navigation()),
            "permissions": lambda: vars(document.permissions),
            "preferences": lambda: _children(document, "VPreferences"),
            "attachments": lambda: [vars(item) for item in document.attachments],
            "annotations": lambda: list(self._annotations()),
            "signatures": lambda: list(self._signatures()),
            "custom_tags": lambda: self._listed("CustomTags", "CustomTag"),
            "extensions": lambda: self._listed("Extensions", "Extension"),
        }

    def _tolerant(self, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except KnownError as error:
            self._findings.append({"code": error.code, "facts": dict(error.facts)})
            return None

    def _font(self, font: FontResource) -> Facts:
        told: Facts = {"id": font.id, "name": font.name, "family": font.family, "embedded": False}
        if font.path is not None:
            return told | {"embedded": font.path in self._document.package, "part": font.path}
        face = find(font.name, font.bold, font.italic, font.family)
        return told | {"shown_with": face.family, "replaced": face.substituted_for is not None}

    def _media(self, item: Any) -> Facts:
        package = self._document.package
        return dict(vars(item)) | {"size": package.size(item.path) if item.path in package else None}

    def _annotations(self) -> Iterator[Facts]:
        for file in self._document.annotation_files:
            for item in self._tolerant(lambda file=file: self._document.page_annotations(file.page_id)) or ():  # type: ignore[misc]
                told = {name: value for name, value in vars(item).items() if name != "appearance"}
                yield told | {"page": self._numbers.get(item.page_id), "boundary": _box(item.boundary)}

    def _signatures(self) -> Iterator[Facts]:
        for item in self._document.signatures:
            yield {
                "id": item.id,
                "type": item.type,
                "part": item.path,
                "provider": vars(item.provider),
                "method": item.method,
                "date_time": item.date_time,
                "check_method": item.check_method,
                "protected_parts": len(item.references),
                "stamps": [
                    {
                        "page": self._numbers.get(stamp.page_id),
                        "boundary": _box(stamp.boundary),
                        "clip": _box(stamp.clip),
                    }
                    for stamp in item.stamps
                ],
            }

    def _listed(self, side_file: str, name: str) -> list[Facts]:
        """Entries of a list file with their attributes, locations and plain children."""
        document = self._document
        location = xml.child_text(document.root, side_file)
        if not location:
            return []
        path = document.package.resolve(document.entry.root, location)
        root = xml.parse(document.package.read(path), path, document.package.limits)
        return [
            dict(element.attrib) | {xml.local(child): xml.text(child) for child in xml.children(element)}
            for element in _some(xml.children(root, name))
        ]

    def _missing_parts(self) -> Iterator[Facts]:
        document = self._document
        wanted = [*document.resource_files, *(page.path for page in document.pages)]
        for part in dict.fromkeys(wanted):
            if part not in document.package:
                yield {"code": "ofd.container.missing_part", "facts": {"part": part}}


def _page(page: Page) -> Facts:
    area = page.area
    return {
        "page": page.index + 1,
        "id": page.id,
        "part": page.path,
        "width_mm": area.physical.width,
        "height_mm": area.physical.height,
        "rotation": 0,
        "physical": _box(area.physical),
        "application": _box(area.application),
        "content": _box(area.content),
    }


def _navigation(navigation: Navigation) -> Facts:
    def action(item: Any) -> Facts | None:
        if item is None:
            return None
        return {"kind": item.kind.value, "page": item.page + 1, "top": item.top, "target": item.target}

    return {
        "outline": [
            {"title": item.title, "level": item.level, "action": action(item.action)}
            for item in navigation.outline
        ],
        "bookmarks": [
            {"name": item.name, "page": item.page + 1, "top": item.top} for item in navigation.bookmarks
        ],
        "actions_on_opening": [action(item) for item in navigation.by_itself],
    }


def _children(document: OfdDocument, name: str) -> dict[str, str]:
    element = xml.child(document.root, name)
    return {} if element is None else {xml.local(item): xml.text(item) for item in xml.children(element)}


def _box(box: Box | None) -> list[float] | None:
    return None if box is None else list(box)


def _some(items: Any) -> Iterator[Any]:
    return islice(items, MOST_ENTRIES)


def _pdf_facts(drawing: Drawing) -> Facts:
    told: Facts = {"kind": drawing.kind, "page_count": drawing.page_count, "findings": []}
    told["pages"] = [_pdf_page(drawing, index) for index in range(drawing.page_count)]
    told["navigation"] = _navigation(drawing.navigation())
    if isinstance(drawing, PdfDrawing):
        told |= {"version": drawing.version, "info": drawing.metadata, "fonts": drawing.fonts()}
        told["signatures"] = drawing.signature_count
    return told


def _pdf_page(drawing: Drawing, index: int) -> Facts:
    width, height = drawing.page_size_mm(index)
    rotation = drawing.rotation(index) if isinstance(drawing, PdfDrawing) else 0
    return {"page": index + 1, "width_mm": width, "height_mm": height, "rotation": rotation}
