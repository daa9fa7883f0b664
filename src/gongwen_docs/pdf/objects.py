"""The objects of a PDF file, read by MuPDF: the very parser that draws the pages.

Files come from outside, so this runs in a worker. Nothing here draws, follows links or runs scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pymupdf import mupdf

from gongwen_crypto import sm3
from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.drawing import MM_PER_INCH, POINTS_PER_INCH

MM_PER_POINT = MM_PER_INCH / POINTS_PER_INCH
_MAX_DEPTH = 200
# A string, a hexadecimal string, a name, or a reference to another object.
_TOKEN = re.compile(rb"\((?:\\.|[^\\)])*\)|<[0-9A-Fa-f]*>|/[^\s/<>\[\]()%]*|(?P<number>\d+) \d+ R", re.S)


class PdfFile:
    """One revision of a PDF file, from its bytes."""

    def __init__(self, data: bytes, end: int | None = None) -> None:
        """The revision that ends at ``end``; by default the last. The bytes are not copied.

        Raises ``KnownError``: ``draw.pdf_damaged``, ``draw.pdf_locked``.
        """
        self._data = data  # MuPDF reads it where it is
        try:
            length = len(data) if end is None else end
            stream = mupdf.fz_open_memory(mupdf.python_buffer_data(data), length)
            self._opened = mupdf.fz_open_document_with_stream("application/pdf", stream)
            if mupdf.fz_needs_password(self._opened):
                raise KnownError("draw.pdf_locked")
            self._document = mupdf.pdf_document_from_fz_document(self._opened)
            count = mupdf.pdf_count_pages(self._document)
            self.pages = tuple(mupdf.pdf_lookup_page_obj(self._document, index) for index in range(count))
            self.root = mupdf.pdf_dict_gets(mupdf.pdf_trailer(self._document), "Root")
        except mupdf.FzErrorBase as error:
            raise KnownError("draw.pdf_damaged") from error
        self.page_numbers = {mupdf.pdf_to_num(page): index for index, page in enumerate(self.pages)}
        self._digests: dict[int, bytes] = {}

    @property
    def was_repaired(self) -> bool:
        """Whether the table of objects is broken, so that other programs may see another document."""
        return bool(mupdf.pdf_was_repaired(self._document))

    @property
    def encrypted(self) -> bool:
        """Whether its strings and streams are encrypted, be it under the empty password."""
        return bool(mupdf.pdf_is_dict(mupdf.pdf_dict_gets(mupdf.pdf_trailer(self._document), "Encrypt")))

    def page_size_mm(self, index: int) -> tuple[float, float]:
        """Width and height of a page as shown, rotation included."""
        media, to_page = mupdf.FzRect(), mupdf.FzMatrix()
        mupdf.pdf_page_obj_transform(self.pages[index], media, to_page)
        shown = mupdf.fz_transform_rect(media, to_page)
        return (shown.x1 - shown.x0) * MM_PER_POINT, (shown.y1 - shown.y0) * MM_PER_POINT

    def offset(self, number: int) -> int | None:
        """Where the object with this number stands in the file; None for one inside an object stream."""
        try:
            entry = mupdf.ll_pdf_get_xref_entry(self._document.m_internal, number)
        except mupdf.FzErrorBase:
            return None
        return int(entry.ofs) if entry.type in (ord("n"), "n") else None

    def object(self, number: int) -> Any:
        """A reference to the object with this number."""
        return mupdf.pdf_new_indirect(self._document, number, 0)

    def printed(self, thing: Any) -> bytes:
        """An object as PDF text in one canonical form; references stay references."""
        buffer = mupdf.FzBuffer(256)
        output = mupdf.FzOutput(buffer)
        mupdf.pdf_print_obj(output, mupdf.pdf_resolve_indirect(thing), 1, 1)
        mupdf.fz_close_output(output)
        return bytes(mupdf.fz_buffer_extract_copy(buffer))

    def digest(self, thing: Any) -> bytes:
        """SM3 over an object and all that it refers to, whatever numbers the objects have.

        Pages count by their place. Raises ``KnownError``: ``pdf.too_deep``, ``draw.pdf_damaged``.
        """
        try:
            return self._digest(thing, 0)
        except mupdf.FzErrorBase as error:
            raise KnownError("draw.pdf_damaged") from error

    def digest_of_annotation(self, annotation: Any) -> bytes:
        """As :meth:`digest`, without the way up to the field: what hangs there is looked at by itself."""
        return b"".join(
            key.encode() + self.digest(get(annotation, key)) for key in keys(annotation) if key != "Parent"
        )

    def _digest(self, thing: Any, depth: int) -> bytes:
        number = mupdf.pdf_to_num(thing) if mupdf.pdf_is_indirect(thing) else 0
        if number in self.page_numbers:
            return b"page %d" % self.page_numbers[number]
        if number and number in self._digests:
            return self._digests[number]
        if depth == _MAX_DEPTH:
            raise KnownError("pdf.too_deep")
        if number:
            self._digests[number] = b"cycle"
        text = self.printed(thing)
        hasher = sm3.new()
        position = 0
        for found in _TOKEN.finditer(text):
            if found["number"] is None:
                continue
            hasher.update(text[position : found.start()])
            hasher.update(b"\x00" + self._digest(self.object(int(found["number"])), depth + 1))
            position = found.end()
        hasher.update(text[position:])
        if number and mupdf.pdf_is_stream(thing):
            raw = mupdf.pdf_load_raw_stream_number(self._document, number)
            hasher.update(b"\x01")
            hasher.update(mupdf.fz_buffer_storage_memoryview(raw))
        made = hasher.digest()
        if number:
            self._digests[number] = made
        return made


def get(holder: Any, *path: str) -> Any:
    """The value at a path of keys; MuPDF's null where there is none."""
    for key in path:
        holder = mupdf.pdf_dict_gets(holder, key)
    return holder


def is_null(thing: Any) -> bool:
    """Whether an object is absent."""
    return bool(mupdf.pdf_is_null(thing)) or not thing.m_internal


def items(array: Any) -> Iterator[Any]:
    """The elements of an array; none of anything else."""
    if mupdf.pdf_is_array(array):
        yield from (mupdf.pdf_array_get(array, index) for index in range(mupdf.pdf_array_len(array)))


def keys(dictionary: Any) -> Iterator[str]:
    """The keys of a dictionary; none of anything else."""
    if mupdf.pdf_is_dict(dictionary):
        for index in range(mupdf.pdf_dict_len(dictionary)):
            yield str(mupdf.pdf_to_name(mupdf.pdf_dict_get_key(dictionary, index)))


def name_of(thing: Any) -> str:
    """A name without its slash; empty for anything else."""
    return str(mupdf.pdf_to_name(thing))


def text_of(thing: Any) -> str:
    """A text string; empty for anything else."""
    return str(mupdf.pdf_to_text_string(thing)) if mupdf.pdf_is_string(thing) else ""
