"""Font files that call themselves, promise gigabytes or never end."""

from __future__ import annotations

import io
import itertools
import struct

from fontTools.fontBuilder import FontBuilder
from fontTools.misc.psCharStrings import T2CharString
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph, GlyphComponent

from docs.bombs import drawn, reported
from gongwen_docs.ofd.container import pack
from ofd_builder import OfdBuilder, box_font, text

DAMAGED = ("draw.font_damaged",)
_TEXT = text('<ofd:TextCode X="9" Y="50" DeltaX="g 9 9">ABCABC</ofd:TextCode>', 'Size="20"')


def page_with(font: bytes) -> bytes:
    """A page whose text is in this font."""
    parts = OfdBuilder(box_font=True).page(_TEXT).parts()
    return pack({**parts, "Doc_0/Res/box.ttf": font})


def component(name: str) -> GlyphComponent:
    part = GlyphComponent()
    part.glyphName, part.x, part.y, part.flags = name, 0, 0, 0x4
    return part


def composed(uses: dict[str, list[str]]) -> bytes:
    """The box font with glyphs made of one another."""
    font = TTFont(io.BytesIO(box_font()))
    for name, parts in uses.items():
        glyph = Glyph()
        glyph.numberOfContours = -1
        glyph.components = [component(part) for part in parts]
        font["glyf"][name] = glyph
    target = io.BytesIO()
    font.recalcBBoxes = False
    for name in uses:
        glyph = font["glyf"][name]
        glyph.xMin = glyph.yMin = glyph.xMax = glyph.yMax = 0
    font.save(target)
    return target.getvalue()


@drawn
def glyph_made_of_itself() -> bytes:
    return page_with(composed({"A": ["A"]}))


@drawn
def glyphs_made_of_each_other() -> bytes:
    return page_with(composed({"A": ["B"] * 60, "B": ["C"] * 60, "C": ["A"] * 60}))


@drawn
def glyphs_that_multiply() -> bytes:
    """Each glyph of twelve shows the next one a hundred times."""
    order = [".notdef", "A", *(f"g{n}" for n in range(10))]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap({65: "A", 66: "A", 67: "A"})
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((500, 0))
    pen.lineTo((0, 500))
    pen.closePath()
    glyphs = dict.fromkeys(order, pen.glyph())
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(dict.fromkeys(order, (1000, 0)))
    builder.setupHorizontalHeader(ascent=1000, descent=0)
    builder.setupPost()
    target = io.BytesIO()
    builder.save(target)
    font = TTFont(io.BytesIO(target.getvalue()))
    for name, part in itertools.pairwise(order[1:]):
        glyph = Glyph()
        glyph.numberOfContours = -1
        glyph.components = [component(part) for _ in range(100)]
        glyph.xMin = glyph.yMin = glyph.xMax = glyph.yMax = 0
        font["glyf"][name] = glyph
    font.recalcBBoxes = False
    target = io.BytesIO()
    font.save(target)
    return page_with(target.getvalue())


@drawn
def table_lengths_of_gigabytes() -> bytes:
    data = bytearray(box_font())
    for table in range(struct.unpack_from(">H", data, 4)[0]):
        struct.pack_into(">I", data, 12 + table * 16 + 12, 0xFFFFFFF0)
    return page_with(bytes(data))


@drawn
def sixty_thousand_tables() -> bytes:
    data = bytearray(box_font())
    struct.pack_into(">H", data, 4, 65_535)
    return page_with(bytes(data))


@drawn
def more_glyphs_than_there_are() -> bytes:
    font = TTFont(io.BytesIO(box_font()))
    at = font.reader.tables["maxp"].offset
    data = bytearray(box_font())
    struct.pack_into(">H", data, at + 4, 65_535)
    return page_with(bytes(data))


def postscript(programs: dict[str, list[object]], subroutines: list[list[object]]) -> bytes:
    """A CFF font from char strings."""
    names = [".notdef", "A", "B", "C"]
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({65: "A", 66: "B", 67: "C"})
    pen = T2CharStringPen(1000, None)
    pen.moveTo((0, 0))
    pen.lineTo((900, 900))
    pen.closePath()
    plain = pen.getCharString()
    strings = dict.fromkeys(names, plain)
    builder.setupCFF("Bomb", {}, strings, {})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
    builder.setupHorizontalHeader(ascent=1000, descent=0)
    builder.setupPost()
    top = builder.font["CFF "].cff.topDictIndex[0]
    for name, program in programs.items():
        top.CharStrings[name] = T2CharString(
            program=program, private=top.Private, globalSubrs=builder.font["CFF "].cff.GlobalSubrs
        )
    for program in subroutines:
        builder.font["CFF "].cff.GlobalSubrs.append(T2CharString(program=program, private=top.Private))
    builder.font.recalcBBoxes = False  # fontTools would run the programs
    target = io.BytesIO()
    builder.save(target)
    return target.getvalue()


@drawn
def subroutine_that_calls_itself() -> bytes:
    return page_with(postscript({"A": [-107, "callgsubr", "endchar"]}, [[-107, "callgsubr", "return"]]))


@drawn
def subroutines_that_multiply() -> bytes:
    """Nine levels, each calling the next one thirty times."""
    levels = [
        [value for _ in range(30) for value in (-107 + n + 1, "callgsubr")] + ["return"] for n in range(9)
    ]
    levels.append([1, 1, "rlineto", "return"])
    return page_with(postscript({"A": [0, 0, "rmoveto", -107, "callgsubr", "endchar"]}, levels))


@reported(*DAMAGED)
def collection_of_a_million_faces() -> bytes:
    return page_with(b"ttcf" + struct.pack(">III", 0x00010000, 1_000_000, 12) + bytes(64))


@reported(*DAMAGED)
def nothing_but_zeros() -> bytes:
    return page_with(bytes(5_000_000))


@drawn
def type_1_that_never_ends() -> bytes:
    return page_with(b"%!PS-AdobeFont-1.0: Bomb\n{ } loop\n" + b"/a { a } def a\n" * 100_000)
