"""What technical protection is left in a file that should be plain."""

from __future__ import annotations

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw import Drawing
from gongwen_docs.draw.ofd_drawing import OfdDrawing
from gongwen_docs.draw.pdf_drawing import PdfDrawing
from gongwen_docs.plain.ofd import protection

_MARKS = (b"/Encrypt", b"/ByteRange", b"/AcroForm", b"/DocTimeStamp")


def remains(drawing: Drawing) -> tuple[str, ...]:
    """Words for what is found: files of signatures, encryption, signature fields. Empty for a plain file."""
    if isinstance(drawing, OfdDrawing):
        return _ofd(drawing)
    assert isinstance(drawing, PdfDrawing), "documents are OFD or PDF"
    found = [f"{drawing.signature_count} 个签名域"] if drawing.signature_count else []
    found += [mark.decode().removeprefix("/") for mark in _MARKS if mark in drawing.data]
    return tuple(found)


def _ofd(drawing: OfdDrawing) -> tuple[str, ...]:
    package = drawing.document.package
    try:
        found = [name for name in protection(package) if name in package]
    except KnownError as error:
        return (error.code,)
    loose = [
        name
        for name in package.names
        if name.lower().endswith(("signatures.xml", "signedvalue.dat", ".esl", "encryptions.xml"))
    ]
    return tuple(dict.fromkeys((*found, *loose)))
