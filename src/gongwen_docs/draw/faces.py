"""Faces ready to draw with: embedded, else found on the system, with fallback per character."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any

from pymupdf import mupdf

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.reports import Reports
from gongwen_docs.fonts import FontFace, covering, fallbacks, find
from gongwen_docs.fonts.blank import blank_font
from gongwen_docs.fonts.cmap import CharacterMap, map_of_bytes
from gongwen_docs.fonts.families import style_of
from gongwen_docs.fonts.repair import repaired
from gongwen_docs.fonts.symbols import sign_of, signs_of
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.resources import FontResource, Resources

_SYMBOL_BLOCK = 0xF000
_SIMPLIFIED_CHINESE = 0


class Face:
    """A face with its own characters and those borrowed from others.

    ``embedded`` tells whether glyph numbers of the document mean anything here; ``bold`` and ``italic`` are
    what the face itself is; ``heavy`` and ``leaning`` what it stands in for, so that the caller makes up for
    what is missing.
    """

    def __init__(self, font: Any, name: str, embedded: bytes | None = None) -> None:
        self.font = font
        self.embedded = embedded is not None
        self.bold = bool(mupdf.fz_font_is_bold(font))
        self.italic = bool(mupdf.fz_font_is_italic(font))
        self.heavy = False
        self.leaning = False
        self._name = name
        self._signs = {} if self.embedded else signs_of(name)
        self._data = embedded or b""
        self._count = int(font.m_internal.glyph_count)
        self._known: dict[str, tuple[Any, int] | None] = {}
        self._advances: dict[str, float] = {}

    @property
    def has_glyphs(self) -> bool:
        return self._count > 0

    def has_glyph(self, number: int) -> bool:
        """Whether the font has this glyph; number 0 is what it shows for characters that it lacks."""
        return 0 < number < self._count

    def glyph(self, character: str) -> tuple[Any, int] | None:
        """Font and glyph number for a character; None where no face at all has it."""
        try:
            return self._known[character]
        except KeyError:
            found = self._known[character] = self._find(character)
            return found

    def advance(self, character: str) -> float:
        """Width of a character's own glyph in em; 0 where no face has it."""
        found = self.glyph(character)
        if found is None:
            return 0.0
        if character not in self._advances:
            self._advances[character] = mupdf.fz_advance_glyph(found[0], found[1], 0)
        return self._advances[character]

    def _find(self, character: str) -> tuple[Any, int] | None:
        character = sign_of(self._signs, character) if self._signs else character
        code = ord(character)
        own = self._own_glyph(character)
        if own > 0:
            return self.font, own
        for face in fallbacks(self._name):
            font = system_font(face)
            if font is not None:
                glyph = mupdf.fz_encode_character(font, code)
                if glyph > 0:
                    return font, glyph
        return _glyph_of_any_face(character)

    def _own_glyph(self, character: str) -> int:
        code = ord(character)
        glyph = int(mupdf.fz_encode_character(self.font, code))
        if glyph <= 0 and self.embedded:
            if code < 0x100:
                glyph = int(mupdf.fz_encode_character(self.font, _SYMBOL_BLOCK + code))
            if glyph <= 0:
                glyph = self._legacy_map.glyph(character)
        return glyph if glyph < self._count else 0

    @cached_property
    def _legacy_map(self) -> CharacterMap:
        return map_of_bytes(self._data)


class Faces:
    """The faces of one document by font resource."""

    def __init__(self, package: Package, reports: Reports) -> None:
        self._package = package
        self._reports = reports
        self._faces: dict[tuple[FontResource | str, bool, bool], Face] = {}

    def get(self, font_id: str, resources: Resources, bold: bool, italic: bool) -> Face:
        """The face for a font ID; an unknown ID gets the default typeface."""
        resource = resources.fonts.get(font_id)
        key = (resource or font_id, bold, italic)
        if key not in self._faces:
            self._faces[key] = self._load(resource, bold, italic)
        return self._faces[key]

    def _load(self, resource: FontResource | None, bold: bool, italic: bool) -> Face:
        if resource is None:
            return system_face("宋体", "", bold, italic)
        if resource.path is not None:
            try:
                return embedded_face(self._package.read(resource.path), resource.name)
            except (KnownError, mupdf.FzErrorBase):
                self._reports.add("draw.font_damaged", name=resource.name)
        bold, italic = bold or resource.bold, italic or resource.italic
        face = find(resource.name, bold, italic, resource.family)
        if face.substituted_for is not None:
            self._reports.add("draw.font_substituted", name=resource.name, family=face.shown_as)
        return system_face(resource.name, resource.family, bold, italic)


def embedded_face(data: bytes, name: str) -> Face:
    """The face of an embedded font file, repaired where it must be.

    Raises ``FzErrorBase`` where nothing helps.
    """
    try:
        face = Face(_font_of(data), name, data)
        better = None if face.has_glyphs else repaired(data)
    except mupdf.FzErrorBase:
        better = repaired(data)
        if better is None:
            raise
    return face if better is None else Face(_font_of(better), name, better)


def _font_of(data: bytes) -> Any:
    return mupdf.fz_new_font_from_buffer(None, mupdf.fz_new_buffer_from_copied_data(data), 0, 0)


def system_face(name: str, family: str, bold: bool, italic: bool) -> Face:
    """The face for a font that is not embedded; never fails."""
    found = find(name, bold, italic, family)
    font = system_font(found)
    if font is None:
        return Face(system_font(fallbacks(name)[-1]), name)
    face = Face(font, name)
    face.bold, face.italic = found.bold, found.italic
    named_bold, named_italic = style_of(name)
    face.heavy, face.leaning = bold or named_bold, italic or named_italic
    return face


@lru_cache(maxsize=256)
def placeholder_font(character: str) -> Any:
    """A font whose glyph 1, an empty one, takes the place of a character that no face has: it stays text, in
    an exported PDF too."""
    return _font_of(blank_font(character))


def _glyph_of_any_face(character: str) -> tuple[Any, int] | None:
    face = covering(character)
    font = None if face is None else system_font(face)
    if font is None:
        return None
    glyph = mupdf.fz_encode_character(font, ord(character))
    return (font, glyph) if glyph > 0 else None


@lru_cache(maxsize=32)
def system_font(face: FontFace) -> Any | None:
    """The MuPDF font of a face on this machine; None where its file cannot be read."""
    try:
        if face.path is not None:
            return mupdf.fz_new_font_from_file(None, str(face.path), face.index, 0)
        if face.family == "China-S":
            return mupdf.fz_new_cjk_font(_SIMPLIFIED_CHINESE)
        return mupdf.fz_new_base14_font(face.family)
    except mupdf.FzErrorBase:
        return None
