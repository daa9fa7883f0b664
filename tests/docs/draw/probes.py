"""Looking at pictures: the colour at a place in mm."""

from __future__ import annotations

from dataclasses import dataclass

from gongwen_docs.draw import Pixels, SealView, open_drawing
from ofd_builder import OfdBuilder

DPI = 50.8
"""Two pixels per mm."""

WHITE = (255, 255, 255)
BLACK = (0, 0, 0)
RED = (255, 0, 0)
GREEN = (0, 255, 0)
BLUE = (0, 0, 255)


@dataclass(frozen=True)
class Picture:
    """A rendered page."""

    pixels: Pixels
    codes: tuple[str, ...] = ()

    def at(self, x: float, y: float) -> tuple[int, int, int]:
        """Colour at a place in mm, with channels rounded to thirds of the range where they are near."""
        column, row = int(x * DPI / 25.4), int(y * DPI / 25.4)
        start = (row * self.pixels.width + column) * 3
        red, green, blue = self.pixels.samples[start : start + 3]
        return red, green, blue

    def near(self, x: float, y: float, color: tuple[int, int, int], tolerance: int = 30) -> bool:
        return all(abs(a - b) <= tolerance for a, b in zip(self.at(x, y), color, strict=True))


def draw(
    builder: OfdBuilder | bytes, page: int = 0, for_print: bool = False, seals: SealView = SealView.SHOWN
) -> Picture:
    """Draw a page of a package."""
    data = builder if isinstance(builder, bytes) else builder.build()
    with open_drawing(data) as drawing:
        pixels = drawing.render(page, DPI, for_print=for_print, seals=seals)
        return Picture(pixels, tuple(report.code for report in drawing.reports))


def draw_units(units: str, **parts: object) -> Picture:
    """Draw one page of units."""
    return draw(OfdBuilder(**parts).page(units))  # type: ignore[arg-type]
