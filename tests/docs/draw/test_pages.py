"""What makes a page: layers, templates, annotations, pictures, composites, and the stamps over all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest

from docs.draw.probes import BLACK, BLUE, GREEN, RED, WHITE, draw, draw_units
from docs.office import Authority, seal, write_document
from gongwen_crypto.errors import KnownError
from gongwen_docs.draw import SealView, open_drawing
from gongwen_docs.limits import DEFAULT_LIMITS
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.values import Box
from gongwen_docs.sign import Placement
from ofd_builder import OfdBuilder, filled

PAGE = "M 0 0 L 100 0 L 100 100 L 0 100 C"
LEFT = "M 0 0 L 50 0 L 50 100 L 0 100 C"


def color(value: str) -> str:
    return f'<ofd:FillColor Value="{value}"/>'


def test_layers_paint_in_order_of_appearance_whatever_their_type() -> None:
    builder = OfdBuilder()
    builder.pages.append(
        f'<ofd:Content><ofd:Layer ID="2" Type="Foreground">{filled(PAGE)}</ofd:Layer>'
        f'<ofd:Layer ID="3" Type="Background">{filled(PAGE, color("0 0 255"))}</ofd:Layer></ofd:Content>'
    )
    assert draw(builder).near(50, 50, BLUE)


@pytest.mark.parametrize(
    ("order", "expected"), [("Foreground", GREEN), ("Background", RED), ("Backqround", RED), (None, RED)]
)
def test_templates_lie_behind_or_before_the_page(order: str | None, expected: tuple[int, int, int]) -> None:
    builder = OfdBuilder(common='<ofd:TemplatePage ID="7" BaseLoc="Tpls/T.xml"/>')
    content = f'<ofd:Content><ofd:Layer ID="5">{filled(PAGE, color("0 255 0"))}</ofd:Layer></ofd:Content>'
    builder.files["Doc_0/Tpls/T.xml"] = builder.xml("Page", content)
    z_order = f'ZOrder="{order}"' if order else ""
    builder.page(filled(LEFT), before=f'<ofd:Template TemplateID="7" {z_order}/>')
    picture = draw(builder)
    assert picture.near(25, 50, expected)
    assert picture.near(75, 50, GREEN)


def _annotated(attributes: str) -> OfdBuilder:
    builder = OfdBuilder(document="<ofd:Annotations>Annots/A.xml</ofd:Annotations>").page("")
    builder.files["Doc_0/Annots/A.xml"] = builder.xml(
        "Annotations", '<ofd:Page PageID="100"><ofd:FileLoc>P.xml</ofd:FileLoc></ofd:Page>'
    )
    builder.files["Doc_0/Annots/P.xml"] = builder.xml(
        "PageAnnot",
        f'<ofd:Annot ID="9" Type="Watermark" {attributes}><ofd:Appearance Boundary="20 20 40 40">'
        f"{filled(PAGE)}</ofd:Appearance></ofd:Annot>",
    )
    return builder


@pytest.mark.parametrize(
    ("attributes", "screen", "paper"),
    [("", RED, RED), ('Visible="false"', WHITE, RED), ('Print="false"', RED, WHITE)],
)
def test_annotations_differ_on_screen_and_paper(
    attributes: str, screen: tuple[int, int, int], paper: tuple[int, int, int]
) -> None:
    builder = _annotated(attributes)
    assert draw(builder).near(40, 40, screen)
    assert draw(builder, for_print=True).near(40, 40, paper)
    assert draw(builder).near(70, 70, WHITE), "the appearance is cut at its boundary"


def _picture(kind: str, alpha: bool = False) -> bytes:
    """Two by two pixels: red, green over blue, black; the last one transparent where asked."""
    pixels = bytes((255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0))
    if alpha:
        rgba = b"".join(pixels[at : at + 3] + bytes((0 if at == 9 else 255,)) for at in range(0, 12, 3))
        return bytes(pymupdf.Pixmap(pymupdf.csRGB, 2, 2, rgba, True).tobytes(kind))
    large = b"".join(
        pixels[row * 6 + column * 3 : row * 6 + column * 3 + 3] * 16
        for row in (0, 1)
        for _ in range(16)
        for column in (0, 1)
    )
    return bytes(pymupdf.Pixmap(pymupdf.csRGB, 32, 32, large, False).tobytes(kind))


def _bmp() -> bytes:
    row = bytes((0, 0, 255, 0, 255, 0, 0, 0))
    low = bytes((255, 0, 0, 0, 0, 0, 0, 0))
    header = b"BM" + (54 + 16).to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little")
    info = (40).to_bytes(4, "little") + (2).to_bytes(4, "little") * 2 + bytes((1, 0, 24, 0)) + bytes(24)
    return header + info + low + row


def _gif() -> bytes:
    """Two by two pixels with a palette of four colours, codes written without compression."""
    palette = bytes((255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0))
    codes = [(4, 3), (0, 3), (1, 3), (4, 3), (2, 3), (3, 3), (5, 3)]
    value = shift = 0
    for number, width in codes:
        value |= number << shift
        shift += width
    data = value.to_bytes((shift + 7) // 8, "little")
    screen = b"GIF89a" + bytes((2, 0, 2, 0, 0x91, 0, 0)) + palette
    image = b"," + bytes((0, 0, 0, 0, 2, 0, 2, 0, 0)) + bytes((2, len(data))) + data + b"\0;"
    return screen + image


IMAGE = '<ofd:ImageObject ID="6" ResourceID="70" Boundary="{}" {}/>'
MEDIA = (
    '<ofd:MultiMedias><ofd:MultiMedia ID="70" Type="Image" Format="whatever">'
    '<ofd:MediaFile>picture.dat</ofd:MediaFile></ofd:MultiMedia><ofd:MultiMedia ID="71" Type="Image">'
    "<ofd:MediaFile>mask.dat</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>"
)


def _with_picture(unit: str, data: bytes, **more: bytes) -> OfdBuilder:
    files = {"Doc_0/Res/picture.dat": data, **{f"Doc_0/Res/{name}.dat": mask for name, mask in more.items()}}
    return OfdBuilder(resources=MEDIA, files=files).page(unit)


@pytest.mark.parametrize(
    "data", [_picture("png"), _picture("jpg"), _bmp(), _gif()], ids=["png", "jpeg", "bmp", "gif"]
)
def test_pictures_fill_the_unit_square(data: bytes) -> None:
    unit = IMAGE.format("10 10 80 80", 'CTM="80 0 0 80 0 0"')
    picture = draw(_with_picture(unit, data))
    assert [
        picture.near(x, y, c, 40)
        for x, y, c in ((20, 20, RED), (80, 20, GREEN), (20, 80, BLUE), (80, 80, BLACK))
    ] == [True] * 4
    assert picture.near(5, 5, WHITE)


def test_a_picture_without_matrix_fills_its_boundary() -> None:
    assert draw(_with_picture(IMAGE.format("10 10 80 80", ""), _picture("png"))).near(20, 20, RED, 40)


def test_pictures_turn_with_their_matrix() -> None:
    unit = IMAGE.format("10 10 80 80", 'CTM="0 80 -80 0 80 0"')
    picture = draw(_with_picture(unit, _picture("png")))
    assert picture.near(80, 20, RED, 40), "turned clockwise by a quarter"


def test_transparency_masks_and_borders() -> None:
    under = filled(PAGE, color("0 255 0"))
    unit = IMAGE.format("0 0 100 100", "")
    clear = draw(_with_picture(under + unit, _picture("png", alpha=True)))
    assert clear.near(95, 95, GREEN, 60)
    half = draw(_with_picture(unit.replace("/>", ' Alpha="128"/>'), _picture("png")))
    assert half.near(10, 10, (255, 127, 127), 40)
    white = bytes(pymupdf.Pixmap(pymupdf.csGRAY, 2, 1, b"\xff\x00", False).tobytes("png"))
    masked = draw(_with_picture(unit.replace("/>", ' ImageMask="71"/>'), _picture("png"), mask=white))
    assert masked.near(5, 10, RED, 60)
    assert masked.near(95, 10, WHITE, 60)
    framed = unit.replace(
        "/>", '><ofd:Border LineWidth="6"><ofd:BorderColor Value="0 0 255"/></ofd:Border></ofd:ImageObject>'
    )
    assert draw(_with_picture(framed, _picture("png"))).near(1, 30, BLUE)


@pytest.mark.parametrize("data", [b"", b"no picture at all", _picture("png")[:40]])
def test_damaged_pictures_are_reported_and_the_page_goes_on(data: bytes) -> None:
    picture = draw(_with_picture(IMAGE.format("0 0 100 100", "") + filled(LEFT), data))
    assert picture.near(25, 50, RED)
    assert picture.codes


def test_pictures_over_the_limit_are_not_decoded() -> None:
    data = _with_picture(IMAGE.format("0 0 100 100", ""), _picture("png")).build()
    for limit, codes in ((32 * 32, ()), (32 * 32 - 1, ("draw.picture_too_large",))):
        package = Package.open(data, replace(DEFAULT_LIMITS, image_pixels=limit))
        with open_drawing(OfdDocument(package)) as drawing:
            drawing.render(0, 50)
            assert tuple(report.code for report in drawing.reports) == codes


def _composite(attributes: str, content: str) -> OfdBuilder:
    resources = (
        '<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="80" Width="50" Height="50"><ofd:Content>'
        f"{content}</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>"
    )
    unit = f'<ofd:CompositeObject ID="4" ResourceID="80" Boundary="10 10 90 90" {attributes}/>'
    return OfdBuilder(resources=resources).page(unit)


def test_composites_are_clipped_placed_and_blended_as_one() -> None:
    content = filled(PAGE) + filled(PAGE)
    picture = draw(_composite("", content))
    assert picture.near(30, 30, RED)
    assert picture.near(70, 70, WHITE), "content beyond Width and Height is cut"
    assert draw(_composite('CTM="2 0 0 2 0 0"', content)).near(90, 90, RED)
    assert draw(_composite('Alpha="128"', content)).near(30, 30, (255, 127, 127), 4), (
        "alpha acts on the group"
    )


def test_a_composite_inside_itself_ends() -> None:
    content = '<ofd:CompositeObject ID="5" ResourceID="80" Boundary="0 0 50 50"/>'
    assert draw(_composite("", content)).codes == ("draw.too_complex",)


def test_blend_modes_of_practice() -> None:
    units = filled(PAGE, color("0 0 255")) + filled(PAGE, attributes='BlendMode="Darken"')
    assert draw_units(units).near(50, 50, BLACK)


def test_the_number_of_objects_is_limited() -> None:
    data = OfdBuilder().page(filled(LEFT) + filled(PAGE, color("0 0 255"))).build()
    package = Package.open(data, replace(DEFAULT_LIMITS, page_objects=1))
    with open_drawing(OfdDocument(package)) as drawing:
        drawing.render(0, 50)
        assert [report.code for report in drawing.reports] == ["draw.too_complex"]


def test_parts_of_pages_and_bad_requests() -> None:
    builder = OfdBuilder().page(filled("M 50 0 L 100 0 L 100 100 L 50 100 C"))
    with open_drawing(builder.build()) as drawing:
        part = drawing.render(0, 50.8, (50, 0, 25, 10))
        assert (part.width, part.height) == (50, 20)
        assert part.samples == bytes(RED) * 1000
        with pytest.raises(KnownError, match="no_such_page"):
            drawing.render(1, 50)
        with pytest.raises(KnownError, match="too_large"):
            drawing.render(0, 5000)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A sealed document: a red square of 42 mm from (120, 220) on the first page."""
    folder = tmp_path_factory.mktemp("sealed")
    source = write_document(folder / "source.ofd")
    return seal(source, folder / "sealed.ofd", Authority.found().unit()).read_bytes()


def test_stamps_come_from_the_signed_seal(sealed: bytes) -> None:
    red = (200, 16, 16)
    assert draw(sealed).near(140, 240, red)
    assert draw(sealed).near(110, 240, WHITE)
    assert draw(sealed, seals=SealView.HIDDEN).near(140, 240, WHITE)
    grey = draw(sealed, seals=SealView.GREY).at(140, 240)
    assert max(grey) - min(grey) <= 2
    assert 40 < grey[0] < 200
    with Package.open(sealed) as package:
        loose = package.with_parts({"Doc_0/Signs/Sign_0/Seal.esl": b"another picture"})
    assert draw(loose).near(140, 240, red), "the loose seal file is never looked at"


def test_a_seal_that_cannot_be_drawn_leaves_a_notice(sealed: bytes) -> None:
    with Package.open(sealed) as package:
        broken = package.with_parts({"Doc_0/Signs/Sign_0/SignedValue.dat": b"\x30\x03\x02\x01\x01"})
    with open_drawing(broken) as drawing:
        drawing.render(0, 50)
        assert "印章未能显示" in drawing.text(0).text.replace("\n", "")
        assert "draw.seal_undrawable" in [report.code for report in drawing.reports]


def test_clips_of_stamps_count_from_their_corner(tmp_path: Path) -> None:
    source = write_document(tmp_path / "a.ofd")
    placement = Placement(0, Box(100, 100, 40, 40), Box(0, 0, 10, 40))
    data = seal(source, tmp_path / "b.ofd", Authority.found().unit(), placement).read_bytes()
    picture = draw(data)
    assert picture.near(105, 120, (200, 16, 16))
    assert picture.near(120, 120, WHITE)
