"""Whom a text addresses: names and collective names (各旗区人民政府、市直各部门) against the directory.

Pure; used for lists of names that a person pastes, and for comparing what the document says with whom it
goes to: neither one too many nor one too few.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gongwen_protocol.messages import Unit, UnitGroup
from gongwen_protocol.succession import is_superseded, successor_of

_SEPARATORS = re.compile(r"[、，,；;：:。\s]+")
_BRACKETED = re.compile(r"[（(][^（）()]*[）)]")
_NUMBERED = re.compile(r"^\d{1,3}[.．)）]?")
_NOISE = re.compile(r"[\s《》“”\"'（）()]")
_LEAST_TAIL = 3
_LONGEST_NUMBER = 3
#: The many ways to name the departments of the city's government.
_CITY_DEPARTMENTS = re.compile(
    r"市(?:直|级|直属|政府|人民政府)?(?:部门|机关|委办局)|市直单位|(?:人民)?政府部门"
)
_PLACES = "省市州盟旗县区乡镇"
_OF_OFFICE = ("", "办公室", "办公厅")


class Kind(StrEnum):
    """What a phrase turned out to be. ``ambiguous`` may have a single candidate that is named differently."""

    UNIT = "unit"
    GROUP = "group"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Addressed:
    """A phrase and whom it means: one unit, the units of a group, several of which one is meant, or none."""

    phrase: str
    kind: Kind
    units: tuple[Unit, ...] = ()

    @property
    def collective(self) -> bool:
        """Whether the phrase speaks of many at once (各…)."""
        return "各" in self.phrase


def split_names(text: str) -> list[str]:
    """The names in a text, each once, in its order. Brackets with separators in them stay whole."""
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(found[0])
        return f"\x00{len(held) - 1}\x00"

    parts = []
    for part in _SEPARATORS.split(_BRACKETED.sub(hold, text)):
        whole = re.sub(r"\x00(\d+)\x00", lambda found: held[int(found[1])], part)
        if not whole.isdigit():
            parts.append(_NUMBERED.sub("", whole))
        elif len(whole) > _LONGEST_NUMBER:  # a code; shorter ones count the lines of the list
            parts.append(whole)
    return list(dict.fromkeys(filter(None, parts)))


class AddressBook:
    """The directory and the groups, ready to be asked. ``own`` is never addressed."""

    def __init__(self, units: Iterable[Unit], groups: Iterable[UnitGroup] = (), own: str = "") -> None:
        self.units = tuple(unit for unit in units if unit.code != own)
        self.by_code = {unit.code: unit for unit in self.units}
        self.groups = tuple(groups)
        self._names: dict[str, list[Unit]] = {}
        for unit in self.units:
            for name in dict.fromkeys((unit.name, unit.short_name, unit.code, *unit.plates)):
                if name:
                    self._names.setdefault(_plain(name), []).append(unit)
        self._groups = {_collective(group.name): group for group in self.groups}

    def members(self, group: UnitGroup) -> tuple[Unit, ...]:
        """The units of a group that the directory still knows, in the directory's order."""
        codes = frozenset(group.unit_codes)
        return tuple(unit for unit in self.units if unit.code in codes)

    def successors(self, today: str) -> dict[str, Unit]:
        """Whom to address in place of each unit that another follows on this day (ISO date)."""
        found = ((unit.code, successor_of(unit, self.by_code.get, today)) for unit in self.units)
        return {code: unit for code, unit in found if unit is not None}

    def resolve(self, phrase: str) -> Addressed:
        """Whom one phrase means."""
        plain = _plain(phrase)
        named = self._names.get(plain)
        if named:
            return Addressed(phrase, Kind.UNIT if len(named) == 1 else Kind.AMBIGUOUS, tuple(named))
        group = self._groups.get(_collective(phrase))
        if group is not None:
            return Addressed(phrase, Kind.GROUP, self.members(group))
        if "各" in plain:
            many = self._collective_units(plain)
            return Addressed(phrase, Kind.GROUP if many else Kind.UNKNOWN, many)
        alike = self._alike(plain)
        if not alike:
            near = self._named(lambda name: plain in name) if len(plain) >= _LEAST_TAIL else ()
            return Addressed(phrase, Kind.AMBIGUOUS if near else Kind.UNKNOWN, near)
        return Addressed(phrase, Kind.UNIT if len(alike) == 1 else Kind.AMBIGUOUS, alike)

    def _alike(self, plain: str) -> tuple[Unit, ...]:
        """Units whose place (市水利局 for 示范市水利局) or 办公室 the phrase leaves out."""
        if len(plain) < _LEAST_TAIL:
            return ()
        ends = tuple(plain + ending for ending in _OF_OFFICE)
        return self._named(lambda name: name.endswith(ends))

    def _named(self, fits: Callable[[str], bool]) -> tuple[Unit, ...]:
        found = {unit.code: unit for name, units in self._names.items() if fits(name) for unit in units}
        return tuple(found.values())

    def _collective_units(self, plain: str) -> tuple[Unit, ...]:
        wanted = plain.replace("各", "").removeprefix("全市")
        in_region = [unit for unit in self.units if wanted in unit.region.split("/")]
        if not in_region and _CITY_DEPARTMENTS.fullmatch(wanted):
            in_region = [unit for unit in self.units if _is_city_department(unit)]
        if in_region:
            return tuple(in_region)
        body = wanted.lstrip(_PLACES)
        places = wanted.removesuffix(body)
        if not places or len(body) < 2:
            return ()
        pattern = re.compile(rf"[{places}]{re.escape(body)}(?:办公室|办公厅)?$")
        return tuple(unit for unit in self.units if pattern.search(_plain(unit.name)))


def _is_city_department(unit: Unit) -> bool:
    return any(_CITY_DEPARTMENTS.fullmatch(part) for part in unit.region.split("/"))


def _plain(name: str) -> str:
    return _NOISE.sub("", name).casefold()


def _collective(name: str) -> str:
    return _plain(name).replace("各", "")


def outside(unit: Unit, city: str) -> bool:
    """Whether a unit's region is another city's: exchanged documents have effect in their own only
    (Jiangmen's plan, section three)."""
    parts = [part for part in unit.region.split("/") if part]
    if not parts or city in parts:
        return False
    return re.fullmatch(r".{2,}(?:省|自治区|市|州|盟)", parts[0]) is not None


def blocked(unit: Unit, city: str, today: str) -> str:
    """The code of why a unit cannot be addressed, empty where it can. ``today``: ISO date."""
    if outside(unit, city):
        return "directory.unit_outside"
    if is_superseded(unit, today):
        return "directory.unit_superseded"
    if not unit.enabled:
        return "directory.unit_not_enabled"
    if unit.enabled_from and unit.enabled_from > today:
        return "directory.unit_not_yet"
    return ""


def resolve_all(book: AddressBook, text: str) -> tuple[Addressed, ...]:
    """Every phrase of a text."""
    return tuple(book.resolve(phrase) for phrase in split_names(text))


def units_of(addressed: Sequence[Addressed]) -> tuple[Unit, ...]:
    """The units that are certain, each once."""
    certain = (one for one in addressed if one.kind in (Kind.UNIT, Kind.GROUP))
    return tuple({unit.code: unit for one in certain for unit in one.units}.values())
