"""What each file of a package is to a person: page 3, the attachment 名单.xlsx, a font.

A verdict must name what changed in words a clerk understands, not as a path.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd import xml
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.entry import ENTRY


class PartKind(StrEnum):
    """Kinds of files in a package."""

    PAGE = "page"
    TEMPLATE = "template"
    FONT = "font"
    PICTURE = "picture"
    ATTACHMENT = "attachment"
    ANNOTATION = "annotation"
    STRUCTURE = "structure"  # Document.xml and resource lists
    METADATA = "metadata"  # OFD.xml
    SIGNATURE = "signature"
    OTHER = "other"


_WORDS = {
    PartKind.PAGE: "页面",
    PartKind.TEMPLATE: "页面底版",
    PartKind.FONT: "字体",
    PartKind.PICTURE: "图片",
    PartKind.ATTACHMENT: "附件",
    PartKind.ANNOTATION: "批注",
    PartKind.STRUCTURE: "文档结构",
    PartKind.METADATA: "文档信息",
    PartKind.SIGNATURE: "签章数据",
    PartKind.OTHER: "文件",
}


@dataclass(frozen=True)
class Part:
    """A file of the package and what it is. ``page`` counts from 1; ``name`` is what a person calls it."""

    path: str
    kind: PartKind
    page: int | None = None
    name: str = ""

    def __str__(self) -> str:
        """What a person calls it, e.g. 第 3 页 or 附件「名单」."""
        text = _WORDS[self.kind]
        if self.kind is PartKind.PAGE:
            return f"第 {self.page} 页"
        if self.page is not None:
            return f"第 {self.page} 页的{text}"
        return f"{text}「{self.name}」" if self.name else text

    def to_json(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            "path": self.path,
            "kind": str(self.kind),
            "page": self.page,
            "name": self.name,
            "text": str(self),
        }


class PartNames:
    """Names the parts of one document. Parts that cannot be read are still named, by their kind or path."""

    def __init__(self, document: OfdDocument) -> None:
        self._parts: dict[str, Part] = {}
        for source in (_pages, _side_files, _resources, _structure):
            try:
                for part in source(document):
                    self._parts.setdefault(part.path, part)
            except KnownError:
                continue  # damaged: its files fall back to OTHER below

    def __getitem__(self, path: str) -> Part:
        return self._parts.get(path) or Part(path, PartKind.OTHER, name=path)

    def facts(self, path: str) -> dict[str, object]:
        """Facts of a sentence about this file: what a person calls it, and where it is."""
        return {"part": str(self[path]), "path": path}


def _pages(document: OfdDocument) -> Iterator[Part]:
    for page in document.pages:
        yield Part(page.path, PartKind.PAGE, page.index + 1)
    for template in document.templates.values():
        yield Part(template.path, PartKind.TEMPLATE)


def _side_files(document: OfdDocument) -> Iterator[Part]:
    numbers = {page.id: page.index + 1 for page in document.pages}
    for attachment in document.attachments:
        yield Part(attachment.path, PartKind.ATTACHMENT, name=attachment.name)
    for annotation in document.annotations:
        yield Part(annotation.path, PartKind.ANNOTATION, numbers.get(annotation.page_id))


def _resources(document: OfdDocument) -> Iterator[Part]:
    for font in document.resources.fonts.values():
        if font.path:
            yield Part(font.path, PartKind.FONT, name=font.name)
    for media in document.resources.media.values():
        yield Part(media.path, PartKind.PICTURE)


_STRUCTURE = ("PublicRes", "DocumentRes")
_LISTS = {
    "Annotations": PartKind.ANNOTATION,
    "Attachments": PartKind.ATTACHMENT,
    "CustomTags": PartKind.STRUCTURE,
    "Extensions": PartKind.STRUCTURE,
}


def _structure(document: OfdDocument) -> Iterator[Part]:
    entry = document.entry
    yield Part(ENTRY, PartKind.METADATA)
    yield Part(entry.root, PartKind.STRUCTURE)
    if entry.signatures:
        yield Part(entry.signatures, PartKind.SIGNATURE)
    for signature in document.signatures:
        for path in (signature.path, signature.signed_value_path, signature.seal_path):
            if path:
                yield Part(path, PartKind.SIGNATURE)
    package = document.package
    for element in xml.parse(package.read(entry.root), entry.root, package.limits).iter():
        name = xml.local(element)
        if name in _STRUCTURE or name in _LISTS:
            yield Part(package.resolve(entry.root, xml.text(element)), _LISTS.get(name, PartKind.STRUCTURE))
