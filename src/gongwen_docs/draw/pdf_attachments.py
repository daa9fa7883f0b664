"""Files that a PDF carries (ISO 32000, 7.11.4). They are listed and saved on request, never opened."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from pymupdf import mupdf

from gongwen_docs.ofd.navigation import MOST_ENTRIES


class PdfAttachment(NamedTuple):
    """A file inside; ``size`` in bytes is what the PDF says, 0 where it says nothing."""

    id: str
    name: str
    size: int


def pdf_attachments(document: Any) -> tuple[PdfAttachment, ...]:
    """The files of the whole document; none where their list is damaged."""
    return tuple(
        PdfAttachment(str(number), _name(file), _size(file))
        for number, file in enumerate(_files(document), 1)
    )


def attachment_bytes(document: Any, attachment_id: str) -> bytes | None:
    """Content of a file by the ID in :func:`pdf_attachments`; None where there is none or it is damaged."""
    for number, file in enumerate(_files(document), 1):
        if str(number) == attachment_id:
            try:
                content = mupdf.pdf_load_embedded_file_contents(file)
                return bytes(mupdf.fz_buffer_extract_copy(content))
            except mupdf.FzErrorBase:
                return None
    return None


def _files(document: Any) -> Iterator[Any]:
    """File specifications in the order of the name tree."""
    pdf = mupdf.pdf_document_from_fz_document(document)
    if pdf.m_internal is None:
        return
    try:
        tree = mupdf.pdf_load_name_tree(pdf, mupdf.pdf_new_name("EmbeddedFiles"))
    except mupdf.FzErrorBase:
        return
    for index in islice(range(mupdf.pdf_dict_len(tree)), MOST_ENTRIES):
        file = mupdf.pdf_dict_get_val(tree, index)
        if mupdf.pdf_is_embedded_file(file):
            yield file


def _name(file: Any) -> str:
    names = (mupdf.pdf_to_text_string(mupdf.pdf_dict_gets(file, key)) for key in ("UF", "F", "Unix"))
    return next((name for name in names if name), "")


def _size(file: Any) -> int:
    parameters = mupdf.pdf_dict_gets(mupdf.pdf_dict_gets(mupdf.pdf_dict_gets(file, "EF"), "F"), "Params")
    return max(0, int(mupdf.pdf_to_int(mupdf.pdf_dict_gets(parameters, "Size"))))
