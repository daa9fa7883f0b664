"""Real files: every page is drawn, and the colour probes of the one-feature files hold."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from statistics import mean

import pytest

from docs.draw.own_text import own_texts, without_blanks
from gongwen_crypto.errors import KnownError
from gongwen_docs.draw import Pixels, open_drawing
from gongwen_docs.draw.ofd_drawing import OfdDrawing

pytestmark = pytest.mark.corpus

REFUSED = {
    "enc_password_12345678.ofd",
    "t06_duplicate_zip_entry_last_wins.ofd",
    "t10_zip_slip_entry.ofd",
}
FINGERPRINTS = Path(__file__).parent / "golden" / "corpus.json"
COLUMNS, ROWS, MOST_PAGES = 12, 16, 6
EXPECTED_REMARKS = {"draw.font_substituted", "draw.characters_missing", "draw.picture_missing"}


SHARE_OF_SEVERAL_LINES = 0.02
"""Text objects whose glyphs stand in several lines or columns; these come out line by line."""


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


OFF_THE_SHEET_OR_WITHOUT_FACE = {
    "ofdrw__z.ofd": set("ฤำபோ"),
    "ofdrw__透明度文字.ofd": set("测试水印"),
}
"""Characters that are not drawn and hence not extracted: scripts for which no face is installed (reported as
draw.characters_missing), watermarks that lie beside the sheet."""
WITH_A_SEAL_OF_TEXT = {"ofdrw__999.ofd"}
"""Its seal's picture is an OFD document with text, which is extracted with the page."""


def test_text_is_that_of_the_text_objects(corpus: Path) -> None:
    """Every page: the characters extracted are those of the document's own text objects, none more or less;
    every text object in one line comes out in one piece."""
    differing, torn, objects = [], [], 0
    for file in sorted((*corpus.glob("*.ofd"), *(corpus / "features").glob("*.ofd"))):
        try:
            drawing = open_drawing(file)
        except KnownError:
            assert file.name in REFUSED
            continue
        assert isinstance(drawing, OfdDrawing)
        with drawing:
            for page in drawing.document.pages:
                own = own_texts(drawing.document, page)
                extracted = without_blanks(drawing.text(page.index).text)
                expected, found = Counter("".join(own)), Counter(extracted)
                allowed = OFF_THE_SHEET_OR_WITHOUT_FACE.get(file.name, set())
                added = Counter() if file.name in WITH_A_SEAL_OF_TEXT else found - expected
                if set(expected - found) - allowed or added:
                    differing.append((file.name, page.index + 1, expected - found, added))
                objects += len(own)
                torn += [
                    (file.name, text) for text in own if not set(text) & allowed and text not in extracted
                ]
    assert not differing
    assert len(torn) <= objects * SHARE_OF_SEVERAL_LINES, torn


def test_pages_look_as_they_did_when_someone_looked(corpus: Path, request: pytest.FixtureRequest) -> None:
    """Fingerprints: how dark each of 12 × 16 cells of a page is, a hexadecimal digit each."""
    found = {}
    for file in sorted(corpus.glob("*.ofd")):
        if file.name not in REFUSED:
            with open_drawing(file) as drawing:
                count = min(drawing.page_count, MOST_PAGES)
                found[file.name] = [fingerprint(drawing.render(index, 30)) for index in range(count)]
    if request.config.getoption("--golden"):
        FINGERPRINTS.write_text(json.dumps(found, indent=0, ensure_ascii=False) + "\n", "utf-8")
    expected = json.loads(FINGERPRINTS.read_text("utf-8"))
    assert found.keys() >= expected.keys(), "files of the corpus are missing"
    strange = {
        f"{name} {page + 1}"
        for name, pages in expected.items()
        for page, golden in enumerate(pages)
        if not alike(golden, found[name][page])
    }
    assert not strange


def fingerprint(pixels: Pixels) -> str:
    """A page as a string, row by row; 0 is black and f is white."""
    digits = []
    for row in range(ROWS):
        top, bottom = row * pixels.height // ROWS, (row + 1) * pixels.height // ROWS
        for column in range(COLUMNS):
            left, right = column * pixels.width // COLUMNS, (column + 1) * pixels.width // COLUMNS
            lines = (
                pixels.samples[(y * pixels.width + left) * 3 : (y * pixels.width + right) * 3]
                for y in range(top, bottom)
            )
            digits.append(f"{int(mean(mean(line) for line in lines)) // 16:x}")
    return "".join(digits)


def alike(golden: str, found: str) -> bool:
    """Whether two fingerprints differ by no more than other fonts and another smoothing of edges explain."""
    differences = [abs(int(a, 16) - int(b, 16)) for a, b in zip(golden, found, strict=True)]
    return max(differences) <= 3 and mean(differences) < 0.5


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
