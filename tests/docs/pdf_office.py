"""PDF files for tests: small documents, sealed as the product does it, and updated as attackers do it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pymupdf

from docs.office import NOW, PICTURE, Authority, Unit
from gongwen_crypto.signer import Signer
from gongwen_docs.ofd.values import Box
from gongwen_docs.seals.write import make_seal
from gongwen_docs.sign import Placement
from gongwen_docs.sign.forms import PdfForm
from gongwen_docs.sign.pdf_sealing import complete_pdf, prepare_pdf

HERE = Placement(0, Box(120, 220, 42, 42))


def write_pdf(path: Path, pages: int = 2, **options: Any) -> Path:
    """Pages with text, an overlay, a form field and a hidden layer's worth of things to tamper with."""
    with pymupdf.open() as document:
        for number in range(pages):
            page = document.new_page()
            page.insert_text((72, 72), f"Notice, page {number + 1}: the fee is 100 yuan.")
        first = document[0]
        square = first.add_rect_annot(pymupdf.Rect(300, 300, 400, 330))
        square.set_colors(fill=(1, 1, 1))
        square.update()
        field = pymupdf.Widget()
        field.field_type = pymupdf.PDF_WIDGET_TYPE_TEXT
        field.field_name, field.field_value = "amount", "100"
        field.rect = pymupdf.Rect(72, 400, 200, 420)
        first.add_widget(field)
        document.save(path, **options)
    return path


def seal_pdf(
    source: Path,
    target: Path,
    unit: Unit,
    *placements: Placement,
    form: PdfForm = PdfForm.SES,
    token: bytes | None = None,
) -> Path:
    """Prepare, sign, complete."""
    signer = unit.signer
    prepared = prepare_pdf(
        source,
        target,
        unit.seal,
        signer.certificate_der,
        signer.algorithm_oid,
        placements or (HERE,),
        NOW,
        form,
    )
    complete_pdf(target, prepared, signer.sign(prepared.to_sign), token)
    return target


def legacy_unit(authority: Authority, signer: Signer) -> Unit:
    """A body whose key is not SM2, with a seal."""
    order = authority.order(signer)  # type: ignore[arg-type]
    return Unit(signer, make_seal(order, authority.maker))  # type: ignore[arg-type]


def updated(data: bytes, change: Any, tmp: Path) -> bytes:
    """``data`` with an incremental update that ``change(document)`` makes."""
    path = tmp / "updated.pdf"
    path.write_bytes(data)
    with pymupdf.open(path) as document:
        change(document)
        document.saveIncr()
    made = path.read_bytes()
    assert made.startswith(data)
    return made


def by_hand(data: bytes, objects: dict[int, bytes], root: int | None = None) -> bytes:
    """``data`` with replaced or new objects, and another root where given: an update written by hand."""
    before = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
    size = max(*objects, int(max(re.findall(rb"/Size (\d+)", data), key=int)) - 1) + 1
    top = root or int(re.findall(rb"/Root (\d+)", data)[-1])
    body, offsets = data, {}
    for number, text in objects.items():
        offsets[number] = len(body)
        body += b"%d 0 obj\n%b\nendobj\n" % (number, text)
    table = b"".join(b"%d 1\n%010d 00000 n \n" % (number, offset) for number, offset in offsets.items())
    trailer = b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>\n" % (size, top, before)
    return body + b"xref\n" + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(body)


__all__ = ["HERE", "PICTURE", "by_hand", "legacy_unit", "seal_pdf", "updated", "write_pdf"]
