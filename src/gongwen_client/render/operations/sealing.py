"""Sealing in two phases: the key is in another process and sees only the message to sign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from gongwen_client.render.operations import Desk, operation
from gongwen_docs.sign import Placement, Prepared, complete, prepare
from gongwen_docs.sign.forms import PdfForm


@operation
def prepare_seal(
    desk: Desk,
    path: Path,
    target: Path,
    seal_der: bytes,
    certificate_der: bytes,
    algorithm_oid: str,
    placements: Sequence[Placement],
    at: datetime,
    pdf_form: PdfForm,
) -> Prepared:
    """Write everything of a sealed document but the signature value."""
    return prepare(path, target, seal_der, certificate_der, algorithm_oid, placements, at, pdf_form)


@operation
def complete_seal(
    desk: Desk, target: Path, prepared: Prepared, signature_value: bytes, time_stamp: bytes | None
) -> None:
    """Add the signature value to a prepared document, and a time stamp over it where there is one."""
    complete(target, prepared, signature_value, time_stamp)
