"""Verifying and inspecting the very document object that is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from gongwen_client.render.operations import Desk, operation
from gongwen_crypto import sm3
from gongwen_crypto.errors import KnownError
from gongwen_crypto.paths import TrustStore
from gongwen_docs.draw.ofd_drawing import OfdDrawing
from gongwen_docs.draw.pdf_drawing import PdfDrawing
from gongwen_docs.draw.seal_image import seal_png
from gongwen_docs.inspect import FileMarks, Inspection, LayoutPart, Unread, inspect_drawing, judge_layout
from gongwen_docs.inspect.files import drawing_marks, plain_marks
from gongwen_docs.ofd.completeness import require_complete
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.pdf.byte_range import check_byte_range
from gongwen_docs.pdf.fields import SignatureDictionary, signatures
from gongwen_docs.pdf.objects import PdfFile
from gongwen_docs.seals.parse import parse_signed_value
from gongwen_docs.verify import Expectation, refusal, verify_document
from gongwen_docs.verify.pdf_verification import verify_pdf

_SEAL_PX = 480
"""Longer side of a seal's picture in reports."""
_MOST_PICTURES = 200
_ENCRYPTED = frozenset({"ofd.document.encrypted", "ofd.container.encrypted", "draw.pdf_locked"})


@operation
def verify(
    desk: Desk,
    path: Path,
    trust_dir: Path | None,
    now: datetime,
    witnessed_at: datetime | None,
    expected: Expectation,
) -> dict[str, object]:
    """Verify a document. A file that cannot be opened is a verdict, not an error."""
    trust = TrustStore() if trust_dir is None else TrustStore.load(trust_dir)
    try:
        drawing = desk.documents.get(path)
        if isinstance(drawing, OfdDrawing):
            report = verify_document(drawing.document, trust, now, witnessed_at, expected)
        else:
            assert isinstance(drawing, PdfDrawing), "documents are OFD or PDF"
            report = verify_pdf(drawing.data, trust, now, witnessed_at, expected)
    except KnownError as error:
        report = refusal(error)
    return report.to_json()


@operation
def seal_pictures(desk: Desk, path: Path) -> tuple[bytes, ...]:
    """The seal of each signature as PNG, in the order of the report; empty where it cannot be drawn."""
    drawing = desk.documents.get(path)
    if isinstance(drawing, OfdDrawing):
        return tuple(map(_seal_picture, _values(drawing.document)))
    return tuple(map(_seal_picture, _pdf_values(drawing.data))) if isinstance(drawing, PdfDrawing) else ()


def _seal_picture(read: Callable[[], bytes]) -> bytes:
    try:
        seal = parse_signed_value(read()).seal
        return b"" if seal is None else seal_png(seal.picture, _SEAL_PX)
    except KnownError:
        return b""


def _values(document: OfdDocument) -> Iterator[Callable[[], bytes]]:
    for signature in document.signatures[:_MOST_PICTURES]:
        yield partial(document.package.read, signature.signed_value_path)


def _pdf_values(data: bytes) -> Iterator[Callable[[], bytes]]:
    def contents(one: SignatureDictionary) -> bytes:
        return check_byte_range(data, one.byte_range, one.offset).contents

    for signature in signatures(PdfFile(data))[:_MOST_PICTURES]:
        yield partial(contents, signature)


@operation
def inspect(desk: Desk, path: Path) -> Inspection:
    """Look at a document as one does before sealing it."""
    return inspect_drawing(desk.documents.get(path))


@operation
def file_marks(desk: Desk, path: Path) -> FileMarks:
    """Marks of secrecy in any file; one that cannot be read is an answer, not an error."""
    try:
        return drawing_marks(desk.documents.get(path))
    except KnownError as error:
        if error.code in _ENCRYPTED:
            return FileMarks(unread=Unread.ENCRYPTED)
    return plain_marks(path)


@operation
def layout(desk: Desk, path: Path, first: int) -> LayoutPart:
    """Judge the layout of some pages from ``first`` on."""
    return judge_layout(desk.documents.get(path), first)


@operation
def check_parts(desk: Desk, path: Path) -> None:
    """Read every file of a package to its end, and find none missing: a font with a flipped bit would show
    as another face only, a page that is gone as a blank one."""
    drawing = desk.documents.get(path)
    if isinstance(drawing, OfdDrawing):
        require_complete(drawing.document)
        package = drawing.document.package
        for name in package.names:
            package.digest(name, sm3.new)
    elif isinstance(drawing, PdfDrawing):
        drawing.require_whole()
