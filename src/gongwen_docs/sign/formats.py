"""One pair of functions for every format that can be sealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from gongwen_crypto.errors import KnownError
from gongwen_docs.sign import sealing
from gongwen_docs.sign.pdf_sealing import PdfForm, complete_pdf, prepare_pdf
from gongwen_docs.sign.placement import Placement
from gongwen_docs.sign.sealing import Prepared

_PDF_MARK, _MARK_WITHIN = b"%PDF-", 1024


def prepare(
    source: Path,
    target_part: Path,
    seal_der: bytes,
    certificate_der: bytes,
    algorithm_oid: str,
    placements: Sequence[Placement],
    at: datetime,
    pdf_form: PdfForm = PdfForm.SES,
) -> Prepared:
    """Prepare an OFD package or a PDF file, as :func:`gongwen_docs.sign.sealing.prepare` and
    :func:`gongwen_docs.sign.pdf_sealing.prepare_pdf` say."""
    arguments = (source, target_part, seal_der, certificate_der, algorithm_oid, placements, at)
    if _is_pdf(source):
        return prepare_pdf(*arguments, pdf_form)
    return sealing.prepare(*arguments)


def complete(target_part: Path, prepared: Prepared, signature_value: bytes) -> None:
    """Complete what :func:`prepare` began."""
    finish = complete_pdf if _is_pdf(target_part) else sealing.complete
    finish(target_part, prepared, signature_value)


def _is_pdf(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return _PDF_MARK in stream.read(_MARK_WITHIN)
    except OSError as error:
        raise KnownError("ofd.container.unreadable", file=path.name) from error
