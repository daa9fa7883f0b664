"""Where a page has ink: a map of dark and of red pixels, made at low resolution.

Ink is what stands out from the page's own paper, which is the commonest colour of the page: a scan's paper is
grey, and words of nearly that colour are no words.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from gongwen_docs.draw import Pixels

#: Enough to see a thin stroke of 三号 仿宋 as grey.
INK_DPI = 60.0

#: A channel that differs by so much from the paper's is ink that a reader sees.
_VISIBLE = 20
#: So much is ink and not a scan's noise or the other side shining through.
_STRONG_INK = 60
#: Every so many-th pixel tells the colour of the paper.
_SAMPLE = 17

_LOW = bytes(1 if value < 245 else 0 for value in range(256))
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
    """One byte per pixel, 1 where there is ink. Letterheads and seals are red, text is dark; ``strong`` is
    the dark ink with much contrast (empty in a sampled map)."""

    columns: int
    rows: int
    width_mm: float
    height_mm: float
    dark: bytes
    red: bytes
    strong: bytes

    @classmethod
    def of(cls, pixels: Pixels, width_mm: float, height_mm: float) -> InkMap:
        channels = [pixels.samples[start::3] for start in range(3)]
        red, green, blue = channels
        paper = [_commonest(channel) for channel in channels]
        ink = _differing(channels, paper, _VISIBLE)
        full_red = _bits(red, _FULL) & (_bits(green, _LOW) | _bits(blue, _LOW))
        deep_red = _bits(red, _STRONG) & _bits(green, _WEAK) & _bits(blue, _WEAK)
        reddish = (full_red | deep_red) & ink
        strong = _differing(channels, paper, _STRONG_INK)
        size = len(red)
        dark = ink ^ reddish
        return cls(
            pixels.width,
            pixels.height,
            width_mm,
            height_mm,
            dark.to_bytes(size, "big"),
            reddish.to_bytes(size, "big"),
            (strong & dark).to_bytes(size, "big"),
        )

    def sampled(self, step: int = 4) -> InkMap:
        """Every ``step``-th pixel in both directions: enough to place a seal, and light to carry."""
        columns, rows = -(-self.columns // step), -(-self.rows // step)

        def part(mask: bytes) -> bytes:
            starts = range(0, self.rows * self.columns, step * self.columns)
            return b"".join(mask[start : start + self.columns : step] for start in starts)

        return InkMap(columns, rows, self.width_mm, self.height_mm, part(self.dark), part(self.red), b"")

    def solid(self) -> bytes:
        """The dark ink that belongs to strokes or pictures: no faint ink, no specks, no ruled lines, nothing
        at the sheet's edge. Slow (10 ms)."""
        found = substance(int.from_bytes(self.strong, "big"), self.columns)
        return (found & self._inside()).to_bytes(len(self.strong), "big")

    def _inside(self) -> int:
        """All but the sheet's edge."""
        left = round(min(_EDGE, self.width_mm / 4) / self.width_mm * self.columns)
        top = round(min(_EDGE, self.height_mm / 4) / self.height_mm * self.rows)
        inner = bytes(left) + b"\1" * (self.columns - 2 * left) + bytes(left)
        frame = bytes(top * self.columns) + inner * (self.rows - 2 * top) + bytes(top * self.columns)
        return int.from_bytes(frame, "big")

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

    def red_part(self, region: Region) -> float:
        """Share of ``region`` that is red, 0 to 1."""
        width = self._column(region.right) - self._column(region.left) + 1
        height = self._row(region.bottom) - self._row(region.top) + 1
        return self.count(region, self.red) / (width * height)

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


def substance(ink: int, columns: int) -> int:
    """What of an ink map (one byte per pixel as a big integer) is strokes or pictures.

    A speck has no three pixels in a row in either direction (1.3 mm). A thin long straight line is a rule,
    a frame, a fold or a scanner's streak, and holds no content by itself.
    """
    down = 8 * columns
    strokes = _opened(ink, 8, 3) | _opened(ink, down, 3)
    across = _opened(strokes, 8, _LONG) & ~_opened(strokes, down, _THICK)
    upright = _opened(strokes, down, _LONG) & ~_opened(strokes, 8, _THICK)
    return strokes & ~(across | upright)


#: Pixels: 17 mm of straight line, 2.1 mm of thickness.
_LONG = 40
_THICK = 5
#: Nothing within this distance in mm of the sheet's edge is content without being text: punched holes, the
#: shadow of a scanner's lid.
_EDGE = 15.0


def _opened(ink: int, step: int, length: int) -> int:
    """The pixels that belong to runs of at least ``length`` pixels, ``step`` bits apart (a morphological
    opening). Runs over the ends of rows are few and do no harm."""
    starts, reached = ink, 1
    while reached < length:
        further = min(reached, length - reached)
        starts &= starts >> (step * further)
        reached += further
    runs, reached = starts, 1
    while reached < length:
        further = min(reached, length - reached)
        runs |= runs << (step * further)
        reached += further
    return runs & ink


def _commonest(channel: bytes) -> int:
    return Counter(channel[::_SAMPLE]).most_common(1)[0][0]


def _differing(channels: list[bytes], paper: list[int], contrast: int) -> int:
    """Pixels of which a channel is at least ``contrast`` away from the paper's."""
    found = 0
    for channel, ground in zip(channels, paper, strict=True):
        found |= _bits(channel, bytes(1 if abs(value - ground) >= contrast else 0 for value in range(256)))
    return found


def _bits(channel: bytes, table: bytes) -> int:
    return int.from_bytes(channel.translate(table), "big")
