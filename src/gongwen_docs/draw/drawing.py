"""A document that can be drawn: pixels, text and PDF of its pages, OFD and PDF alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from pymupdf import TOOLS, mupdf

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.compact import compacted, save, saved, used_glyphs
from gongwen_docs.draw.predecode import decode_pictures
from gongwen_docs.draw.reports import Report, Reports
from gongwen_docs.draw.results import PageText, Pixels, SealView
from gongwen_docs.draw.shapes import EVERYWHERE, GREY, PARAMS, RGB
from gongwen_docs.draw.structured import structured_text
from gongwen_docs.limits import MIB, Limits
from gongwen_docs.ofd.navigation import Link, Navigation
from gongwen_docs.ofd.values import Box

MM_PER_INCH = 25.4
POINTS_PER_INCH = 72.0
_KEPT_PAGES = 16
_KEPT_BYTES = 48 * MIB
_THINNEST_LINE_PX = 1.0

mupdf.fz_set_graphics_min_line_width(_THINNEST_LINE_PX)
TOOLS.mupdf_display_errors(False)
TOOLS.mupdf_display_warnings(False)


class View(NamedTuple):
    """One way to look at a page: on screen or paper, with or without seals."""

    for_print: bool = False
    seals: SealView = SealView.SHOWN


class _Interpreted(NamedTuple):
    """A page's display list and the bytes of pictures and fonts that were read for it."""

    list: Any
    size: int


class Overlay(NamedTuple):
    """Pages of another drawing that are laid over those of an export: for each page of it which one, if any.
    They have the size of the page below."""

    drawing: Drawing
    pages: tuple[int | None, ...]


class Drawing(ABC):
    """An opened document. Pages count from 0; lengths are mm from the page's top left corner.

    Interpreted pages are kept for a while, so that drawing one again costs only the pixels. Not for use from
    several threads.
    """

    kind: str
    unit_mm: float
    """Length of one unit of the display lists in mm."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._reports = Reports()
        self._lists: OrderedDict[tuple[int, View], _Interpreted] = OrderedDict()

    @property
    @abstractmethod
    def page_count(self) -> int: ...

    @abstractmethod
    def page_size_mm(self, index: int) -> tuple[float, float]:
        """Width and height. Raises ``KnownError`` ``draw.no_such_page``."""

    @abstractmethod
    def _interpret(self, index: int, view: View, device: Any) -> None:
        """Draw a page onto a device in units of ``unit_mm``."""

    @abstractmethod
    def navigation(self) -> Navigation:
        """Table of contents, bookmarks, and what the document would do by itself."""

    @abstractmethod
    def links(self, index: int) -> tuple[Link, ...]:
        """Places of a page that lead somewhere. Raises ``KnownError`` ``draw.no_such_page``."""

    @abstractmethod
    def close(self) -> None: ...

    def __enter__(self) -> Drawing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def reports(self) -> tuple[Report, ...]:
        """What the pages interpreted so far could not show as written."""
        return self._reports.all()

    def render(
        self,
        index: int,
        dpi: float,
        rect_mm: tuple[float, float, float, float] | None = None,
        for_print: bool = False,
        seals: SealView = SealView.SHOWN,
    ) -> Pixels:
        """A page, or the part ``rect_mm`` (x, y, width, height) of it, on white.

        Raises ``KnownError``: ``draw.no_such_page``, ``draw.picture_too_large``, ``draw.too_complex``.
        """
        pixmap = self._pixmap(index, dpi, rect_mm, View(for_print, seals))
        samples = bytes(mupdf.fz_pixmap_samples_memoryview(pixmap))
        return Pixels(pixmap.w(), pixmap.h(), samples)

    def grey_pixmap(self, index: int, dpi: float, seals: SealView) -> Any:
        """A page on white, as printed, without colours: MuPDF's own picture. Raises as :meth:`render`."""
        coloured = self._pixmap(index, dpi, None, View(for_print=True, seals=seals))
        nothing = mupdf.FzColorspace(), mupdf.FzDefaultColorspaces()
        return mupdf.fz_convert_pixmap(coloured, GREY, *nothing, PARAMS, 0)

    def _pixmap(
        self, index: int, dpi: float, rect_mm: tuple[float, float, float, float] | None, view: View
    ) -> Any:
        width, height = self.page_size_mm(index)
        area = Box(*rect_mm) if rect_mm is not None else Box(0, 0, width, height)
        scale = dpi / MM_PER_INCH
        left, top = round(area.x * scale), round(area.y * scale)  # edges are rounded: neighbours join
        columns = max(1, round((area.x + area.width) * scale) - left)
        rows = max(1, round((area.y + area.height) * scale) - top)
        if columns * rows > self._limits.render_pixels:
            raise KnownError("draw.picture_too_large", part=str(index + 1))
        bounds = mupdf.FzIrect(left, top, left + columns, top + rows)
        pixmap = mupdf.fz_new_pixmap_with_bbox(RGB, bounds, mupdf.FzSeparations(), 0)
        mupdf.fz_clear_pixmap_with_value(pixmap, 255)
        zoom = scale * self.unit_mm
        matrix = mupdf.FzMatrix(zoom, 0, 0, zoom, 0, 0)
        device = mupdf.fz_new_draw_device(matrix, pixmap)
        visible = mupdf.FzRect(*(value / zoom for value in (left, top, left + columns, top + rows)))
        page = self._display_list(index, view)
        if rect_mm is not None:
            decode_pictures(page, zoom, visible)
        self._run(page, device, mupdf.FzMatrix(), visible, index)
        mupdf.fz_close_device(device)
        return pixmap

    def text(self, index: int, seals: SealView = SealView.SHOWN) -> PageText:
        """Text of a page in reading order with the box of each character."""
        width, height = self.page_size_mm(index)
        box = mupdf.FzRect(0, 0, width / self.unit_mm, height / self.unit_mm)
        return structured_text(self._display_list(index, View(seals=seals)), box, self.unit_mm)

    def export_pdf(
        self,
        path: Path,
        pages: Sequence[int] | None = None,
        for_print: bool = True,
        seals: SealView = SealView.SHOWN,
        title: str = "",
        over: Overlay | None = None,
    ) -> None:
        """Write pages (default: all) as vector PDF of exact size with subset fonts, ``over`` above them.

        Raises ``KnownError``: what :meth:`render` raises, ``draw.pdf_not_written``.
        """
        document = self._pdf(pages, View(for_print, seals), title, over, grey=False)
        part = path.with_name(f"{path.name}.part")
        try:
            save(document, part)
            part.replace(path)
        except (mupdf.FzErrorBase, OSError) as error:
            part.unlink(missing_ok=True)
            raise KnownError("draw.pdf_not_written", file=path.name) from error

    def grey_pdf(
        self, pages: Sequence[int], seals: SealView, title: str = "", over: Overlay | None = None
    ) -> bytes:
        """The file of pages as :meth:`export_pdf` writes them, every colour its grey. Raises as that does."""
        try:
            return saved(self._pdf(pages, View(for_print=True, seals=seals), title, over, grey=True))
        except mupdf.FzErrorBase as error:
            raise KnownError("draw.pdf_not_written", file=title) from error

    def _pdf(
        self, pages: Sequence[int] | None, view: View, title: str, over: Overlay | None, *, grey: bool
    ) -> Any:
        """Pages as a PDF document of MuPDF, compact. Raises mupdf.FzErrorBase, and as :meth:`render`."""
        chosen = range(self.page_count) if pages is None else pages
        buffer = mupdf.FzBuffer(1 << 16)
        output = mupdf.FzOutput(buffer)
        writer = mupdf.FzDocumentWriter(output, "", mupdf.FzDocumentWriter.OutputType_PDF)
        lists: list[Any] = []
        for position, index in enumerate(chosen):
            width, height = (side * POINTS_PER_INCH / MM_PER_INCH for side in self.page_size_mm(index))
            device = mupdf.fz_begin_page(writer, mupdf.FzRect(0, 0, width, height))
            lists.append(self._put(device, index, view))
            above = over.pages[position] if over is not None else None
            if over is not None and above is not None:
                lists.append(over.drawing._put(device, above, View()))
            mupdf.fz_end_page(writer)
        mupdf.fz_close_document_writer(writer)
        return compacted(buffer, title, used_glyphs(lists), grey=grey)

    def _put(self, device: Any, index: int, view: View) -> Any:
        """Play a page to a device whose unit is the point; its display list."""
        zoom = self.unit_mm * POINTS_PER_INCH / MM_PER_INCH
        page = self._display_list(index, view)
        self._run(page, device, mupdf.FzMatrix(zoom, 0, 0, zoom, 0, 0), EVERYWHERE, index)
        return page

    def _run(self, page: Any, device: Any, matrix: Any, visible: Any, index: int) -> None:
        """Play a display list; pictures are decoded only now, so damage shows only now."""
        cookie = mupdf.FzCookie()
        mupdf.fz_run_display_list(page, device, matrix, visible, cookie)
        if cookie.m_internal.errors:
            self._reports.add("draw.object_damaged", object=f"{index + 1}")

    def _display_list(self, index: int, view: View) -> Any:
        key = (index, view)
        if key in self._lists:
            self._lists.move_to_end(key)
            return self._lists[key].list
        width, height = self.page_size_mm(index)
        box = mupdf.FzRect(0, 0, width / self.unit_mm, height / self.unit_mm)
        page = mupdf.FzDisplayList(box)
        device = mupdf.fz_new_list_device(page)
        before = self._bytes_read()
        self._interpret(index, view, device)
        mupdf.fz_close_device(device)
        self._lists[key] = _Interpreted(page, self._bytes_read() - before)
        while len(self._lists) > 1 and self._kept_too_much():
            self._lists.popitem(last=False)
        return page

    def _kept_too_much(self) -> bool:
        return len(self._lists) > _KEPT_PAGES or sum(item.size for item in self._lists.values()) > _KEPT_BYTES

    def _bytes_read(self) -> int:
        """Bytes taken from the file so far, which tells how heavy an interpreted page is."""
        return 0
