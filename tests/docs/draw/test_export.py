"""PDF: exact size, the same look, text that can be searched, small fonts; and PDF files as input."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pymupdf
import pytest

from docs.draw.probes import BLUE, RED, WHITE, Picture, draw
from gongwen_crypto.errors import KnownError
from gongwen_docs.draw import SealView, open_drawing
from ofd_builder import OfdBuilder, filled, text

TEXT = '<ofd:TextCode X="10" Y="40" DeltaX="20 20">ABC</ofd:TextCode>'
CHINESE = '<ofd:TextCode X="10" Y="80" DeltaX="g 9 9">关于召开会议的通知公文</ofd:TextCode>'
FONTS = '<ofd:Fonts><ofd:Font ID="4" FontName="{}"/></ofd:Fonts>'


def export(builder: OfdBuilder, target: Path, **options: object) -> pymupdf.Document:
    with open_drawing(builder.build()) as drawing:
        drawing.export_pdf(target, **options)  # type: ignore[arg-type]
    return pymupdf.open(target)


def test_pages_have_their_exact_size_and_look(tmp_path: Path) -> None:
    builder = OfdBuilder(size=(210, 297), box_font=True)
    builder.page(text(TEXT, 'Size="20"') + filled("M 0 50 L 210 50 L 210 90 L 0 90 C"))
    builder.page("")
    document = export(builder, tmp_path / "a.pdf", title="关于会议的通知")
    assert [tuple(round(value, 2) for value in page.rect) for page in document] == [
        (0, 0, 595.28, 841.89)
    ] * 2
    assert document.metadata["title"] == "关于会议的通知"
    assert document[0].get_text().split() == ["ABC"]
    ofd, pdf = draw(builder), draw((tmp_path / "a.pdf").read_bytes())
    for place in ((20, 30), (20, 45), (50, 70), (50, 100)):
        assert pdf.near(*place, ofd.at(*place), 8)


def test_chosen_pages_only(tmp_path: Path) -> None:
    builder = OfdBuilder().page(filled("M 0 0 L 9 9")).page("").page("")
    assert export(builder, tmp_path / "a.pdf", pages=[2, 0]).page_count == 2
    with pytest.raises(KnownError, match="no_such_page"):
        export(builder, tmp_path / "b.pdf", pages=[3])


@pytest.mark.parametrize("font", ["仿宋", "宋体", "楷体", "黑体", "小标宋"])
def test_fonts_are_reduced_to_the_glyphs_in_use(tmp_path: Path, font: str) -> None:
    """A Chinese face has 5 to 20 MB; a notice of ten characters must not carry it."""
    builder = OfdBuilder(resources=FONTS.format(font)).page(
        text(CHINESE, 'Size="9" Font="4"', "").replace('Font="3" ', "")
    )
    document = export(builder, tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").stat().st_size < 200_000
    assert "关于召开会议的通知" in document[0].get_text().replace("\n", "")
    shown = Picture(draw((tmp_path / "a.pdf").read_bytes()).pixels)
    assert any(not shown.near(x / 2, 76, WHITE) for x in range(20, 180)), "glyphs are still drawn"


def test_characters_without_a_glyph_stay_text(tmp_path: Path) -> None:
    """Beyond U+FFFF too, and for readers other than MuPDF."""
    shown = "公\U0003134a文\u0e24\U00016fe6后"
    code = f'<ofd:TextCode X="10" Y="40" DeltaX="g 9 9">{shown}</ofd:TextCode>'
    builder = OfdBuilder(resources=FONTS.format("宋体")).page(text(code, 'Size="9"').replace('"3"', '"4"'))
    document = export(builder, tmp_path / "a.pdf")
    assert document[0].get_text().split() == [shown]
    if shutil.which("pdftotext"):
        found = subprocess.run(["pdftotext", tmp_path / "a.pdf", "-"], capture_output=True, check=True)
        assert found.stdout.decode().split() == [shown]


def test_gradients_and_pictures_survive(tmp_path: Path) -> None:
    fill = (
        '<ofd:FillColor><ofd:AxialShd StartPoint="0 0" EndPoint="100 0">'
        '<ofd:Segment><ofd:Color Value="255 0 0"/></ofd:Segment>'
        '<ofd:Segment><ofd:Color Value="0 0 255"/></ofd:Segment></ofd:AxialShd></ofd:FillColor>'
    )
    builder = OfdBuilder().page(filled("M 0 0 L 100 0 L 100 100 L 0 100 C", fill))
    export(builder, tmp_path / "a.pdf")
    picture = draw((tmp_path / "a.pdf").read_bytes())
    assert picture.near(2, 50, RED)
    assert picture.near(98, 50, BLUE)


def test_an_unwritable_target(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="pdf_not_written"):
        export(OfdBuilder().page(""), tmp_path / "no_folder" / "a.pdf")


def _pdf(tmp_path: Path) -> Path:
    document = pymupdf.open()
    page = document.new_page(width=300, height=200)
    page.insert_text((50, 100), "Hello", fontsize=20)
    page.draw_rect(pymupdf.Rect(150, 50, 250, 150), color=(1, 0, 0), fill=(1, 0, 0))
    page.set_rotation(90)
    document.save(tmp_path / "in.pdf")
    return tmp_path / "in.pdf"


def test_pdf_files_are_drawn_alike(tmp_path: Path) -> None:
    with open_drawing(_pdf(tmp_path)) as drawing:
        assert drawing.kind == "pdf"
        assert drawing.page_count == 1
        width, height = drawing.page_size_mm(0)
        assert (width, height) == pytest.approx((200 / 72 * 25.4, 300 / 72 * 25.4))
        assert drawing.text(0).text.strip() == "Hello"
        assert all(0 <= item.box[0] <= width and 0 <= item.box[3] <= height for item in drawing.text(0).chars)
        pixels = drawing.render(0, 50, seals=SealView.HIDDEN)
        assert (pixels.width, pixels.height) == (139, 208)
        drawing.export_pdf(tmp_path / "out.pdf")
    assert pymupdf.open(tmp_path / "out.pdf")[0].rect == pymupdf.Rect(0, 0, 200, 300)


@pytest.mark.parametrize(
    ("data", "code"), [(b"%PDF-1.7\nnothing", "draw.pdf_damaged"), (b"neither", "not_zip")]
)
def test_damaged_files(data: bytes, code: str) -> None:
    with pytest.raises(KnownError, match=code):
        open_drawing(data)


def test_a_locked_pdf_says_so(tmp_path: Path) -> None:
    document = pymupdf.open(_pdf(tmp_path))
    document.save(tmp_path / "l.pdf", encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="1", owner_pw="2")
    with pytest.raises(KnownError, match="pdf_locked"):
        open_drawing(tmp_path / "l.pdf")
