"""Files made to harm whoever opens them: each with the code that refuses it or reports what it did.

``BOMBS`` is the whole table. A bomb is refused with a code, or it is drawn within the worker's limits; then
its code is a remark, or None where drawing shows nothing worth saying.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

Builder = Callable[[], bytes]

_MODULES = ("containers", "markup", "structure", "graphics", "pictures", "typefaces", "seals")


class Outcome(Enum):
    """What happens to a bomb."""

    NOT_OPENED = auto()
    PAGE_REFUSED = auto()
    REPORTED = auto()
    DRAWN = auto()


@dataclass(frozen=True)
class Bomb:
    """One file. ``build`` makes it anew; ``codes`` are those of which it must meet one."""

    name: str
    build: Builder
    outcome: Outcome
    codes: tuple[str, ...] = ()


_table: list[Bomb] = []


def refused(*codes: str) -> Callable[[Builder], Builder]:
    """The file is not opened."""
    return _listed(Outcome.NOT_OPENED, codes)


def page_refused(*codes: str) -> Callable[[Builder], Builder]:
    """The file opens, its page does not."""
    return _listed(Outcome.PAGE_REFUSED, codes)


def reported(*codes: str) -> Callable[[Builder], Builder]:
    """The page is drawn without what harms; a remark says so."""
    return _listed(Outcome.REPORTED, codes)


def drawn(build: Builder) -> Builder:
    """The page is drawn within the limits."""
    return _listed(Outcome.DRAWN, ())(build)


def _listed(outcome: Outcome, codes: tuple[str, ...]) -> Callable[[Builder], Builder]:
    def add(build: Builder) -> Builder:
        room = build.__module__.rpartition(".")[2]
        _table.append(Bomb(f"{room}.{build.__name__}", build, outcome, codes))
        return build

    return add


def all_bombs() -> tuple[Bomb, ...]:
    """The table, in the order of the modules."""
    for name in _MODULES:
        importlib.import_module(f"{__name__}.{name}")
    return tuple(_table)
