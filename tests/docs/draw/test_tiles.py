"""Parts of a page fit together: tiles drawn apart are the page drawn whole, pixel by pixel."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import pymupdf
import pytest

from docs.draw.test_mutants import rich_document
from gongwen_docs.draw import Drawing, open_drawing
from gongwen_docs.ofd.container import Package, pack
from ofd_builder import OfdBuilder, filled

MM_PER_INCH = 25.4
SMOOTHING = 20
"""Of 255: the smoothed edge of a slanted line may come out apart by as much, which no eye sees."""
STRAYS = 1e-4
"""Share of the samples that may differ by more: single pixels at the tips of curves."""


def scanned_page() -> bytes:
    """A noisy JPEG of two megapixels over the whole page."""
    width, height = 1300, 1600
    noise = random.Random(3).randbytes(width * height * 3)
    picture = pymupdf.Pixmap(pymupdf.csRGB, width, height, noise, False).tobytes("jpeg", jpg_quality=60)
    media = '<ofd:MultiMedia ID="70" Type="Image"><ofd:MediaFile>p.jpg</ofd:MediaFile></ofd:MultiMedia>'
    image = '<ofd:ImageObject ID="6" ResourceID="70" Boundary="0 0 100 100" CTM="100 0 0 100 0 0"/>'
    resources = f"<ofd:MultiMedias>{media}</ofd:MultiMedias>"
    builder = OfdBuilder(resources=resources, files={"Doc_0/Res/p.jpg": picture})
    return builder.page(image + filled("M 10 10 L 90 20 L 50 80 C")).build()


def tiles(width_px: int, height_px: int, side: int) -> Iterator[tuple[int, int, int, int]]:
    for top in range(0, height_px, side):
        for left in range(0, width_px, side):
            yield left, top, min(side, width_px - left), min(side, height_px - top)


def smooth_document() -> bytes:
    """Every kind of unit; no gradient with many steps, which MuPDF samples anew for every part."""
    with Package.open(rich_document()) as package:
        parts = {name: package.read(name) for name in package.names}
    return pack({name: part.replace(b'"Repeat"', b'"Direct"') for name, part in parts.items()})


def strays(drawing: Drawing, dpi: float, side: int) -> float:
    """Share of samples in which the whole page and its tiles differ visibly."""
    whole = drawing.render(0, dpi)
    found = 0
    mm = MM_PER_INCH / dpi
    for left, top, width, height in tiles(whole.width, whole.height, side):
        part = drawing.render(0, dpi, (left * mm, top * mm, width * mm, height * mm))
        assert (part.width, part.height) == (width, height)
        for row in range(height):
            at = ((top + row) * whole.width + left) * 3
            mine = part.samples[row * width * 3 : (row + 1) * width * 3]
            theirs = whole.samples[at : at + width * 3]
            if mine != theirs:
                found += sum(abs(a - b) > SMOOTHING for a, b in zip(mine, theirs, strict=True))
    return found / len(whole.samples)


@pytest.mark.parametrize(("dpi", "side"), [(96.0, 64), (150.0, 256), (203.7, 100)])
def test_tiles_join_without_seams(dpi: float, side: int) -> None:
    with open_drawing(smooth_document()) as drawing:
        assert strays(drawing, dpi, side) <= STRAYS


@pytest.mark.parametrize(("dpi", "side"), [(96.0, 128), (300.0, 512)])
def test_tiles_of_a_scan_join_without_seams(dpi: float, side: int) -> None:
    with open_drawing(scanned_page()) as drawing:
        assert strays(drawing, dpi, side) <= STRAYS


def test_neighbouring_rectangles_of_any_size_share_no_pixel_and_miss_none() -> None:
    with open_drawing(OfdBuilder().page("").build()) as drawing:
        whole = drawing.render(0, 97.3).width
        edges = [0, 0.37, 13.1, 13.4, 55.55, 71.003, 100]
        parts = [
            drawing.render(0, 97.3, (left, 0, right - left, 50)).width
            for left, right in itertools.pairwise(edges)
        ]
    assert sum(parts) == whole
