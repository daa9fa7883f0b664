"""Builds tiny OFD packages with one feature each, straight from XML, and a font whose glyphs are boxes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from gongwen_docs.ofd.container import Package, pack
from gongwen_docs.ofd.rewrite import rewrite

NAMESPACE = "http://www.ofdspec.org/2016"
BOX_FONT_ID = "3"


@dataclass
class OfdBuilder:
    """Parts of a package; every XML argument is the inside of its element, prefix ``ofd``.

    Pages are 100 × 100 mm unless ``size`` says otherwise. ``pages`` holds whole ``Page`` contents.
    """

    pages: list[str] = field(default_factory=list)
    size: tuple[float, float] = (100, 100)
    resources: str = ""
    common: str = ""
    document: str = ""
    info: str = ""
    body: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    namespace: str = NAMESPACE
    box_font: bool = False

    def page(self, units: str, before: str = "", layer: str = "") -> OfdBuilder:
        """Add a page with one layer of graphic units."""
        self.pages.append(f'{before}<ofd:Content><ofd:Layer ID="2" {layer}>{units}</ofd:Layer></ofd:Content>')
        return self

    def parts(self) -> Mapping[str, bytes]:
        fonts = ""
        files = dict(self.files)
        if self.box_font:
            fonts = (
                f'<ofd:Fonts><ofd:Font ID="{BOX_FONT_ID}" FontName="Box">'
                "<ofd:FontFile>box.ttf</ofd:FontFile></ofd:Font></ofd:Fonts>"
            )
            files["Doc_0/Res/box.ttf"] = box_font()
        width, height = self.size
        pages = "".join(
            f'<ofd:Page ID="{100 + index}" BaseLoc="Pages/Page_{index}/Content.xml"/>'
            for index in range(len(self.pages))
        )
        return {
            "OFD.xml": self.xml(
                "OFD",
                "<ofd:DocBody><ofd:DocInfo><ofd:DocID>0123456789abcdef0123456789abcdef</ofd:DocID>"
                f"{self.info}</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>{self.body}"
                "</ofd:DocBody>",
                'Version="1.0" DocType="OFD"',
            ),
            "Doc_0/Document.xml": self.xml(
                "Document",
                "<ofd:CommonData><ofd:MaxUnitID>999</ofd:MaxUnitID><ofd:PageArea>"
                f"<ofd:PhysicalBox>0 0 {width} {height}</ofd:PhysicalBox></ofd:PageArea>"
                f"<ofd:PublicRes>PublicRes.xml</ofd:PublicRes>{self.common}</ofd:CommonData>"
                f"<ofd:Pages>{pages}</ofd:Pages>{self.document}",
            ),
            "Doc_0/PublicRes.xml": self.xml("Res", fonts + self.resources, 'BaseLoc="Res"'),
            **{
                f"Doc_0/Pages/Page_{index}/Content.xml": self.xml("Page", content)
                for index, content in enumerate(self.pages)
            },
            **files,
        }

    def build(self) -> bytes:
        return pack(self.parts())

    def xml(self, root: str, inside: str, attributes: str = "") -> bytes:
        """A whole XML file."""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            f'<ofd:{root} xmlns:ofd="{self.namespace}" {attributes}>{inside}</ofd:{root}>'
        ).encode()


def with_parts(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """A package with some files added or replaced."""
    target = io.BytesIO()
    with Package.open(data) as package:
        rewrite(package, target, parts)
    return target.getvalue()


def path(data: str, attributes: str = "", inside: str = "", boundary: str = "0 0 100 100") -> str:
    """A path object; colours go ``inside``."""
    return (
        f'<ofd:PathObject ID="9" Boundary="{boundary}" {attributes}>{inside}'
        f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def filled(
    data: str,
    color: str = '<ofd:FillColor Value="255 0 0"/>',
    attributes: str = "",
    boundary: str = "0 0 100 100",
) -> str:
    """A filled path without an outline."""
    return path(data, f'Fill="true" Stroke="false" {attributes}', color, boundary)


def text(code: str, attributes: str, inside: str = "", boundary: str = "0 0 100 100") -> str:
    """A text object in the box font; ``code`` is its TextCode elements."""
    return (
        f'<ofd:TextObject ID="8" Boundary="{boundary}" Font="{BOX_FONT_ID}" {attributes}>{inside}{code}'
        "</ofd:TextObject>"
    )


def box_font() -> bytes:
    """Glyph 1 (A): the whole em above the baseline; 2 (B): its left half; 3 (C): its lower half."""
    boxes = {"A": (0, 0, 1000, 1000), "B": (0, 0, 500, 1000), "C": (0, 0, 1000, 500)}
    glyphs = {".notdef": TTGlyphPen(None).glyph()}
    for name, (left, bottom, right, top) in boxes.items():
        pen = TTGlyphPen(None)
        pen.moveTo((left, bottom))
        for corner in ((left, top), (right, top), (right, bottom)):
            pen.lineTo(corner)
        pen.closePath()
        glyphs[name] = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap({ord(name): name for name in boxes})
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (1000, 0)))
    builder.setupHorizontalHeader(ascent=1000, descent=0)
    builder.setupNameTable({"familyName": "Box", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    target = io.BytesIO()
    builder.save(target)
    return target.getvalue()
