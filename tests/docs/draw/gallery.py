"""One page per feature of the drawing engine, 100 × 100 mm each, built without any file from outside.

``PAGES`` is what the golden sheet shows and what a lone clone has to look at the whole engine.
"""

from __future__ import annotations

from collections.abc import Callable

import pymupdf

from docs.draw import media
from ofd_builder import OfdBuilder, filled, path, text

Page = Callable[[], OfdBuilder]
PAGES: dict[str, Page] = {}

ALL = "M 0 0 L 100 0 L 100 100 L 0 100 C"
DISC = "M 50 15 A 35 35 0 1 1 50 85 A 35 35 0 1 1 50 15 C"
STAR = "M 50 5 L 78 92 L 4 38 L 96 38 L 22 92 C"
ZIGZAG = "M 10 80 L 35 20 L 50 80 L 65 20 L 90 80"
RED, GREEN, BLUE = "255 0 0", "0 160 0", "0 0 255"
MEDIA = (
    '<ofd:MultiMedias><ofd:MultiMedia ID="70" Type="Image"><ofd:MediaFile>picture</ofd:MediaFile>'
    '</ofd:MultiMedia><ofd:MultiMedia ID="71" Type="Image"><ofd:MediaFile>mask</ofd:MediaFile>'
    "</ofd:MultiMedia></ofd:MultiMedias>"
)
SVG = (
    b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">'
    b'<svg xmlns="http://www.w3.org/2000/svg" width="42mm" height="42mm" viewBox="0 0 42 42">'
    b"<style>.ring{fill:none;stroke:#e60012;stroke-width:2} .star{fill:#e60012}</style>"
    b'<circle class="ring" cx="21" cy="21" r="19"/>'
    b'<polygon class="star" points="21,11 27,29 11,18 31,18 15,29"/></svg>'
)


def page(function: Callable[[], OfdBuilder | str]) -> Page:
    """Enter a page into the gallery; a function may return just the units."""

    def build() -> OfdBuilder:
        made = function()
        return made if isinstance(made, OfdBuilder) else OfdBuilder(box_font=True).page(made)

    PAGES[function.__name__] = build
    return build


def color(value: str, kind: str = "Fill", more: str = "") -> str:
    return f'<ofd:{kind}Color Value="{value}" {more}/>'


def code(characters: str, x: float, y: float, more: str = "") -> str:
    return f'<ofd:TextCode X="{x}" Y="{y}" {more}>{characters}</ofd:TextCode>'


def line(data: str, attributes: str, value: str = RED) -> str:
    return path(data, attributes, color(value, "Stroke"))


def shading(kind: str, attributes: str, stops: tuple[str, ...] = (RED, "255 255 0", BLUE)) -> str:
    segments = "".join(f'<ofd:Segment><ofd:Color Value="{stop}"/></ofd:Segment>' for stop in stops)
    return f"<ofd:FillColor><ofd:{kind} {attributes}>{segments}</ofd:{kind}></ofd:FillColor>"


def mesh(kind: str, attributes: str, points: tuple[tuple[float, float, str], ...], more: str = "") -> str:
    corners = "".join(
        f'<ofd:Point X="{x}" Y="{y}"><ofd:Color Value="{value}"/></ofd:Point>' for x, y, value in points
    )
    return f"<ofd:FillColor><ofd:{kind} {attributes}>{corners}{more}</ofd:{kind}></ofd:FillColor>"


def tiled(attributes: str) -> str:
    cell = filled("M 0 0 L 20 0 L 0 20 C") + filled("M 12 12 L 18 12 L 18 18 L 12 18 C", color(BLUE))
    return (
        f'<ofd:FillColor><ofd:Pattern Width="20" Height="20" {attributes}><ofd:CellContent>{cell}'
        "</ofd:CellContent></ofd:Pattern></ofd:FillColor>"
    )


def clip(data: str, area: str = "", shape: str = "") -> str:
    inside = f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData>"
    return f'<ofd:Area {area}><ofd:Path ID="5" Boundary="0 0 100 100" {shape}>{inside}</ofd:Path></ofd:Area>'


def clipped(*clips: str, flag: str = "") -> str:
    return f"<ofd:Clips {flag}>" + "".join(f"<ofd:Clip>{item}</ofd:Clip>" for item in clips) + "</ofd:Clips>"


def image(attributes: str = "", inside: str = "", boundary: str = "10 10 80 80") -> str:
    return (
        f'<ofd:ImageObject ID="6" ResourceID="70" Boundary="{boundary}" {attributes}>{inside}'
        "</ofd:ImageObject>"
    )


def pictured(units: str, picture: bytes, mask: bytes = b"") -> OfdBuilder:
    files = {"Doc_0/Res/picture": picture, "Doc_0/Res/mask": mask}
    return OfdBuilder(resources=MEDIA, files=files).page(filled(ALL, color("220 240 220")) + units)


# Paths


@page
def path_operators() -> str:
    arcs = "M 10 30 A 20 10 30 0 1 40 30 A 15 15 0 1 0 60 30"
    return (
        line(arcs, 'LineWidth="3"')
        + line("S 10 60 Q 30 20 50 60 B 60 90 80 30 90 60", 'LineWidth="3"', BLUE)
        + filled("m 20 70 l 80 70 l 80 90 l 20 90 c", color(GREEN))
    )


@page
def fill_rules() -> str:
    return filled(STAR, attributes='CTM="0.5 0 0 0.5 0 20"') + filled(
        STAR, attributes='Rule="Even-Odd" CTM="0.5 0 0 0.5 50 20"'
    )


@page
def dashes() -> str:
    return (
        line("M 5 15 L 95 15", 'LineWidth="5" DashPattern="10 5"')
        + line("M 5 35 L 95 35", 'LineWidth="5" DashPattern="10 5" DashOffset="8"', BLUE)
        + line("M 5 55 L 95 55", 'LineWidth="5" DashPattern="2 8" Cap="Round"', GREEN)
        + line("M 5 75 L 95 75", 'LineWidth="5" DashPattern="12 9 2 9" Cap="Square"')
    )


@page
def joins_and_caps() -> str:
    shapes = ""
    for row, (join, cap) in enumerate((("Miter", "Butt"), ("Round", "Round"), ("Bevel", "Square"))):
        place = f'CTM="0.9 0 0 0.33 5 {row * 33 + 2}"'
        shapes += line(ZIGZAG, f'LineWidth="10" Join="{join}" Cap="{cap}" {place} MiterLimit="10"')
    return shapes


@page
def miter_limits() -> str:
    return line(ZIGZAG, 'LineWidth="8" MiterLimit="1.2" CTM="1 0 0 0.5 0 0"') + line(
        ZIGZAG, 'LineWidth="8" MiterLimit="12" CTM="1 0 0 0.5 0 50"', BLUE
    )


@page
def alpha_everywhere() -> str:
    return (
        filled("M 0 20 L 100 20 L 100 40 L 0 40 C", color(BLUE))
        + filled(DISC, attributes='Alpha="128"')
        + filled("M 60 0 L 90 0 L 90 100 L 60 100 C", color(GREEN, more='Alpha="100"'))
        + path("M 10 60 L 40 60 L 40 90 L 10 90 C", 'LineWidth="8" Fill="true" Alpha="128"', color(RED))
    )


@page
def boundaries_cut() -> str:
    return (
        path(ALL, 'Fill="true" LineWidth="4"', color(RED), "10 10 40 40")
        + path(ALL, 'Fill="true"', color(BLUE), "60 10 0 30")
        + path("M 0 0 L 80 0", 'LineWidth="4"', color(GREEN, "Stroke"), "10 80 80 0")
        + path("M 0 0 L 30 30", 'LineWidth="4"', "", "60 50 -30 -30")
    )


@page
def hairlines_and_defaults() -> str:
    return (
        path("M 10 20 L 90 20", 'LineWidth="0"')
        + path("M 10 40 L 90 40")
        + path("M 10 60 L 90 60 L 90 90", 'Fill="true"')
        + path("M 20 70 L 60 70 L 60 90 L 20 90 C", 'Fill="true" Stroke="false"', "<ofd:FillColor/>")
    )


# Colours and shadings


@page
def color_spaces() -> OfdBuilder:
    spaces = (
        '<ofd:ColorSpaces><ofd:ColorSpace ID="51" Type="CMYK"/><ofd:ColorSpace ID="52" Type="Gray"/>'
        '<ofd:ColorSpace ID="53" Type="RGB"><ofd:Palette><ofd:CV>0 0 255</ofd:CV><ofd:CV>#FF #80 #00</ofd:CV>'
        '</ofd:Palette></ofd:ColorSpace><ofd:ColorSpace ID="54" Type="RGB" BitsPerComponent="16"/>'
        '<ofd:ColorSpace ID="55" Type="RGB" Profile="swapped.icc"/></ofd:ColorSpaces>'
    )
    chips = (
        *('ColorSpace="51" Value="0 255 255 0"', 'ColorSpace="51" Value="255 0 0 0"'),
        *('ColorSpace="51" Value="0 0 0 128"', 'ColorSpace="52" Value="128"'),
        *('ColorSpace="53" Index="0"', 'ColorSpace="53" Index="1"', 'ColorSpace="54" Value="65535 0 32768"'),
        *('ColorSpace="55" Value="255 0 0"', 'Value="#00 #C0 #00"'),
    )
    units = "".join(
        filled(
            f"M {number % 3 * 33} {number // 3 * 33} l {number % 3 * 33 + 30} {number // 3 * 33} "
            f"l {number % 3 * 33 + 30} {number // 3 * 33 + 30} l {number % 3 * 33} {number // 3 * 33 + 30} C",
            f"<ofd:FillColor {chip}/>",
        )
        for number, chip in enumerate(chips)
    )
    files = {"Doc_0/Res/swapped.icc": media.swapped_profile()}
    return OfdBuilder(resources=spaces, files=files).page(units)


@page
def axial_direct() -> str:
    half = 'StartPoint="30 0" EndPoint="70 0" Extend="{}"'
    bands = ("0", "1", "2", "3")
    return "".join(
        filled(
            f"M 0 {25 * row} L 100 {25 * row} L 100 {25 * row + 22} L 0 {25 * row + 22} C",
            shading("AxialShd", half.format(extend)),
        )
        for row, extend in enumerate(bands)
    )


@page
def axial_repeat_and_reflect() -> str:
    upper, lower = "M 0 0 L 100 0 L 100 45 L 0 45 C", "M 0 55 L 100 55 L 100 100 L 0 100 C"
    axis = 'StartPoint="20 0" EndPoint="80 20" MapUnit="20" Extend="3"'
    return filled(upper, shading("AxialShd", f'{axis} MapType="Repeat"')) + filled(
        lower, shading("AxialShd", f'{axis} MapType="Reflect"')
    )


@page
def radial_circles() -> str:
    return filled(
        ALL, shading("RadialShd", 'StartPoint="40 40" StartRadius="5" EndPoint="50 50" EndRadius="45"')
    )


@page
def radial_ellipse_extended() -> str:
    ellipse = 'StartPoint="50 50" EndPoint="50 50" EndRadius="40" Eccentricity="0.85" Angle="30" Extend="3"'
    return filled(ALL, shading("RadialShd", ellipse))


@page
def radial_reflect() -> str:
    rings = 'StartPoint="50 50" EndPoint="50 50" EndRadius="48" MapType="Reflect" MapUnit="12"'
    return filled(ALL, shading("RadialShd", rings))


@page
def gouraud_triangles() -> str:
    points = ((5, 95, RED), (95, 95, GREEN), (50, 5, BLUE))
    return filled(ALL, mesh("GouraudShd", 'Extend="1"', points, '<ofd:BackColor Value="230 230 230"/>'))


@page
def gouraud_lattice() -> str:
    values = (RED, "255 255 0", GREEN, BLUE, "255 255 255", RED)
    points = tuple(
        (10.0 + index % 3 * 40, 20.0 + index // 3 * 60, value) for index, value in enumerate(values)
    )
    return filled(ALL, mesh("LaGourandShd", 'VerticesPerRow="3"', points))


@page
def patterns_mirrored() -> str:
    quarter = "M {0} {1} L {2} {1} L {2} {3} L {0} {3} C"
    kinds = ("Normal", "Column", "Row", "RowAndColumn")
    return "".join(
        filled(
            quarter.format(x := number % 2 * 52, y := number // 2 * 52, x + 48, y + 48),
            tiled(f'ReflectMethod="{kind}"'),
        )
        for number, kind in enumerate(kinds)
    )


@page
def patterns_placed() -> str:
    return path(
        "M 0 0 L 40 0 L 40 80 L 0 80 C", 'Fill="true"', tiled('RelativeTo="Page"'), "5 5 41 81"
    ) + path(
        "M 0 0 L 40 0 L 40 80 L 0 80 C", 'Fill="true"', tiled('CTM="0.7 0.7 -0.7 0.7 0 0"'), "52 5 41 81"
    )


@page
def stroke_with_a_shading() -> str:
    return path(
        DISC,
        'LineWidth="14"',
        shading("AxialShd", 'StartPoint="10 0" EndPoint="90 0"').replace("Fill", "Stroke"),
    )


# Clips and blending


@page
def clips_unite_and_intersect() -> str:
    left, right = "M 10 10 L 40 10 L 40 90 L 10 90 C", "M 60 10 L 90 10 L 90 90 L 60 90 C"
    middle = "M 0 30 L 100 30 L 100 70 L 0 70 C"
    return filled(ALL, clipped(clip(left) + clip(right), clip(middle)) + color(RED))


@page
def clips_through_matrices() -> str:
    wide = clipped(clip(DISC, 'CTM="0.5 0 0 0.5 0 0"'))
    through = clipped(clip(DISC, 'CTM="0.5 0 0 0.5 0 0"', 'CTM="0.5 0 0 0.5 50 50"'), flag='TransFlag="true"')
    return filled(ALL, wide + color(RED)) + filled(ALL, through + color(BLUE), 'CTM="2 0 0 2 0 0"')


@page
def clips_by_text() -> str:
    letters = code("AB", 10, 70, 'DeltaX="50"')
    shape = f'<ofd:Text ID="5" Boundary="0 0 100 100" Font="3" Size="40">{letters}</ofd:Text>'
    area = f"<ofd:Area>{shape}</ofd:Area>"
    return filled(ALL, clipped(area) + shading("AxialShd", 'StartPoint="0 0" EndPoint="100 0"'))


@page
def blending() -> str:
    return (
        filled(ALL, color("255 255 0"))
        + filled(DISC, color("0 200 255"), 'BlendMode="Multiply"')
        + filled("M 0 40 L 100 40 L 100 60 L 0 60 C", color("255 0 0"), 'BlendMode="Darken"')
    )


# Text


@page
def text_directions() -> str:
    """All sixteen pairs: rows by ReadDirection, columns by CharDirection. B is the left half of its em."""
    units = ""
    for row, reading in enumerate((0, 90, 180, 270)):
        for column, turned in enumerate((0, 90, 180, 270)):
            step = {0: 'DeltaX="9"', 90: 'DeltaY="9"', 180: 'DeltaX="-9"', 270: 'DeltaY="-9"'}[reading]
            letters = code("BB", 12 + column * 24, 12 + row * 24, step)
            units += text(letters, f'Size="8" ReadDirection="{reading}" CharDirection="{turned}"')
    return units


@page
def text_offsets() -> str:
    return (
        text(code("AAAA", 5, 20, 'DeltaX="g 2 20 30"'), 'Size="12"')
        + text(code("AAA", 5, 45, 'DeltaX="20" DeltaY="5 -5"'), 'Size="12"')
        + text(
            code("A", 5, 80) + '<ofd:TextCode X="40">B</ofd:TextCode><ofd:TextCode X="70">C</ofd:TextCode>',
            'Size="12"',
        )
    )


@page
def text_shapes() -> str:
    return (
        text(code("AC", 5, 30, 'DeltaX="30"'), 'Size="20" HScale="0.5"')
        + text(code("AC", 60, 30, 'DeltaX="20"'), 'Size="15" Italic="true"')
        + text(code("AC", 5, 80, 'DeltaX="30"'), 'Size="20" Weight="800"')
        + text(code("AC", 30, 40, 'DeltaX="10"'), 'Size="10" CTM="1.4 0.6 -0.6 1.4 40 20"')
    )  # fmt: skip


@page
def text_outlined() -> str:
    return (
        text(code("AB", 8, 45, 'DeltaX="45"'), 'Size="35" Fill="false" Stroke="true" LineWidth="3"',
             color(RED, "Stroke"))
        + text(code("AB", 8, 92, 'DeltaX="45"'), 'Size="35" Stroke="true" LineWidth="4" Alpha="128"',
               color("0 200 255") + color(BLUE, "Stroke"))
    )  # fmt: skip


@page
def text_by_glyph_numbers() -> str:
    def shows(position: int, count: int, glyphs: str) -> str:
        return (
            f'<ofd:CGTransform CodePosition="{position}" CodeCount="{count}" '
            f'GlyphCount="{len(glyphs.split())}"><ofd:Glyphs>{glyphs}</ofd:Glyphs></ofd:CGTransform>'
        )

    return (
        text(shows(1, 1, "2") + code("AZ", 5, 30, 'DeltaX="40"'), 'Size="20"')
        + text(shows(0, 2, "3") + code("fiA", 5, 60, 'DeltaX="40"'), 'Size="20"')
        + text(shows(0, 1, "2 3") + code("nA", 5, 90, 'DeltaX="30 30"'), 'Size="20"')
    )


@page
def text_without_glyphs() -> str:
    """Characters that no face has leave boxes; blanks and formatting characters leave nothing."""
    return text(code("A\u0378\u200b\u0379", 8, 60, 'DeltaX="28 28 0"'), 'Size="24"')


# Pictures


@page
def picture_rotated() -> OfdBuilder:
    return pictured(image('CTM="30 30 -30 30 40 5"'), media.png())


@page
def picture_masked_and_framed() -> OfdBuilder:
    frame = (
        '<ofd:Border LineWidth="4" HorizonalCornerRadius="20" VerticalCornerRadius="12" DashPattern="8 4">'
        '<ofd:BorderColor Value="0 0 0"/></ofd:Border>'
    )
    mask = diagonal_mask()
    return pictured(image('ImageMask="71" Alpha="200"', frame), media.jpeg(), mask)


def diagonal_mask() -> bytes:
    rows = b"".join(bytes(255 if abs(x - y) < 8 else 0 for x in range(32)) for y in range(32))
    return bytes(pymupdf.Pixmap(pymupdf.csGRAY, 32, 32, rows, False).tobytes("png"))


@page
def picture_as_vectors() -> OfdBuilder:
    return pictured(image(), SVG)


# Structure


@page
def templates_and_layers() -> OfdBuilder:
    builder = OfdBuilder(
        common='<ofd:TemplatePage ID="7" BaseLoc="Tpls/Back.xml"/>'
        '<ofd:TemplatePage ID="8" BaseLoc="Tpls/Front.xml"/>'
    )
    for name, value, data in (
        ("Back", "255 220 220", ALL),
        ("Front", "0 0 160", "M 45 0 L 55 0 L 55 100 L 45 100 C"),
    ):
        layer = f'<ofd:Content><ofd:Layer ID="5">{filled(data, color(value))}</ofd:Layer></ofd:Content>'
        builder.files[f"Doc_0/Tpls/{name}.xml"] = builder.xml("Page", layer)
    upper = filled("M 0 0 L 100 0 L 100 50 L 0 50 C", color(GREEN))
    builder.pages.append(
        '<ofd:Template TemplateID="7"/><ofd:Template TemplateID="8" ZOrder="Foreground"/><ofd:Content>'
        f'<ofd:Layer ID="2" Type="Foreground">{filled(DISC)}</ofd:Layer>'
        f'<ofd:Layer ID="3" Type="Background">{upper}</ofd:Layer></ofd:Content>'
    )
    return builder


@page
def draw_parameters() -> OfdBuilder:
    resources = (
        '<ofd:DrawParams><ofd:DrawParam ID="60" LineWidth="6" Cap="Round">'
        f'{color(BLUE, "Stroke")}</ofd:DrawParam><ofd:DrawParam ID="61" Relative="60" DashPattern="12 10">'
        f"{color(GREEN)}</ofd:DrawParam></ofd:DrawParams>"
    )
    units = (
        path("M 10 20 L 90 20", 'DrawParam="60"')
        + path("M 10 50 L 90 50", 'DrawParam="61"')
        + path("M 20 65 L 80 65 L 80 90 L 20 90 C", 'Fill="true" Stroke="false"')
    )
    return OfdBuilder(resources=resources).page(units, layer='DrawParam="61"')


@page
def composites() -> OfdBuilder:
    star = filled(STAR, attributes='CTM="0.5 0 0 0.5 0 0"')
    resources = (
        '<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="80" Width="40" Height="40"><ofd:Content>'
        f"{star}</ofd:Content>"
        "</ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>"
    )
    use = '<ofd:CompositeObject ID="4" ResourceID="80" Boundary="{}" {}/>'
    units = use.format("5 5 45 45", "") + use.format("50 5 50 50", 'Alpha="90"')
    units += use.format("20 50 60 50", 'CTM="1 0.3 -0.3 1 12 0"')
    return OfdBuilder(resources=resources).page(units)


@page
def annotations() -> OfdBuilder:
    builder = OfdBuilder(document="<ofd:Annotations>Annots/A.xml</ofd:Annotations>")
    builder.page(filled("M 0 45 L 100 45 L 100 55 L 0 55 C", color("0 0 0")))
    builder.files["Doc_0/Annots/A.xml"] = builder.xml(
        "Annotations", '<ofd:Page PageID="100"><ofd:FileLoc>P.xml</ofd:FileLoc></ofd:Page>'
    )
    kinds = (
        ("Highlight", "10 40 80 20", color("255 255 0"), 'Alpha="120"', ""),
        ("Stamp", "60 60 30 30", color(RED), "", ""),
        ("Watermark", "10 10 30 30", color(BLUE), 'Alpha="60"', ""),
        ("Path", "60 10 30 30", color(GREEN), "", 'Visible="false"'),
        ("Link", "10 65 40 25", color(GREEN), "", 'Print="false"'),
    )
    notes = "".join(
        f'<ofd:Annot ID="{number + 9}" Type="{kind}" Creator="" LastModDate="2026-01-01" {flags}>'
        f'<ofd:Appearance Boundary="{boundary}">{filled(ALL, ink, look)}</ofd:Appearance></ofd:Annot>'
        for number, (kind, boundary, ink, look, flags) in enumerate(kinds)
    )
    builder.files["Doc_0/Annots/P.xml"] = builder.xml("PageAnnot", notes)
    return builder


@page
def page_with_its_own_origin() -> OfdBuilder:
    builder = OfdBuilder()
    content = filled("M 0 0 L 60 0 L 60 60 L 0 60 C", boundary="50 50 60 60")
    builder.pages.append(
        "<ofd:Area><ofd:PhysicalBox>50 50 100 100</ofd:PhysicalBox></ofd:Area>"
        f'<ofd:Content><ofd:Layer ID="2">{content}</ofd:Layer></ofd:Content>'
    )
    return builder
