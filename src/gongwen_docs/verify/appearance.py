"""What a verifier should say about how a document shows itself: stamps, annotations, fonts, other bodies.

These are warnings and notes about signed content (attack classes A8, A11, A2), not breaks of a signature.
"""

from __future__ import annotations

from collections.abc import Iterator

from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.signatures import SignatureFile, Stamp
from gongwen_docs.ofd.values import Box
from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.seals.model import Seal

_SIZE_FACTOR = 2.0  # a stamp twice as large as its seal, or half as large, is not that seal as made


def check_stamps(document: OfdDocument, signature: SignatureFile, seal: Seal | None) -> tuple[Step, ...]:
    """Warnings about stamps that nobody can see or that do not have the size of their seal."""
    steps = [step for stamp in signature.stamps for step in _check_stamp(document, stamp, seal)]
    if seal is not None and not signature.stamps:
        steps.append(Step("stamps", Status.WARN, "seal.stamp.none", {"seal": seal.name}))
    return tuple(steps)


def _check_stamp(document: OfdDocument, stamp: Stamp, seal: Seal | None) -> Iterator[Step]:
    facts: dict[str, object] = {"stamp": stamp.id, "seal": "" if seal is None else seal.name}
    page = next((page for page in document.pages if page.id == stamp.page_id), None)
    if page is None:
        yield Step("stamps", Status.WARN, "seal.stamp.no_page", facts)
        return
    facts["page"] = page.index + 1
    width, height = page.size_mm
    shown = _visible(stamp)
    if shown.empty or shown.x >= width or shown.y >= height or not _reaches_page(shown):
        yield Step("stamps", Status.WARN, "seal.stamp.off_page", facts)
    if seal is not None and not all(
        own / _SIZE_FACTOR <= actual <= own * _SIZE_FACTOR
        for own, actual in (
            (seal.picture.width_mm, stamp.boundary.width),
            (seal.picture.height_mm, stamp.boundary.height),
        )
    ):
        yield Step("stamps", Status.WARN, "seal.stamp.size", facts)


def _visible(stamp: Stamp) -> Box:
    """The part of the boundary that the clip leaves, in page space."""
    boundary, clip = stamp.boundary, stamp.clip
    if clip is None:
        return boundary
    left, top = max(0.0, clip.x), max(0.0, clip.y)
    right = min(boundary.width, clip.x + clip.width)
    bottom = min(boundary.height, clip.y + clip.height)
    return Box(boundary.x + left, boundary.y + top, right - left, bottom - top)


def _reaches_page(shown: Box) -> bool:
    return shown.x + shown.width > 0 and shown.y + shown.height > 0


def check_document(document: OfdDocument) -> tuple[Step, ...]:
    """Warnings and notes about the document as a whole. Never raises for bad input."""
    steps: list[Step] = []
    for check in (_check_bodies, _check_pages, _check_annotations, _check_fonts):
        try:
            steps.extend(check(document))
        except KnownError as error:
            steps.append(Step("document", Status.UNKNOWN, error.code, error.facts))
    return tuple(steps)


def _check_bodies(document: OfdDocument) -> Iterator[Step]:
    if document.entry.bodies > 1:
        yield Step("document", Status.WARN, "seal.document.several_bodies", {"count": document.entry.bodies})
    if document.entry.versions:
        yield Step("document", Status.WARN, "seal.document.versions", {"count": len(document.entry.versions)})


def _check_pages(document: OfdDocument) -> Iterator[Step]:
    for page in document.pages:
        if page.path not in document.package:
            facts = {"part": f"第 {page.index + 1} 页的内容"}
            yield Step("document", Status.WARN, "ofd.container.missing_part", facts)


def _check_annotations(document: OfdDocument) -> Iterator[Step]:
    pages = {page.id: page.index + 1 for page in document.pages}
    for annotation in document.annotations:
        if annotation.visible != annotation.print:
            facts = {"page": pages.get(annotation.page_id, 0), "annotation": annotation.id}
            yield Step("document", Status.WARN, "seal.annotation.prints_differently", facts)


def _check_fonts(document: OfdDocument) -> Iterator[Step]:
    fonts = document.resources.fonts.values()
    missing = sorted({font.name for font in fonts if font.path and font.path not in document.package})
    if missing:
        yield Step("document", Status.WARN, "seal.font.missing", {"fonts": "、".join(missing)})
    replaced = sorted({font.name for font in fonts if not font.path})
    if replaced:
        yield Step("document", Status.OK, "seal.font.not_embedded", {"fonts": "、".join(replaced)})
