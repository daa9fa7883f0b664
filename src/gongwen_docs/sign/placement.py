"""Where seals go on pages: one stamp, or one seal cut over the edges of many (骑缝章)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gongwen_docs.ofd.values import Box


@dataclass(frozen=True)
class Placement:
    """One stamp: page (from 0), place of the whole picture in mm from the page's top left corner, and the
    part of it that shows, in mm from the picture's corner (None: all of it)."""

    page_index: int
    boundary: Box
    clip: Box | None = None

    @property
    def shown(self) -> Box:
        """The part of the page that the stamp covers."""
        box, clip = self.boundary, self.clip
        if clip is None:
            return box
        return Box(box.x + clip.x, box.y + clip.y, clip.width, clip.height)


class Edge(StrEnum):
    """The edge of the pages over which a seal is cut."""

    RIGHT = "right"
    LEFT = "left"


#: Slices narrower than this, in mm, show no part of a seal that an eye could match.
MIN_SLICE = 4.0
_STEP = 5.0


def riding_seam(
    page_sizes: Sequence[tuple[float, float]],
    seal_size: tuple[float, float],
    edge: Edge = Edge.RIGHT,
    min_slice: float = MIN_SLICE,
    taken: Sequence[tuple[int, Box]] = (),
) -> tuple[Placement, ...]:
    """Slices of one seal over the edges of all pages (GB/T 33190 18.2 StampAnnot@Clip).

    Sizes are (width, height) in mm and may differ from page to page: each slice keeps to its own page's edge,
    all at one height, as the sheets lie on one another with their upper edges together. Where slices would be
    narrower than ``min_slice``, the pages are parted into groups of nearly the same size, at least two pages
    each, and each group carries a whole seal. The seam is centred on the lowest page, or moved down or up
    to where it meets none of ``taken`` (page from 0 and what shows there of other seals).

    A seam needs two pages: no pages or a single one give no placements.
    """
    count = len(page_sizes)
    if count < 2:
        return ()
    width, height = seal_size
    largest = max(2, int(width // min_slice))
    groups = min(-(-count // largest), count // 2)
    bounds = [(number * count // groups, (number + 1) * count // groups) for number in range(groups)]
    centre = (min(page_height for _, page_height in page_sizes) - height) / 2
    for y in _heights(centre):
        placements = [
            _slice(start + index, end - start, index, page_sizes[start + index][0], seal_size, edge, y)
            for start, end in bounds
            for index in range(end - start)
        ]
        if not any(_meets(place, taken) for place in placements):
            return tuple(placements)
    return ()


def _heights(centre: float) -> Iterator[float]:
    """The centre, then further and further from it, a margin away from the paper's ends."""
    yield centre
    distance = _STEP
    while centre - distance >= _STEP:
        yield centre + distance
        yield centre - distance
        distance += _STEP


def _slice(
    page: int,
    slices: int,
    index: int,
    page_width: float,
    seal_size: tuple[float, float],
    edge: Edge,
    y: float,
) -> Placement:
    width, height = seal_size
    slice_width = width / slices
    if edge is Edge.RIGHT:
        x, cut = page_width - slice_width * (index + 1), index
    else:
        cut = slices - 1 - index
        x = -slice_width * cut
    return Placement(page, Box(x, y, width, height), Box(cut * slice_width, 0, slice_width, height))


def _meets(place: Placement, taken: Sequence[tuple[int, Box]]) -> bool:
    shown = place.shown
    return any(
        page == place.page_index
        and min(shown.x + shown.width, other.x + other.width) > max(shown.x, other.x)
        and min(shown.y + shown.height, other.y + other.height) > max(shown.y, other.y)
        for page, other in taken
    )
