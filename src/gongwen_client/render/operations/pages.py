"""Telling about a document, drawing its pages, writing it as PDF."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from gongwen_client.durable import write_atomically
from gongwen_client.render.facts import (
    AttachmentFacts,
    DocumentFacts,
    Remark,
    RenderedSize,
    Substitution,
)
from gongwen_client.render.operations import Desk, operation
from gongwen_crypto.errors import KnownError
from gongwen_docs.draw import Drawing, SealView
from gongwen_docs.draw.ofd_drawing import OfdDrawing
from gongwen_docs.draw.pdf_drawing import PdfDrawing
from gongwen_docs.fonts import find

_FIRST_SIZES = 24
"""Pages whose sizes are known at once."""

_MOST_FONTS = 500
"""Fonts of which it is told what replaces them; documents have three, books thirty."""


@operation
def ping(desk: Desk) -> None:
    """Do nothing: shows that the worker is up."""


@operation
def describe(desk: Desk, path: Path, all_sizes: bool) -> DocumentFacts:
    """Open a document and tell about it. Without ``all_sizes`` pages behind the first few are taken to be
    like the first one: in an OFD each size is in a file of its own."""
    drawing = desk.documents.get(path)
    known = drawing.page_count if all_sizes else min(drawing.page_count, _FIRST_SIZES)
    measured = tuple(drawing.page_size_mm(index) for index in range(known))
    sizes = (*measured, *measured[:1] * (drawing.page_count - known))
    if isinstance(drawing, OfdDrawing):
        return _describe_ofd(drawing, sizes, known)
    assert isinstance(drawing, PdfDrawing), "documents are OFD or PDF"
    return _describe_pdf(drawing, sizes, known)


def _describe_pdf(drawing: PdfDrawing, sizes: tuple[tuple[float, float], ...], known: int) -> DocumentFacts:
    return DocumentFacts(
        kind=drawing.kind,
        title=drawing.title,
        doc_id="",
        author=drawing.metadata["author"],
        creator=drawing.metadata["creator"] or drawing.metadata["producer"],
        version="",
        creation_date=_pdf_date(drawing.metadata["creationdate"]),
        modification_date=_pdf_date(drawing.metadata["moddate"]),
        page_sizes_mm=sizes,
        sizes_known=known,
        custom={},
        attachments=(),
        signatures=int(drawing.has_signatures),
        permissions=drawing.permissions,
        substitutions=(),
    )


def _pdf_date(text: str) -> str:
    """D:20261120093000+08'00' → 2026-11-20; other texts stay as they are."""
    digits = text.removeprefix("D:")[:8]
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if len(digits) == 8 and digits.isdecimal() else text


def _describe_ofd(drawing: OfdDrawing, sizes: tuple[tuple[float, float], ...], known: int) -> DocumentFacts:
    document = drawing.document
    info = document.info
    return DocumentFacts(
        kind=drawing.kind,
        title=info.title,
        doc_id=info.doc_id,
        author=info.author,
        creator=" ".join(part for part in (info.creator, info.creator_version) if part),
        version=document.entry.version,
        creation_date=info.creation_date,
        modification_date=info.modification_date,
        page_sizes_mm=sizes,
        sizes_known=known,
        custom=dict(info.custom),
        attachments=tuple(
            AttachmentFacts(item.id, item.name, item.format, item.size, item.visible)
            for item in document.attachments
        ),
        signatures=len(document.signatures),
        permissions=document.permissions,
        substitutions=_substitutions(drawing),
    )


def _substitutions(drawing: OfdDrawing) -> tuple[Substitution, ...]:
    found: dict[str, Substitution] = {}
    for font in islice(drawing.document.resources.fonts.values(), _MOST_FONTS):
        if font.path is None:
            face = find(font.name, font.bold, font.italic, font.family)
            if face.substituted_for is not None:
                found[font.name] = Substitution(font.name, face.shown_as)
    return tuple(found.values())


@operation
def render(
    desk: Desk,
    path: Path,
    page: int,
    dpi: float,
    rect_mm: tuple[float, float, float, float] | None,
    for_print: bool,
    seals: SealView,
) -> RenderedSize:
    """Draw a page into the shared memory."""
    drawing = desk.documents.get(path)
    pixels = drawing.render(page, dpi, rect_mm, for_print, seals)
    desk.memory.write(pixels.samples)
    return RenderedSize(pixels.width, pixels.height, _remarks(drawing))


def _remarks(drawing: Drawing) -> tuple[Remark, ...]:
    return tuple(Remark(report.code, report.facts) for report in drawing.reports)


@operation
def export_pdf(
    desk: Desk, path: Path, target: Path, pages: Sequence[int] | None, for_print: bool, seals: SealView
) -> None:
    """Write pages as a PDF file of exact size."""
    drawing = desk.documents.get(path)
    title = drawing.document.info.title if isinstance(drawing, OfdDrawing) else ""
    drawing.export_pdf(target, pages, for_print, seals, title)


@operation
def save_attachment(desk: Desk, path: Path, attachment_id: str, target: Path) -> None:
    """Write one attachment's bytes to a file that the caller named; its own name never becomes a path."""
    drawing = desk.documents.get(path)
    if isinstance(drawing, OfdDrawing):
        for item in drawing.document.attachments:
            if item.id == attachment_id:
                write_atomically(target, drawing.document.package.read(item.path))
                return
    raise KnownError("draw.no_such_attachment")


@operation
def forget(desk: Desk, path: Path) -> None:
    """Close a document."""
    desk.documents.forget(path)
