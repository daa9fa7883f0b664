"""The sheet by which a printer is judged has itself the right measures, drawn by somebody else's program."""

from __future__ import annotations

import pytest

from docs.copies.paper import Picture, pictures
from gongwen_docs.copies.test_sheet import (
    ACROSS,
    CROSS,
    DOWN,
    RED_PATCH,
    RULER_MM,
    SheetFacts,
    draw_test_sheet,
)
from gongwen_docs.draw import open_drawing
from gongwen_docs.ofd.values import Box

TOLERANCE = 0.1


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> list[Picture]:
    folder = tmp_path_factory.mktemp("sheet")
    with open_drawing(draw_test_sheet(SheetFacts("示范市水利局", "HP-1", "2026-11-22 15:40"))) as drawing:
        drawing.export_pdf(folder / "sheet.pdf")
    return pictures(folder / "sheet.pdf", folder)


def near(measured: float, wanted: float) -> bool:
    return abs(measured - wanted) <= TOLERANCE


def test_two_sides_of_a4(sheet: list[Picture]) -> None:
    assert len(sheet) == 2
    assert all(near(page.size_mm[0], 210) and near(page.size_mm[1], 297) for page in sheet)


def test_the_rulers_are_100_mm(sheet: list[Picture]) -> None:
    x, y = ACROSS
    across = sheet[0].dark(Box(x - 2, y - 2, RULER_MM + 4, 3))
    assert across is not None
    assert near(across.x + 0.1, x)
    assert near(across.width - 0.2, RULER_MM)
    x, y = DOWN
    down = sheet[0].dark(Box(x - 1, y - 2, 3, RULER_MM + 4))
    assert down is not None
    assert near(down.y + 0.1, y)
    assert near(down.height - 0.2, RULER_MM)


def test_the_patch_is_red_and_in_its_place(sheet: list[Picture]) -> None:
    patch = RED_PATCH
    found = sheet[0].coloured(Box(patch.x - 5, patch.y - 5, patch.width + 10, patch.height + 10))
    assert found is not None
    assert near(found.x, RED_PATCH.x)
    assert near(found.y, RED_PATCH.y)
    assert near(found.width, RED_PATCH.width)
    assert near(found.height, RED_PATCH.height)


def test_the_crosses_meet_when_the_sheet_is_turned(sheet: list[Picture]) -> None:
    front = sheet[0].dark(Box(CROSS[0] - 12, CROSS[1] - 1, 24, 2))
    back = sheet[1].dark(Box(210 - CROSS[0] - 12, CROSS[1] - 1, 24, 2))
    assert front is not None
    assert back is not None
    assert near(front.x + front.width / 2, 210 - (back.x + back.width / 2))
    assert near(front.y, back.y)
