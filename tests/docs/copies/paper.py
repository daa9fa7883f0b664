"""Measuring what was printed with a program of somebody else: poppler draws, we count its pixels."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from gongwen_docs.ofd.values import Box

DPI = 600
"""A pixel is 0.042 mm: fine enough to judge a fifth of a millimetre."""


@dataclass(frozen=True)
class Picture:
    """A page as rows of RGB bytes."""

    width: int
    height: int
    samples: bytes
    dpi: float

    @property
    def size_mm(self) -> tuple[float, float]:
        return self.width / self.dpi * 25.4, self.height / self.dpi * 25.4

    def dark(self, box: Box, level: int = 128) -> Box | None:
        """The extent in mm of everything darker than ``level`` (green channel) within ``box``."""
        return self._extent(box, lambda red, green, blue: green < level)

    def coloured(self, box: Box | None = None, least: int = 24) -> Box | None:
        """The extent of everything that is not grey; ``box`` None: anywhere."""
        whole = box or Box(0, 0, *self.size_mm)
        return self._extent(
            whole, lambda red, green, blue: max(red, green, blue) - min(red, green, blue) >= least
        )

    def _extent(self, box: Box, wanted) -> Box | None:  # type: ignore[no-untyped-def]
        scale = self.dpi / 25.4
        left, right = max(0, round(box.x * scale)), min(self.width, round((box.x + box.width) * scale))
        top, bottom = max(0, round(box.y * scale)), min(self.height, round((box.y + box.height) * scale))
        found: list[int] = []
        rows: list[int] = []
        for y in range(top, bottom):
            start = (y * self.width + left) * 3
            line = self.samples[start : start + (right - left) * 3]
            if line.count(255) == len(line):
                continue
            hits = [
                x
                for x in range(right - left)
                if line[3 * x + 1] != 255 or line[3 * x] != 255 or line[3 * x + 2] != 255
                if wanted(line[3 * x], line[3 * x + 1], line[3 * x + 2])
            ]
            if hits:
                rows.append(y)
                found += (hits[0], hits[-1])
        if not rows:
            return None
        x0, x1 = left + min(found), left + max(found) + 1
        return Box(x0 / scale, rows[0] / scale, (x1 - x0) / scale, (rows[-1] + 1 - rows[0]) / scale)


def pictures(pdf: Path, folder: Path, dpi: int = DPI) -> list[Picture]:
    """All pages of a PDF as poppler draws them."""
    subprocess.run(["pdftoppm", "-r", str(dpi), str(pdf), str(folder / pdf.stem)], check=True)
    found = sorted(folder.glob(f"{pdf.stem}-*.ppm"))
    result = [_read(path, dpi) for path in found]
    for path in found:
        path.unlink()
    return result


def _read(path: Path, dpi: float) -> Picture:
    data = path.read_bytes()
    kind, size, _depth = data.split(b"\n", 3)[:3]
    assert kind == b"P6"
    width, height = (int(part) for part in size.split())
    return Picture(width, height, data[-width * height * 3 :], dpi)
