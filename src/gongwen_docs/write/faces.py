"""Font faces for writing: which face serves a role, how wide its characters are, and its subset.

A face is only used where its licence permits embedding. Order: the Fandol family (GPL with font
exception, put in place by set-up), then what the system has for the role. Nothing is ever dropped: a
character that no face has raises ``write.character_without_glyph``.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from gongwen_crypto.errors import KnownError
from gongwen_docs.fonts import fallbacks
from gongwen_docs.fonts.lookup import free_font_folders

_RESTRICTED = 0x0002

#: Operations moveTo, lineTo, curveTo, qCurveTo, closePath with their points.
Outline = tuple[tuple[str, tuple[tuple[float, float], ...]], ...]


class Role(StrEnum):
    """The typefaces that GB/T 9704-2012 asks for."""

    FANG = "仿宋"
    HEI = "黑体"
    KAI = "楷体"
    SONG = "宋体"
    TITLE = "小标宋"


#: Fandol's 仿宋 and 楷体 carry sans-serif letters and digits, which look bold beside their brush strokes.
_ROMAN_BORROWERS = frozenset({Role.FANG, Role.KAI})


@dataclass(frozen=True)
class Face:
    """One face of a font file; ``index`` selects the face of a collection."""

    path: Path
    index: int = 0

    @cached_property
    def _tables(self) -> _Tables:
        return _read_tables(self.path, self.index)

    @property
    def name(self) -> str:
        """PostScript name, as written to CT_Font@FontName."""
        return self._tables.name

    @property
    def family(self) -> str:
        return self._tables.family

    def has(self, char: str) -> bool:
        return ord(char) in self._tables.advances

    def advance(self, char: str) -> float:
        """Advance width in em. The character must be in the face."""
        return self._tables.advances[ord(char)]

    def subset(self, chars: Iterable[str]) -> bytes:
        """A font file with the glyphs of ``chars`` alone, cmap kept so that text stays text."""
        font = TTFont(self.path, fontNumber=self.index, lazy=True, recalcTimestamp=False)
        options = subset.Options()
        options.layout_features = []
        options.name_IDs = [1, 2, 4, 6]
        options.notdef_outline = True
        options.hinting = False
        options.drop_tables += ["BASE", "DSIG", "GDEF", "GPOS", "GSUB", "VORG", "kern", "vhea", "vmtx"]
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=sorted({ord(char) for char in chars}))
        subsetter.subset(font)
        if "CFF " in font:
            _number_glyphs_in_order(font)
        buffer = io.BytesIO()
        font.save(buffer)
        font.close()
        return buffer.getvalue()

    def outline(self, char: str) -> Outline:
        """The outline of ``char`` as pen operations in font units (see ``units_per_em``), y upwards."""
        font = _outline_font(self.path, self.index)
        glyphs = font.getGlyphSet()
        pen = DecomposingRecordingPen(glyphs)
        glyphs[font.getBestCmap()[ord(char)]].draw(pen)
        return tuple(pen.value)

    @property
    def embeddable(self) -> bool:
        """Whether the font's own licence bits allow embedding (OS/2 fsType)."""
        return self._tables.embeddable

    @property
    def units_per_em(self) -> int:
        return self._tables.units_per_em


@dataclass(frozen=True)
class _Tables:
    name: str
    family: str
    units_per_em: int
    embeddable: bool
    advances: dict[int, float]


@lru_cache(maxsize=16)
def _read_tables(path: Path, index: int) -> _Tables:
    font = TTFont(path, fontNumber=index, lazy=True)
    units = int(font["head"].unitsPerEm)
    widths = font["hmtx"].metrics
    advances = {code: widths[glyph][0] / units for code, glyph in font.getBestCmap().items()}
    names = font["name"]
    family = str(names.getDebugName(1) or path.stem)
    name = str(names.getDebugName(6) or family)
    embeddable = "OS/2" not in font or font["OS/2"].fsType & 0x000F != _RESTRICTED
    font.close()
    return _Tables(name, family, units, embeddable, advances)


def _number_glyphs_in_order(font: Any) -> None:
    """Make the CIDs of a CID-keyed CFF font equal to its glyph ids.

    Programs that embed the font again (PDF export) take one for the other; with sparse CIDs they draw
    wrong glyphs.
    """
    top = font["CFF "].cff.topDictIndex[0]
    if not hasattr(top, "ROS"):
        return
    old = font.getGlyphOrder()
    new = [".notdef", *(f"cid{number:05d}" for number in range(1, len(old)))]
    names = dict(zip(old, new, strict=True))
    for table in font["cmap"].tables:
        table.cmap = {code: names[name] for code, name in table.cmap.items()}
    widths = font["hmtx"]
    widths.metrics = {names[name]: value for name, value in widths.metrics.items()}
    strings = top.CharStrings
    strings.charStrings = {names[name]: value for name, value in strings.charStrings.items()}
    top.charset = new
    top.CIDCount = len(new)
    font.setGlyphOrder(new)


@lru_cache(maxsize=4)
def _outline_font(path: Path, index: int) -> Any:
    return TTFont(path, fontNumber=index, lazy=True)


class FaceShelf:
    """Faces by role, each with the faces that stand in for characters it lacks.

    ``further`` gives more faces of a role; it is asked once a character is in none of ``faces``.
    """

    def __init__(
        self,
        faces: Mapping[Role, Sequence[Face]],
        further: Callable[[Role], Sequence[Face]] = lambda _role: (),
    ) -> None:
        self._faces = faces
        self._further = further

    def face(self, role: Role, char: str = "国") -> Face:
        """The first face of ``role`` that has ``char``; letters and digits in 仿宋 and 楷体 are set in 宋体.

        Raises ``KnownError("write.no_font")`` where the role has no face at all and
        ``KnownError("write.character_without_glyph")`` where none of them has the character.
        """
        if role in _ROMAN_BORROWERS and char.isascii() and char.isalnum():
            role = Role.SONG
        usual = self._faces.get(role, ())
        for face in usual:
            if face.has(char):
                return face
        further = self._further(role)
        for face in further:
            if face.has(char):
                return face
        if not usual and not further:
            raise KnownError("write.no_font", role=str(role))
        raise KnownError("write.character_without_glyph", character=char, codepoint=f"U+{ord(char):04X}")


_FANDOL = {
    Role.FANG: "FandolFang-Regular.otf",
    Role.HEI: "FandolHei-Regular.otf",
    Role.KAI: "FandolKai-Regular.otf",
    Role.SONG: "FandolSong-Regular.otf",
    Role.TITLE: "FandolSong-Bold.otf",
}


@lru_cache(maxsize=1)
def default_shelf() -> FaceShelf:
    """The faces of this machine."""
    folders = free_font_folders()
    shelf = {
        role: [Face(folder / file) for folder in folders if (folder / file).is_file()][:1]
        for role, file in _FANDOL.items()
    }
    return FaceShelf(shelf, _installed_faces)


@lru_cache(maxsize=len(Role))
def _installed_faces(role: Role) -> tuple[Face, ...]:
    """What the system has for ``role``, likest first, as far as it may be embedded."""
    found = (Face(face.path, face.index) for face in fallbacks(str(role)) if face.path is not None)
    return tuple(face for face in found if face.embeddable)
