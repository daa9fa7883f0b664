"""Finding units the way a clerk types them: part of a name, a code, or initials of its sounds (sfb, 市府办).

Pure and in memory: built once per directory (10,000 units take about a second), asked at each key.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import islice, product

from gongwen_protocol.messages import Unit

ANSWERS = 200
"""More than a person reads: the words typed were too few."""
_MOST_READINGS = 16
_SCATTERED_FROM = 2
# Characters of names of places and offices that are read in two ways: whoever types uses either.
_TWO_SOUNDS = """
长chang/zhang 重chong/zhong 行xing/hang 会hui/kuai 厦xia/sha 乐le/yue 调diao/tiao 参can/shen
朝chao/zhao 校xiao/jiao 藏zang/cang 六liu/lu 传chuan/zhuan 单dan/shan 盛sheng/cheng 曾zeng/ceng
都du/dou 蔚wei/yu 圩wei/xu 铅qian/yan
"""
_READ_TWICE = {pair[0]: tuple(pair[1:].split("/")) for pair in _TWO_SOUNDS.split()}


class Found(IntEnum):
    """How well what was typed fits; the smaller the better."""

    WHOLE = 0  # a name or the code, all of it
    BEGINNING = 1  # a name or the code begins so
    INSIDE = 2  # stands in a name
    SOUND = 3  # initials or sounds
    SCATTERED = 4  # its characters stand in a name in this order: 江门发改局 in 江门市发展和改革局


@dataclass(frozen=True)
class Match:
    """A unit found. ``by`` is the name or code that fitted: a name plate is worth showing."""

    unit: Unit
    found: Found
    by: str


@dataclass(frozen=True)
class _Name:
    text: str
    initials: tuple[str, ...]  # one per way to read it
    sounds: tuple[str, ...]
    starts: tuple[frozenset[int], ...]  # where syllables of each of ``sounds`` begin


class NameIndex:
    """Answers in the order of fit, then of the directory."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._entries = [
            (unit, unit.code.casefold(), tuple(_name(text) for text in names_of(unit))) for unit in units
        ]
        self._all = [_everything(code, names) for _, code, names in self._entries]

    def find(self, text: str, limit: int = ANSWERS) -> list[Match]:
        """Units that fit all words of ``text``; none for an empty text."""
        words = text.casefold().split()
        if not words:
            return []
        matches = self._matching(words, scattered=False) or self._matching(words, scattered=True)
        return list(islice(sorted(matches, key=lambda match: match.found), limit))

    def _matching(self, words: list[str], *, scattered: bool) -> list[Match]:
        matches = []
        plain = [word for word in words if not scattered and not _is_mixed(word)]
        for (unit, code, names), everything in zip(self._entries, self._all, strict=True):
            if not all(word in everything for word in plain):
                continue
            fits = []
            for word in words:
                fit = _fit(word, code, names, scattered)
                if fit is None:
                    break
                fits.append(fit)
            else:
                found, by = max(fits, key=lambda fit: fit[0])
                matches.append(Match(unit, found, by))
        return matches


def names_of(unit: Unit) -> tuple[str, ...]:
    """Every name a unit goes by, each once: full, short, and those of its plates."""
    return tuple(dict.fromkeys(name for name in (unit.name, unit.short_name, *unit.plates) if name))


def initials_of(text: str) -> str:
    """First letters of the sounds, as most people read them: 江门市 → jms."""
    return _name(text).initials[0]


def _fit(word: str, code: str, names: tuple[_Name, ...], scattered: bool) -> tuple[Found, str] | None:
    if word == code:
        return Found.WHOLE, code
    best = (Found.BEGINNING, code) if code.startswith(word) else None
    for name in names:
        found = _fits(word, name, scattered)
        if found is not None and (best is None or found < best[0]):
            best = found, name.text
    return best


def _fits(word: str, name: _Name, scattered: bool) -> Found | None:
    text = name.text.casefold()
    if word in text:
        if word == text:
            return Found.WHOLE
        return Found.BEGINNING if text.startswith(word) else Found.INSIDE
    if word.isascii():
        if any(word in initials for initials in name.initials):
            return Found.SOUND
        if any(_sounds_so(word, *read) for read in zip(name.sounds, name.starts, strict=True)):
            return Found.SOUND
    elif _is_mixed(word) and _fits_mixed(word, name):
        return Found.SOUND
    if scattered and len(word) >= _SCATTERED_FROM:
        where = name.initials if word.isascii() and len(word) > _SCATTERED_FROM else (text,)
        if any(_in_order(word, letters) for letters in where):
            return Found.SCATTERED
    return None


def _sounds_so(word: str, sounds: str, starts: frozenset[int]) -> bool:
    place = sounds.find(word)
    while place >= 0:
        if place in starts:
            return True
        place = sounds.find(word, place + 1)
    return False


def _is_mixed(word: str) -> bool:
    return not word.isascii() and any(letter.isascii() for letter in word)


def _fits_mixed(word: str, name: _Name) -> bool:
    """市fgj: what is written stands in the name, and the whole fits by initials."""
    written = "".join(letter for letter in word if not letter.isascii())
    letters = "".join(letter if letter.isascii() else initials_of(letter) for letter in word)
    return _in_order(written, name.text) and any(letters in initials for initials in name.initials)


def _in_order(word: str, text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in word)


def _everything(code: str, names: tuple[_Name, ...]) -> str:
    """Whatever a plain word can be found in."""
    return "\n".join(
        (code, *(part for name in names for part in (name.text.casefold(), *name.initials, *name.sounds)))
    )


@lru_cache(maxsize=65536)
def _name(text: str) -> _Name:
    read = _readings(text)
    ways = list(islice(product(*read), _MOST_READINGS))
    return _Name(
        text=text,
        initials=tuple(dict.fromkeys("".join(sound[:1] for sound in way) for way in ways)),
        sounds=tuple("".join(way) for way in ways),
        starts=tuple(_starts(way) for way in ways),
    )


def _starts(way: tuple[str, ...]) -> frozenset[int]:
    places, place = set(), 0
    for sound in way:
        places.add(place)
        place += len(sound)
    return frozenset(places)


def _readings(text: str) -> list[tuple[str, ...]]:
    """The sounds of each character; what has none (letters, numbers, rare characters) stands for itself."""
    from pypinyin import lazy_pinyin  # loads for 0.2 s: only who searches waits

    read: list[tuple[str, ...]] = []
    for sound in lazy_pinyin(text):
        if text.startswith(sound, len(read)):
            read.extend((letter.casefold(),) for letter in sound)
        else:
            others = _READ_TWICE.get(text[len(read)], ())
            read.append((sound, *(other for other in others if other != sound)))
    return read
