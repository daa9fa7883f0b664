"""The OFD writer: collects pages and resources, then writes the package."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from gongwen_docs.write.faces import Face
from gongwen_docs.write.markup import Element, array
from gongwen_docs.write.metadata import DocumentInfo, doc_info
from gongwen_docs.write.package import EPOCH, pack
from gongwen_docs.write.page import A4, PageCanvas

_SUFFIX = {"PNG": "png", "JPEG": "jpg"}


@dataclass
class _Font:
    id: int
    chars: set[str]


@dataclass(frozen=True)
class _Page:
    id: int
    layer_id: int
    canvas: PageCanvas


@dataclass(frozen=True)
class _Attachment:
    name: str
    data: bytes
    format: str


class OfdWriter:
    """Builds one OFD 1.0 package with one document.

    Usage: ``page()`` for each page, draw on it, ``attach()`` files, then ``to_bytes()``. The same calls
    give the same bytes; ``moment`` is the time stamped on the container's entries.
    """

    def __init__(
        self,
        info: DocumentInfo | None = None,
        *,
        page_size: tuple[float, float] = A4,
        moment: datetime = EPOCH,
    ) -> None:
        self.info = info or DocumentInfo()
        self._size = page_size
        self._moment = moment
        self._last_id = 0
        self._pages: list[_Page] = []
        self._fonts: dict[Face, _Font] = {}
        self._images: dict[bytes, tuple[int, str]] = {}
        self._attachments: list[_Attachment] = []

    def page(self, size: tuple[float, float] | None = None) -> PageCanvas:
        """Append a page of ``size`` mm (the document's size unless given)."""
        canvas = PageCanvas(self, *(size or self._size))
        self._pages.append(_Page(self.next_id(), self.next_id(), canvas))
        return canvas

    @property
    def page_count(self) -> int:
        return len(self._pages)

    def attach(self, name: str, data: bytes) -> None:
        """Carry ``data`` inside the package as the attachment ``name`` (a file name with suffix)."""
        suffix = name.rpartition(".")[2].lower() if "." in name else "bin"
        self._attachments.append(_Attachment(name, data, suffix))

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def font_id(self, face: Face, chars: str) -> int:
        font = self._fonts.get(face)
        if font is None:
            font = self._fonts[face] = _Font(self.next_id(), set())
        font.chars.update(chars)
        return font.id

    def image_id(self, data: bytes, kind: str) -> int:
        known = self._images.get(data)
        if known is None:
            known = self._images[data] = (self.next_id(), kind)
        return known[0]

    def to_bytes(self) -> bytes:
        """The finished package."""
        parts: list[tuple[str, bytes]] = []
        for index, page in enumerate(self._pages):
            content = page.canvas.content(page.layer_id)
            parts.append((f"Doc_0/Pages/Page_{index}/Content.xml", content.to_bytes()))
        if self._fonts:
            parts += self._font_parts()
        if self._images:
            parts += self._image_parts()
        if self._attachments:
            parts += self._attachment_parts()
        parts.insert(0, ("Doc_0/Document.xml", self._document().to_bytes()))
        parts.insert(0, ("OFD.xml", self._entry(parts).to_bytes()))
        return pack(parts, self._moment)

    def _entry(self, parts: list[tuple[str, bytes]]) -> Element:
        doc_id = self.info.doc_id
        if not doc_id:
            digest = hashlib.sha256()
            for path, data in parts:
                digest.update(path.encode() + b"\0" + data)
            doc_id = digest.hexdigest()[:32]
        entry = Element("OFD", {"Version": "1.0", "DocType": "OFD"})
        body = entry.add("DocBody")
        body.children.append(doc_info(self.info, doc_id))
        body.add("DocRoot", "Doc_0/Document.xml")
        return entry

    def _document(self) -> Element:
        document = Element("Document")
        common = document.add("CommonData")
        common.add("MaxUnitID", str(self._last_id))
        common.add("PageArea").add("PhysicalBox", array(0, 0, *self._size))
        if self._fonts:
            common.add("PublicRes", "PublicRes.xml")
        if self._images:
            common.add("DocumentRes", "DocumentRes.xml")
        pages = document.add("Pages")
        for index, page in enumerate(self._pages):
            pages.add("Page", ID=page.id, BaseLoc=f"Pages/Page_{index}/Content.xml")
        if self._attachments:
            document.add("Attachments", "Attachs/Attachments.xml")
        return document

    def _font_parts(self) -> list[tuple[str, bytes]]:
        resources = Element("Res", {"BaseLoc": "Res"})
        fonts = resources.add("Fonts")
        files = []
        for face, font in self._fonts.items():
            file = f"font_{font.id}.{'ttf' if face.path.suffix.lower() == '.ttf' else 'otf'}"
            entry = fonts.add("Font", ID=font.id, FontName=face.name, FamilyName=face.family)
            entry.add("FontFile", file)
            files.append((f"Doc_0/Res/{file}", face.subset(font.chars)))
        return [("Doc_0/PublicRes.xml", resources.to_bytes()), *files]

    def _image_parts(self) -> list[tuple[str, bytes]]:
        resources = Element("Res", {"BaseLoc": "Res"})
        medias = resources.add("MultiMedias")
        files = []
        for data, (image_id, kind) in self._images.items():
            file = f"image_{image_id}.{_SUFFIX[kind]}"
            medias.add("MultiMedia", ID=image_id, Type="Image", Format=kind).add("MediaFile", file)
            files.append((f"Doc_0/Res/{file}", data))
        return [("Doc_0/DocumentRes.xml", resources.to_bytes()), *files]

    def _attachment_parts(self) -> list[tuple[str, bytes]]:
        listing = Element("Attachments")
        files = []
        stamp = self._moment.isoformat()
        for number, attachment in enumerate(self._attachments, 1):
            file = f"attachment_{number}.{attachment.format}"
            listing.add(
                "Attachment",
                ID=f"A{number}",
                Name=attachment.name,
                Format=attachment.format,
                CreationDate=stamp,
                Size=len(attachment.data) / 1024,
            ).add("FileLoc", file)
            files.append((f"Doc_0/Attachs/{file}", attachment.data))
        return [("Doc_0/Attachs/Attachments.xml", listing.to_bytes()), *files]
