"""Drawing PDF documents. Their scripts never run and their links never open."""

from __future__ import annotations

from typing import Any

from pymupdf import mupdf

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.drawing import MM_PER_INCH, POINTS_PER_INCH, Drawing, View
from gongwen_docs.draw.pdf_navigation import pdf_links, pdf_navigation
from gongwen_docs.draw.results import SealView
from gongwen_docs.limits import Limits
from gongwen_docs.ofd.navigation import Link, Navigation
from gongwen_docs.ofd.sidefiles import Permissions

_INFORMATION = ("Title", "Author", "Subject", "Keywords", "Creator", "Producer", "CreationDate", "ModDate")
_MOST_OBJECTS = 200_000


class PdfDrawing(Drawing):
    """A PDF document. Display lists are in points with the origin at the page's top left corner."""

    kind = "pdf"
    unit_mm = MM_PER_INCH / POINTS_PER_INCH

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Raises ``KnownError``: ``draw.pdf_damaged``, ``draw.pdf_locked``."""
        super().__init__(limits)
        self.data = data  # MuPDF reads it where it is; a verifier looks at the same bytes
        try:
            stream = mupdf.fz_open_memory(mupdf.python_buffer_data(data), len(data))
            self._document = mupdf.fz_open_document_with_stream("application/pdf", stream)
            locked = mupdf.fz_needs_password(self._document)
            self._count = 0 if locked else mupdf.fz_count_pages(self._document)
        except mupdf.FzErrorBase as error:
            raise KnownError("draw.pdf_damaged") from error
        if locked:
            raise KnownError("draw.pdf_locked")
        if not self._count:
            raise KnownError("draw.pdf_damaged")

    @property
    def title(self) -> str:
        """Title of the PDF's information, empty where it has none."""
        return self._told("info:Title")

    @property
    def version(self) -> str:
        """Format and version as the file states them, such as ``PDF 1.7``."""
        return self._told("format")

    @property
    def metadata(self) -> dict[str, str]:
        """The document's information, empty texts where it has none."""
        return {name.lower(): self._told(f"info:{name}") for name in _INFORMATION}

    def _told(self, key: str) -> str:
        try:
            return str(mupdf.fz_lookup_metadata2(self._document, key))
        except mupdf.FzErrorBase:
            return ""

    @property
    def permissions(self) -> Permissions:
        """What the PDF's encryption allows who opens it without the owner's password (ISO 32000, 7.6.4.2)."""

        def allowed(right: str) -> bool:
            return bool(mupdf.fz_has_permission(self._document, ord(right)))

        return Permissions(
            edit=allowed(mupdf.FZ_PERMISSION_EDIT),
            annotate=allowed(mupdf.FZ_PERMISSION_ANNOTATE),
            export=allowed(mupdf.FZ_PERMISSION_COPY),
            printable=allowed(mupdf.FZ_PERMISSION_PRINT),
        )

    @property
    def has_signatures(self) -> bool:
        """Whether any signature field is filled in."""
        return self.signature_count > 0

    @property
    def signature_count(self) -> int:
        """Signature fields that are filled in."""
        document = mupdf.pdf_document_from_fz_document(self._document)
        return int(mupdf.pdf_count_signatures(document)) if document.m_internal else 0

    def rotation(self, index: int) -> int:
        """Degrees clockwise by which a page is turned; its size is that of the turned page."""
        page = mupdf.pdf_page_from_fz_page(self._load(index))
        turned = mupdf.pdf_dict_get_inheritable(page.obj(), mupdf.pdf_new_name("Rotate"))
        return int(mupdf.pdf_to_int(turned)) % 360

    def fonts(self) -> list[dict[str, object]]:
        """The fonts named anywhere in the file, and whether it carries them."""
        document = mupdf.pdf_document_from_fz_document(self._document)
        found: dict[str, bool] = {}
        for number in range(1, min(mupdf.pdf_xref_len(document), _MOST_OBJECTS)):
            try:
                item = mupdf.pdf_load_object(document, number)
            except mupdf.FzErrorBase:
                continue
            if mupdf.pdf_name_eq(mupdf.pdf_dict_gets(item, "Type"), mupdf.pdf_new_name("FontDescriptor")):
                name = mupdf.pdf_to_name(mupdf.pdf_dict_gets(item, "FontName"))
                files = ("FontFile", "FontFile2", "FontFile3")
                found[name] = any(mupdf.pdf_to_num(mupdf.pdf_dict_gets(item, file)) for file in files)
        return [{"name": name, "embedded": embedded} for name, embedded in found.items()]

    def require_whole(self) -> None:
        """Raises ``KnownError("draw.pdf_damaged")`` where pages could be read only by guessing at what is
        lost, as those of a file that was cut off."""
        for index in range(self._count):
            self._load(index)
        if mupdf.pdf_was_repaired(mupdf.pdf_document_from_fz_document(self._document)):
            raise KnownError("draw.pdf_damaged")

    @property
    def page_count(self) -> int:
        return self._count

    def page_size_mm(self, index: int) -> tuple[float, float]:
        box = mupdf.fz_bound_page(self._load(index))
        return (box.x1 - box.x0) * self.unit_mm, (box.y1 - box.y0) * self.unit_mm

    def navigation(self) -> Navigation:
        return pdf_navigation(self._document, self.unit_mm)

    def links(self, index: int) -> tuple[Link, ...]:
        return pdf_links(self._document, self._load(index), self.unit_mm)

    def close(self) -> None:
        self._lists.clear()

    def _load(self, index: int) -> Any:
        if not 0 <= index < self._count:
            raise KnownError("draw.no_such_page", page=index + 1, pages=self._count)
        try:
            return mupdf.fz_load_page(self._document, index)
        except mupdf.FzErrorBase as error:
            raise KnownError("draw.pdf_damaged") from error

    def _interpret(self, index: int, view: View, device: Any) -> None:
        page = self._load(index)
        box = mupdf.fz_bound_page(page)
        matrix = mupdf.FzMatrix(1, 0, 0, 1, -box.x0, -box.y0)
        try:
            mupdf.fz_run_page_contents(page, device, matrix, mupdf.FzCookie())
            mupdf.fz_run_page_annots(page, device, matrix, mupdf.FzCookie())
            if view.seals is not SealView.HIDDEN:
                mupdf.fz_run_page_widgets(page, device, matrix, mupdf.FzCookie())
        except mupdf.FzErrorBase:
            self._reports.add("draw.object_damaged", object=f"{index + 1}")
