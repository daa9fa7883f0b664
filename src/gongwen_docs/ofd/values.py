"""The basic types of OFD attributes (GB/T 33190 §7.3), read leniently: numbers, boxes, matrices.

Lengths are millimetres. A value that cannot be read gives the default, never an exception: one broken
attribute must not hide a document.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

_LARGEST = 1e7
_GLUED = re.compile(r"([gG])(?=\d)")


class Box(NamedTuple):
    """ST_Box: top left corner and size in mm."""

    x: float
    y: float
    width: float
    height: float

    @property
    def empty(self) -> bool:
        return self.width <= 0 or self.height <= 0


class Matrix(NamedTuple):
    """Row-vector transform ``x' = a·x + c·y + e``, ``y' = b·x + d·y + f`` (§8.5)."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def then(self, other: Matrix) -> Matrix:
        """First this transform, then the other one."""
        return Matrix(
            self.a * other.a + self.b * other.c,
            self.a * other.b + self.b * other.d,
            self.c * other.a + self.d * other.c,
            self.c * other.b + self.d * other.d,
            self.e * other.a + self.f * other.c + other.e,
            self.e * other.b + self.f * other.d + other.f,
        )

    def point(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def inverse(self) -> Matrix | None:
        determinant = self.a * self.d - self.b * self.c
        if abs(determinant) < 1e-12:
            return None
        a, b, c, d = self.d / determinant, -self.b / determinant, -self.c / determinant, self.a / determinant
        return Matrix(a, b, c, d, -(self.e * a + self.f * c), -(self.e * b + self.f * d))


IDENTITY = Matrix()


def translation(x: float, y: float) -> Matrix:
    return Matrix(e=x, f=y)


def scaling(x: float, y: float) -> Matrix:
    return Matrix(a=x, d=y)


def number(value: str | None, default: float = 0.0) -> float:
    """A finite number of sensible size, or the default."""
    if value is None:
        return default
    try:
        result = float(value)
    except ValueError:
        return default
    return result if math.isfinite(result) and abs(result) <= _LARGEST else default


def integer(value: str | None, default: int = 0) -> int:
    return int(number(value, default))


def boolean(value: str | None, default: bool) -> bool:
    if value is None:
        return default
    folded = value.strip().lower()
    if folded in ("true", "1"):
        return True
    return False if folded in ("false", "0") else default


def numbers(value: str | None) -> list[float]:
    """ST_Array of numbers; blanks or commas part the items, unreadable ones count as 0."""
    return [number(item) for item in (value or "").replace(",", " ").split()]


def box(value: str | None) -> Box | None:
    """ST_Box, or None where four numbers are missing."""
    items = numbers(value)
    return Box(*items[:4]) if len(items) >= 4 else None


def matrix(value: str | None) -> Matrix | None:
    """CTM, or None where six numbers are missing."""
    items = numbers(value)
    return Matrix(*items[:6]) if len(items) >= 6 else None


def deltas(value: str | None, limit: int) -> tuple[float, ...]:
    """DeltaX or DeltaY with its run lengths ``g count value`` expanded, at most ``limit`` entries (§11.3)."""
    items = _GLUED.sub(r"\1 ", (value or "").replace(",", " ")).split()
    result: list[float] = []
    position = 0
    while position < len(items) and len(result) < limit:
        if items[position] in ("g", "G"):
            if position + 2 < len(items):
                count = integer(items[position + 1], default=limit)  # what is past counting fills up
                count = max(0, min(count, limit - len(result)))
                result.extend([number(items[position + 2])] * count)
            position += 3
        else:
            result.append(number(items[position]))
            position += 1
    return tuple(result)
