"""Where seals show: stamps that nobody can see, that are not their seal's size, that come twice.

The places of stamps are signed (attack class A7), so these are remarks about signed content (A8).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.signatures import SignatureFile, Stamp
from gongwen_docs.ofd.values import Box
from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.seals.model import Seal, SignedValue

_STEP = "stamps"
_SIZE_FACTOR = 1.5  # beyond this a stamp is not that seal as made; producers round and scale a little
_ASPECT_FACTOR = 1.2  # a round seal drawn as an ellipse
_LEAST_SHOWN = 0.02  # part of the picture that a clip leaves; a seam over fifty pages shows that much


def check_stamps(document: OfdDocument, signature: SignatureFile, seal: Seal | None) -> tuple[Step, ...]:
    """Warnings about the stamps of one signature."""
    steps = [step for stamp in signature.stamps for step in _check_stamp(document, stamp, seal)]
    if seal is not None and not signature.stamps:
        steps.append(Step(_STEP, Status.WARN, "seal.stamp.none", {"seal": seal.name}))
    return tuple(steps)


def check_seals(values: Sequence[SignedValue | None], files: Sequence[SignatureFile]) -> tuple[Step, ...]:
    """Warnings about seals of one document beside one another: one code with two pictures, one seal that is
    shown whole on one page by several signatures."""
    seals = [(value.seal, file) for value, file in zip(values, files, strict=True) if value and value.seal]
    steps = []
    pictures: dict[str, set[bytes]] = {}
    shown: Counter[tuple[str, str]] = Counter()
    names: dict[str, str] = {}
    for seal, file in seals:
        pictures.setdefault(seal.es_id, set()).add(seal.picture.data)
        names[seal.es_id] = seal.name
        shown.update((seal.es_id, stamp.page_id) for stamp in file.stamps if stamp.clip is None)
    for es_id, different in pictures.items():
        facts = {"seal": names[es_id], "seal_id": es_id}
        if es_id and len(different) > 1:
            steps.append(Step(_STEP, Status.WARN, "seal.stamp.two_pictures", facts))
        if es_id and any(count > 1 for (owner, _), count in shown.items() if owner == es_id):
            steps.append(Step(_STEP, Status.WARN, "seal.stamp.twice", facts))
    return tuple(steps)


def _check_stamp(document: OfdDocument, stamp: Stamp, seal: Seal | None) -> Iterator[Step]:
    facts: dict[str, object] = {"stamp": stamp.id, "seal": "" if seal is None else seal.name}
    pages = [page for page in document.pages if page.id == stamp.page_id]
    if not pages:
        yield Step(_STEP, Status.WARN, "seal.stamp.no_page", facts)
        return
    facts["page"] = pages[0].index + 1
    if len(pages) > 1:
        yield Step(_STEP, Status.WARN, "seal.stamp.ambiguous_page", facts)
    width, height = pages[0].size_mm
    shown = visible_part(stamp)
    if shown.empty or shown.x >= width or shown.y >= height or not _reaches_page(shown):
        yield Step(_STEP, Status.WARN, "seal.stamp.off_page", facts)
    elif shown.width * shown.height < _LEAST_SHOWN * stamp.boundary.width * stamp.boundary.height:
        yield Step(_STEP, Status.WARN, "seal.stamp.clipped", facts)
    if seal is not None and not _has_size_of(seal, stamp.boundary):
        yield Step(_STEP, Status.WARN, "seal.stamp.size", facts)


def _has_size_of(seal: Seal, boundary: Box) -> bool:
    width, height = seal.picture.width_mm, seal.picture.height_mm
    if min(width, height, boundary.width, boundary.height) <= 0:
        return False
    across, down = boundary.width / width, boundary.height / height
    in_size = all(1 / _SIZE_FACTOR <= factor <= _SIZE_FACTOR for factor in (across, down))
    return in_size and 1 / _ASPECT_FACTOR <= across / down <= _ASPECT_FACTOR


def visible_part(stamp: Stamp) -> Box:
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
