"""Faces ready to draw with: embedded, else found on the system, with fallback per character."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pymupdf import mupdf

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.reports import Reports
from gongwen_docs.fonts import FontFace, fallbacks, find
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.resources import FontResource, Resources

_SYMBOL_BLOCK = 0xF000
_SIMPLIFIED_CHINESE = 0


class Face:
    """A face with its own characters and those borrowed from others.

    ``embedded`` tells whether glyph numbers of the document mean anything here; ``bold`` and ``italic`` are
    what the face itself is.
    """

    def __init__(
        self, font: Any, name: str, embedded: bool, bold: bool = False, italic: bool = False
    ) -> None:
        self.font = font
        self.embedded = embedded
        self.bold = bold
        self.italic = italic
        self._name = name
        self._known: dict[str, tuple[Any, int] | None] = {}
        self._advances: dict[str, float] = {}

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
        code = ord(character)
        for candidate in (code, _SYMBOL_BLOCK + code) if code < 0x100 and self.embedded else (code,):
            glyph = mupdf.fz_encode_character(self.font, candidate)
            if glyph > 0:
                return self.font, glyph
        for face in fallbacks(self._name):
            font = system_font(face)
            if font is not None:
                glyph = mupdf.fz_encode_character(font, code)
                if glyph > 0:
                    return font, glyph
        return None


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
            return _system_face("宋体", "", bold, italic)
        if resource.path is not None:
            try:
                return Face(self._embedded_font(resource.path), resource.name, embedded=True)
            except (KnownError, mupdf.FzErrorBase):
                self._reports.add("draw.font_damaged", name=resource.name)
        face = find(resource.name, bold or resource.bold, italic or resource.italic, resource.family)
        if face.substituted_for is not None:
            self._reports.add("draw.font_substituted", name=resource.name, family=face.family)
        return _system_face(resource.name, resource.family, bold or resource.bold, italic or resource.italic)

    def _embedded_font(self, path: str) -> Any:
        buffer = mupdf.fz_new_buffer_from_copied_data(self._package.read(path))
        return mupdf.fz_new_font_from_buffer(None, buffer, 0, 0)


def _system_face(name: str, family: str, bold: bool, italic: bool) -> Face:
    found = find(name, bold, italic, family)
    font = system_font(found)
    if font is None:
        return Face(system_font(fallbacks(name)[-1]), name, embedded=False)
    return Face(font, name, embedded=False, bold=found.bold, italic=found.italic)


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
