"""What goes onto paper, or out of the house as a copy."""

from __future__ import annotations

from pathlib import Path

from gongwen_client.render.operations import Desk, operation
from gongwen_docs.copies.test_sheet import SheetFacts, draw_test_sheet
from gongwen_docs.draw import open_drawing


@operation
def write_test_sheet(desk: Desk, target: Path, facts: SheetFacts) -> None:
    """The sheet that shows what a printer does to a page, the same way as an original becomes a PDF."""
    with open_drawing(draw_test_sheet(facts)) as drawing:
        drawing.export_pdf(target, title="打印测试页")
