"""Pages that ask for too much drawing: numbers without measure, patterns, gradients, clips, glyph runs."""

from __future__ import annotations

from docs.bombs import drawn, page_refused, reported
from docs.bombs.structure import SQUARE, composites
from ofd_builder import OfdBuilder, filled, path, text


def units(content: str, **parts: object) -> bytes:
    return OfdBuilder(box_font=True, **parts).page(content).build()  # type: ignore[arg-type]


def fill(special: str, data: str = SQUARE, attributes: str = "") -> str:
    return filled(data, f"<ofd:FillColor>{special}</ofd:FillColor>", attributes)


@drawn
def run_of_two_thousand_million() -> bytes:
    return units(text('<ofd:TextCode X="0" Y="9" DeltaX="g 2000000000 1">ABC</ofd:TextCode>', 'Size="9"'))


@drawn
def a_million_runs() -> bytes:
    deltas = "g 9 1 " * 500_000
    return units(text(f'<ofd:TextCode X="0" Y="9" DeltaX="{deltas}">ABC</ofd:TextCode>', 'Size="9"'))


@drawn
def a_million_characters() -> bytes:
    code = f'<ofd:TextCode X="0" Y="9" DeltaX="g 999999 0.0001">{"A" * 1_000_000}</ofd:TextCode>'
    return units(text(code, 'Size="9"'))


@drawn
def a_million_glyph_numbers() -> bytes:
    transform = (
        '<ofd:CGTransform CodePosition="0" CodeCount="1" GlyphCount="1000000">'
        f"<ofd:Glyphs>{'1 ' * 1_000_000}</ofd:Glyphs></ofd:CGTransform>"
    )
    return units(text(f'{transform}<ofd:TextCode X="0" Y="9">A</ofd:TextCode>', 'Size="9"'))


@drawn
def a_hundred_thousand_glyph_runs() -> bytes:
    transforms = "".join(
        f'<ofd:CGTransform CodePosition="{n}"><ofd:Glyphs>1</ofd:Glyphs></ofd:CGTransform>'
        for n in range(100_000)
    )
    return units(text(f'{transforms}<ofd:TextCode X="0" Y="9">{"A" * 100_000}</ofd:TextCode>', 'Size="9"'))


@drawn
def letters_larger_than_the_land() -> bytes:
    return units(text('<ofd:TextCode X="0" Y="9">ABC</ofd:TextCode>', 'Size="9999999" HScale="9999999"'))


@drawn
def dashes_thinner_than_atoms() -> bytes:
    return units(path("M 0 0 L 100 100", 'LineWidth="0.1" DashPattern="0.000000001 0.000000001"'))


@drawn
def line_of_a_million_dashes() -> bytes:
    return units(path("M -9000000 -9000000 L 9000000 9000000", 'DashPattern="0.01 0.01"'))


@drawn
def line_wider_than_the_land() -> bytes:
    return units(path("M 0 0 L 100 100 L 0 50", 'LineWidth="9999999" Join="Round" Cap="Round"'))


@reported("draw.object_damaged")
def path_of_half_a_million_steps() -> bytes:
    return units(filled("M 0 0 " + "L 99 99 L 0 99 " * 250_000 + "C"))


@drawn
def path_of_a_hundred_thousand_arcs() -> bytes:
    return units(path("M 0 0 " + "A 50 50 0 1 0 9 9 A 50 50 0 1 1 0 0 " * 50_000))


@drawn
def path_a_million_kilometres_long() -> bytes:
    return units(path("M -1000000000 0 L 1000000000 1000000000 B 1e9 1e9 -1e9 1e9 1e308 1e400 C"))


@drawn
def matrices_without_measure() -> bytes:
    values = ("1e308 0 0 1e308 0 0", "NaN NaN NaN NaN NaN NaN", "Infinity 0 0 1 0 0", "0 0 0 0 0 0")
    values += ("9999999 9999999 9999999 9999999 0 0", "1 0 0 1 9999999 9999999", "1e-30 0 0 1e-30 0 0")
    return units("".join(filled(SQUARE, attributes=f'CTM="{value}"') for value in values))


@page_refused("draw.picture_too_large")
def sheet_of_a_thousand_kilometres() -> bytes:
    return OfdBuilder(size=(1_000_000, 1_000_000)).page(filled(SQUARE)).build()


@drawn
def sheet_without_measure() -> bytes:
    return OfdBuilder(size=(1e308, float("nan"))).page(filled(SQUARE)).build()


@reported("draw.too_complex")
def pattern_of_tiny_cells() -> bytes:
    pattern = '<ofd:Pattern Width="0.000001" Height="0.000001"><ofd:CellContent/></ofd:Pattern>'
    return units(fill(pattern))


@reported("draw.too_complex")
def pattern_over_the_land() -> bytes:
    cell = f"<ofd:CellContent>{filled('M 0 0 L 1 1 L 0 1 C')}</ofd:CellContent>"
    pattern = f'<ofd:Pattern Width="0.01" Height="0.01">{cell}</ofd:Pattern>'
    return units(fill(pattern, "M 0 0 L 9999999 0 L 9999999 9999999 C"))


@reported("draw.too_complex")
def pattern_within_itself() -> bytes:
    again = '<ofd:CompositeObject ID="4" ResourceID="800" Boundary="0 0 9 9"/>'
    pattern = f'<ofd:Pattern Width="9" Height="9"><ofd:CellContent>{again}</ofd:CellContent></ofd:Pattern>'
    return units(again, resources=composites(0, 0, fill(pattern)))


@reported("draw.too_complex")
def patterns_in_patterns() -> bytes:
    inner = filled("M 0 0 L 9 9 L 0 9 C")
    for _ in range(12):
        cell = f"<ofd:CellContent>{inner}</ofd:CellContent>"
        inner = fill(f'<ofd:Pattern Width="3" Height="3">{cell}</ofd:Pattern>')
    return units(inner)


def stops(count: int) -> str:
    return "".join(f'<ofd:Segment><ofd:Color Value="{n % 256} 0 0"/></ofd:Segment>' for n in range(count))


@drawn
def gradient_of_a_hundred_thousand_stops() -> bytes:
    return units(fill(f'<ofd:AxialShd StartPoint="0 0" EndPoint="9 9">{stops(100_000)}</ofd:AxialShd>'))


@drawn
def gradients_repeated_without_end() -> bytes:
    axial = '<ofd:AxialShd StartPoint="0 0" EndPoint="9 9" MapType="Repeat" MapUnit="0.000000001" Extend="3">'
    radial = (
        '<ofd:RadialShd StartPoint="0 0" EndPoint="0 0" StartRadius="0" EndRadius="0.000001" '
        'MapType="Reflect" MapUnit="0.000000001" Extend="3" Eccentricity="0.999999999">'
    )
    return units(fill(f"{axial}{stops(3)}</ofd:AxialShd>") + fill(f"{radial}{stops(3)}</ofd:RadialShd>"))


@drawn
def mesh_of_fifty_thousand_points() -> bytes:
    points = "".join(
        f'<ofd:Point X="{n % 97}" Y="{n % 89}" EdgeFlag="1"><ofd:Color Value="{n % 256} 9 9"/></ofd:Point>'
        for n in range(50_000)
    )
    return units(fill(f"<ofd:GouraudShd>{points}</ofd:GouraudShd>", "M 0 0 L 99 0 L 99 99 L 0 99 C"))


@drawn
def lattice_of_one_and_of_a_million_columns() -> bytes:
    points = '<ofd:Point X="1" Y="1"><ofd:Color Value="1 2 3"/></ofd:Point>' * 2000
    shadings = (
        f'<ofd:LaGourandShd VerticesPerRow="{columns}">{points}</ofd:LaGourandShd>'
        for columns in ("0", "1", "-5", "1000000")
    )
    return units("".join(fill(shading) for shading in shadings))


@drawn
def clips_within_clips() -> bytes:
    area = '<ofd:Area><ofd:Path ID="1" Boundary="0 0 9 9"><ofd:AbbreviatedData>' + SQUARE
    clip = f"<ofd:Clip>{area}</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip>"
    return units(filled(SQUARE, f"<ofd:Clips>{clip * 3000}</ofd:Clips>"))


@drawn
def groups_within_groups() -> bytes:
    """Every transparent group is a picture of its own."""
    inner = composites(12, 1, filled(SQUARE))
    inner = inner.replace('Boundary="0 0 9 9"', 'Boundary="0 0 100 100" Alpha="99" BlendMode="Multiply"')
    inner = inner.replace('Width="9" Height="9"', 'Width="100" Height="100"')
    outer = '<ofd:CompositeObject ID="4" ResourceID="800" Boundary="0 0 100 100" Alpha="99"/>'
    return units(outer, resources=inner, size=(600, 600))


@reported("draw.too_complex")
def six_hundred_thousand_units() -> bytes:
    return units('<ofd:PathObject Boundary="0 0 1 1"/>' * 600_000)
