"""Real files: every page is drawn, and the colour probes of the one-feature files hold."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import mean

import pytest

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw import open_drawing

pytestmark = pytest.mark.corpus

REFUSED = {
    "enc_password_12345678.ofd",
    "t06_duplicate_zip_entry_last_wins.ofd",
    "t10_zip_slip_entry.ofd",
}
EXPECTED_REMARKS = {"draw.font_substituted", "draw.characters_missing", "draw.picture_missing"}


def test_colour_probes(corpus: Path) -> None:
    """Each probe: place in percent of the page, colour, tolerance; the mean of three by three pixels."""
    folder = corpus / "features"
    failed = []
    for name, feature in json.loads((folder / "probes.json").read_text("utf-8")).items():
        with open_drawing(folder / name) as drawing:
            pixels = drawing.render(0, 72)
        for x, y, color, tolerance in feature["probes"]:
            column = min(pixels.width - 2, max(1, round(x / 100 * pixels.width)))
            row = min(pixels.height - 2, max(1, round(y / 100 * pixels.height)))
            found = [
                mean(
                    pixels.samples[((row + v) * pixels.width + column + h) * 3 + channel]
                    for v in (-1, 0, 1)
                    for h in (-1, 0, 1)
                )
                for channel in range(3)
            ]
            if any(abs(a - b) > tolerance for a, b in zip(found, color, strict=True)):
                failed.append((name, feature["what"], (x, y), color, found))
    assert not failed


def test_every_page_of_real_files(corpus: Path) -> None:
    for file in sorted((*corpus.glob("*.ofd"), *corpus.glob("*.pdf"))):
        try:
            drawing = open_drawing(file)
        except KnownError:
            assert file.name in REFUSED
            continue
        with drawing:
            for index in range(drawing.page_count):
                assert drawing.render(index, 40).samples
                drawing.text(index)
            remarks = {report.code for report in drawing.reports}
            assert remarks <= EXPECTED_REMARKS, f"{file.name}: {remarks - EXPECTED_REMARKS}"


def test_the_cmyk_letterhead_is_red(corpus: Path) -> None:
    with open_drawing(corpus / "ofdrw__n.ofd") as drawing:
        pixels = drawing.render(0, 50, (40, 38, 130, 20))
    assert any(
        pixels.samples[at] > 200 and pixels.samples[at + 1] < 90 and pixels.samples[at + 2] < 90
        for at in range(0, len(pixels.samples), 3)
    )


def test_seals_of_every_picture_kind_are_drawn(corpus: Path) -> None:
    for name in ("ofdrw__999.ofd", "ofdrw__n.ofd", "ses_v1.ofd", "ses_v4_riding5.ofd", "ses_v5.ofd"):
        with open_drawing(corpus / name) as drawing:
            for index in range(drawing.page_count):
                drawing.render(index, 50)
            assert "draw.seal_undrawable" not in {report.code for report in drawing.reports}, name
