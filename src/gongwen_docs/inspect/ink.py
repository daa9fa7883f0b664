"""Where a page has ink: a map of dark and of red pixels, made at low resolution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from gongwen_docs.draw import Pixels

#: Enough to see a thin stroke of 三号 仿宋 as grey.
INK_DPI = 60.0

#: A channel below this counts as ink.
_INK_BELOW = 245

_LOW = bytes(1 if value < _INK_BELOW else 0 for value in range(256))
_FULL = bytes(1 if value >= 250 else 0 for value in range(256))
_STRONG = bytes(1 if value >= 180 else 0 for value in range(256))
_WEAK = bytes(1 if value < 140 else 0 for value in range(256))


class Region(NamedTuple):
    """A rectangle on a page in mm: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def center(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def widened(self, margin: float) -> Region:
        return Region(self.left - margin, self.top - margin, self.right + margin, self.bottom + margin)


@dataclass(frozen=True)
class InkMap:
    """One byte per pixel, 1 where there is ink. Letterheads and seals are red, text is dark."""

    columns: int
    rows: int
    width_mm: float
    height_mm: float
    dark: bytes
    red: bytes

    @classmethod
    def of(cls, pixels: Pixels, width_mm: float, height_mm: float) -> InkMap:
        channels = [pixels.samples[start::3] for start in range(3)]
        red, green, blue = channels
        ink = _bits(red, _LOW) | _bits(green, _LOW) | _bits(blue, _LOW)
        full_red = _bits(red, _FULL) & (_bits(green, _LOW) | _bits(blue, _LOW))
        deep_red = _bits(red, _STRONG) & _bits(green, _WEAK) & _bits(blue, _WEAK)
        reddish = full_red | deep_red
        size = len(red)
        return cls(
            pixels.width,
            pixels.height,
            width_mm,
            height_mm,
            (ink ^ (ink & reddish)).to_bytes(size, "big"),
            reddish.to_bytes(size, "big"),
        )

    def dark_share(self) -> float:
        """Share of the page's area that is dark, 0 to 1."""
        return self.dark.count(1) / max(len(self.dark), 1)

    def red_share(self) -> float:
        return self.red.count(1) / max(len(self.red), 1)

    def count(self, region: Region, mask: bytes) -> int:
        """Pixels of ``mask`` set inside ``region``."""
        left, right = self._column(region.left), self._column(region.right) + 1
        top, bottom = self._row(region.top), self._row(region.bottom) + 1
        return sum(
            mask[row * self.columns + left : row * self.columns + right].count(1)
            for row in range(top, bottom)
        )

    def shows(self, region: Region) -> bool:
        """Whether anything is visible in ``region``."""
        return bool(self.count(region, self.dark) or self.count(region, self.red))

    def is_red(self, region: Region) -> bool:
        """Whether what is visible in ``region`` is mostly red."""
        red = self.count(region, self.red)
        return red > 0 and red > self.count(region, self.dark)

    def dark_top(self) -> float:
        first = self.dark.find(1)
        return self.height_mm if first < 0 else first // self.columns * self.height_mm / self.rows

    def _column(self, x: float) -> int:
        return min(max(int(x / self.width_mm * self.columns), 0), self.columns - 1)

    def _row(self, y: float) -> int:
        return min(max(int(y / self.height_mm * self.rows), 0), self.rows - 1)


def _bits(channel: bytes, table: bytes) -> int:
    return int.from_bytes(channel.translate(table), "big")
