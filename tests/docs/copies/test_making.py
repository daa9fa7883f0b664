"""Copies that can never pass for the original, and marks where there is room for them; whatever the page."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from docs.copies.paper import Picture, pictures
from docs.draw import gallery
from docs.office import Unit
from docs.pdf_office import seal_pdf, write_pdf
from gongwen_docs.copies.making import copy_of, write_original
from gongwen_docs.copies.mark import SIDE, TOP, place_of
from gongwen_docs.copies.orders import CopyFormat, CopyNotice, CopyOrder, MarkOfCopy
from gongwen_docs.copies.reading import texts_of_codes
from gongwen_docs.copies.watermark import STATEMENT
from gongwen_docs.draw import SealView, open_drawing
from gongwen_docs.limits import DEFAULT_LIMITS
from gongwen_docs.ofd.values import Box
from ofd_builder import OfdBuilder, filled

NOTICE = CopyNotice("示范市水利局", "收发员", "2026-11-22 15:40", "传阅\U00020c6d办理" * 6)
MARK = MarkOfCopy("GW1" + "ABCDEFG2" * 27, 2, 5)
DPI = 50
SIZES = ((210, 297), (297, 210), (420, 297), (74, 105), (841, 60), (10, 10))


def area(width: float, height: float) -> str:
    return f"<ofd:Area><ofd:PhysicalBox>0 0 {width} {height}</ofd:PhysicalBox></ofd:Area>"


def order(form: CopyFormat, seals: SealView = SealView.GREY) -> CopyOrder:
    return CopyOrder(form, seals, NOTICE, "关于做好防汛工作的通知")


def drawn(data: bytes, folder: Path, dpi: int = DPI) -> list[Picture]:
    """A copy as poppler draws it; OFD through our own PDF."""
    pdf = folder / "copy.pdf"
    with open_drawing(data) as drawing:
        if drawing.kind == "pdf":
            pdf.write_bytes(data)
        else:
            drawing.export_pdf(pdf)
    return pictures(pdf, folder, dpi)


@pytest.mark.parametrize("form", list(CopyFormat))
def test_pages_of_any_size_lose_their_colour_and_get_the_watermark(form: CopyFormat, tmp_path: Path) -> None:
    builder = OfdBuilder(size=SIZES[0])
    for width, height in SIZES:
        sheet = f"0 0 {width} {height}"
        red = filled(f"M 0 0 L {width} 0 L {width} {height} L 0 {height} C", boundary=sheet)
        builder.page(red, area(width, height))
    with open_drawing(builder.build()) as drawing:
        sizes = [drawing.page_size_mm(page) for page in range(drawing.page_count)]
        data = copy_of(drawing, order(form))
    pages = drawn(data, tmp_path)
    assert len(pages) == len(SIZES)
    for page, size in zip(pages, sizes, strict=True):
        assert all(abs(is_ - was) < 0.6 for is_, was in zip(page.size_mm, size, strict=True))
        assert page.coloured() is None
        if min(size) >= 60:
            assert page.dark(Box(0, 0, *size), 250) != page.dark(Box(0, 0, *size), 100), "words over the red"


@pytest.mark.parametrize("name", sorted(gallery.PAGES)[::4])
def test_whatever_is_painted_becomes_grey(name: str, tmp_path: Path) -> None:
    with open_drawing(gallery.PAGES[name]().build()) as drawing:
        (page,) = drawn(copy_of(drawing, order(CopyFormat.PDF), 1), tmp_path)
    assert page.coloured() is None


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_turned_pdf_pages_are_written_upright(rotation: int, tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page(width=595, height=842)
    page.draw_rect(pymupdf.Rect(100, 100, 300, 200), fill=(1, 0, 0))
    page.set_cropbox(pymupdf.Rect(50, 50, 500, 700))
    page.set_rotation(rotation)
    with open_drawing(document.tobytes()) as drawing:
        size = drawing.page_size_mm(0)
        data = copy_of(drawing, order(CopyFormat.PDF))
    (shown,) = drawn(data, tmp_path)
    assert all(abs(is_ - was) < 0.6 for is_, was in zip(shown.size_mm, size, strict=True))
    assert shown.coloured() is None
    text = pymupdf.open(stream=data)[0].get_text()
    assert STATEMENT.split("\u3000")[1] in text.replace("\n", "")
    assert "□" not in text.split("用途")[0]


@pytest.mark.parametrize("seals", [SealView.GREY, SealView.HIDDEN])
def test_a_sealed_pdf_leaves_no_signature_behind(seals: SealView, unit: Unit, tmp_path: Path) -> None:
    sealed = seal_pdf(write_pdf(tmp_path / "plain.pdf"), tmp_path / "sealed.pdf", unit)
    assert pictures(sealed, tmp_path, DPI)[0].coloured() is not None
    with open_drawing(sealed) as drawing:
        copy = copy_of(drawing, order(CopyFormat.PDF, seals))
    assert b"/ByteRange" not in copy
    assert b"/AcroForm" not in copy
    assert drawn(copy, tmp_path)[0].coloured() is None


def test_a_mark_goes_where_there_is_room(tmp_path: Path) -> None:
    top = filled("M 150 5 L 200 5 L 200 20 L 150 20 C", boundary="0 0 210 297")
    builder = OfdBuilder(size=(210, 297)).page("").page(top).page("", area(100, 100))
    target = tmp_path / "original.pdf"
    with open_drawing(builder.build()) as drawing:
        assert write_original(drawing, target, MARK) == 2
        assert place_of(100, 100) is None
    first, second, third = pictures(target, tmp_path, 200)
    place = first.dark(Box(150, 2, 58, 33))
    assert place is not None
    assert abs(place.x + place.width - 184) < 0.2
    assert abs(place.y - TOP) < 0.2
    assert place.height - SIDE < 0.2
    assert third.dark(Box(0, 0, 100, 100)) is None
    assert texts_of_codes(target, DEFAULT_LIMITS) == (MARK.text,)
    covered = second.dark(Box(150, 2, 58, 33))
    assert covered is not None
    assert covered.height < 16, "nothing is printed over what is there"


def test_a_mark_without_any_room_is_told(tmp_path: Path) -> None:
    builder = OfdBuilder(size=(80, 80)).page("").page("")
    with open_drawing(builder.build()) as drawing:
        assert write_original(drawing, tmp_path / "a.pdf", MARK) == 2
    assert texts_of_codes(tmp_path / "a.pdf", DEFAULT_LIMITS) == ()
