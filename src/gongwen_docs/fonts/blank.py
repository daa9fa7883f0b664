"""A font whose only glyph is empty and stands for one character: text that is there without being seen."""

from __future__ import annotations

import struct

from gongwen_docs.fonts.repair import assembled

_UNITS, _ASCENT, _DESCENT = 1000, 880, -120
_MAGIC = 0x5F0F3CF5
_SHORT_OFFSETS = 0


def blank_font(character: str) -> bytes:
    """A TrueType file in which ``character`` is glyph 1, one em wide and without outlines."""
    code = ord(character)
    groups = struct.pack(">2HLLL3L", 12, 0, 28, 0, 1, code, code, 1)
    return assembled(
        {
            b"cmap": struct.pack(">2H2HL", 0, 1, 3, 10, 12) + groups,
            b"glyf": bytes(4),
            b"head": struct.pack(
                ">2L4xL2H16x4h3H2h", 0x10000, 0x10000, _MAGIC, 3, _UNITS, *[0] * 4, 0, 8, 2, 0, 0
            ),
            b"hhea": struct.pack(">L3h24xH", 0x10000, _ASCENT, _DESCENT, 0, 1),
            b"hmtx": struct.pack(">Hhh", _UNITS, 0, 0),
            b"loca": bytes(6),
            b"maxp": struct.pack(">LH26x", 0x10000, 2),
            b"name": _name(f"Blank{code:X}"),
        }
    )


def _name(family: str) -> bytes:
    """Family and PostScript name, in which a PDF tells the fonts apart."""
    text = family.encode("utf-16-be")
    records = b"".join(struct.pack(">6H", 3, 1, 0x409, kind, len(text), 0) for kind in (1, 4, 6))
    return struct.pack(">3H", 0, 3, 6 + len(records)) + records + text
