"""Finding units as one types: by name, short name, plate, code, and how the names sound."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gongwen_client.domain.pinyin import Syllables, begins_like, sounds_like, syllables
from gongwen_protocol.messages import Unit

_NO_MATCH = 9


@dataclass(frozen=True)
class _Entry:
    unit: Unit
    names: tuple[str, ...]
    sounds: tuple[Syllables, ...]

    def rank(self, wanted: str) -> int:
        """How well the unit fits; 0 is best. Chinese characters are compared with names, letters and digits
        with codes and sounds."""
        if any(name.startswith(wanted) for name in self.names):
            return 0
        if any(wanted in name for name in self.names):
            return 1
        if not wanted.isascii():
            return _NO_MATCH
        if self.unit.code.casefold().startswith(wanted):
            return 0
        if any(begins_like(wanted, sound) for sound in self.sounds):
            return 2
        if wanted in self.unit.code.casefold():
            return 3
        return 4 if any(sounds_like(wanted, sound) for sound in self.sounds) else _NO_MATCH


class UnitIndex:
    """Made once for a directory (slow: belongs into the background), then asked for each key stroke."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._entries = tuple(_entry(unit) for unit in units)

    def find(self, typed: str) -> list[Unit]:
        """All units that fit, the best first, else in the directory's order."""
        wanted = "".join(typed.split()).casefold()
        if not wanted:
            return [entry.unit for entry in self._entries]
        ranked = ((entry.rank(wanted), entry.unit) for entry in self._entries)
        return [unit for _, unit in sorted((item for item in ranked if item[0] < _NO_MATCH), key=_by_rank)]


def _by_rank(item: tuple[int, Unit]) -> int:
    return item[0]


def _entry(unit: Unit) -> _Entry:
    names = tuple(filter(None, (unit.name, unit.short_name, *unit.plates)))
    return _Entry(
        unit,
        tuple("".join(name.split()).casefold() for name in names),
        tuple(syllables(name) for name in names),
    )
