"""Short texts of our own on a page: a face per character, nothing that a person typed can stop them."""

from __future__ import annotations

from itertools import groupby

from gongwen_crypto.errors import KnownError
from gongwen_docs.write import BLACK, Color, Face, PageCanvas, Role, default_shelf

POINT = 25.4 / 72
"""A typographic point in mm."""

_LACKING = "□"
_SPACE = "\u3000"
"""The blank of a full character, which indents Chinese lines."""


def letters(text: str, role: Role = Role.HEI) -> list[tuple[str, Face]]:
    """Each character with the face that has it; □ stands for one that no face has.

    Raises ``KnownError("write.no_font")`` on a machine without any Chinese face.
    """
    return [_letter(char, role) for char in text if char.isprintable() or char == _SPACE]


def _letter(char: str, role: Role) -> tuple[str, Face]:
    shelf = default_shelf()
    try:
        return char, shelf.face(role, char)
    except KnownError as error:
        if error.code != "write.character_without_glyph":
            raise
        return _LACKING, shelf.face(role, _LACKING)


def width_of(text: str, size: float, role: Role = Role.HEI) -> float:
    """Width in mm of ``text`` at ``size`` mm per em."""
    return sum(face.advance(char) for char, face in letters(text, role)) * size


def write(
    canvas: PageCanvas,
    x: float,
    baseline: float,
    text: str,
    size: float,
    *,
    role: Role = Role.HEI,
    color: Color = BLACK,
    align: float = 0.0,
) -> None:
    """Write one line; ``x`` is its left end, its middle (``align`` 0.5) or its right end (1)."""
    pieces = letters(text, role)
    x -= align * sum(face.advance(char) for char, face in pieces) * size
    for face, group in groupby(pieces, key=lambda piece: piece[1]):
        run = "".join(char for char, _ in group)
        canvas.text(x, baseline, run, face, size, color=color)
        x += sum(face.advance(char) for char in run) * size
