"""Drawing OFD documents: templates, layers, annotations and stamps of a page in painting order."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.drawing import Drawing, View
from gongwen_docs.draw.painter import Painter
from gongwen_docs.draw.reports import Reports
from gongwen_docs.draw.results import SealView
from gongwen_docs.draw.scope import Scope
from gongwen_docs.draw.shapes import Filled, box_path
from gongwen_docs.draw.sources import Sources
from gongwen_docs.draw.stamps import StampPainter
from gongwen_docs.limits import Limits
from gongwen_docs.ofd.document import OfdDocument, Page
from gongwen_docs.ofd.graphics import Style, read_units
from gongwen_docs.ofd.navigation import Action, Link, Navigation, Navigator
from gongwen_docs.ofd.sidefiles import Annotation
from gongwen_docs.ofd.values import IDENTITY, Box, Matrix, translation
from gongwen_docs.seals.stamps import page_stamps

_SEAL_NESTING = 2
"""Seal pictures inside seal pictures: real ones never carry seals themselves."""


class OfdDrawing(Drawing):
    """An OFD document. Display lists are in mm with the origin at the sheet's top left corner."""

    kind = "ofd"
    unit_mm = 1.0

    def __init__(self, document: OfdDocument, nesting: int = 0) -> None:
        super().__init__(document.package.limits)
        self.document = document
        self._sources = Sources(document.package, self._reports)
        self._nesting = nesting
        self._stamps = StampPainter(
            page_stamps(document), self._sources.faces, self._reports, self._draw_seal_document
        )
        self._stamps.report_homeless({page.id for page in document.pages})
        try:
            _ = document.signatures
        except KnownError:
            self._reports.add("draw.signatures_unreadable")

    @property
    def page_count(self) -> int:
        return len(self.document.pages)

    def page_size_mm(self, index: int) -> tuple[float, float]:
        return self._page(index).size_mm

    def navigation(self) -> Navigation:
        return self._navigator.navigation()

    def links(self, index: int) -> tuple[Link, ...]:
        return self._navigator.links(self._page(index).index)

    def actions(self, index: int) -> tuple[Action, ...]:
        """What a page would do by itself when it is shown (§14.1, event PO); told, never done.

        Raises ``KnownError`` ``draw.no_such_page``.
        """
        return self._navigator.page_actions(self._page(index).index)

    @cached_property
    def _navigator(self) -> Navigator:
        return Navigator(self.document)

    def close(self) -> None:
        self._lists.clear()
        self.document.close()

    def _bytes_read(self) -> int:
        return self.document.package.bytes_read

    def _page(self, index: int) -> Page:
        pages = self.document.pages
        if not 0 <= index < len(pages):
            raise KnownError("draw.no_such_page", page=index + 1, pages=len(pages))
        return pages[index]

    def _interpret(self, index: int, view: View, device: Any) -> None:
        page = self._page(index)
        painter = Painter(device, self._sources)
        for part in page.resources.damaged:
            self._reports.add("draw.resources_unreadable", part=part)
        if not page.exists:
            self._reports.add("ofd.container.missing_part", part=f"第 {index + 1} 页的内容")
        sheet = Filled(box_path(Box(0, 0, *page.size_mm)))
        try:
            with painter.canvas.clipped(sheet, IDENTITY):
                self._paint_templates(painter, page, foreground=False)
                self._paint_layers(painter, page, page)
                self._paint_templates(painter, page, foreground=True)
                self._paint_annotations(painter, page, view)
        except KnownError as error:
            if error.code != "draw.too_complex":
                raise
            self._reports.add(error.code, page=index + 1)
        if view.seals is not SealView.HIDDEN:
            self._stamps.paint(device, page.id, _origin(page), view.seals is SealView.GREY)

    def _draw_seal_document(self, data: bytes) -> tuple[Any, float, float]:
        return seal_page(data, self._limits, self._nesting + 1, self._reports)

    def _paint_templates(self, painter: Painter, page: Page, foreground: bool) -> None:
        """Templates in order of reference; templates of a template have no effect (§7.7)."""
        for use in page.templates:
            if use.foreground != foreground:
                continue
            template = self.document.templates.get(use.template_id)
            if template is None or not self._is_readable(template):
                self._reports.add(
                    "draw.template_missing", part=template.path if template else use.template_id
                )
            else:
                self._paint_layers(painter, template, page)

    def _is_readable(self, page: Page) -> bool:
        try:
            return page.exists and page.layers is not None
        except KnownError:
            return False

    def _paint_layers(self, painter: Painter, source: Page, page: Page) -> None:
        """Layers in order of appearance, whatever their type."""
        origin = _origin(page)
        for layer in source.layers:
            resources = source.resources
            style = resources.style(layer.draw_param) if layer.draw_param else Style()
            painter.paint_units(layer.units(self._limits), Scope(resources, style, origin, origin))

    def _paint_annotations(self, painter: Painter, page: Page, view: View) -> None:
        """Appearances in order of the file; unreadable ones are reported and leave the page as it is."""
        try:
            annotations = self.document.page_annotations(page.id)
        except KnownError as error:
            self._reports.add("draw.annotations_unreadable", part=str(error.facts.get("part", "")))
            return
        for annotation in annotations:
            shown = annotation.print if view.for_print else annotation.visible
            if shown and annotation.appearance is not None:
                self._paint_annotation(painter, page, annotation)

    def _paint_annotation(self, painter: Painter, page: Page, annotation: Annotation) -> None:
        appearance = annotation.appearance
        assert appearance is not None
        boundary = annotation.boundary
        origin = _origin(page)
        units = read_units(appearance, self._limits)
        if boundary is None or boundary.empty:
            painter.paint_units(units, Scope(page.resources, Style(), origin, origin))
            return
        with painter.canvas.clipped(Filled(box_path(boundary)), origin):
            inner = translation(boundary.x, boundary.y).then(origin)
            painter.paint_units(units, Scope(page.resources, Style(), inner, origin))


def _origin(page: Page) -> Matrix:
    """From page space to the sheet, whose top left corner is that of the physical box."""
    physical = page.area.physical
    return translation(-physical.x, -physical.y)


def seal_page(data: bytes, limits: Limits, nesting: int, reports: Reports) -> tuple[Any, float, float]:
    """First page of a seal picture that is an OFD document itself: display list, width and height in mm.

    Raises KnownError: draw.too_complex for seals nested too deep or with too many objects, and what opening
    a document raises.
    """
    if nesting > _SEAL_NESTING:
        raise KnownError("draw.too_complex")
    bounds = replace(limits, page_objects=min(limits.page_objects, limits.seal_objects))
    with OfdDrawing(OfdDocument.open(data, bounds), nesting) as seal:
        width, height = seal.page_size_mm(0)
        page = seal._display_list(0, View(seals=SealView.HIDDEN))
        for report in seal.reports:
            reports.add(report.code, **report.facts)
        if any(report.code == "draw.too_complex" for report in seal.reports):
            raise KnownError("draw.too_complex")
        return page, width, height
