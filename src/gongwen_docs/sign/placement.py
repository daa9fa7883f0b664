"""Where seals go on pages: one stamp, or one seal cut over the edges of many (骑缝章)."""

from __future__ import annotations

from collections.abc import Sequence
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


class Edge(StrEnum):
    """The edge of the pages over which a seal is cut."""

    RIGHT = "right"
    LEFT = "left"


def riding_seam(
    page_sizes: Sequence[tuple[float, float]],
    seal_size: tuple[float, float],
    edge: Edge = Edge.RIGHT,
    min_slice: float = 4.0,
) -> tuple[Placement, ...]:
    """Slices of one seal over the edges of all pages, vertically centred (GB/T 33190 18.2 StampAnnot@Clip).

    Sizes are (width, height) in mm. Where a slice would be narrower than ``min_slice``, the pages are parted
    into groups and each group carries a whole seal. A group of one page, and so a document of one page, is
    avoided where possible: a seam needs two pages. No pages or a single one give no placements.
    """
    count = len(page_sizes)
    if count < 2:
        return ()
    width, height = seal_size
    largest = max(2, int(width // min_slice))
    groups = -(-count // largest)
    placements: list[Placement] = []
    for group in range(groups):
        start, end = group * count // groups, (group + 1) * count // groups
        slices = end - start
        slice_width = width / slices
        for index in range(slices):
            page_width, page_height = page_sizes[start + index]
            if edge is Edge.RIGHT:
                x, cut = page_width - slice_width * (index + 1), index
            else:
                x, cut = -slice_width * (slices - 1 - index), slices - 1 - index
            placements.append(
                Placement(
                    page_index=start + index,
                    boundary=Box(x, (page_height - height) / 2, width, height),
                    clip=Box(cut * slice_width, 0, slice_width, height),
                )
            )
    return tuple(placements)
