"""How Chinese names sound, for finding them by letters.

The tables (0.3 s) are loaded at the first call, so the first call belongs into the background.
"""

from __future__ import annotations

import unicodedata

Syllables = tuple[tuple[str, ...], ...]
"""For each character its readings, the usual one in its context first; letters and digits stand for
themselves, what has no sound is left out."""

_SILENT = "\0"


def syllables(name: str) -> Syllables:
    """Readings of ``name`` without tones (ü is v), e.g. 长治 → ((zhang, chang), (zhi, chi))."""
    from pypinyin import Style, lazy_pinyin, pinyin

    result: list[tuple[str, ...]] = []
    plain = unicodedata.normalize("NFKC", name)
    read = lazy_pinyin(plain, errors=lambda silent: _SILENT * len(silent))
    usual = [sound for item in read for sound in (item if item.startswith(_SILENT) else [item])]
    for char, first in zip(plain, usual, strict=True):
        if first != _SILENT:
            others = pinyin(char, style=Style.NORMAL, heteronym=True)[0]
            result.append(tuple(dict.fromkeys((first, *others))))
        elif char.isascii() and char.isalnum():
            result.append((char.casefold(),))
    return tuple(result)


def sounds_like(typed: str, name: Syllables) -> bool:
    """Whether letters spell a run of syllables: in full, by initials or mixed (``typed`` in lower case)."""
    return any(_from(typed, name, start) for start in range(len(name)))


def begins_like(typed: str, name: Syllables) -> bool:
    """The same from the first syllable on."""
    return _from(typed, name, 0)


def _from(typed: str, name: Syllables, place: int) -> bool:
    if not typed:
        return True
    if place == len(name):
        return False
    for reading in name[place]:
        if reading[0] != typed[0]:
            continue
        if reading.startswith(typed):
            return True
        if typed.startswith(reading) and _from(typed[len(reading) :], name, place + 1):
            return True
        if _from(typed[1:], name, place + 1):
            return True
    return False
