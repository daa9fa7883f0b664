"""Making embedded fonts loadable that were cut down too far or damaged.

Producers embed subsets without the tables that a glyph's outline does not need. FreeType demands some of
them; they are made up here, so that the text keeps its own glyphs.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping

from gongwen_docs.fonts.directory import face_offsets, read_table, table_places

_LARGEST_TABLE = 64 << 20
_MAGIC = 0x5F0F3CF5
_UNITS = 1000
_HEAD, _HHEA, _MAXP = 54, 36, 6


def repaired(data: bytes) -> bytes | None:
    """The font with made-up tables where needed, a bare CFF font where that is all there is, or None where
    there are no outlines to save."""
    stream = io.BytesIO(data)
    try:
        places = table_places(stream, face_offsets(stream)[0])
        tables = {tag: read_table(stream, places, tag, _LARGEST_TABLE) for tag in places if tag.isascii()}
    except (struct.error, IndexError, ValueError, OverflowError):
        return None
    tables = {tag: table for tag, table in tables.items() if table}
    if b"CFF " in tables:
        return tables[b"CFF "]
    if b"glyf" not in tables or b"loca" not in tables:
        return None
    tables[b"head"] = _head(tables)
    glyphs = len(tables[b"loca"]) // (4 if tables[b"head"][51] else 2) - 1
    if glyphs < 1:
        return None
    if len(tables.get(b"maxp", b"")) < _MAXP:
        tables[b"maxp"] = struct.pack(">LH26x", 0x00010000, min(glyphs, 0xFFFF))
    if len(tables.get(b"hhea", b"")) < _HHEA or len(tables.get(b"hmtx", b"")) < 4:
        (units,) = struct.unpack_from(">H", tables[b"head"], 18)
        tables[b"hhea"] = struct.pack(">L3h24xH", 0x00010000, units * 7 // 8, -units // 8, 0, 1)
        tables[b"hmtx"] = struct.pack(">Hh", units, 0) + bytes(2 * (glyphs - 1))
    return assembled(tables)


def _head(tables: Mapping[bytes, bytes]) -> bytes:
    """The head table with sensible units and the format of ``loca`` that its own offsets show."""
    head = tables.get(b"head", b"")
    if len(head) < _HEAD:
        head = head + bytes(_HEAD - len(head))
        long_offsets = _is_long(tables[b"loca"], len(tables[b"glyf"]))
        head = head[:50] + struct.pack(">H", long_offsets) + head[52:]
    (units,) = struct.unpack_from(">H", head, 18)
    units = units if 16 <= units <= 16384 else _UNITS
    return struct.pack(">L8xL", 0x00010000, _MAGIC) + head[16:18] + struct.pack(">H", units) + head[20:]


def _is_long(loca: bytes, glyf_size: int) -> bool:
    """Whether offsets of four bytes ascend and end at the end of the outlines."""
    count = len(loca) // 4
    offsets = struct.unpack_from(f">{count}L", loca)
    return count > 1 and offsets[-1] <= glyf_size + 3 and list(offsets) == sorted(offsets)


def assembled(tables: Mapping[bytes, bytes]) -> bytes:
    """A TrueType file of these tables. Checksums are left 0: nobody looks at them."""
    directory, body = b"", b""
    start = 12 + 16 * len(tables)
    for tag in sorted(tables):
        table = tables[tag]
        directory += tag + struct.pack(">3L", 0, start + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return b"\0\1\0\0" + struct.pack(">4H", len(tables), 0, 0, 0) + directory + body
