"""Structure-aware mutants: packages with XML changed at random are drawn or refused, nothing else (S1)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from lxml import etree

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw import open_drawing
from gongwen_docs.ofd.container import Package, pack
from ofd_builder import OfdBuilder, filled

NASTY = (
    *("", "0", "-1", "1", "1e309", "NaN", "-0.0001", "99999999999", "0 0 0 0 0 0", "1 0 0 1 0", "#", "#zz"),
    *("g 99999999 1", "g g g", "true", "M 0 0 A 1 1 0 0 0", "C C C", "/", "..", "\ufffd", "100", "3"),
    *(
        "1e7 1e7 1e7 1e7 1e7 1e7",
        "0.0000001 0 0 0.0000001 0 0",
        "-5 -5 -5 -5",
        "Foreground",
        "Reflect",
        "a" * 2000,
    ),
)


RESOURCES = """
<ofd:MultiMedias>
  <ofd:MultiMedia ID="70" Type="Image"><ofd:MediaFile>p.bmp</ofd:MediaFile></ofd:MultiMedia>
</ofd:MultiMedias>
<ofd:CompositeGraphicUnits>
  <ofd:CompositeGraphicUnit ID="80" Width="9" Height="9"><ofd:Content>{cell}</ofd:Content>
  </ofd:CompositeGraphicUnit>
</ofd:CompositeGraphicUnits>
<ofd:DrawParams><ofd:DrawParam ID="61" Relative="61" LineWidth="2"/></ofd:DrawParams>
<ofd:ColorSpaces>
  <ofd:ColorSpace ID="51" Type="CMYK" BitsPerComponent="8">
    <ofd:Palette><ofd:CV>1 2 3 4</ofd:CV></ofd:Palette>
  </ofd:ColorSpace>
</ofd:ColorSpaces>"""
STOPS = """
<ofd:Segment Position="0"><ofd:Color Value="255 0 0"/></ofd:Segment>
<ofd:Segment><ofd:Color Value="0 0 255" Alpha="9"/></ofd:Segment>"""
FILLS = (
    """<ofd:AxialShd StartPoint="0 0" EndPoint="9 9" MapType="Repeat" MapUnit="3" Extend="3">{stops}
    </ofd:AxialShd>""",
    """<ofd:RadialShd StartPoint="5 5" EndPoint="6 6" StartRadius="1" EndRadius="9" Eccentricity="0.5"
    Angle="30" MapType="Reflect" Extend="3">{stops}</ofd:RadialShd>""",
    """<ofd:Pattern Width="9" Height="9" XStep="10" CTM="1 0 0 1 0 0">
    <ofd:CellContent>{cell}</ofd:CellContent></ofd:Pattern>""",
    """<ofd:GouraudShd Extend="1"><ofd:Point X="0" Y="0" EdgeFlag="0"><ofd:Color Value="1 2 3"/></ofd:Point>
    <ofd:Point X="9" Y="0"/><ofd:Point X="0" Y="9"/><ofd:Point X="9" Y="9" EdgeFlag="1"/></ofd:GouraudShd>""",
)
UNITS = """
<ofd:PathObject ID="5" Boundary="0 0 100 100" LineWidth="2" DashPattern="3 1" DashOffset="1" Cap="Round"
  Join="Round" MiterLimit="2" Alpha="99" CTM="1 0 0 1 0 0">
  <ofd:Clips TransFlag="true"><ofd:Clip><ofd:Area CTM="1 0 0 1 0 0"><ofd:Path ID="1" Boundary="0 0 9 9">
    <ofd:AbbreviatedData>M 0 0 L 9 9 L 0 9 C</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip>
  </ofd:Clips>
  <ofd:AbbreviatedData>M 0 0 L 99 99</ofd:AbbreviatedData>
</ofd:PathObject>
<ofd:TextObject ID="8" Boundary="0 0 100 100" Font="3" Size="9" HScale="0.5" CharDirection="90" Weight="700"
  Italic="true" Stroke="true">
  <ofd:CGTransform CodePosition="1" CodeCount="1" GlyphCount="1"><ofd:Glyphs>2</ofd:Glyphs></ofd:CGTransform>
  <ofd:TextCode X="1" Y="9" DeltaX="g 2 3 4" DeltaY="0">ABCA</ofd:TextCode>
</ofd:TextObject>
<ofd:ImageObject ID="6" ResourceID="70" Boundary="0 0 9 9" CTM="9 0 0 9 0 0" ImageMask="70">
  <ofd:Border LineWidth="1" HorizonalCornerRadius="1" VerticalCornerRadius="1"/>
</ofd:ImageObject>
<ofd:CompositeObject ID="4" ResourceID="80" Boundary="0 0 9 9" BlendMode="Darken" Alpha="99"/>"""


def rich_document() -> bytes:
    """One page with every kind of unit, a template and an annotation."""
    cell = filled("M 0 0 L 9 9 L 0 9 C")
    shape = "M 0 0 L 50 0 Q 50 50 9 9 B 1 2 3 4 5 6 A 5 6 7 0 1 8 9 C"
    fills = [f"<ofd:FillColor>{fill.format(stops=STOPS, cell=cell)}</ofd:FillColor>" for fill in FILLS]
    builder = OfdBuilder(
        resources=RESOURCES.format(cell=cell),
        box_font=True,
        common='<ofd:DefaultCS>51</ofd:DefaultCS><ofd:TemplatePage ID="7" BaseLoc="T.xml"/>',
        document="<ofd:Annotations>A.xml</ofd:Annotations>",
        files={"Doc_0/Res/p.bmp": _bmp()},
    )
    layer = f'<ofd:Content><ofd:Layer ID="2">{cell}</ofd:Layer></ofd:Content>'
    builder.files["Doc_0/T.xml"] = builder.xml("Page", layer)
    listed = '<ofd:Page PageID="100"><ofd:FileLoc>P.xml</ofd:FileLoc></ofd:Page>'
    builder.files["Doc_0/A.xml"] = builder.xml("Annotations", listed)
    appearance = f'<ofd:Appearance Boundary="0 0 9 9">{cell}</ofd:Appearance>'
    annotation = f'<ofd:Annot ID="9" Type="Stamp">{appearance}</ofd:Annot>'
    builder.files["Doc_0/P.xml"] = builder.xml("PageAnnot", annotation)
    units = "".join(filled(shape, fill) for fill in fills) + UNITS
    before = '<ofd:Template TemplateID="7" ZOrder="Background"/>'
    return builder.page(units, before=before, layer='DrawParam="61"').build()


def _bmp() -> bytes:
    """One black pixel."""
    info = (40).to_bytes(4, "little") + bytes((1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0)) + bytes(24)
    return b"BM" + (58).to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little") + info + bytes(4)


def mutants(data: bytes, seed: int) -> Iterator[bytes]:
    """Endless packages, each with one to five changes to its XML files."""
    dice = random.Random(seed)
    with Package.open(data) as package:
        parts = {name: package.read(name) for name in package.names}
    names = [name for name, part in parts.items() if name.endswith(".xml") and _readable(part)]
    while True:
        changed = dict(parts)
        for _ in range(dice.randint(1, 5)):
            name = dice.choice(names)
            with suppress(etree.XMLSyntaxError):  # an earlier change may have left what cannot be read again
                changed[name] = _mutate(changed[name], dice)
        yield pack(changed)


def _readable(part: bytes) -> bool:
    try:
        etree.fromstring(part)
    except etree.XMLSyntaxError:
        return False
    return True


def _mutate(data: bytes, dice: random.Random) -> bytes:
    root = etree.fromstring(data)
    elements = list(root.iter())
    element = dice.choice(elements)
    action = dice.randrange(5)
    if action == 0 and element.attrib:
        element.set(dice.choice(list(element.attrib)), dice.choice(NASTY))
    elif action == 1:
        element.text = dice.choice(NASTY)
    elif action == 2 and element.getparent() is not None:
        element.getparent().remove(element)
    elif action == 3 and element.getparent() is not None and len(elements) < 2000:
        dice.choice(elements).append(etree.fromstring(etree.tostring(element)))
    else:
        name = dice.choice(("CTM", "Alpha", "Boundary", "DrawParam", "LineWidth", "Visible"))
        element.set(name, dice.choice(NASTY))
    return etree.tostring(root)


def draw_everything(data: bytes) -> None:
    """Draw and read the first two pages; refusals are fine."""
    with suppress(KnownError), open_drawing(data) as drawing:
        for index in range(min(2, drawing.page_count)):
            with suppress(KnownError):
                drawing.render(index, 30)
                drawing.text(index)


def test_the_rich_document_is_drawn_without_remarks() -> None:
    with open_drawing(rich_document()) as drawing:
        drawing.render(0, 50)
        assert drawing.reports == ()


@pytest.mark.parametrize("seed", range(4))
def test_mutants_are_drawn_or_refused(seed: int) -> None:
    source = mutants(rich_document(), seed)
    for _ in range(60):
        draw_everything(next(source))


@pytest.mark.long
@pytest.mark.corpus
@pytest.mark.timeout(0)
def test_many_mutants_of_real_files(corpus: Path) -> None:
    sources = [mutants(rich_document(), 99)]
    for file in sorted(corpus.glob("**/*.ofd")):
        with suppress(KnownError):
            source = mutants(file.read_bytes(), len(sources))
            next(source)
            sources.append(source)
    for number in range(100_000):
        draw_everything(next(sources[number % len(sources)]))
