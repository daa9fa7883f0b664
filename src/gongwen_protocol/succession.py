"""Who follows a unit that was renamed, merged or abolished (Jiangmen art. 10), by directory and day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

_LONGEST = 8


class Followed(Protocol):
    """A unit of the directory. ``successor_since``: ISO date from which ``successor_code`` is addressed in
    its place; both empty while nobody follows it."""

    @property
    def code(self) -> str:
        """Of the unit, used once for ever."""

    @property
    def successor_code(self) -> str:
        """Of the unit that follows."""

    @property
    def successor_since(self) -> str:
        """In the region's time."""


U = TypeVar("U", bound=Followed)


def is_superseded(unit: Followed, today: str) -> bool:
    """Whether nothing new is addressed to the unit. ``today``: ISO date in the region's time."""
    return bool(unit.successor_code) and unit.successor_since <= today


def successor_of(unit: U, find: Callable[[str], U | None], today: str) -> U | None:
    """The unit to address in place of ``unit`` today: the last of a line of successors; None while nobody
    follows it."""
    found: U | None = None
    for _ in range(_LONGEST):
        if not is_superseded(found or unit, today):
            break
        following = find((found or unit).successor_code)
        if following is None:
            break
        found = following
    return found
