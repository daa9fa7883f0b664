"""Text objects: which glyph stands where (GB/T 33190 §11)."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any, NamedTuple

from pymupdf import mupdf

from gongwen_docs.draw.faces import Face, placeholder_font
from gongwen_docs.ofd.graphics import TextCode, TextUnit

_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{4})")
_SLANT = 0.21
"""Tangent of the slant that stands in for a missing italic: 12 degrees."""
_BOLDER = 0.03
"""Width of the outline that stands in for a missing bold, as a share of the em."""
_BOLD_WEIGHT = 600
_NO_GLYPH = -1
_EMPTY_GLYPH = 1
_LEFT_TO_RIGHT, _NO_LANGUAGE = mupdf.FZ_BIDI_LTR, mupdf.FZ_LANG_UNSET
_LAST_LATIN = "\u024f"
_NARROWEST = 0.5
_HALF_WIDTH_TOLERANCE = 0.03
_HOLLOW = ((0.1, -0.05), (0.9, -0.05), (0.9, 0.78), (0.1, 0.78))
"""Corners of the box for a character without a glyph, in em above the baseline."""
_INVISIBLE = frozenset(("Cc", "Cf", "Zs", "Zl", "Zp", "Mn"))
"""General categories of characters that may lack a glyph without anything being missed."""


class Item(NamedTuple):
    """A glyph position: the characters it stands for and, where the document says so, the glyph number."""

    characters: str
    glyph: int | None


class PlacedText(NamedTuple):
    """Glyphs in local space; ``embolden`` is the width in mm of the outline that makes them bold, or 0.

    ``missing`` characters exist in no face: ``hollows`` is a path of boxes in their places, and an empty
    glyph keeps them part of the text.
    """

    text: Any
    embolden: float
    missing: str
    hollows: Any


def place_text(unit: TextUnit, face: Face) -> PlacedText:
    """Lay out a text object; characters that no face has are listed as missing."""
    text = mupdf.FzText()
    missing: list[str] = []
    hollows = mupdf.FzPath()
    turn = math.radians(unit.char_direction)
    cos, sin = round(math.cos(turn), 12), round(math.sin(turn), 12)
    width, height = unit.size * unit.h_scale, unit.size
    lean = _SLANT if (unit.italic or face.leaning) and not face.italic else 0.0
    fitted = not face.embedded and unit.char_direction == 0
    a, b = width * cos, width * sin
    c, d = height * sin + lean * a, -height * cos + lean * b
    matrix, squeezed = mupdf.ll_fz_make_matrix(a, b, c, d, 0, 0), 1.0
    for code in unit.codes:
        x, y = code.x, code.y
        items = _items(code, face.embedded)
        offsets = zip(_offsets(code.delta_x, len(items)), _offsets(code.delta_y, len(items)), strict=True)
        given = len(code.delta_x)
        for index, (item, (step_x, step_y)) in enumerate(zip(items, offsets, strict=True)):
            known = fitted and step_x > 0 and index < given
            squeeze, shift = _fit(face, item, step_x / width) if known else (1.0, 0.0)
            if squeeze != squeezed:
                matrix, squeezed = mupdf.ll_fz_make_matrix(a * squeeze, b * squeeze, c, d, 0, 0), squeeze
            matrix.e, matrix.f = x + shift * width, y
            lacking = _show(text, face, item, matrix)
            if lacking:
                missing.append(lacking)
                _add_hollow(hollows, matrix)
            x, y = x + step_x, y + step_y
    bold = (unit.weight >= _BOLD_WEIGHT or face.heavy) and not face.bold
    return PlacedText(text, unit.size * _BOLDER if bold else 0.0, "".join(missing), hollows)


def _add_hollow(path: Any, matrix: Any) -> None:
    """A box where a character ought to be."""
    corners = [
        (matrix.a * x + matrix.c * y + matrix.e, matrix.b * x + matrix.d * y + matrix.f) for x, y in _HOLLOW
    ]
    mupdf.fz_moveto(path, *corners[0])
    for corner in corners[1:]:
        mupdf.fz_lineto(path, *corner)
    mupdf.fz_closepath(path)


def _fit(face: Face, item: Item, step: float) -> tuple[float, float]:
    """How to fit a Latin glyph of a substitute into the place of the original: width factor, shift in em.

    Chinese system faces have half-width Latin; a proportional substitute is squeezed where it is wider than
    its place and centred where a half-width place is wider than the glyph.
    """
    if len(item.characters) != 1 or item.characters <= " " or item.characters > _LAST_LATIN:
        return 1.0, 0.0
    advance = face.advance(item.characters)
    if advance > step:
        return max(_NARROWEST, step / advance), 0.0
    if abs(step - 0.5) < _HALF_WIDTH_TOLERANCE:
        return 1.0, (step - advance) / 2
    return 1.0, 0.0


def _show(text: Any, face: Face, item: Item, matrix: Any) -> str:
    """Put one glyph position; returns the characters that exist in no face."""
    characters = item.characters
    if item.glyph is None or not (characters == "" or face.has_glyph(item.glyph)):
        if len(characters) == 1:
            return _show_character(text, face, characters, matrix)
        return "".join([_show_next(text, face, character, matrix) for character in characters])
    _show_glyph(text, face.font, matrix, item.glyph, ord(characters[0]) if characters else -1)
    for extra in characters[1:]:
        _show_glyph(text, face.font, matrix, _NO_GLYPH, ord(extra))
    return ""


def _show_character(text: Any, face: Face, character: str, matrix: Any) -> str:
    if character < " ":
        return ""
    found = face.glyph(character)
    if found is not None:
        _show_glyph(text, found[0], matrix, found[1], ord(character))
        return ""
    _show_glyph(text, placeholder_font(character), matrix, _EMPTY_GLYPH, ord(character))
    return "" if unicodedata.category(character) in _INVISIBLE else character


def _show_next(text: Any, face: Face, character: str, matrix: Any) -> str:
    """Put a character and move the matrix on by its width, for characters that share one position."""
    lacking = _show_character(text, face, character, matrix)
    advance = face.advance(character)
    matrix.e += matrix.a * advance
    matrix.f += matrix.b * advance
    return lacking


def _show_glyph(text: Any, font: Any, matrix: Any, glyph: int, character: int) -> None:
    mupdf.ll_fz_show_glyph(
        text.m_internal, font.m_internal, matrix, glyph, character, 0, 0, _LEFT_TO_RIGHT, _NO_LANGUAGE
    )


def _offsets(deltas: tuple[float, ...], count: int) -> tuple[float, ...]:
    """The offset after each of ``count`` glyphs: short arrays repeat their last value, absent ones mean 0."""
    missing = count - len(deltas)
    return deltas[:count] if missing <= 0 else deltas + (deltas or (0.0,))[-1:] * missing


def _items(code: TextCode, glyphs_known: bool) -> list[Item]:
    """Glyph positions of a run: offsets count per glyph position, advances of the font never do."""
    characters = _characters(code)
    items: list[Item] = []
    position = 0
    for run in sorted(code.glyph_runs, key=lambda run: run.position):
        if run.position < position or run.position >= max(len(characters), 1) or not run.glyphs:
            continue
        items += [Item(character, None) for character in characters[position : run.position]]
        position = run.position + run.characters
        items += _run_items(characters[run.position : position], run.glyphs, glyphs_known)
    items += [Item(character, None) for character in characters[position:]]
    return items


def _run_items(characters: str, glyphs: tuple[int, ...], glyphs_known: bool) -> list[Item]:
    """Characters dealt out to glyphs: one to one, the surplus of either side at the end.

    Glyph numbers of a font that is not embedded mean nothing: then the characters are shown in its place.
    """
    last = len(glyphs) - 1
    return [
        Item(
            characters[index:] if index == last else characters[index : index + 1],
            glyph if glyphs_known else None,
        )
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
