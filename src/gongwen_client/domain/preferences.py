"""What a clerk may set (设置), and what the administrator of the PC has fixed."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

SCALES = (100, 115, 130, 150)
"""Sizes of text and controls, per cent."""
IDLE_MINUTES = (5, 10, 15, 30, 60)
DEFAULT_IDLE_MINUTES = 10


@dataclass(frozen=True)
class Preferences:
    """``idle_minutes``: without a key or a movement the window locks; 0 only where the administrator has
    fixed it so. ``printer``: the one that stands first; empty: the system's. ``save_folder``: where file
    dialogs begin; empty: where the program was started. ``scale`` in per cent. ``earlier_notice``: what
    nobody opened is told again in half the time; later than by the region's hours it cannot be.
    ``both_sides``: printing originals proposes both sides of the sheet."""

    sound: bool = True
    earlier_notice: bool = False
    idle_minutes: int = DEFAULT_IDLE_MINUTES
    lock_on_key_removal: bool = False
    scale: int = 100
    printer: str = ""
    both_sides: bool = True
    save_folder: str = ""

    def with_values(self, values: dict[str, Any]) -> Preferences:
        """The same with those ``values`` that are of the right kind; others are left out."""
        known: dict[str, type] = {one.name: type(getattr(self, one.name)) for one in fields(self)}
        fit: dict[str, Any] = {one: value for one, value in values.items() if type(value) is known.get(one)}
        return replace(self, **fit)


@dataclass(frozen=True)
class Locks:
    """What ``client.toml`` fixes: names of preferences with their values, and why."""

    values: dict[str, Any] = field(default_factory=dict)
    reason: str = ""

    def fixes(self, name: str) -> bool:
        """Whether the clerk cannot change this preference."""
        return name in self.values
