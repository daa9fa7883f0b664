"""Character maps of fonts, read leniently: those that FreeType passes over, and which faces have a character.

Old Chinese fonts map GB 2312, GBK or Big5 codes instead of Unicode; embedded subsets keep such maps.
"""

from __future__ import annotations

import contextlib
import io
import struct
from bisect import bisect_left
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from gongwen_docs.fonts.directory import face_offsets, read_table, table_places

_LARGEST_MAP = 4 << 20
_UNICODE = "unicode"
_SYMBOL = "symbol"
_CODECS = {
    (3, 0): _SYMBOL,
    (3, 1): _UNICODE,
    (3, 2): "shift-jis",
    (3, 3): "gb18030",
    (3, 4): "big5",
    (3, 5): "cp949",
    (3, 6): "johab",
    (3, 10): _UNICODE,
    (1, 0): "mac-roman",
    (1, 1): "shift-jis",
    (1, 2): "big5",
    (1, 25): "gb18030",
}
_MOST_GROUPS = 200_000
_LAST_CODE = 0x10FFFF

Lookup = Callable[[int], int]
"""From a code to a glyph number, 0 where the font has none."""


class CharacterMap:
    """The ``cmap`` table of a face."""

    def __init__(self, table: bytes) -> None:
        self._maps: list[tuple[str, Lookup]] = []
        self._ranges: list[tuple[int, int]] = []
        with contextlib.suppress(struct.error):
            self._read(table)

    def glyph(self, character: str) -> int:
        """Glyph number of a character by any map that knows it; 0 where none does."""
        for codec, lookup in self._maps:
            for code in _codes(character, codec):
                try:
                    glyph = lookup(code)
                except (struct.error, IndexError):
                    continue
                if glyph:
                    return glyph
        return 0

    def blocks(self) -> set[int]:
        """The blocks of 256 characters, by number, that any Unicode map reaches into."""
        return {
            block
            for first, last in self._ranges
            for block in range(first >> 8, (min(last, _LAST_CODE) >> 8) + 1)
        }

    def _read(self, table: bytes) -> None:
        _, count = struct.unpack_from(">2H", table)
        for number in range(min(count, 32)):
            platform, encoding, offset = struct.unpack_from(">2HL", table, 4 + 8 * number)
            codec = _UNICODE if platform == 0 else _CODECS.get((platform, encoding))
            lookup = _lookup(table[offset:]) if codec else None
            if codec and lookup:
                self._maps.append((codec, lookup))
                if codec == _UNICODE:
                    self._ranges += _ranges(table[offset:])


def _codes(character: str, codec: str) -> tuple[int, ...]:
    """The numbers under which a map may keep a character."""
    code = ord(character)
    if codec == _UNICODE:
        return (code,)
    if codec == _SYMBOL:
        return (0xF000 + code, code) if code < 0x100 else (code,)
    try:
        return (int.from_bytes(character.encode(codec), "big"),)
    except UnicodeEncodeError:
        return ()


def _lookup(table: bytes) -> Lookup | None:
    (form,) = struct.unpack_from(">H", table)
    match form:
        case 0:
            return lambda code: table[6 + code] if code < 256 else 0
        case 2:
            return _mixed(table)
        case 4:
            return _segments(table)
        case 6:
            first, count = struct.unpack_from(">2H", table, 6)
            return lambda code: (
                struct.unpack_from(">H", table, 10 + 2 * (code - first))[0]
                if 0 <= code - first < count
                else 0
            )
        case 12 | 13:
            return _groups(table, form == 12)
        case _:
            return None


def _ranges(table: bytes) -> list[tuple[int, int]]:
    """First and last codes of the ranges of a map in format 4 or 12, the two that Unicode maps have."""
    (form,) = struct.unpack_from(">H", table)
    if form == 4:
        (doubled,) = struct.unpack_from(">H", table, 6)
        ends = struct.unpack_from(f">{doubled // 2}H", table, 14)
        starts = struct.unpack_from(f">{doubled // 2}H", table, 16 + doubled)
        return [(start, end) for start, end in zip(starts, ends, strict=True) if start <= end < 0xFFFF]
    if form == 12:
        (count,) = struct.unpack_from(">L", table, 12)
        count = min(count, _MOST_GROUPS, (len(table) - 16) // 12)
        return [struct.unpack_from(">2L", table, 16 + 12 * number) for number in range(count)]
    return []


def _mixed(table: bytes) -> Lookup:
    """Format 2: one and two byte codes, as in GBK and Big5."""

    def lookup(code: int) -> int:
        high, low = divmod(code, 256)
        if high > 255:
            return 0
        (key,) = struct.unpack_from(">H", table, 6 + 2 * (high if high else low))
        if (high == 0) != (key == 0):
            return 0
        at = 518 + key
        first, count, delta, reach = struct.unpack_from(">2HhH", table, at)
        if not first <= low < first + count:
            return 0
        (glyph,) = struct.unpack_from(">H", table, at + 6 + reach + 2 * (low - first))
        return (glyph + delta) % 0x10000 if glyph else 0

    return lookup


def _segments(table: bytes) -> Lookup:
    """Format 4: ranges within 16 bits."""
    (doubled,) = struct.unpack_from(">H", table, 6)
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", table, 14)
    starts = struct.unpack_from(f">{count}H", table, 16 + doubled)
    deltas = struct.unpack_from(f">{count}H", table, 16 + 2 * doubled)
    reaches_at = 16 + 3 * doubled

    def lookup(code: int) -> int:
        index = bisect_left(ends, code)
        if index == count or code < starts[index]:
            return 0
        place = reaches_at + 2 * index
        (reach,) = struct.unpack_from(">H", table, place)
        if not reach:
            return int(code + deltas[index]) % 0x10000
        (glyph,) = struct.unpack_from(">H", table, place + reach + 2 * (code - starts[index]))
        return (glyph + deltas[index]) % 0x10000 if glyph else 0

    return lookup


def _groups(table: bytes, counting: bool) -> Lookup:
    """Formats 12 and 13: ranges over all planes; in 13 a whole range shares one glyph."""
    (count,) = struct.unpack_from(">L", table, 12)
    count = min(count, _MOST_GROUPS, (len(table) - 16) // 12)

    def lookup(code: int) -> int:
        low, high = 0, count
        while low < high:
            middle = (low + high) // 2
            start, end, glyph = struct.unpack_from(">3L", table, 16 + 12 * middle)
            if code < start:
                high = middle
            elif code > end:
                low = middle + 1
            else:
                return int(glyph + (code - start if counting else 0))
        return 0

    return lookup


@lru_cache(maxsize=1024)
def map_of_file(path: Path, index: int) -> CharacterMap:
    """The character map of a face of a font file; an empty one where it cannot be read."""
    try:
        with path.open("rb") as stream:
            places = table_places(stream, face_offsets(stream)[index])
            return CharacterMap(read_table(stream, places, b"cmap", _LARGEST_MAP))
    except (OSError, struct.error, IndexError, ValueError):
        return CharacterMap(b"")


def map_of_bytes(data: bytes) -> CharacterMap:
    """The character map of the first face in a font file's bytes; an empty one where it cannot be read."""
    stream = io.BytesIO(data)
    try:
        places = table_places(stream, face_offsets(stream)[0])
        return CharacterMap(read_table(stream, places, b"cmap", _LARGEST_MAP))
    except (struct.error, IndexError, ValueError, OverflowError):
        return CharacterMap(b"")
