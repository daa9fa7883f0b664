"""The directory as a tree of regions (江门市 › 新会区), for choosing recipients and for administration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from gongwen_protocol.messages import Unit


@dataclass
class RegionNode:
    """A region with the units that belong to it directly, in rank order, and the regions inside it."""

    name: str
    path: str
    units: list[Unit] = field(default_factory=list)
    children: dict[str, RegionNode] = field(default_factory=dict)

    def all_units(self) -> list[Unit]:
        """Units of this region and of all inside it."""
        inside = [unit for child in self.children.values() for unit in child.all_units()]
        return [*self.units, *inside]


def region_tree(units: Iterable[Unit]) -> RegionNode:
    """The tree above ``units`` (its root has no name). ``Unit.region`` is the path, e.g. 江门市/新会区."""
    top = RegionNode("", "")
    for unit in units:
        node = top
        for name in filter(None, unit.region.split("/")):
            node = node.children.setdefault(name, RegionNode(name, f"{node.path}/{name}".lstrip("/")))
        node.units.append(unit)
    return top
