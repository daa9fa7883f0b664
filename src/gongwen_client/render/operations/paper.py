"""What goes onto paper, or out of the house as a copy."""

from __future__ import annotations

from pathlib import Path

from gongwen_client.durable import write_atomically
from gongwen_client.render.operations import Desk, operation
from gongwen_docs.copies import making
from gongwen_docs.copies.orders import CopyOrder, MarkOfCopy, SheetFacts
from gongwen_docs.copies.reading import texts_of_codes
from gongwen_docs.copies.test_sheet import draw_test_sheet
from gongwen_docs.draw import Drawing, open_drawing
from gongwen_docs.draw.ofd_drawing import OfdDrawing
from gongwen_docs.limits import DEFAULT_LIMITS


@operation
def write_test_sheet(desk: Desk, target: Path, facts: SheetFacts) -> None:
    """The sheet that shows what a printer does to a page, the same way as an original becomes a PDF."""
    with open_drawing(draw_test_sheet(facts)) as drawing:
        drawing.export_pdf(target, title="打印测试页")


@operation
def write_original(desk: Desk, path: Path, target: Path, mark: MarkOfCopy | None) -> int:
    """The PDF of one numbered copy; how many pages had no room for its mark."""
    drawing = desk.documents.get(path)
    return making.write_original(drawing, target, mark, _title(drawing))


@operation
def write_copy(desk: Desk, path: Path, target: Path, order: CopyOrder, pages: int | None) -> None:
    """A copy (副本) of the first ``pages``, or of all, at ``target``: whole or not at all."""
    write_atomically(target, making.copy_of(desk.documents.get(path), order, pages))


@operation
def read_codes(desk: Desk, path: Path) -> tuple[str, ...]:
    """What the QR codes say in a photograph or scan: a picture, or the first pages of a PDF or OFD."""
    return texts_of_codes(path, DEFAULT_LIMITS)


def _title(drawing: Drawing) -> str:
    return drawing.document.info.title if isinstance(drawing, OfdDrawing) else ""
