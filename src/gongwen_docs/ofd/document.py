"""An OFD document as one object, shared by renderer, verifier and inspector (no second parse)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from gongwen_crypto.errors import KnownError
from gongwen_docs.limits import DEFAULT_LIMITS, Limits
from gongwen_docs.ofd import xml
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.encryption.description import is_encrypted
from gongwen_docs.ofd.entry import ENTRY, DocInfo, Entry, read_entry
from gongwen_docs.ofd.graphics import Unit, read_units
from gongwen_docs.ofd.preferences import ViewerPreferences, read_preferences
from gongwen_docs.ofd.reachability import reachable_parts
from gongwen_docs.ofd.resources import Resources
from gongwen_docs.ofd.sidefiles import (
    Annotation,
    AnnotationFile,
    Attachment,
    Permissions,
    read_annotation_files,
    read_annotations,
    read_attachments,
    read_permissions,
)
from gongwen_docs.ofd.signatures import SignatureFile, read_signatures
from gongwen_docs.ofd.supplements import (
    CustomTag,
    Extension,
    Version,
    read_custom_tags,
    read_extensions,
    read_versions,
)
from gongwen_docs.ofd.values import Box, box

if TYPE_CHECKING:
    from gongwen_docs.ofd.encryption.keys import Opener
    from gongwen_docs.ofd.encryption.unlocking import Unlocked

A4 = Box(0, 0, 210, 297)
_KEPT_PAGE_FILES = 24


@dataclass(frozen=True)
class PageArea:
    """CT_PageArea (§7.5): the sheet and, where said, what is shown of it, the type area, the bleed; mm."""

    physical: Box
    application: Box | None = None
    content: Box | None = None
    bleed: Box | None = None


@dataclass(frozen=True)
class Layer:
    """A layer of a page; its units are read when it is drawn."""

    type: str
    draw_param: str
    element: xml.Element

    def units(self, limits: Limits) -> Iterator[Unit]:
        return read_units(self.element, limits)


@dataclass(frozen=True)
class TemplateUse:
    """A template on a page; anything but Foreground lies behind the page (§7.7)."""

    template_id: str
    foreground: bool


class _PageFile:
    """The parsed file of one page. The document keeps a few: a thousand trees would fill the memory."""

    def __init__(self, document: OfdDocument, path: str) -> None:
        package = document.package
        self.root = xml.parse(package.read(path), path, package.limits) if path in package else None
        self.resource_files = (
            ()
            if self.root is None
            else tuple(
                package.resolve(path, xml.text(element)) for element in xml.children(self.root, "PageRes")
            )
        )
        self._document = document

    @cached_property
    def resources(self) -> Resources:
        document, own = self._document, self.resource_files
        return document.resources.extended(document.package, own) if own else document.resources


class Page:
    """One page or template page. Its file is read when asked for; a missing file is a blank page.

    A broken file raises ``KnownError`` where its content is asked for. Its size is then the document's, so
    that the other pages can be laid out around it.
    """

    def __init__(self, document: OfdDocument, page_id: str, index: int, path: str) -> None:
        self.id = page_id
        self.index = index
        self.path = path
        self._document = document

    @property
    def _file(self) -> _PageFile:
        return self._document.page_file(self.path)

    @property
    def exists(self) -> bool:
        """Whether the package has the page's file."""
        return self.path in self._document.package

    @cached_property
    def templates(self) -> tuple[TemplateUse, ...]:
        root = self._file.root
        if root is None:
            return ()
        uses = (
            TemplateUse(element.get("TemplateID", ""), element.get("ZOrder") == "Foreground")
            for element in xml.children(root, "Template")
        )
        return tuple(dict.fromkeys(uses))  # the same template over itself shows nothing new

    @cached_property
    def area(self) -> PageArea:
        """The page's own area, else that of its template, else that of the document."""
        try:
            return self.own_area or self._template_area() or self._document.page_area
        except KnownError:
            return self._document.page_area

    def _template_area(self) -> PageArea | None:
        if not self._document.templates:
            return None
        used = (self._document.templates.get(use.template_id) for use in self.templates)
        return next((page.own_area for page in used if page is not None and page.own_area is not None), None)

    @cached_property
    def own_area(self) -> PageArea | None:
        """The area that the page's own file states. Found without parsing the page, which a document of a
        thousand pages could not wait for."""
        package = self._document.package
        if self.path not in package:
            return None
        data = package.read(self.path)
        if not xml.may_contain(data, "PhysicalBox"):
            return None
        early = xml.early_child(data, self.path, "Area")
        if early is None and self._file.root is not None:
            early = xml.child(self._file.root, "Area")
        return _read_area(early)

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height of the sheet in mm."""
        return self.area.physical.width, self.area.physical.height

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Layers in order of appearance, which is painting order."""
        root = self._file.root
        content = None if root is None else xml.child(root, "Content")
        if content is None:
            return ()
        layers = tuple(xml.children(content, "Layer")) or (content,)  # some producers leave the layer out
        return tuple(
            Layer(element.get("Type", "Body"), element.get("DrawParam", ""), element) for element in layers
        )

    @property
    def resource_files(self) -> tuple[str, ...]:
        """PageRes, whether or not the package has them."""
        return self._file.resource_files

    @property
    def resources(self) -> Resources:
        """Resources of the page in front of those of the document."""
        return self._file.resources


def _unlocked(package: Package, openers: Sequence[Opener]) -> Unlocked:
    from gongwen_docs.ofd.encryption.unlocking import unlock  # few documents need it

    if not openers:
        raise KnownError("ofd.document.encrypted")
    return unlock(package, openers)


class OfdDocument:
    """An opened document: the first of its package, or the one of ``body`` (DocBody, from 0).

    Parts are read when first asked for and kept.

    Raises ``KnownError`` (codes below ``ofd.container``, ``ofd.xml``, ``ofd.document``) where the package,
    its entry or the asked part is unreadable.
    """

    def __init__(self, package: Package, body: int = 0, unlocked: Unlocked | None = None) -> None:
        self.package = package
        self.unlocked = unlocked
        """What of an encrypted package was opened; None for others."""
        self._page_files: OrderedDict[str, _PageFile] = OrderedDict()
        self.entry: Entry = read_entry(package, body)
        self._root = xml.parse(package.read(self.entry.root), self.entry.root, package.limits)
        common = xml.child(self._root, "CommonData")
        if common is None:
            raise KnownError("ofd.document.no_root")
        self._common = common

    @classmethod
    def open(
        cls, source: Path | bytes, limits: Limits = DEFAULT_LIMITS, openers: Sequence[Opener] = ()
    ) -> OfdDocument:
        """Open a file. An encrypted one (GM/T 0099) needs ``openers``: nothing of it is shown before, since
        what lies in it unencrypted may be another document. Raises ``KnownError``, among them
        ``ofd.document.encrypted`` and codes below ``ofd.encryption``."""
        package = Package.open(source, limits)
        try:
            return cls(package, unlocked=_unlocked(package, openers) if is_encrypted(package) else None)
        except BaseException:
            package.close()
            raise

    def __enter__(self) -> OfdDocument:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.package.close()

    @property
    def root(self) -> xml.Element:
        """The Document element."""
        return self._root

    @property
    def info(self) -> DocInfo:
        return self.entry.info

    @cached_property
    def page_area(self) -> PageArea:
        """The document's default area; A4 where it says none."""
        return _read_area(xml.child(self._common, "PageArea")) or PageArea(A4)

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        pages = xml.child(self._root, "Pages")
        elements = [] if pages is None else list(xml.children(pages, "Page"))
        limit = self.package.limits.pages
        if len(elements) > limit:
            raise KnownError("ofd.document.too_many_pages", limit=limit)
        return tuple(
            Page(self, element.get("ID", ""), index, self._resolve(element.get("BaseLoc", "")))
            for index, element in enumerate(elements)
        )

    def page_file(self, path: str) -> _PageFile:
        """The parsed file of a page or template page; only the last few are kept."""
        if path in self._page_files:
            self._page_files.move_to_end(path)
            return self._page_files[path]
        file = self._page_files[path] = _PageFile(self, path)
        if len(self._page_files) > _KEPT_PAGE_FILES:
            self._page_files.popitem(last=False)
        return file

    @cached_property
    def templates(self) -> dict[str, Page]:
        """Template pages by ID."""
        return {
            element.get("ID", ""): Page(
                self, element.get("ID", ""), index, self._resolve(element.get("BaseLoc", ""))
            )
            for index, element in enumerate(xml.children(self._common, "TemplatePage"))
        }

    @cached_property
    def resource_files(self) -> tuple[str, ...]:
        """PublicRes and DocumentRes, whether or not the package has them."""
        return tuple(
            self._resolve(xml.text(element))
            for name in ("PublicRes", "DocumentRes")
            for element in xml.children(self._common, name)
        )

    @cached_property
    def resources(self) -> Resources:
        base = Resources(default_color_space=xml.child_text(self._common, "DefaultCS"))
        return base.extended(self.package, self.resource_files)

    @cached_property
    def attachments(self) -> tuple[Attachment, ...]:
        return read_attachments(self.package, self._side_file("Attachments"))

    @cached_property
    def annotation_files(self) -> tuple[AnnotationFile, ...]:
        return read_annotation_files(self.package, self._side_file("Annotations"))

    @cached_property
    def annotations(self) -> tuple[Annotation, ...]:
        """All annotations; raises where any file of them is damaged."""
        return tuple(
            annotation
            for file in self.annotation_files
            for annotation in read_annotations(self.package, file)
        )

    def page_annotations(self, page_id: str) -> tuple[Annotation, ...]:
        """The annotations of one page. Raises ``KnownError`` where their file is damaged."""
        return tuple(
            annotation
            for file in self.annotation_files
            if file.page_id == page_id
            for annotation in read_annotations(self.package, file)
        )

    @cached_property
    def signatures(self) -> tuple[SignatureFile, ...]:
        return read_signatures(self.package, self.entry.signatures)

    @cached_property
    def preferences(self) -> ViewerPreferences:
        return read_preferences(xml.child(self._root, "VPreferences"))

    @cached_property
    def custom_tags(self) -> tuple[CustomTag, ...]:
        return read_custom_tags(self.package, self._side_file("CustomTags"))

    @cached_property
    def extensions(self) -> tuple[Extension, ...]:
        return read_extensions(self.package, self._side_file("Extensions"))

    @cached_property
    def versions(self) -> tuple[Version, ...]:
        """Records of versions; the one shown is always that of DocRoot."""
        return read_versions(self.package, self.entry.body, ENTRY)

    @cached_property
    def permissions(self) -> Permissions:
        return read_permissions(xml.child(self._root, "Permissions"))

    def reachable_parts(self) -> frozenset[str]:
        """All files that following every ST_Loc from OFD.xml comes to; see :mod:`.reachability`."""
        return self._reachable

    @cached_property
    def _reachable(self) -> frozenset[str]:
        return reachable_parts(self.package, ENTRY)

    def _side_file(self, name: str) -> str | None:
        location = xml.child_text(self._root, name)
        return self._resolve(location) if location else None

    def _resolve(self, location: str) -> str:
        return self.package.resolve(self.entry.root, location)


def _read_area(element: xml.Element | None) -> PageArea | None:
    if element is None:
        return None
    physical = box(xml.child_text(element, "PhysicalBox"))
    if physical is None or physical.empty:
        return None
    return PageArea(
        physical,
        box(xml.child_text(element, "ApplicationBox")),
        box(xml.child_text(element, "ContentBox")),
        box(xml.child_text(element, "BleedBox")),
    )
