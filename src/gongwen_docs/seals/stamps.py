"""The stamps that pages show, each with the picture from the signed structure.

Rule: the picture comes from ``toSign.eseal`` inside SignedValue.dat, never from the
loose file Seal.esl, which many signatures leave unprotected.
"""

from __future__ import annotations

from dataclasses import dataclass

from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.values import Box
from gongwen_docs.seals.model import SealPicture, SignedValue
from gongwen_docs.seals.parse import parse_signed_value


@dataclass(frozen=True)
class PageStamp:
    """One stamp on one page. ``picture`` is None when the seal cannot be read: draw a placeholder."""

    signature_id: str
    page_id: str
    boundary: Box  # mm from the page's top left corner
    clip: Box | None  # mm from the corner of ``boundary``
    picture: SealPicture | None
    seal_name: str


def page_stamps(document: OfdDocument) -> tuple[PageStamp, ...]:
    """All stamps of a document in the order of its signatures. Never raises for bad input."""
    try:
        signatures = document.signatures
    except KnownError:
        return ()
    found: list[PageStamp] = []
    for signature in signatures:
        if not signature.stamps:
            continue
        value = _read(document, signature.signed_value_path)
        seal = None if value is None else value.seal
        found.extend(
            PageStamp(
                signature_id=signature.id,
                page_id=stamp.page_id,
                boundary=stamp.boundary,
                clip=stamp.clip,
                picture=None if seal is None else seal.picture,
                seal_name="" if seal is None else seal.name,
            )
            for stamp in signature.stamps
        )
    return tuple(found)


def _read(document: OfdDocument, path: str) -> SignedValue | None:
    try:
        return parse_signed_value(document.package.read(path))
    except KnownError:
        return None
