"""Text: where glyphs stand, which glyphs they are, and what is read back. The font's glyphs are boxes."""

from __future__ import annotations

import itertools

import pytest

from docs.draw.probes import BLACK, BLUE, RED, WHITE, Picture, draw, draw_units
from gongwen_docs.draw import open_drawing
from ofd_builder import OfdBuilder, text


def code(characters: str, x: float = 10, y: float = 40, more: str = "") -> str:
    return f'<ofd:TextCode X="{x}" Y="{y}" {more}>{characters}</ofd:TextCode>'


def drawn(codes: str, attributes: str, inside: str = "") -> Picture:
    return draw_units(text(codes, attributes, inside), box_font=True)


def test_default_is_black_glyphs_above_the_baseline() -> None:
    picture = drawn(code("A"), 'Size="20"')
    assert picture.near(20, 30, BLACK)
    assert picture.near(20, 42, WHITE)
    assert picture.near(8, 30, WHITE)


def test_offsets_move_glyphs_and_advances_do_not() -> None:
    picture = drawn(code("AAA", more='DeltaX="30 30"'), 'Size="10"')
    assert [picture.near(x, 35, BLACK) for x in (15, 30, 45, 75)] == [True, False, True, True]
    assert drawn(code("AA"), 'Size="10"').near(25, 35, WHITE), "without offsets glyphs pile up"
    down = drawn(code("AA", more='DeltaY="30"'), 'Size="10"')
    assert down.near(15, 65, BLACK)
    runs = drawn(code("AAAA", x=0, more='DeltaX="g 2 20 40"'), 'Size="10"')
    assert [runs.near(x, 35, BLACK) for x in (5, 25, 45, 65, 85)] == [True, True, True, False, True]
    short = drawn(code("AAA", x=0, more='DeltaX="40"'), 'Size="10"')
    assert short.near(85, 35, BLACK), "a short array repeats its last value"


@pytest.mark.parametrize(
    ("direction", "filled", "empty"),
    [(0, (20, 30), (40, 30)), (90, (60, 50), (60, 70)), (180, (40, 45), (40, 30)), (270, (40, 30), (60, 30))],
)
def test_glyphs_turn_clockwise_about_their_draw_point(
    direction: int, filled: tuple[float, float], empty: tuple[float, float]
) -> None:
    """Glyph B is the left half of its em."""
    x, y = {0: (10, 40), 90: (50, 40), 180: (50, 40), 270: (50, 40)}[direction]
    picture = drawn(code("B", x, y), f'Size="40" CharDirection="{direction}"')
    assert picture.near(*filled, BLACK)
    assert picture.near(*empty, WHITE)


def test_width_factor_and_matrix() -> None:
    narrow = drawn(code("A"), 'Size="40" HScale="0.5"')
    assert narrow.near(25, 20, BLACK)
    assert narrow.near(40, 20, WHITE)
    scaled = drawn(code("A", 5, 20), 'Size="10" CTM="2 0 0 2 0 0"')
    assert scaled.near(25, 35, BLACK)


def test_outlines_and_invisible_text() -> None:
    stroked = drawn(
        code("A", 20, 80),
        'Size="60" Fill="false" Stroke="true" LineWidth="4"',
        '<ofd:StrokeColor Value="255 0 0"/>',
    )
    assert stroked.near(20, 50, RED)
    assert stroked.near(50, 50, WHITE)
    assert drawn(code("A"), 'Size="20" Fill="false"').near(20, 30, WHITE)
    assert drawn(code("A"), 'Size="20" Stroke="true"').near(20, 30, BLACK), (
        "an outline without colour is none"
    )


def test_glyph_numbers_replace_characters() -> None:
    transform = (
        '<ofd:CGTransform CodePosition="1" CodeCount="1" GlyphCount="1">'
        "<ofd:Glyphs>2</ofd:Glyphs></ofd:CGTransform>"
    )
    picture = drawn(transform + code("AZ", 5, more='DeltaX="40"'), 'Size="20"')
    assert picture.near(10, 30, BLACK)
    assert picture.near(50, 30, BLACK), "glyph 2 is the left half"
    assert picture.near(60, 30, WHITE)
    ligature = (
        '<ofd:CGTransform CodePosition="0" CodeCount="2" GlyphCount="1">'
        "<ofd:Glyphs>1</ofd:Glyphs></ofd:CGTransform>"
    )
    picture = drawn(ligature + code("fiA", 5, more='DeltaX="40"'), 'Size="20"')
    assert [picture.near(x, 30, BLACK) for x in (10, 35, 55)] == [True, False, True], "offsets count glyphs"


def test_bold_by_weight_widens_the_face() -> None:
    assert drawn(code("A", y=60), 'Size="40"').near(9.7, 30, WHITE)
    assert drawn(code("A", y=60), 'Size="40" Weight="700"').near(9.7, 30, BLACK)


def test_text_clips_and_is_filled_with_gradients() -> None:
    fill = (
        '<ofd:FillColor><ofd:AxialShd StartPoint="10 0" EndPoint="50 0">'
        '<ofd:Segment><ofd:Color Value="255 0 0"/></ofd:Segment>'
        '<ofd:Segment><ofd:Color Value="0 0 255"/></ofd:Segment></ofd:AxialShd></ofd:FillColor>'
    )
    picture = drawn(code("A"), 'Size="40"', fill)
    assert picture.near(11, 20, RED)
    assert picture.near(49, 20, BLUE)
    assert picture.near(55, 20, WHITE)


def test_text_is_read_in_order_with_boxes() -> None:
    units = text(code("AB", 10, 70, 'DeltaX="20"'), 'Size="20"') + text(code("C", 10, 30), 'Size="20"')
    with open_drawing(OfdBuilder(box_font=True).page(units).build()) as drawing:
        page = drawing.text(0)
    assert page.text.split() == ["AB", "C"]
    boxes = {item.char: item.box for item in page.chars}
    assert boxes["A"] == pytest.approx((10, 50, 30, 70), abs=0.5)
    assert boxes["B"] == pytest.approx((30, 50, 50, 70), abs=0.5)
    assert boxes["C"] == pytest.approx((10, 10, 30, 30), abs=0.5)


def test_invisible_text_is_still_read() -> None:
    with open_drawing(
        OfdBuilder(box_font=True).page(text(code("A"), 'Size="9" Fill="false"')).build()
    ) as drawing:
        assert drawing.text(0).text.strip() == "A"


FONTS = '<ofd:Fonts><ofd:Font ID="4" FontName="{}"/></ofd:Fonts>'


def test_a_font_that_is_not_embedded_is_replaced_and_reported() -> None:
    builder = OfdBuilder(resources=FONTS.format("仿宋_GB2312"))
    unit = text(code("公文", more='DeltaX="40"'), 'Size="40"').replace('Font="3"', 'Font="4"')
    with open_drawing(builder.page(unit).build()) as drawing:
        drawing.render(0, 50)
        assert drawing.text(0).text.strip() == "公文"
        assert all(report.code == "draw.font_substituted" for report in drawing.reports)


def test_a_damaged_font_is_replaced_and_reported() -> None:
    fonts = '<ofd:Fonts><ofd:Font ID="4" FontName="黑体"><ofd:FontFile>f.ttf</ofd:FontFile>'
    fonts += "</ofd:Font></ofd:Fonts>"
    builder = OfdBuilder(resources=fonts, files={"Doc_0/Res/f.ttf": b"not a font"})
    unit = text(code("A"), 'Size="40"').replace('Font="3"', 'Font="4"')
    picture = draw(builder.page(unit))
    assert "draw.font_damaged" in picture.codes


def test_latin_of_a_substitute_keeps_to_the_places_of_the_original() -> None:
    """Half-width places of 宋体: a wider glyph is squeezed, so that no two glyphs overlap."""
    builder = OfdBuilder(resources=FONTS.format("宋体"))
    unit = text(code("WWWW", 0, more='DeltaX="g 3 10"'), 'Size="20"').replace('Font="3"', 'Font="4"')
    with open_drawing(builder.page(unit).build()) as drawing:
        chars = [item for item in drawing.text(0).chars if item.char == "W"]
    for left, right in itertools.pairwise(chars[:-1]):
        assert left.box[2] <= right.box[0] + 0.5


@pytest.mark.parametrize(
    ("written", "read"),
    [("A\\0042", "AB"), ("A\\zzzz", "A\\zzzz"), ("\n    AB\n  ", "AB"), ("A&#x20;B", "AB")],
)
def test_escapes_and_indentation(written: str, read: str) -> None:
    unit = text(code(written, more='DeltaX="20"'), 'Size="20"')
    with open_drawing(OfdBuilder(box_font=True).page(unit).build()) as drawing:
        assert drawing.text(0).text.replace(" ", "").strip() == read
