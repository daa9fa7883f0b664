"""The gallery against its golden sheet, and against another engine's drawing of the exported PDF.

The sheet is a picture to look at: one small tile per page, in order. After a wanted change of how pages look,
draw it anew with ``python -m pytest tests/docs/draw/test_gallery.py --golden`` and look at the difference.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pymupdf
import pytest

from docs.draw.gallery import PAGES
from docs.draw.test_independent import FAR, poppler, worst_difference
from gongwen_docs.draw import Pixels, open_drawing

SHEET = Path(__file__).parent / "golden" / "gallery.png"
TILE = 32
COLUMNS = 8
SMOOTHING = 4
"""Pages are drawn this much larger than their tiles: a pixel is a mean, blind to how edges are smoothed."""
NEAR, TYPICAL = 40, 3
"""Of 255: the most that a pixel of a tile may differ, and that they may differ on average."""


def tile(name: str) -> pymupdf.Pixmap:
    """A page of the gallery at the size of its tile."""
    with open_drawing(PAGES[name]().build()) as drawing:
        pixels = drawing.render(0, TILE * SMOOTHING * 25.4 / 100)
    picture = as_pixmap(pixels)
    picture.shrink(2)
    return picture


def as_pixmap(pixels: Pixels) -> pymupdf.Pixmap:
    return pymupdf.Pixmap(pymupdf.csRGB, pixels.width, pixels.height, bytes(pixels.samples), False)


def place(number: int) -> pymupdf.IRect:
    left, top = number % COLUMNS * TILE, number // COLUMNS * TILE
    return pymupdf.IRect(left, top, left + TILE, top + TILE)


def draw_sheet() -> None:
    """Write the golden sheet."""
    rows = -(-len(PAGES) // COLUMNS)
    sheet = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, COLUMNS * TILE, rows * TILE), False)
    sheet.clear_with(255)
    for number, name in enumerate(PAGES):
        picture = tile(name)
        picture.set_origin(*place(number)[:2])
        sheet.copy(picture, place(number))
    SHEET.parent.mkdir(exist_ok=True)
    SHEET.write_bytes(sheet.tobytes("png"))


@pytest.fixture(scope="module")
def sheet(request: pytest.FixtureRequest) -> pymupdf.Pixmap:
    if request.config.getoption("--golden"):
        draw_sheet()
    return pymupdf.Pixmap(str(SHEET))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_as_on_the_golden_sheet(name: str, sheet: pymupdf.Pixmap) -> None:
    picture = tile(name)
    area = place(list(PAGES).index(name))
    differences = [
        abs(ours - theirs)
        for row in range(TILE)
        for column in range(TILE)
        for ours, theirs in zip(
            picture.pixel(column, row), sheet.pixel(area.x0 + column, area.y0 + row), strict=True
        )
    ]
    assert max(differences) <= NEAR, "something is elsewhere, missing or of another colour"
    assert sum(differences) / len(differences) <= TYPICAL


def test_the_golden_sheet_has_a_tile_for_every_page_and_stays_small(sheet: pymupdf.Pixmap) -> None:
    assert sheet.height == -(-len(PAGES) // COLUMNS) * TILE
    assert SHEET.stat().st_size < 60_000


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm (poppler-utils) is missing")
@pytest.mark.parametrize("name", PAGES)
def test_the_exported_page_looks_the_same_in_another_engine(name: str, tmp_path: Path) -> None:
    pdf = tmp_path / "page.pdf"
    with open_drawing(PAGES[name]().build()) as drawing:
        drawing.export_pdf(pdf, for_print=False)
        ours = drawing.render(0, 75)
    assert worst_difference(ours, poppler(pdf, 1)) <= FAR
