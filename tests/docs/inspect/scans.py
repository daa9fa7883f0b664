"""Pictures of sheets as scanners make them, for the checks before sealing."""

from __future__ import annotations

import random
import struct
import zlib

PIXELS_PER_MM = 4


class Scan:
    """A grey picture of a sheet, as a scanner makes it."""

    def __init__(self, paper: int = 255, width: int = 210, height: int = 297) -> None:
        self.width, self.height = width * PIXELS_PER_MM, height * PIXELS_PER_MM
        self.pixels = bytearray([paper]) * (self.width * self.height)

    def noise(self, spread: int, share: float = 1.0, seed: int = 7) -> Scan:
        """Grey values off by up to ``spread`` at a share of the pixels."""
        chance = random.Random(seed)
        for _ in range(int(len(self.pixels) * share)):
            place = chance.randrange(len(self.pixels))
            self.pixels[place] = min(max(self.pixels[place] + chance.randint(-spread, spread), 0), 255)
        return self

    def block(self, x: float, y: float, width: float, height: float, grey: int = 0) -> Scan:
        """A filled rectangle, mm."""
        left, right = (min(max(round(v * PIXELS_PER_MM), 0), self.width) for v in (x, x + width))
        for row in range(round(y * PIXELS_PER_MM), min(round((y + height) * PIXELS_PER_MM), self.height)):
            self.pixels[row * self.width + left : row * self.width + right] = bytes([grey]) * (right - left)
        return self

    def hole(self, x: float, y: float, radius: float = 3.0) -> Scan:
        """A punched hole: black."""
        for step in range(int(-radius * PIXELS_PER_MM), int(radius * PIXELS_PER_MM) + 1):
            offset = step / PIXELS_PER_MM
            half = (radius**2 - offset**2) ** 0.5
            self.block(x - half, y + offset, 2 * half, 1 / PIXELS_PER_MM)
        return self

    def words(self, lines: int, characters: int, grey: int = 0, top: float = 60, left: float = 28) -> Scan:
        """Lines of marks as large as characters of 三号, made of strokes."""
        for line in range(lines):
            for number in range(characters):
                x, y = left + number * 5.6, top + line * 10
                for stroke in range(3):
                    self.block(x, y + stroke * 2, 4.6, 0.7, grey)
                self.block(x + 2, y, 0.7, 4.8, grey)
        return self

    def png(self) -> bytes:
        def chunk(kind: bytes, data: bytes) -> bytes:
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

        rows = b"".join(
            b"\0" + bytes(self.pixels[start : start + self.width])
            for start in range(0, len(self.pixels), self.width)
        )
        head = struct.pack(">IIBBBBB", self.width, self.height, 8, 0, 0, 0, 0)
        return (
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", head)
            + chunk(b"IDAT", zlib.compress(rows, 1))
            + chunk(b"IEND", b"")
        )
