"""Paths, lines, clips, colours and gradients, each on a page of its own, judged by colours at places."""

from __future__ import annotations

import pytest

from docs.draw.probes import BLACK, BLUE, GREEN, RED, WHITE, draw, draw_units
from ofd_builder import OfdBuilder, filled, path

SQUARE = "M 10 10 L 90 10 L 90 90 L 10 90 C"
RED_FILL = '<ofd:FillColor Value="255 0 0"/>'


def test_defaults_of_paths_are_a_black_line_and_no_fill() -> None:
    picture = draw_units(path("M 10 50 L 90 50 L 90 90", 'LineWidth="4"'))
    assert picture.near(50, 50, BLACK)
    assert picture.near(80, 60, WHITE)
    assert draw_units(path(SQUARE, 'Fill="true" Stroke="false"')).near(50, 50, WHITE), "no colour, no fill"


def test_arcs_and_quadratic_curves() -> None:
    disc = filled("M 50 10 A 40 40 0 1 1 50 90 A 40 40 0 1 1 50 10 C")
    picture = draw_units(disc)
    assert picture.near(50, 15, RED)
    assert picture.near(14, 14, WHITE)
    picture = draw_units(filled("M 10 90 Q 50 -70 90 90 C"))
    assert picture.near(50, 20, RED)
    assert picture.near(20, 20, WHITE)


@pytest.mark.parametrize(("rule", "middle"), [("NonZero", RED), ("Even-Odd", WHITE)])
def test_fill_rules(rule: str, middle: tuple[int, int, int]) -> None:
    data = f"{SQUARE} M 30 30 L 70 30 L 70 70 L 30 70 C"
    picture = draw_units(filled(data, attributes=f'Rule="{rule}"'))
    assert picture.near(20, 50, RED)
    assert picture.near(50, 50, middle)


def test_dashes_caps_and_offsets() -> None:
    line = path("M 0 50 L 100 50", 'LineWidth="6" DashPattern="20 10"')
    picture = draw_units(line)
    assert [picture.near(x, 50, BLACK) for x in (10, 25, 40, 55)] == [True, False, True, False]
    shifted = draw_units(path("M 0 50 L 100 50", 'LineWidth="6" DashPattern="20 10" DashOffset="20"'))
    assert shifted.near(5, 50, WHITE)
    assert shifted.near(15, 50, BLACK)
    square = draw_units(path("M 30 50 L 70 50", 'LineWidth="20" Cap="Square"'))
    assert square.near(23, 43, BLACK)
    butt = draw_units(path("M 30 50 L 70 50", 'LineWidth="20"'))
    assert butt.near(23, 50, WHITE)


def test_boundary_clips_paths_but_not_their_line() -> None:
    picture = draw_units(filled("M 0 0 L 90 0 L 90 90 L 0 90 C").replace("0 0 100 100", "10 10 40 40"))
    assert picture.near(30, 30, RED)
    assert picture.near(70, 70, WHITE)
    flat = draw_units(path("M 0 0 L 80 0", 'LineWidth="4"', boundary="10 50 80 0"))
    assert flat.near(50, 51, BLACK), "a line on a boundary without height keeps its width"
    backwards = draw_units(path("M 0 0 L -80 0", 'LineWidth="4"', boundary="90 50 -80 1"))
    assert backwards.near(50, 50, BLACK), "negative sizes are no clip"


def test_ctm_scales_data_and_line() -> None:
    picture = draw_units(path("M 5 25 L 45 25", 'LineWidth="4" CTM="2 0 0 2 0 0"'))
    assert picture.near(50, 47, BLACK)
    assert picture.near(50, 53, BLACK)
    assert picture.near(95, 50, WHITE)


@pytest.mark.parametrize(
    ("clips", "inside", "outside"),
    [
        (["M 0 0 L 50 0 L 50 100 L 0 100 C"], (25, 50), (75, 50)),
        (["M 0 0 L 50 0 L 50 100 L 0 100 C", "M 0 0 L 100 0 L 100 50 L 0 50 C"], (25, 25), (25, 75)),
    ],
)
def test_clips_intersect(clips: list[str], inside: tuple[float, float], outside: tuple[float, float]) -> None:
    areas = "".join(f"<ofd:Clip><ofd:Area>{_clip(data)}</ofd:Area></ofd:Clip>" for data in clips)
    picture = draw_units(
        filled("M 0 0 L 100 0 L 100 100 L 0 100 C", f"<ofd:Clips>{areas}</ofd:Clips>{RED_FILL}")
    )
    assert picture.near(*inside, RED)
    assert picture.near(*outside, WHITE)


def test_areas_of_one_clip_unite() -> None:
    areas = "".join(
        f"<ofd:Area>{_clip(data)}</ofd:Area>"
        for data in ("M 0 0 L 30 0 L 30 100 L 0 100 C", "M 70 0 L 100 0 L 100 100 L 70 100 C")
    )
    clips = f"<ofd:Clips><ofd:Clip>{areas}</ofd:Clip></ofd:Clips>"
    picture = draw_units(filled("M 0 0 L 100 0 L 100 100 L 0 100 C", clips + RED_FILL))
    assert [picture.near(x, 50, RED) for x in (15, 50, 85)] == [True, False, True]


@pytest.mark.parametrize(("flag", "shown"), [("", 40), ('TransFlag="false"', 40), ('TransFlag="true"', 80)])
def test_clips_ignore_the_ctm_unless_told(flag: str, shown: float) -> None:
    area = _clip("M 0 0 L 45 0 L 45 100 L 0 100 C")
    clip = f"<ofd:Clips {flag}><ofd:Clip><ofd:Area>{area}</ofd:Area></ofd:Clip></ofd:Clips>"
    picture = draw_units(filled("M 0 0 L 50 0 L 50 50 L 0 50 C", clip + RED_FILL, 'CTM="2 0 0 2 0 0"'))
    assert picture.near(shown, 50, RED)
    assert picture.near(shown + 12, 50, WHITE)


def _clip(data: str) -> str:
    inside = f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData>"
    return f'<ofd:Path ID="5" Boundary="0 0 100 100">{inside}</ofd:Path>'


COLOR_SPACES = (
    '<ofd:ColorSpaces><ofd:ColorSpace ID="51" Type="CMYK"/><ofd:ColorSpace ID="52" Type="GRAY"/>'
    '<ofd:ColorSpace ID="53" Type="RGB"><ofd:Palette><ofd:CV>0 0 255</ofd:CV><ofd:CV>255 0 0</ofd:CV>'
    '</ofd:Palette></ofd:ColorSpace><ofd:ColorSpace ID="54" Type="GRAY" BitsPerComponent="1"/>'
    "</ofd:ColorSpaces>"
)


@pytest.mark.parametrize(
    ("color", "expected"),
    [
        ('Value="255 0 0"', RED),
        ('Value="#FF #00 #00"', RED),
        ('Value="#0000FF"', BLUE),
        ('Value="128" ColorSpace="52"', (128, 128, 128)),
        ('Value="1" ColorSpace="54"', WHITE),
        ('Value="0 255 255 0" ColorSpace="51"', RED),
        ('Index="1" ColorSpace="53"', RED),
        ('Index="9" ColorSpace="53"', BLACK),
        ("", BLACK),
        ('Value="300 0 0"', BLACK),
        ('Value="255 0 0" Alpha="0"', WHITE),
        ('Value="0 0 0" Alpha="128"', (127, 127, 127)),
    ],
)
def test_colours(color: str, expected: tuple[int, int, int]) -> None:
    picture = draw_units(filled(SQUARE, f"<ofd:FillColor {color}/>"), resources=COLOR_SPACES)
    assert picture.near(50, 50, expected, 2)


def test_alpha_of_unit_and_colour_multiply() -> None:
    picture = draw_units(filled(SQUARE, '<ofd:FillColor Value="0 0 0" Alpha="128"/>', 'Alpha="128"'))
    assert picture.near(50, 50, (191, 191, 191), 3)
    assert draw_units(filled(SQUARE, RED_FILL, 'Alpha="0"')).near(50, 50, WHITE)
    assert draw_units(filled(SQUARE, RED_FILL, 'Visible="false"')).near(50, 50, WHITE)


def test_draw_parameters_cascade() -> None:
    params = (
        '<ofd:DrawParams><ofd:DrawParam ID="61" LineWidth="20">'
        '<ofd:StrokeColor Value="0 255 0"/></ofd:DrawParam>'
        '<ofd:DrawParam ID="62" Relative="61"><ofd:StrokeColor Value="255 0 0"/></ofd:DrawParam>'
        '<ofd:DrawParam ID="63" Relative="63" LineWidth="20"/></ofd:DrawParams>'
    )
    line = "M 0 50 L 100 50"
    inherited = draw_units(path(line, 'DrawParam="62"'), resources=params)
    assert inherited.near(50, 45, RED), "width from the base, colour from the parameter itself"
    own = draw_units(path(line, 'DrawParam="62" LineWidth="2"'), resources=params)
    assert own.near(50, 45, WHITE)
    layer = draw(OfdBuilder(resources=params).page(path(line), layer='DrawParam="61"'))
    assert layer.near(50, 45, GREEN)
    assert draw_units(path(line, 'DrawParam="63"'), resources=params).near(50, 45, BLACK), "a cycle ends"


def _axial(attributes: str, stops: str = "") -> str:
    stops = stops or (
        '<ofd:Segment><ofd:Color Value="255 0 0"/></ofd:Segment>'
        '<ofd:Segment><ofd:Color Value="0 0 255"/></ofd:Segment>'
    )
    return f"<ofd:FillColor><ofd:AxialShd {attributes}>{stops}</ofd:AxialShd></ofd:FillColor>"


PAGE = "M 0 0 L 100 0 L 100 100 L 0 100 C"


def test_axial_shadings() -> None:
    picture = draw_units(filled(PAGE, _axial('StartPoint="25 0" EndPoint="75 0"')))
    assert picture.near(10, 50, WHITE), "without Extend nothing outside the axis"
    assert picture.near(27, 50, RED)
    assert picture.near(50, 50, (128, 0, 128))
    assert picture.near(90, 50, WHITE)
    start = draw_units(filled(PAGE, _axial('StartPoint="25 0" EndPoint="75 0" Extend="1"')))
    assert start.near(10, 50, RED)
    assert start.near(90, 50, WHITE)


def test_reflected_and_repeated_shadings() -> None:
    reflect = draw_units(
        filled(PAGE, _axial('StartPoint="0 0" EndPoint="100 0" MapType="Reflect" MapUnit="25"'))
    )
    assert [reflect.near(x, 50, c) for x, c in ((1, RED), (25, BLUE), (50, RED), (75, BLUE))] == [True] * 4
    repeat = draw_units(
        filled(PAGE, _axial('StartPoint="0 0" EndPoint="50 0" MapType="Repeat" MapUnit="25" Extend="3"'))
    )
    assert repeat.near(26.5, 50, RED)
    assert repeat.near(23, 50, BLUE)
    assert repeat.near(76.5, 50, RED), "the pattern goes on past the end"


def test_alpha_of_stops_is_interpolated() -> None:
    stops = (
        '<ofd:Segment><ofd:Color Value="0 0 0"/></ofd:Segment>'
        '<ofd:Segment><ofd:Color Value="0 0 0" Alpha="0"/></ofd:Segment>'
    )
    picture = draw_units(filled(PAGE, _axial('StartPoint="0 0" EndPoint="100 0"', stops)))
    assert picture.near(50, 50, (128, 128, 128))
    assert picture.near(95, 50, WHITE)


def test_radial_shadings() -> None:
    def radial(attributes: str) -> str:
        return _axial(f'StartPoint="50 50" EndPoint="50 50" EndRadius="40" {attributes}').replace(
            "Axial", "Radial"
        )

    picture = draw_units(filled(PAGE, radial("")))
    assert picture.near(50, 50, RED)
    assert picture.near(50, 12, BLUE)
    assert picture.near(50, 5, WHITE)
    flat = draw_units(filled(PAGE, radial('Eccentricity="0.9"')))
    assert flat.near(12, 50, BLUE)
    assert flat.near(50, 20, WHITE), "the minor axis is short"
    turned = draw_units(filled(PAGE, radial('Eccentricity="0.9" Angle="90"')))
    assert turned.near(50, 12, BLUE)
    assert turned.near(20, 50, WHITE)
    assert draw_units(filled(PAGE, radial('Extend="3"'))).near(2, 2, BLUE)


def test_mesh_shadings() -> None:
    points = "".join(
        f'<ofd:Point X="{x}" Y="{y}"><ofd:Color Value="{color}"/></ofd:Point>'
        for x, y, color in ((0, 100, "255 0 0"), (100, 100, "0 255 0"), (50, 0, "0 0 255"))
    )
    mesh = f'<ofd:GouraudShd Extend="1">{points}<ofd:BackColor Value="0 0 0"/></ofd:GouraudShd>'
    triangle = f"<ofd:FillColor>{mesh}</ofd:FillColor>"
    picture = draw_units(filled(PAGE, triangle))
    assert picture.near(50, 66, (85, 85, 85))
    assert picture.near(5, 5, BLACK)
    corners = "".join(
        f'<ofd:Point X="{x}" Y="{y}"><ofd:Color Value="{color}"/></ofd:Point>'
        for x, y, color in (
            (0, 0, "255 0 0"),
            (100, 0, "255 0 0"),
            (0, 100, "0 0 255"),
            (100, 100, "0 0 255"),
        )
    )
    lattice = (
        f'<ofd:FillColor><ofd:LaGourandShd VerticesPerRow="2">{corners}</ofd:LaGourandShd></ofd:FillColor>'
    )
    picture = draw_units(filled(PAGE, lattice))
    assert picture.near(50, 3, RED)
    assert picture.near(50, 50, (128, 0, 128))


@pytest.mark.parametrize(
    ("attributes", "colors"),
    [
        ("", (RED, WHITE, RED, WHITE)),
        ('ReflectMethod="Column"', (RED, WHITE, WHITE, RED)),
        ('XStep="30"', (RED, WHITE, WHITE, RED)),
        ('XStep="5"', (RED, WHITE, RED, WHITE)),
        ('CTM="2 0 0 2 0 0"', (RED, RED, WHITE, WHITE)),
    ],
)
def test_patterns(attributes: str, colors: tuple[tuple[int, int, int], ...]) -> None:
    cell = filled("M 0 0 L 10 0 L 10 20 L 0 20 C")
    pattern = (
        f'<ofd:FillColor><ofd:Pattern Width="20" Height="20" {attributes}><ofd:CellContent>{cell}'
        "</ofd:CellContent></ofd:Pattern></ofd:FillColor>"
    )
    picture = draw_units(filled(PAGE, pattern))
    assert tuple(picture.at(x, 45) for x in (5, 15, 25, 35)) == colors


def test_a_pattern_of_countless_cells_stops() -> None:
    cell = filled("M 0 0 L 1 0 L 1 1 C")
    pattern = (
        '<ofd:FillColor><ofd:Pattern Width="0.001" Height="0.001"><ofd:CellContent>'
        f"{cell}</ofd:CellContent></ofd:Pattern></ofd:FillColor>"
    )
    assert draw_units(filled(PAGE, pattern)).codes == ("draw.too_complex",)
