"""Exported PDF, drawn by an engine that is not ours (poppler, as in CUPS), looks like our pixels."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import pymupdf
import pytest

from docs import office
from docs.draw import media
from docs.draw.gallery import PAGES, diagonal_mask, image, pictured
from docs.draw.test_structure_mutants import full_document
from gongwen_crypto.errors import KnownError
from gongwen_docs.draw import Pixels, SealView, open_drawing
from gongwen_docs.ofd.values import Box
from gongwen_docs.sign import Placement
from gongwen_docs.typeset import read_circular, typeset
from gongwen_protocol.resources import resource_path
from ofd_builder import OfdBuilder, filled, text

DPI = 75.0
NEAR = 45
FAR = 70
"""Of 255. Real files have pages of odd sizes, which engines round differently by a pixel."""
MOST_PAGES = 6
"""Of one file."""
pytestmark = pytest.mark.skipif(
    shutil.which("pdftoppm") is None, reason="pdftoppm (poppler-utils) is missing"
)


def poppler(pdf: Path, page: int) -> pymupdf.Pixmap:
    """One page (from 1) as poppler draws it."""
    target = pdf.with_suffix("")
    command = [
        "pdftoppm",
        "-r",
        str(DPI),
        "-f",
        str(page),
        "-l",
        str(page),
        "-singlefile",
        "-png",
        pdf,
        target,
    ]
    subprocess.run(command, check=True)
    return pymupdf.Pixmap(target.with_suffix(".png"))


def coarse(picture: pymupdf.Pixmap) -> pymupdf.Pixmap:
    """Means over cells of 16 px (5.4 mm): blind to how an engine smooths edges, not to a missing thing."""
    picture = pymupdf.Pixmap(pymupdf.csRGB, picture)
    picture.shrink(4)
    return picture


def worst_difference(ours: Pixels, theirs: pymupdf.Pixmap) -> int:
    """Largest difference of a cell's channel, 0 to 255."""
    mine = coarse(pymupdf.Pixmap(pymupdf.csRGB, ours.width, ours.height, bytes(ours.samples), False))
    other = coarse(theirs)
    width, height = min(mine.width, other.width), min(mine.height, other.height)
    return max(
        abs(a - b)
        for row in range(height)
        for a, b in zip(_row(mine, row, width), _row(other, row, width), strict=True)
    )


def _row(picture: pymupdf.Pixmap, row: int, width: int) -> bytes:
    return bytes(picture.samples[row * picture.stride :][: width * picture.n])


def compare(source: Path, folder: Path) -> int:
    """Worst difference over the pages of a document."""
    pdf = folder / "exported.pdf"
    with open_drawing(source) as drawing:
        drawing.export_pdf(pdf)
        return max(
            worst_difference(drawing.render(page, DPI, for_print=True), poppler(pdf, page + 1))
            for page in range(min(drawing.page_count, MOST_PAGES))
        )


def test_the_seal_on_a_printed_original(tmp_path: Path) -> None:
    circular = tmp_path / "circular.ofd"
    data, facts = typeset(read_circular(resource_path("documents", "qiyong-tongzhi.toml")))
    circular.write_bytes(data)
    assert facts.date_line is not None
    page, place = facts.date_line.page, Box(121.0, 178.0, 42.0, 42.0)
    unit = office.Authority.found().unit()
    sealed = office.seal(circular, tmp_path / "sealed.ofd", unit, Placement(page, place))
    pdf = tmp_path / "printed.pdf"

    with open_drawing(sealed) as drawing:
        drawing.export_pdf(pdf)
        bare = drawing.render(page, DPI, seals=SealView.HIDDEN)
        shown = drawing.render(page, DPI)
    theirs = poppler(pdf, page + 1)

    assert worst_difference(shown, theirs) < NEAR
    assert worst_difference(bare, theirs) > NEAR, "poppler draws no seal"


def test_transparency_masks_and_gradients(tmp_path: Path) -> None:
    source = tmp_path / "features.ofd"
    shading = (
        '<ofd:AxialShd StartPoint="0 0" EndPoint="60 0">'
        '<ofd:Segment><ofd:Color Value="255 0 0"/></ofd:Segment>'
        '<ofd:Segment><ofd:Color Value="0 0 255"/></ofd:Segment></ofd:AxialShd>'
    )
    square = "M 10 10 L 70 10 L 70 50 L 10 50 C"
    units = (
        filled(square)
        + filled("M 40 30 L 95 30 L 95 70 L 40 70 C", '<ofd:FillColor Value="0 0 255"/>', 'Alpha="128"')
        + filled(square, f"<ofd:FillColor>{shading}</ofd:FillColor>", 'CTM="1 0 0 1 0 48"')
        + text('<ofd:TextCode X="0" Y="5">A</ofd:TextCode>', 'Size="5" CTM="0 0 0 1 0 0"')
        + filled("M 75 75 L 95 75 L 95 95 L 75 95 C")
    )
    source.write_bytes(OfdBuilder().page(units).build())

    assert compare(source, tmp_path) < NEAR


@pytest.mark.parametrize("name", PAGES)
def test_every_feature(name: str, tmp_path: Path) -> None:
    source = tmp_path / "feature.ofd"
    source.write_bytes(PAGES[name]().build())

    assert compare(source, tmp_path) < NEAR


def test_features_on_one_page(tmp_path: Path) -> None:
    """Everything over one another, a picture that is its own mask among it."""
    source = tmp_path / "full.ofd"
    source.write_bytes(full_document())

    assert compare(source, tmp_path) < NEAR


def test_a_transparent_picture_under_a_mask(tmp_path: Path) -> None:
    """Poppler takes a picture's own transparency instead of the mask unless both are kept apart."""
    source = tmp_path / "masked.ofd"
    picture = media.png(alpha=128)
    source.write_bytes(pictured(image('ImageMask="71"'), picture, diagonal_mask()).build())

    assert compare(source, tmp_path) < NEAR


@pytest.mark.corpus
def test_real_files(corpus: Path, tmp_path: Path) -> None:
    """Every OFD of the corpus that opens."""
    with (corpus / "MANIFEST.csv").open(encoding="utf-8") as table:
        names = [row["file"] for row in csv.DictReader(table) if row["file"].endswith(".ofd")]
    far = {}
    for name in names:
        try:
            difference = compare(corpus / name, tmp_path)
        except KnownError:
            continue
        if difference > FAR:
            far[name] = round(difference)
    assert not far
