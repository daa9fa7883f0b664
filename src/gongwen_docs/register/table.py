"""What a register is before it becomes a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Align(StrEnum):
    """Where texts stand in their column."""

    LEFT = "left"
    CENTER = "center"


@dataclass(frozen=True)
class RegisterColumn:
    """``width`` is the column's share of the printed width. ``printed`` is False for columns that only
    spreadsheets have room for, ``exported`` False for those that only sheets of paper have."""

    title: str
    width: float = 1.0
    align: Align = Align.LEFT
    printed: bool = True
    exported: bool = True


@dataclass(frozen=True)
class RegisterTable:
    """A register: its name, a line below it (unit, year), its columns and rows, a line at the foot."""

    title: str
    subtitle: str
    columns: Sequence[RegisterColumn]
    rows: Sequence[Sequence[str]]
    foot: str = ""
