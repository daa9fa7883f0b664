"""Do the glyphs that a text object names belong to the characters it says? (GB/T 33190-2016 11.4)

CGTransform lets a page copy as 一万元 and show 九万元. An embedded font with a character map of its own bears
witness against that; a subset without one cannot.
"""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass

from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd import xml
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.resources import Resources
from gongwen_docs.ofd.values import integer

_LARGEST_FONT = 40 * 1024 * 1024


@dataclass(frozen=True)
class _Map:
    """A font's character map, both ways; ``characters`` only where a glyph stands for one alone."""

    glyphs: dict[int, int]
    characters: dict[int, str]


_EMPTY = _Map({}, {})


class Glyphs:
    """Character maps of the embedded fonts of one document, each read when first needed."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._maps: dict[str, _Map] = {}

    def differing(self, element: xml.Element, resources: Resources) -> list[tuple[str, str]]:
        """Pairs of a character that a TextObject says and the other one whose glyph it shows."""
        if all(xml.local(item) != "CGTransform" for item in element):
            return []
        font = resources.fonts.get(element.get("Font", ""))
        if font is None or font.path is None or font.path not in self._package:
            return []
        known = self._map(font.path)
        found: list[tuple[str, str]] = []
        runs: list[xml.Element] = []
        for item in element:
            if xml.local(item) == "CGTransform":
                runs.append(item)
            elif xml.local(item) == "TextCode":
                for run in runs:
                    found += _compare(run, item.text or "", known)
                runs = []
        return found

    def _map(self, path: str) -> _Map:
        if path not in self._maps:
            self._maps[path] = _read_map(self._package, path)
        return self._maps[path]


def _compare(run: xml.Element, text: str, known: _Map) -> list[tuple[str, str]]:
    start, count = max(0, integer(run.get("CodePosition"))), integer(run.get("CodeCount"), 1)
    glyphs = [integer(glyph) for glyph in xml.child_text(run, "Glyphs").split()]
    if count != len(glyphs):
        return []  # ligatures and the like: no glyph belongs to one character
    pairs = zip(text[start : start + count], glyphs, strict=False)
    return [
        (said, known.characters[glyph])
        for said, glyph in pairs
        if known.glyphs.get(ord(said), glyph) != glyph and known.characters.get(glyph, said) != said
    ]


def _read_map(package: Package, path: str) -> _Map:
    from fontTools.ttLib import TTFont, TTLibError

    if package.size(path) > _LARGEST_FONT:
        return _EMPTY
    logging.getLogger("fontTools").setLevel(logging.CRITICAL)  # it warns about what is only odd
    try:
        with TTFont(io.BytesIO(package.read(path)), lazy=True, fontNumber=0) as font:
            best = font.getBestCmap() or {}
            glyphs = {code: font.getGlyphID(name) for code, name in best.items()}
    except (KnownError, TTLibError, Exception):
        return _EMPTY
    sharing: dict[int, list[str]] = {}
    for code, glyph in glyphs.items():
        sharing.setdefault(glyph, []).append(chr(code))
    return _Map(glyphs, {glyph: found[0] for glyph, found in sharing.items() if len(found) == 1})
