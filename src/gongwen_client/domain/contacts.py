"""The address book as people look at it: a tree of regions, a card per unit, groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gongwen_protocol.contacts import UnitContact
from gongwen_protocol.messages import Unit, UnitReadiness

NO_REGION = "其他单位"


@dataclass
class RegionNode:
    """A region or system (市直部门) with the units that are directly in it, in the order of the directory."""

    name: str
    path: str
    units: list[Unit] = field(default_factory=list)
    children: list[RegionNode] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Units in it and below it."""
        return len(self.units) + sum(child.count for child in self.children)

    def all_units(self) -> list[Unit]:
        """They themselves, those directly in it first."""
        return [*self.units, *(unit for child in self.children for unit in child.all_units())]


@dataclass(frozen=True)
class AddressGroup:
    """Units that are often addressed together. ``shared``: the exchange's, for everybody; else this PC's.
    ``gone``: codes of its members that the directory no longer has."""

    name: str
    units: tuple[Unit, ...]
    shared: bool
    gone: tuple[str, ...] = ()


@dataclass(frozen=True)
class UnitCard:
    """All that is known of a unit. ``asked_at``: when the exchange last told how ready it is, None: never."""

    unit: Unit
    contacts: tuple[UnitContact, ...]
    readiness: UnitReadiness | None
    asked_at: datetime | None
    formats: tuple[str, ...]
    size_limit: int | None
    own: bool


def contacts_of(unit: Unit) -> tuple[UnitContact, ...]:
    """Its posts; where none was entered, the telephone that came with the directory."""
    if unit.contacts or not unit.contact:
        return unit.contacts
    return (UnitContact.model_construct(post="联系电话", phone=unit.contact, note=""),)


def region_tree(units: Iterable[Unit]) -> list[RegionNode]:
    """Regions in the order in which the directory first names them."""
    roots: list[RegionNode] = []
    known: dict[str, RegionNode] = {}
    for unit in units:
        names = [part.strip() for part in unit.region.split("/") if part.strip()] or [NO_REGION]
        siblings, path, node = roots, "", None
        for name in names:
            path = f"{path}/{name}"
            node = known.get(path)
            if node is None:
                node = known[path] = RegionNode(name, path[1:])
                siblings.append(node)
            siblings = node.children
        if node is not None:
            node.units.append(unit)
    return roots


def resolved(name: str, codes: Sequence[str], units: Sequence[Unit], *, shared: bool) -> AddressGroup:
    """A group with its units as the directory has them now."""
    known = {unit.code: unit for unit in units}
    return AddressGroup(
        name,
        tuple(known[code] for code in codes if code in known),
        shared,
        tuple(code for code in codes if code not in known),
    )
