"""One pair of functions for every format that can be sealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from gongwen_crypto.errors import KnownError
from gongwen_docs.kinds import HEAD, is_pdf
from gongwen_docs.sign import sealing
from gongwen_docs.sign.forms import PdfForm
from gongwen_docs.sign.pdf_sealing import complete_pdf, prepare_pdf
from gongwen_docs.sign.placement import Placement
from gongwen_docs.sign.sealing import Prepared


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


def complete(
    target_part: Path, prepared: Prepared, signature_value: bytes, time_stamp: bytes | None = None
) -> None:
    """Complete what :func:`prepare` began."""
    finish = complete_pdf if _is_pdf(target_part) else sealing.complete
    finish(target_part, prepared, signature_value, time_stamp)


def _is_pdf(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return is_pdf(stream.read(HEAD))
    except OSError as error:
        raise KnownError("ofd.container.unreadable", file=path.name) from error
