"""What a verifier should say about how a document shows itself: annotations, actions, fonts, other bodies.

These are warnings and notes about signed content (attack classes A8, A11, A2), not breaks of a signature.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd import xml
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.sidefiles import Annotation
from gongwen_docs.ofd.signatures import SignatureFile
from gongwen_docs.ofd.values import boolean, box, number
from gongwen_docs.seals.findings import Status, Step

_OPAQUE = 250  # of 255
_LEAST_COVER = 200.0  # mm²: a line of text


def check_document(document: OfdDocument, _files: Sequence[SignatureFile] = ()) -> tuple[Step, ...]:
    """Warnings and notes about the document as a whole. Never raises for bad input."""
    steps: list[Step] = []
    for check in (_check_bodies, _check_pages, _check_annotations, _check_actions, _check_fonts):
        try:
            steps.extend(check(document))
        except KnownError as error:
            steps.append(Step("document", Status.UNKNOWN, error.code, error.facts))
    return tuple(steps)


def _check_bodies(document: OfdDocument) -> Iterator[Step]:
    if document.package.prefix:
        yield Step("document", Status.WARN, "seal.document.prefix", {"bytes": document.package.prefix})
    if document.entry.bodies > 1:
        yield Step("document", Status.WARN, "seal.document.several_bodies", {"count": document.entry.bodies})
    if document.entry.versions:
        yield Step("document", Status.WARN, "seal.document.versions", {"count": len(document.entry.versions)})


def _check_pages(document: OfdDocument) -> Iterator[Step]:
    if len({page.id for page in document.pages}) < len(document.pages):
        yield Step("document", Status.WARN, "seal.document.same_page_id")
    for page in document.pages:
        if page.path not in document.package:
            facts = {"part": f"第 {page.index + 1} 页的内容"}
            yield Step("document", Status.WARN, "ofd.container.missing_part", facts)


def _check_annotations(document: OfdDocument) -> Iterator[Step]:
    pages = {page.id: page.index + 1 for page in document.pages}
    for annotation in document.annotations:
        facts: dict[str, object] = {"page": pages.get(annotation.page_id, 0), "annotation": annotation.id}
        if annotation.boundary is not None:
            place = annotation.boundary
            facts["box"] = (place.x, place.y, place.width, place.height)
        if annotation.visible != annotation.print:
            yield Step("document", Status.WARN, "seal.annotation.prints_differently", facts)

        if annotation.visible and annotation.appearance is not None and _hides(annotation):
            yield Step("document", Status.WARN, "seal.annotation.covers", facts)


def _hides(annotation: Annotation) -> bool:
    """Whether an annotation lays something opaque over the page: annotations are painted last."""
    assert annotation.appearance is not None
    for element in annotation.appearance.iter():
        opaque = number(element.get("Alpha"), 255.0) >= _OPAQUE and boolean(element.get("Visible"), True)
        solid = xml.local(element) == "PathObject" and boolean(element.get("Fill"), False)
        area = box(element.get("Boundary"))
        if opaque and solid and area is not None and area.width * area.height >= _LEAST_COVER:
            return True
    return False


def _check_actions(document: OfdDocument) -> Iterator[Step]:
    """Actions that a reader would run by itself; this one runs none (attack class A12)."""
    package = document.package
    root = xml.parse(package.read(document.entry.root), document.entry.root, package.limits)
    events = {element.get("Event", "") for element in root.iter() if xml.local(element) == "Action"}
    if events & {"DO", "PO"}:
        yield Step("document", Status.WARN, "seal.document.runs_actions")


def _check_fonts(document: OfdDocument) -> Iterator[Step]:
    fonts = document.resources.fonts.values()
    missing = sorted({font.name for font in fonts if font.path and font.path not in document.package})
    if missing:
        yield Step("document", Status.WARN, "seal.font.missing", {"fonts": "、".join(missing)})
    replaced = sorted({font.name for font in fonts if not font.path})
    if replaced:
        yield Step("document", Status.OK, "seal.font.not_embedded", {"fonts": "、".join(replaced)})
