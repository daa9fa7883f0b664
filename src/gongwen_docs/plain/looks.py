"""Whether two documents look the same, page by page.

Text and drawings are the same objects in both, so they are compared pixel by pixel. Seals are pictures in one
and signed structures in the other: there small cells are compared by how much ink they have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gongwen_docs.draw.drawing import MM_PER_INCH, Drawing
from gongwen_docs.draw.results import Pixels
from gongwen_docs.ofd.values import Box

_DPI = 150.0
_STEP = 64
"""Of 255: a channel that differs by more is another colour, not the edge of the same."""
_ALLOWED = 3.0
"""Of a million: pixels of a page that may differ outside seals."""
_CELL = 8
_INK = 32.0
"""Of 255: how much a cell of 1.4 mm under a seal may differ in the mean."""


@dataclass(frozen=True)
class Difference:
    """How page ``page`` (from 0) differs: pixels of a million outside seals, the worst cell of a seal (of
    255). A page of another size, or that only one has, differs by all of both."""

    page: int
    per_million: float
    ink: float

    @property
    def seen(self) -> bool:
        """Whether a person would see it."""
        return self.per_million > _ALLOWED or self.ink > _INK


def compare(
    one: Drawing, other: Drawing, seals: Mapping[int, Sequence[Box]] | None = None
) -> tuple[Difference, ...]:
    """Every page of two documents, those that only one has included. ``seals`` says where seals are (mm, by
    page). Raises as ``Drawing.render``."""
    where = seals or {}
    shared = min(one.page_count, other.page_count)
    found = [_compare_page(one, other, index, where.get(index, ())) for index in range(shared)]
    more = range(shared, max(one.page_count, other.page_count))
    return (*found, *(Difference(index, 1e6, 255.0) for index in more))


def _compare_page(one: Drawing, other: Drawing, index: int, seals: Sequence[Box]) -> Difference:
    first, second = one.render(index, _DPI), other.render(index, _DPI)
    if (first.width, first.height) != (second.width, second.height):
        return Difference(index, 1e6, 255.0)
    areas = [_in_pixels(box, first) for box in seals]
    ink = max((cell for area in areas for cell in _cells(first, second, area)), default=0.0)
    differing = _differing(_without(first, areas), _without(second, areas), first.width * 3)
    return Difference(index, differing * 1e6 / (first.width * first.height), ink)


_Area = tuple[int, int, int, int]


def _in_pixels(box: Box, page: Pixels) -> _Area:
    """Left, top, right, bottom of a box that is a pixel larger at each side, within the page."""
    scale = _DPI / MM_PER_INCH
    left, top = max(0, int(box.x * scale) - 1), max(0, int(box.y * scale) - 1)
    right = min(page.width, int((box.x + box.width) * scale) + 2)
    bottom = min(page.height, int((box.y + box.height) * scale) + 2)
    return left, top, right, bottom


def _cells(first: Pixels, second: Pixels, area: _Area) -> Iterator[float]:
    """How much each cell differs in the mean."""
    left, top, right, bottom = area
    stride = first.width * 3
    for y in range(top, bottom, _CELL):
        rows = range(y, min(y + _CELL, bottom))
        for x in range(left, right, _CELL):
            ends = min(x + _CELL, right)
            spans = [(row * stride + x * 3, row * stride + ends * 3) for row in rows]
            one = sum(sum(first.samples[start:end]) for start, end in spans)
            other = sum(sum(second.samples[start:end]) for start, end in spans)
            yield abs(one - other) / ((ends - x) * 3 * len(rows))


def _without(pixels: Pixels, areas: Sequence[_Area]) -> bytearray:
    """The samples with the areas blank."""
    samples = bytearray(pixels.samples)
    stride = pixels.width * 3
    for left, top, right, bottom in areas:
        blank = bytes(max(0, right - left) * 3)
        for row in range(top, bottom):
            samples[row * stride + left * 3 : row * stride + left * 3 + len(blank)] = blank
    return samples


def _differing(first: bytearray, second: bytearray, stride: int) -> int:
    """Pixels of which a channel differs clearly; rows that are equal are not looked into."""
    if first == second:
        return 0
    count = 0
    for at in range(0, len(first), stride):
        a, b = first[at : at + stride], second[at : at + stride]
        if a != b:
            count += sum(
                1
                for place in range(0, stride, 3)
                if a[place : place + 3] != b[place : place + 3]
                and max(abs(a[place + i] - b[place + i]) for i in range(3)) > _STEP
            )
    return count
