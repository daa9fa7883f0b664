"""Seals that are only drawn: a red ring on the page where no signature shows a seal (attack class A6).

Anyone can take a seal's picture from a signed file and put it on a page as a picture, as paths, in a template
or an annotation. However it was done, it looks the same, so the page is drawn without the true seals and
searched for rings. Only pages with something that could be one are drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd import xml
from gongwen_docs.ofd.document import OfdDocument, Page
from gongwen_docs.ofd.signatures import SignatureFile
from gongwen_docs.ofd.values import Box, box
from gongwen_docs.seals.findings import Status, Step

_STEP = "pages"
_DPI = 40.0
_MM = 25.4 / _DPI
_LEAST, _MOST = 20.0, 80.0  # mm across; official seals have 38 to 50 (国发〔1999〕25号)
_MOST_PAGES = 30  # drawn
_MOST_READ = 200  # looked through for what could be a seal
_DIRECTIONS = 72
_ROUND, _HOLLOW = 0.9, 0.65  # part of the directions that meet the rim; most that a ring fills of its disc
_STROKES = 400  # small curved paths that may make up a ring together


def check_drawn_seals(document: OfdDocument, files: Sequence[SignatureFile]) -> tuple[Step, ...]:
    """A warning for every page that shows a ring like a seal's where no signature puts one; where pages were
    left out, a remark says how far the search went."""
    return tuple(_find(document, files))


def _find(document: OfdDocument, files: Sequence[SignatureFile]) -> Iterator[Step]:
    candidates = [page for page in document.pages[:_MOST_READ] if _may_show_one(document, page)]
    drawn = candidates[:_MOST_PAGES]
    if drawn:
        yield from _search(document, files, drawn)
    if len(candidates) > _MOST_PAGES:
        yield _searched(candidates[_MOST_PAGES].index)
    elif len(document.pages) > _MOST_READ:
        yield _searched(_MOST_READ)


def _searched(pages: int) -> Step:
    return Step(_STEP, Status.OK, "seal.page.first_pages_for_seals", {"pages": pages})


def _search(
    document: OfdDocument, files: Sequence[SignatureFile], candidates: Sequence[Page]
) -> Iterator[Step]:
    from gongwen_docs.draw.ofd_drawing import OfdDrawing
    from gongwen_docs.draw.results import SealView

    drawing = OfdDrawing(document)  # not closed: the document belongs to our caller
    for page in candidates:
        try:
            pixels = drawing.render(page.index, _DPI, seals=SealView.HIDDEN)
        except KnownError:
            continue  # what cannot be drawn shows no seal
        sealed = [stamp.boundary for file in files for stamp in file.stamps if stamp.page_id == page.id]
        rings = _rings(pixels.samples, pixels.width, pixels.height)
        if any(not any(_covers(stamp, ring) for stamp in sealed) for ring in rings):
            yield Step(_STEP, Status.WARN, "seal.page.drawn_seal", {"page": page.index + 1})


def _may_show_one(document: OfdDocument, page: Page) -> bool:
    sources = [page, *(document.templates.get(use.template_id) for use in page.templates)]
    try:
        roots = [layer.element for source in sources if source is not None for layer in source.layers]
        roots += [
            annotation.appearance
            for annotation in document.annotations
            if annotation.page_id == page.id and annotation.appearance is not None
        ]
    except KnownError:
        return False
    strokes = 0
    for root in roots:
        for element in root.iter():
            name = xml.local(element)
            if name in ("ImageObject", "CompositeObject", "PathObject", "Pattern"):
                area = box(element.get("Boundary"))
                curved = name != "PathObject" or _is_curved(element)
                if curved and (area is None or _could_be(area)):
                    return True
                strokes += curved
    return strokes > _STROKES


def _is_curved(element: xml.Element) -> bool:
    return not set("BQAbqa").isdisjoint(xml.child_text(element, "AbbreviatedData"))


def _could_be(area: Box) -> bool:
    """As large as a seal, or half of one."""
    return _LEAST <= max(area.width, area.height) <= _MOST and min(area.width, area.height) >= _LEAST / 3


def _covers(stamp: Box, ring: Box) -> bool:
    across = min(stamp.x + stamp.width, ring.x + ring.width) - max(stamp.x, ring.x)
    down = min(stamp.y + stamp.height, ring.y + ring.height) - max(stamp.y, ring.y)
    return across > 0 and down > 0 and across * down >= 0.5 * ring.width * ring.height


def _rings(samples: bytes, width: int, height: int) -> list[Box]:
    """Boxes (mm) of the red figures whose outline is closed and round and whose inside is mostly empty."""
    mask = bytes(
        red > 120 and green < 0.65 * red and blue < 0.65 * red
        for red, green, blue in zip(samples[::3], samples[1::3], samples[2::3], strict=True)
    )
    if mask.count(1) < _LEAST / _MM:
        return []
    return [
        Box(left * _MM, top * _MM, (right - left) * _MM, (bottom - top) * _MM)
        for left, top, right, bottom in _figures(mask, width, height)
        if _is_ring(mask, width, (left, top, right, bottom))
    ]


def _figures(mask: bytes, width: int, height: int) -> Iterator[tuple[int, int, int, int]]:
    """Boxes (px) of connected figures of a seal's size; gaps of one pixel do not part a figure."""
    seen = bytearray(mask)
    low, high = _LEAST / _MM, _MOST / _MM
    start = seen.find(1)
    while start >= 0:
        seen[start] = 0
        waiting = [start]
        left = right = start % width
        top = bottom = start // width
        while waiting:
            y, x = divmod(waiting.pop(), width)
            left, right, top, bottom = min(left, x), max(right, x), min(top, y), max(bottom, y)
            for row in range(max(0, y - 2), min(height, y + 3)):
                for at in range(row * width + max(0, x - 2), row * width + min(width, x + 3)):
                    if seen[at]:
                        seen[at] = 0
                        waiting.append(at)
        across, down = right + 1 - left, bottom + 1 - top
        if low <= across <= high and low <= down <= high and 0.6 <= across / down <= 1.67:
            yield left, top, right + 1, bottom + 1
        start = seen.find(1, start + 1)


def _is_ring(mask: bytes, width: int, area: tuple[int, int, int, int]) -> bool:
    left, top, right, bottom = area
    centre_x, centre_y = (left + right - 1) / 2, (top + bottom - 1) / 2
    radius_x, radius_y = (right - left) / 2, (bottom - top) / 2
    met = 0
    for step in range(_DIRECTIONS):
        angle = 2 * math.pi * step / _DIRECTIONS
        across, down = math.cos(angle) * radius_x, math.sin(angle) * radius_y
        points = ((centre_x + part * across, centre_y + part * down) for part in (1, 0.97, 0.94, 0.91, 0.88))
        met += any(_is_set(mask, width, area, x, y) for x, y in points)
    filled = sum(mask[row * width + left : row * width + right].count(1) for row in range(top, bottom))
    return met >= _ROUND * _DIRECTIONS and filled <= _HOLLOW * math.pi * radius_x * radius_y


def _is_set(mask: bytes, width: int, area: tuple[int, int, int, int], x: float, y: float) -> bool:
    left, top, right, bottom = area
    column, row = min(right - 1, max(left, round(x))), min(bottom - 1, max(top, round(y)))
    return bool(mask[row * width + column])
