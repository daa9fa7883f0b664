"""Exported PDF, drawn by an engine that is not ours (poppler, which CUPS prints with), looks like our pixels."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import pymupdf
import pytest

from docs import office
from gongwen_crypto.errors import KnownError
from gongwen_docs.draw import Pixels, SealView, open_drawing
from gongwen_docs.seal_artwork import draw_seal_picture
from gongwen_docs.sign import Placement
from gongwen_docs.typeset import read_circular, typeset
from gongwen_protocol.resources import resource_path
from ofd_builder import OfdBuilder, filled

DPI = 60.0
CELL_MM = 5.0
pytestmark = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm (poppler-utils) is missing")


def poppler(pdf: Path, page: int) -> pymupdf.Pixmap:
    """One page (from 1) as poppler draws it."""
    target = pdf.with_suffix("")
    command = ["pdftoppm", "-r", str(DPI), "-f", str(page), "-l", str(page), "-singlefile", "-png", pdf, target]
    subprocess.run(command, check=True)
    return pymupdf.Pixmap(target.with_suffix(".png"))


def cells(samples: bytes, width: int, height: int) -> dict[tuple[int, int], tuple[float, float, float]]:
    """Mean colour of each cell of 5 mm: blind to how an engine smooths edges, not to a missing thing."""
    step = round(CELL_MM * DPI / 25.4)
    means = {}
    for top in range(0, height - step + 1, step):
        for left in range(0, width - step + 1, step):
            rows = [samples[((top + y) * width + left) * 3 :][: step * 3] for y in range(step)]
            means[left, top] = tuple(
                sum(sum(row[channel::3]) for row in rows) / step**2 for channel in range(3)
            )
    return means  # type: ignore[return-value]


def worst_difference(ours: Pixels, theirs: pymupdf.Pixmap) -> float:
    """Largest difference of a cell's channel, 0 to 255."""
    width, height = min(ours.width, theirs.width), min(ours.height, theirs.height)
    mine = cells(_cut(bytes(ours.samples), ours.width, width, height), width, height)
    other = cells(_cut(bytes(theirs.samples), theirs.width, width, height), width, height)
    return max(abs(a - b) for key in mine for a, b in zip(mine[key], other[key], strict=True))


def _cut(samples: bytes, stride: int, width: int, height: int) -> bytes:
    return b"".join(samples[row * stride * 3 :][: width * 3] for row in range(height))


def compare(source: Path, folder: Path) -> float:
    """Worst difference over the pages of a document."""
    pdf = folder / "exported.pdf"
    with open_drawing(source) as drawing:
        drawing.export_pdf(pdf)
        return max(
            worst_difference(drawing.render(page, DPI), poppler(pdf, page + 1))
            for page in range(min(drawing.page_count, 6))
        )


def test_the_seal_on_a_printed_original(tmp_path: Path) -> None:
    circular = tmp_path / "circular.ofd"
    data, facts = typeset(read_circular(resource_path("documents", "qiyong-tongzhi.toml")))
    circular.write_bytes(data)
    unit = office.Authority.found().unit()
    assert facts.date_line is not None
    page = facts.date_line.page
    sealed = office.seal(circular, tmp_path / "sealed.ofd", unit, Placement(page, (121.0, 178.0, 42.0, 42.0)))
    pdf = tmp_path / "printed.pdf"

    with open_drawing(sealed) as drawing:
        drawing.export_pdf(pdf)
        bare = drawing.render(page, DPI, seals=SealView.HIDDEN)
        shown = drawing.render(page, DPI)

    assert worst_difference(shown, poppler(pdf, page + 1)) < 40
    assert worst_difference(bare, poppler(pdf, page + 1)) > 60, "poppler draws no seal"


def test_transparency_masks_and_gradients(tmp_path: Path) -> None:
    source = tmp_path / "features.ofd"
    shading = (
        '<ofd:AxialShd StartPoint="0 0" EndPoint="60 0"><ofd:Segment><ofd:Color Value="255 0 0"/></ofd:Segment>'
        '<ofd:Segment><ofd:Color Value="0 0 255"/></ofd:Segment></ofd:AxialShd>'
    )
    units = (
        filled("10 10 60 40", "255 0 0")
        + filled("40 30 60 40", "0 0 255", alpha=128)
        + filled("10 90 60 40", shading=shading)
    )
    source.write_bytes(OfdBuilder().page(units).build())

    assert compare(source, tmp_path) < 40


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
        if difference >= 60:
            far[name] = round(difference)
    assert not far


def test_the_picture_is_worth_comparing() -> None:
    """The seal's artwork has ink where the comparison looks."""
    picture = pymupdf.Pixmap(draw_seal_picture("示范市人民政府办公室").png(100))
    assert picture.alpha
