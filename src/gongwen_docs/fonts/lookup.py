"""Finding the face for a font name that a document does not embed (order: design §9).

The true font under any of its names on the system; the Fandol family; a similar system font; Noto CJK; the
face built into MuPDF. A document whose font is not embedded is told which face replaced it.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import platformdirs

from gongwen_docs.fonts.cmap import map_of_file
from gongwen_docs.fonts.families import (
    BASE_FAMILIES,
    DEFAULT_FAMILY,
    LARGE_FACES,
    Family,
    family_of,
    fold,
    latin_base,
    style_of,
)
from gongwen_docs.fonts.sfnt import FaceNames, read_faces

_SUFFIXES = frozenset((".ttf", ".otf", ".ttc", ".otc"))


@dataclass(frozen=True)
class FontFace:
    """A face to draw with.

    ``path`` is None for a face built into MuPDF; then ``family`` is its name there (``Times-Bold``, or
    ``China-S`` for the Chinese one). ``substituted_for`` is the name asked for where the face is another one.
    ``bold`` and ``italic`` say what the face itself is: the caller makes up for what is missing.
    """

    path: Path | None
    index: int
    family: str
    substituted_for: str | None
    bold: bool = False
    italic: bool = False

    @property
    def shown_as(self) -> str:
        """The family's name for people."""
        base = self.family.partition("-")[0]
        return BASE_FAMILIES.get(base, self.family) if self.path is None else self.family


BUILT_IN = FontFace(None, 0, "China-S", None)


@lru_cache(maxsize=512)
def find(name: str, bold: bool = False, italic: bool = False, family: str = "") -> FontFace:
    """The best face for a font name; ``family`` is a second name to try. Never fails."""
    named_bold, named_italic = style_of(name)
    bold, italic = bold or named_bold, italic or named_italic
    wanted = [item for item in (name, family) if item]
    for item in wanted:
        face = _installed(item, bold, italic)
        if face is not None:
            return _face(face, None)
    groups = [group for item in wanted if (group := family_of(item)) is not None]
    base = next(filter(None, map(latin_base, wanted)), None)
    if base is not None:
        return _base_face(base, name, bold, italic)
    return _from_family(groups[0] if groups else DEFAULT_FAMILY, name or family, bold, italic)


@lru_cache(maxsize=64)
def fallbacks(name: str) -> tuple[FontFace, ...]:
    """Faces to try, in order, for a character that the face of ``name`` lacks. Ends with the built-in one."""
    group = family_of(name) or DEFAULT_FAMILY
    faces = [_from_family(item, name, False, False) for item in (group, DEFAULT_FAMILY)]
    for stand_in in (*group.stand_ins, *DEFAULT_FAMILY.stand_ins, *LARGE_FACES):
        installed = _installed(stand_in, False, False)
        if installed is not None:
            faces.append(_face(installed, name))
    unique = {(face.path, face.index): face for face in reversed(faces)}
    return (*reversed(unique.values()), BUILT_IN)


@lru_cache(maxsize=4096)
def covering(character: str) -> FontFace | None:
    """Any installed face that has a character; None where there is none. Looked for when all else fails."""
    for face in _by_block().get(ord(character) >> 8, ()):
        if map_of_file(face.path, face.index).glyph(character):
            return _face(face, None)
    return None


@cache
def _by_block() -> dict[int, list[FaceNames]]:
    """Installed faces by the blocks of 256 characters that they reach into, so that each font file is read
    once and not for every character that a document may come up with."""
    unique = {(face.path, face.index): face for faces in _index().values() for face in faces}
    blocks: dict[int, list[FaceNames]] = {}
    for face in sorted(unique.values(), key=lambda face: face.bold + face.italic):
        for block in map_of_file(face.path, face.index).blocks():
            blocks.setdefault(block, []).append(face)
    return blocks


def _from_family(group: Family, name: str, bold: bool, italic: bool) -> FontFace:
    for alias in group.names:
        face = _installed(alias, bold, italic)
        if face is not None:
            return _face(face, None if family_names_include(group, name) else name)
    for folder in free_font_folders():
        path = folder / (group.free_bold if bold else group.free)
        if path.is_file():
            is_bold = "Bold" in path.stem
            return FontFace(path, 0, path.stem.partition("-")[0], name, is_bold, False)
    for stand_in in group.stand_ins:
        face = _installed(stand_in, bold, italic)
        if face is not None:
            return _face(face, name)
    return FontFace(None, 0, BUILT_IN.family, name)


def family_names_include(group: Family, name: str) -> bool:
    """Whether ``name`` is a name of the family's own face, so that using it is no substitution."""
    return fold(name) in {fold(item) for item in group.names}


def _base_face(base: str, name: str, bold: bool, italic: bool) -> FontFace:
    if base in ("Symbol", "ZapfDingbats"):
        return FontFace(None, 0, base, name)
    slant = "Italic" if base == "Times" else "Oblique"
    style = ("Bold" if bold else "") + (slant if italic else "")
    if not style:
        style = "Roman" if base == "Times" else ""
    return FontFace(None, 0, f"{base}-{style}" if style else base, name, bold, italic)


def _face(found: FaceNames, substituted_for: str | None) -> FontFace:
    return FontFace(found.path, found.index, found.family, substituted_for, found.bold, found.italic)


def _installed(name: str, bold: bool, italic: bool) -> FaceNames | None:
    """The installed face of this name whose style is nearest to the wanted one."""
    faces = _index().get(fold(name))
    if not faces:
        return None
    return min(faces, key=lambda face: (face.bold != bold) + (face.italic != italic))


@cache
def _index() -> dict[str, list[FaceNames]]:
    """Every installed face under each of its folded names and its file's stem."""
    index: dict[str, list[FaceNames]] = {}
    for folder in system_font_folders():
        for directory, folders, files in os.walk(folder):
            folders.sort()
            for file in sorted(files):
                path = Path(directory, file)
                if path.suffix.lower() not in _SUFFIXES:
                    continue
                for face in read_faces(path):
                    for name in {fold(item) for item in face.names} | {fold(path.stem)}:
                        index.setdefault(name, []).append(face)
    return index


def system_font_folders() -> list[Path]:
    """Folders where the operating system keeps fonts."""
    home = Path.home()
    if sys.platform == "win32":
        places = [Path(os.environ.get("WINDIR", r"C:\Windows"), "Fonts")]
        if "LOCALAPPDATA" in os.environ:
            places.append(Path(os.environ["LOCALAPPDATA"], "Microsoft", "Windows", "Fonts"))
        return places
    shared = os.environ.get("XDG_DATA_DIRS", "/usr/local/share:/usr/share").split(":")
    personal = [Path(os.environ.get("XDG_DATA_HOME", home / ".local" / "share"), "fonts"), home / ".fonts"]
    places = personal + [Path(folder, "fonts") for folder in shared if folder]
    return list(dict.fromkeys(place for place in places if place.is_dir()))


def free_font_folders() -> list[Path]:
    """Folders that may hold the Fandol family: told by GONGWEN_FONTS, installed with us, or cached."""
    told = os.environ.get("GONGWEN_FONTS")
    places = [Path(told)] if told else []
    places.append(Path(sys.prefix, "share", "gongwen", "fonts"))
    places.append(Path(platformdirs.user_cache_dir("gongwen"), "fonts"))
    return places
