"""What real producers write beside the standard, a test each: the page must look as its author meant it."""

from __future__ import annotations

import codecs

import pytest

from docs.draw import media
from docs.draw.gallery import MEDIA, PAGES, code, color, filled, mesh, shading
from docs.draw.probes import BLACK, BLUE, GREEN, RED, WHITE, Picture, draw, draw_units
from gongwen_docs.draw import open_drawing
from gongwen_docs.ofd.container import pack
from ofd_builder import OfdBuilder, path, text

ALL = "M 0 0 L 100 0 L 100 100 L 0 100 C"
GREEN_FILL = color("0 255 0")


def boxes(
    codes: str, attributes: str = 'Size="10"', inside: str = "", boundary: str = "0 0 100 100"
) -> Picture:
    return draw_units(text(codes, attributes, inside, boundary), box_font=True)


def with_xml_changed(builder: OfdBuilder, *changes: tuple[str, str]) -> bytes:
    """The package with texts of its XML files exchanged."""
    parts = {}
    for name, data in builder.parts().items():
        if name.endswith(".xml"):
            written = data.decode()
            for old, new in changes:
                written = written.replace(old, new)
            data = written.encode()
        parts[name] = data
    return pack(parts)


def page() -> OfdBuilder:
    return OfdBuilder(box_font=True).page(filled(ALL) + text(code("A", 40, 60), 'Size="20"'))


# Files


@pytest.mark.parametrize(
    "changes",
    [
        (("http://www.ofdspec.org/2016", "http://www.ofdspec.org"),),
        (("http://www.ofdspec.org/2016", "urn:something-else"),),
        (("ofd:", ""), ("xmlns:ofd", "xmlns")),
        (("ofd:", "o:"), ("xmlns:ofd", "xmlns:o")),
    ],
    ids=["old namespace", "odd namespace", "default namespace", "other prefix"],
)
def test_namespaces_and_prefixes(changes: tuple[tuple[str, str], ...]) -> None:
    picture = draw(with_xml_changed(page(), *changes))
    assert picture.near(10, 10, RED)
    assert picture.near(50, 50, BLACK)


def test_no_namespace_at_all() -> None:
    data = with_xml_changed(page(), ("ofd:", ""), (' xmlns:ofd="http://www.ofdspec.org/2016"', ""))
    assert draw(data).near(10, 10, RED)


def test_byte_order_marks_and_other_encodings() -> None:
    parts = dict(page().parts())
    name = "Doc_0/Pages/Page_0/Content.xml"
    for changed in (
        codecs.BOM_UTF8 + parts[name],
        parts[name].decode().replace("UTF-8", "GB18030").encode("gb18030"),
        parts[name].decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    ):
        assert draw(pack({**parts, name: changed})).near(50, 50, BLACK)


@pytest.mark.parametrize(
    ("written", "location"),
    [
        ("Pages/Page_0/Content.xml", "/Doc_0/Pages/Page_0/Content.xml"),
        ("Pages/Page_0/Content.xml", "./Pages/Page_0/Content.xml"),
        ("Pages/Page_0/Content.xml", "../Doc_0/Pages/Page_0/Content.xml"),
        ("Pages/Page_0/Content.xml", "Pages\\Page_0\\Content.xml"),
        ("Pages/Page_0/Content.xml", "pages/page_0/CONTENT.xml"),
        ("Pages/Page_0/Content.xml", " Pages/Page_0/Content.xml "),
        ("Pages/Page_0/Content.xml", "Pages//Page_0/Content.xml"),
        ("Pages/Page_0/Content.xml", "Doc_0/Pages/Page_0/Content.xml"),
        ("box.ttf", "/Doc_0/Res/box.ttf"),
        ("box.ttf", "Res/box.ttf"),
        ("box.ttf", "\n  box.ttf\n  "),
        ('BaseLoc="Res"', 'BaseLoc="/Doc_0/Res"'),
        ('BaseLoc="Res"', 'BaseLoc="Res/"'),
        ('BaseLoc="Res"', 'BaseLoc="res"'),
    ],
)
def test_locations(written: str, location: str) -> None:
    picture = draw(with_xml_changed(page(), (written, location)))
    assert picture.near(50, 50, BLACK)
    assert picture.codes == ()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"A&#1;B", "A B"),
        (b"A\x03B", "A B"),
        (b"A&#xFFFF;B", "A B"),
        (b"A&#xD840;&#xDC00;B", "A\U00020000B"),
        (b"A&#55360;&#56320;B", "A\U00020000B"),
        (b"A\xed\xa1\x80\xed\xb0\x80B", "A\U00020000B"),
        (b"A&#xD840;B", "A B"),
    ],
)
def test_characters_that_xml_forbids_keep_their_place(written: bytes, read: str) -> None:
    unit = text(code("???", 10, 50, 'DeltaX="20 20"'), 'Size="20"')
    parts = dict(OfdBuilder(box_font=True).page(unit).parts())
    data = pack({name: part.replace(b"???", written) for name, part in parts.items()})
    with open_drawing(data) as drawing:
        assert drawing.text(0).text.replace(" ", "").strip() == read.replace(" ", "")
        places = {item.char: item.box[0] for item in drawing.text(0).chars}
    assert places["B"] == pytest.approx(50, abs=0.5)


def test_content_without_layers() -> None:
    builder = OfdBuilder()
    builder.pages.append(f"<ofd:Content>{filled(ALL)}</ofd:Content>")
    assert draw(builder).near(50, 50, RED)


def test_closing_as_svg_writes_it() -> None:
    assert draw_units(path("M 10 10 L 90 10 L 90 90 Z", 'LineWidth="6"')).near(50, 50, BLACK)


def test_blanks_within_paths_and_values() -> None:
    units = path(" \n M  10\t10 L 90 10\n L 90,90 L10,90C ", 'Fill="true" Stroke=" false "', GREEN_FILL)
    assert draw_units(units).near(50, 50, GREEN)
    assert draw_units(filled("M10-10L90-10L90 90L10 90C", GREEN_FILL)).near(50, 50, GREEN), "glued numbers"
    assert draw_units(filled("M 1e1 .1E2 L 9e1 10 L 90 90 L 10 90 C", GREEN_FILL)).near(50, 50, GREEN)


# Boundaries and matrices


@pytest.mark.parametrize("boundary", ["0 0 0 0", "0 0 -100 -100", "", "0 0", "a b c d"])
def test_boundaries_without_size_cut_nothing(boundary: str) -> None:
    assert draw_units(filled(ALL, GREEN_FILL, boundary=boundary)).near(50, 50, GREEN)
    assert boxes(code("A", 40, 60), 'Size="20"', boundary=boundary).near(50, 50, BLACK)


def test_text_is_not_cut_at_a_boundary_that_is_too_tight() -> None:
    assert boxes(code("A", 0, 20), 'Size="40"', boundary="20 40 10 5").near(50, 50, BLACK)


def test_data_in_points_with_a_matrix_on_everything() -> None:
    """Converted from PDF: points in the data, the factor in the CTM, for lines as well."""
    units = path(
        "M 0 141.7 L 283.4 141.7", 'LineWidth="28.34" CTM="0.3528 0 0 0.3528 0 0"', color("255 0 0", "Stroke")
    )
    picture = draw_units(units)
    assert picture.near(50, 46, RED)
    assert picture.near(50, 43, WHITE)
    turned = boxes(code("A", 0, 0), 'Size="209" CTM="0 0.1 -0.1 0 50 50"', boundary="0 0 3 3")
    assert turned.near(60, 60, BLACK)


def test_matrices_that_flip_or_vanish() -> None:
    assert draw_units(filled(ALL, GREEN_FILL, 'CTM="1 0 0 -1 0 100"')).near(50, 50, GREEN)
    assert draw_units(filled(ALL, GREEN_FILL, 'CTM="0 0 0 0 0 0"')).near(50, 50, WHITE)
    assert draw_units(filled(ALL, GREEN_FILL, 'CTM="1 0 0"')).near(50, 50, GREEN), "too short is none"
    assert draw_units(filled(ALL, GREEN_FILL, 'CTM="nan 0 0 inf 0 0"')).near(50, 50, WHITE)


# Colours


@pytest.mark.parametrize(
    ("fill", "expected"),
    [
        ("<ofd:FillColor/>", BLACK),
        ('<ofd:FillColor Value=""/>', BLACK),
        ('<ofd:FillColor Value="255,0,0"/>', RED),
        ('<ofd:FillColor Value="#FF #00 #00"/>', RED),
        ('<ofd:FillColor Value="#FF0000"/>', RED),
        ('<ofd:FillColor Value=" 255  0 0 "/>', RED),
        ('<ofd:FillColor Value="255.0 0 0"/>', RED),
        ('<ofd:FillColor Value="255 0 0" ColorSpace="4711"/>', RED),
        ('<ofd:FillColor Value="255"/>', WHITE),
        ('<ofd:FillColor Value="255 0 0" Index="0" ColorSpace="51"/>', RED),
        ('<ofd:FillColor Index="1" ColorSpace="51"/>', GREEN),
        ('<ofd:FillColor Index="9" ColorSpace="51"/>', BLACK),
        ('<ofd:FillColor Value="255 0 0" Alpha="0"/>', WHITE),
        ('<ofd:FillColor Value="255 0 0" Alpha="999"/>', RED),
        ('<ofd:FillColor Value="300 0 0"/>', BLACK),
    ],
)
def test_values_of_colours(fill: str, expected: tuple[int, int, int]) -> None:
    spaces = (
        '<ofd:ColorSpaces><ofd:ColorSpace ID="51" Type="RGB"><ofd:Palette><ofd:CV>0 0 255</ofd:CV>'
        "<ofd:CV>#00 #FF #00</ofd:CV></ofd:Palette></ofd:ColorSpace></ofd:ColorSpaces>"
    )
    assert draw_units(filled(ALL, fill), resources=spaces).near(50, 50, expected)


def test_a_damaged_profile_is_told_and_the_colour_is_drawn() -> None:
    spaces = '<ofd:ColorSpaces><ofd:ColorSpace ID="51" Type="RGB" Profile="p.icc"/></ofd:ColorSpaces>'
    fill = '<ofd:FillColor Value="255 0 0" ColorSpace="51"/>'
    for files in ({}, {"Doc_0/Res/p.icc": b"no profile"}):
        picture = draw_units(filled(ALL, fill), resources=spaces, files=files)
        assert picture.near(50, 50, RED)
        assert picture.codes == ("draw.profile_damaged",)


def test_fill_and_stroke_by_default() -> None:
    line = path("M 10 10 L 90 10 L 90 90 L 10 90 C", 'LineWidth="4"', color("255 0 0"))
    assert draw_units(line).near(50, 50, WHITE), "a fill colour alone does not fill"
    assert draw_units(line).near(50, 10, BLACK)
    assert boxes(code("A", 40, 60), 'Size="20" Stroke="true"', color("255 0 0", "Stroke")).near(50, 50, BLACK)


@pytest.mark.parametrize("kind", ["AxialShd", "RadialShd"])
def test_gradients_without_stops_or_length(kind: str) -> None:
    circle = 'EndRadius="40"' if kind == "RadialShd" else ""
    for stops in ((), ("255 0 0",)):
        assert not draw_units(
            filled(ALL, shading(kind, f'StartPoint="0 0" EndPoint="9 0" {circle}', stops))
        ).codes
    assert not draw_units(
        filled(ALL, shading(kind, f'StartPoint="5 5" EndPoint="5 5" {circle} Extend="3"'))
    ).codes


def test_meshes_that_are_too_short() -> None:
    points = ((0.0, 0.0, "255 0 0"), (9.0, 9.0, "0 0 255"))
    for kind in ("GouraudShd", "LaGouraudShd", "LaGourandShd"):
        assert draw_units(filled(ALL, mesh(kind, 'VerticesPerRow="2"', points))).codes == ()


# Text


@pytest.mark.parametrize(
    ("deltas", "places"),
    [
        ("g 2 20", (0, 20, 40)),
        ("20 g", (0, 20, 40)),
        ("G 1 20 30", (0, 20, 50)),
        ("g2 20", (0, 20, 40)),
        ("20, 30", (0, 20, 50)),
        ("g 0 9 20 30", (0, 20, 50)),
        ("g -3 9 20 30", (0, 20, 50)),
        ("g 999999999 20", (0, 20, 40)),
        ("20 30 40 50 60", (0, 20, 50)),
    ],
)
def test_offsets_as_they_are_written(deltas: str, places: tuple[int, ...]) -> None:
    picture = boxes(code("AAA", 0, 50, f'DeltaX="{deltas}"'))
    shown = tuple(x for x in range(0, 90, 10) if picture.near(x + 5, 45, BLACK))
    assert shown == places


def test_a_text_of_a_hundred_thousand_offsets() -> None:
    deltas = " ".join(["0.0009"] * 100_000)
    picture = boxes(code("A" * 2000, 0, 50, f'DeltaX="{deltas}"'))
    assert picture.near(5, 45, BLACK)


def test_codes_without_a_place_take_that_of_the_code_before() -> None:
    codes = code("A", 10, 30) + '<ofd:TextCode Y="60">A</ofd:TextCode><ofd:TextCode X="70">A</ofd:TextCode>'
    picture = boxes(codes)
    assert [picture.near(x, y, BLACK) for x, y in ((15, 25), (15, 55), (75, 55), (75, 25))] == [
        True, True, True, False,
    ]  # fmt: skip


def test_sizes_below_zero_and_missing_attributes() -> None:
    assert boxes(code("A", 40, 60), 'Size="-20"').near(50, 50, BLACK)
    assert boxes("<ofd:TextCode>A</ofd:TextCode>", 'Size="20" CTM="1 0 0 1 40 60"').near(50, 50, BLACK)
    assert boxes(code("A", 40, 60), 'Size="20" HScale="0"').near(50, 50, BLACK), "a factor of zero is none"
    assert boxes(code("", 40, 60), 'Size="20"').codes == ()


def test_an_unknown_font_and_no_font() -> None:
    unit = text(code("A", 40, 60), 'Size="20"')
    for changed in (unit.replace('Font="3"', 'Font="4711"'), unit.replace('Font="3"', "")):
        with open_drawing(OfdBuilder().page(changed).build()) as drawing:
            assert drawing.text(0).text.strip() == "A"


# Pictures


def test_pictures_without_matrix_and_with_one() -> None:
    for attributes in ("", 'CTM="80 0 0 80 0 0"'):
        unit = f'<ofd:ImageObject ID="6" ResourceID="70" Boundary="10 10 80 80" {attributes}/>'
        files = {"Doc_0/Res/picture": media.png()}
        picture = draw(OfdBuilder(resources=MEDIA, files=files).page(unit))
        assert [picture.near(*place, colour) for place, colour in (((20, 20), RED), ((80, 80), BLACK))] == [
            True
        ] * 2


def test_the_substitute_of_a_picture_that_is_missing() -> None:
    unit = '<ofd:ImageObject ID="6" ResourceID="70" Substitution="71" Boundary="0 0 100 100"/>'
    picture = draw(OfdBuilder(resources=MEDIA, files={"Doc_0/Res/mask": media.png()}).page(unit))
    assert picture.near(20, 20, RED)
    assert picture.codes == ("draw.picture_missing",)


@pytest.mark.parametrize("header", [True, False])
def test_jbig2_with_and_without_its_file_header(header: bool) -> None:
    unit = '<ofd:ImageObject ID="6" ResourceID="70" Boundary="0 0 100 100"/>'
    files = {"Doc_0/Res/picture": media.jbig2(header)}
    picture = draw(OfdBuilder(resources=MEDIA, files=files).page(unit))
    assert picture.near(50, 50, BLACK)
    assert picture.codes == ()


@pytest.mark.parametrize("kind", media.PICTURES)
def test_pictures_of_every_format(kind: str) -> None:
    unit = '<ofd:ImageObject ID="6" ResourceID="70" Boundary="0 0 100 100"/>'
    picture = draw(
        OfdBuilder(resources=MEDIA, files={"Doc_0/Res/picture": media.PICTURES[kind]()}).page(unit)
    )
    for place, colour in (((10, 10), RED), ((90, 10), GREEN), ((10, 90), BLUE), ((90, 90), BLACK)):
        assert picture.near(*place, colour, 12)


def test_transparent_and_two_level_pictures() -> None:
    unit = filled(ALL, GREEN_FILL) + '<ofd:ImageObject ID="6" ResourceID="70" Boundary="0 0 100 100"/>'

    def show(data: bytes) -> Picture:
        return draw(OfdBuilder(resources=MEDIA, files={"Doc_0/Res/picture": data}).page(unit))

    assert show(media.gif(transparent=3)).near(90, 90, GREEN)
    two_level = show(media.bmp_two_level())
    assert two_level.near(10, 50, WHITE)
    assert two_level.near(90, 50, BLACK)


def test_a_composite_with_only_a_picture_of_it() -> None:
    resources = MEDIA + (
        '<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="80" Width="50" Height="50">'
        "<ofd:Substitution>70</ofd:Substitution></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>"
    )
    unit = '<ofd:CompositeObject ID="4" ResourceID="{}" Boundary="10 10 50 50"/>'
    files = {"Doc_0/Res/picture": media.png()}
    assert draw(OfdBuilder(resources=resources, files=files).page(unit.format(80))).near(20, 20, RED)
    assert draw(OfdBuilder().page(unit.format(81))).codes == ("draw.composite_missing",)


# Clips


@pytest.mark.parametrize(
    "clips",
    [
        "<ofd:Clips/>",
        "<ofd:Clips><ofd:Clip/></ofd:Clips>",
        "<ofd:Clips><ofd:Clip><ofd:Area/></ofd:Clip></ofd:Clips>",
        '<ofd:Clips><ofd:Clip><ofd:Area><ofd:Path ID="1" Boundary="0 0 9 9"/></ofd:Area></ofd:Clip>'
        "</ofd:Clips>",
    ],
)
def test_clips_that_say_nothing_cut_nothing(clips: str) -> None:
    assert draw_units(filled(ALL, clips + GREEN_FILL)).near(50, 50, GREEN)


@pytest.mark.parametrize("fill", ["", 'Fill="false"', 'Fill="false" Stroke="true"'])
def test_a_path_that_clips_counts_as_filled_and_is_not_cut_by_its_own_boundary(fill: str) -> None:
    clips = (
        f'<ofd:Clips><ofd:Clip><ofd:Area><ofd:Path ID="1" Boundary="0 0 1 1" {fill}>'
        "<ofd:AbbreviatedData>M 0 0 L 60 0 L 60 60 L 0 60 C</ofd:AbbreviatedData></ofd:Path></ofd:Area>"
        "</ofd:Clip></ofd:Clips>"
    )
    picture = draw_units(filled(ALL, clips + GREEN_FILL))
    assert picture.near(50, 50, GREEN)
    assert picture.near(80, 80, WHITE)


# Structure


def test_pages_templates_and_annotations_that_are_missing_or_broken() -> None:
    builder = OfdBuilder(
        common='<ofd:TemplatePage ID="7" BaseLoc="Tpls/Gone.xml"/>'
        '<ofd:TemplatePage ID="8" BaseLoc="Tpls/Broken.xml"/>'
        "<ofd:DocumentRes>Broken.xml</ofd:DocumentRes>",
        document="<ofd:Annotations>Annots/A.xml</ofd:Annotations>",
        files={
            "Doc_0/Tpls/Broken.xml": b"<broken",
            "Doc_0/Annots/P.xml": b"<broken",
            "Doc_0/Broken.xml": b"<",
        },
    )
    builder.files["Doc_0/Annots/A.xml"] = builder.xml(
        "Annotations", '<ofd:Page PageID="100"><ofd:FileLoc>P.xml</ofd:FileLoc></ofd:Page>'
    )
    templates = "".join(f'<ofd:Template TemplateID="{number}"/>' for number in (7, 8, 9))
    picture = draw(builder.page(filled(ALL), before=templates))
    assert picture.near(50, 50, RED)
    assert set(picture.codes) == {
        "draw.template_missing", "draw.annotations_unreadable", "draw.resources_unreadable",
    }  # fmt: skip


def test_a_page_without_content_is_blank_and_units_may_be_hidden() -> None:
    builder = OfdBuilder()
    builder.pages.append("")
    assert draw(builder).near(50, 50, WHITE)
    hidden = filled(ALL, attributes='Visible="false"') + filled(ALL, GREEN_FILL, 'Visible="0"')
    assert draw_units(hidden).near(50, 50, WHITE)


def test_page_blocks_within_page_blocks() -> None:
    unit = filled(ALL, GREEN_FILL)
    for _ in range(20):
        unit = f'<ofd:PageBlock ID="1">{unit}</ofd:PageBlock>'
    assert draw_units(unit).near(50, 50, GREEN)


def test_every_page_of_the_gallery_is_drawn_without_remark() -> None:
    remarks = {name: draw(build()).codes for name, build in PAGES.items()}
    assert {name: codes for name, codes in remarks.items() if codes} == {
        "text_without_glyphs": ("draw.characters_missing",)
    }
