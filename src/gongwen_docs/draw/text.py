"""Text objects: which glyph stands where (GB/T 33190 §11)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from pymupdf import mupdf

from gongwen_docs.draw.faces import Face
from gongwen_docs.ofd.graphics import TextCode, TextUnit

_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{4})")
_SLANT = 0.21
"""Tangent of the slant that stands in for a missing italic: 12 degrees."""
_BOLDER = 0.03
"""Width of the outline that stands in for a missing bold, as a share of the em."""
_BOLD_WEIGHT = 600
_NO_GLYPH = -1


class Item(NamedTuple):
    """A glyph position: the characters it stands for and, where the document says so, the glyph number."""

    characters: str
    glyph: int | None


class PlacedText(NamedTuple):
    """Glyphs in local space; ``embolden`` is the width in mm of the outline that makes them bold, or 0."""

    text: Any
    embolden: float
    missing: str


def place_text(unit: TextUnit, face: Face) -> PlacedText:
    """Lay out a text object; characters that no face has are listed as missing."""
    text = mupdf.FzText()
    missing: list[str] = []
    turn = math.radians(unit.char_direction)
    cos, sin = round(math.cos(turn), 12), round(math.sin(turn), 12)
    width, height = unit.size * unit.h_scale, unit.size
    lean = _SLANT if unit.italic and not face.italic else 0.0
    a, b = width * cos, width * sin
    c, d = height * sin, -height * cos
    c, d = c + lean * a, d + lean * b
    for code in unit.codes:
        for item, x, y in _positions(code, face.embedded):
            matrix = mupdf.ll_fz_make_matrix(a, b, c, d, x, y)
            if not _show(text, face, item, matrix):
                missing.append(item.characters)
    bold = unit.weight >= _BOLD_WEIGHT and not face.bold
    return PlacedText(text, unit.size * _BOLDER if bold else 0.0, "".join(missing))


def _show(text: Any, face: Face, item: Item, matrix: Any) -> bool:
    """Put one glyph; False where the character exists in no face."""
    first = item.characters[:1]
    font, glyph = face.font, item.glyph
    if glyph is None:
        if not first or first < " ":
            return True
        found = face.glyph(first)
        if found is None:
            return first.isspace()
        font, glyph = found
    show = mupdf.ll_fz_show_glyph
    character = ord(first) if first else -1
    left_to_right, language = mupdf.FZ_BIDI_LTR, mupdf.FZ_LANG_UNSET
    show(text.m_internal, font.m_internal, matrix, glyph, character, 0, 0, left_to_right, language)
    for extra in item.characters[1:]:
        show(text.m_internal, font.m_internal, matrix, _NO_GLYPH, ord(extra), 0, 0, left_to_right, language)
    return True


def _positions(code: TextCode, glyphs_known: bool) -> Iterator[tuple[Item, float, float]]:
    """Items with their draw points. Offsets count per glyph position; advances of the font never do."""
    items = _items(code, glyphs_known)
    x, y = code.x, code.y
    for index, item in enumerate(items):
        yield item, x, y
        x += _offset(code.delta_x, index)
        y += _offset(code.delta_y, index)


def _offset(deltas: tuple[float, ...], index: int) -> float:
    """The offset after glyph ``index``: short arrays repeat their last value, absent ones mean 0."""
    if not deltas:
        return 0.0
    return deltas[index] if index < len(deltas) else deltas[-1]


def _items(code: TextCode, glyphs_known: bool) -> list[Item]:
    characters = _characters(code)
    items: list[Item] = []
    position = 0
    for run in sorted(code.glyph_runs, key=lambda run: run.position) if glyphs_known else ():
        if run.position < position or run.position >= max(len(characters), 1) or not run.glyphs:
            continue
        items += [Item(character, None) for character in characters[position : run.position]]
        position = run.position + run.characters
        items += _run_items(characters[run.position : position], run.glyphs)
    items += [Item(character, None) for character in characters[position:]]
    return items


def _run_items(characters: str, glyphs: tuple[int, ...]) -> list[Item]:
    """Characters dealt out to glyphs: one to one, the surplus of either side at the end."""
    last = len(glyphs) - 1
    return [
        Item(characters[index:] if index == last else characters[index : index + 1], glyph)
        for index, glyph in enumerate(glyphs)
    ]


def _characters(code: TextCode) -> str:
    """The text with escapes resolved and the indentation of pretty-printed files removed."""
    text = code.text
    expected = max(len(code.delta_x), len(code.delta_y)) + 1
    if "\n" in text and len(text) > expected:
        text = text.strip("\r\n\t ")
    if "\\" in text:
        unescaped = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
        if len(text) > expected:
            text = unescaped
    return text
