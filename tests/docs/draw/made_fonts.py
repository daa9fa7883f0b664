"""Fonts of every kind whose glyphs are boxes: A a whole em, B its left half, C its lower half."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterable, Mapping

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTCollection, TTFont

from ofd_builder import box_font

BOXES = {"A": (0, 0, 1000, 1000), "B": (0, 0, 500, 1000), "C": (0, 0, 1000, 500)}


def open_type() -> bytes:
    """OpenType with CFF outlines."""
    glyphs = {".notdef": T2CharStringPen(1000, None).getCharString()}
    for name, (left, bottom, right, top) in BOXES.items():
        pen = T2CharStringPen(1000, None)
        pen.moveTo((left, bottom))
        for corner in ((left, top), (right, top), (right, bottom)):
            pen.lineTo(corner)
        pen.closePath()
        glyphs[name] = pen.getCharString()
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap({ord(name): name for name in BOXES})
    builder.setupCFF("Box", {"FullName": "Box"}, glyphs, {})
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (1000, 0)))
    builder.setupHorizontalHeader(ascent=1000, descent=0)
    builder.setupNameTable({"familyName": "Box", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    target = io.BytesIO()
    builder.save(target)
    return target.getvalue()


def bare_cff() -> bytes:
    return tables(open_type())[b"CFF "]


def collection() -> bytes:
    """A TrueType collection whose first face is the box font."""
    file = TTCollection()
    file.fonts = [TTFont(io.BytesIO(box_font())), TTFont(io.BytesIO(box_font()))]
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()


def type1() -> bytes:
    """A Type 1 font program in text form, its private part encrypted as the format demands."""

    def number(value: int) -> bytes:
        if -107 <= value <= 107:
            return bytes((value + 139,))
        return b"\xff" + struct.pack(">l", value)

    def char_string(box: tuple[int, int, int, int] | None) -> bytes:
        steps = [number(0), number(1000), b"\x0d"]  # hsbw
        if box is not None:
            left, bottom, right, top = box
            steps += [number(left), number(bottom), b"\x15"]  # rmoveto
            steps += [number(top - bottom), b"\x07", number(right - left), b"\x06"]  # vlineto, hlineto
            steps += [number(bottom - top), b"\x07", b"\x09"]  # vlineto, closepath
        return _encrypted(b"\0\0\0\0" + b"".join((*steps, b"\x0e")), 4330)

    strings = {".notdef": char_string(None), **{name: char_string(box) for name, box in BOXES.items()}}
    glyphs = b"".join(
        b"/%s %d RD %s ND\n" % (name.encode(), len(data), data) for name, data in strings.items()
    )
    private = (
        b"dup /Private 8 dict dup begin /RD {string currentfile exch readstring pop} executeonly def\n"
        b"/ND {noaccess def} executeonly def /NP {noaccess put} executeonly def /BlueValues [] def\n"
        b"/password 5839 def /MinFeature {16 16} def\n"
        b"2 index /CharStrings %d dict dup begin\n%send\nend\nreadonly put noaccess put\n"
        b"dup /FontName get exch definefont pop mark currentfile closefile\n" % (len(strings), glyphs)
    )
    clear = (
        b"%!PS-AdobeFont-1.0: Box\n11 dict begin\n/FontInfo 1 dict dup begin /FullName (Box) def end def\n"
        b"/FontName /Box def /PaintType 0 def /FontType 1 def /FontMatrix [0.001 0 0 0.001 0 0] def\n"
        b"/Encoding StandardEncoding def /FontBBox {0 0 1000 1000} def\ncurrentdict end\ncurrentfile eexec\n"
    )
    secret = _encrypted(b"\x01\x02\x03\x04" + private, 55665)
    return clear + secret.hex().encode() + b"\n" + (b"0" * 64 + b"\n") * 8 + b"cleartomark\n"


def _encrypted(plain: bytes, key: int) -> bytes:
    result = bytearray()
    for byte in plain:
        cipher = byte ^ (key >> 8)
        key = ((cipher + key) * 52845 + 22719) & 0xFFFF
        result.append(cipher)
    return bytes(result)


def tables(font: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">H", font, 4)
    found = {}
    for number in range(count):
        tag, _, offset, size = struct.unpack_from(">4sLLL", font, 12 + 16 * number)
        found[tag] = font[offset : offset + size]
    return found


def assembled(parts: Mapping[bytes, bytes], version: bytes = b"\0\1\0\0") -> bytes:
    """A font file of these tables."""
    directory, body = b"", b""
    start = 12 + 16 * len(parts)
    for tag in sorted(parts):
        directory += tag + struct.pack(">3L", 0, start + len(body), len(parts[tag]))
        body += parts[tag] + bytes(-len(parts[tag]) % 4)
    return version + struct.pack(">4H", len(parts), 0, 0, 0) + directory + body


def without(tags: Iterable[bytes]) -> bytes:
    """The box font without some tables."""
    return assembled({tag: data for tag, data in tables(box_font()).items() if tag not in set(tags)})


def mapped_by_gbk(characters: str, form: int = 4) -> bytes:
    """The box font whose only map leads from GBK codes of these characters to its glyphs 1, 2, 3."""
    codes = sorted(
        (int.from_bytes(character.encode("gbk"), "big"), glyph + 1)
        for glyph, character in enumerate(characters)
    )
    table = _format_2(codes) if form == 2 else _format_4(codes)
    return assembled(
        {**tables(without((b"post", b"name"))), b"cmap": struct.pack(">2H2HL", 0, 1, 3, 3, 12) + table}
    )


def _format_4(codes: list[tuple[int, int]]) -> bytes:
    segments = [(code, code, glyph - code) for code, glyph in codes] + [(0xFFFF, 0xFFFF, 1)]
    count = len(segments)
    ends = b"".join(struct.pack(">H", end) for _, end, _ in segments)
    starts = b"".join(struct.pack(">H", start) for start, _, _ in segments)
    deltas = b"".join(struct.pack(">H", delta & 0xFFFF) for _, _, delta in segments)
    body = ends + b"\0\0" + starts + deltas + bytes(2 * count)
    return struct.pack(">7H", 4, 14 + len(body), 0, 2 * count, 0, 0, 0) + body


def _format_2(codes: list[tuple[int, int]]) -> bytes:
    """One sub-header per leading byte, each for one trailing byte."""
    keys, headers, glyphs = [0] * 256, [(0, 1, 0, 0)], [0]
    for code, glyph in codes:
        keys[code >> 8] = 8 * len(headers)
        headers.append((code & 0xFF, 1, 0, len(glyphs)))
        glyphs.append(glyph)
    body = struct.pack(">256H", *keys)
    for index, (first, count, delta, place) in enumerate(headers):
        reach = 2 + 8 * (len(headers) - index - 1) + 2 * place
        body += struct.pack(">2HhH", first, count, delta, reach)
    body += struct.pack(f">{len(glyphs)}H", *glyphs)
    return struct.pack(">3H", 2, 6 + len(body), 0) + body


KINDS: dict[str, Callable[[], bytes]] = {
    "truetype": box_font,
    "opentype": open_type,
    "cff": bare_cff,
    "type1": type1,
    "collection": collection,
}
