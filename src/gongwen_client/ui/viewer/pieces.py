"""Pictures of pages and of parts of pages: which ones a view needs, and those it keeps."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from gongwen_client.ui.viewer.layout import PageSize

MM_PER_INCH = 25.4
WHOLE_PIXELS = 4_000_000
"""A page with more pixels than this is drawn in tiles."""
TILE = 1024
"""Side of a tile in pixels."""
COARSE_PIXELS = 300_000
"""About so many pixels has the picture of a whole page that stands in until its tiles are there."""
KEPT_BYTES = 160 * 1024 * 1024


@dataclass(frozen=True)
class Piece:
    """A page at a resolution, or the part ``rect_mm`` (x, y, width, height) of it."""

    page: int
    dpi: float
    rect_mm: tuple[float, float, float, float] | None = None


Draw = Callable[[Piece], QImage]
"""Slow; called on worker threads. Raises GongwenError."""


def sharp_pieces(page: int, size: PageSize, dpi: float, seen: QRectF) -> Iterator[Piece]:
    """What shows the part ``seen`` (mm) of a page at full sharpness."""
    scale = dpi / MM_PER_INCH
    columns, rows = max(1, round(size.width * scale)), max(1, round(size.height * scale))
    if columns * rows <= WHOLE_PIXELS:
        yield Piece(page, dpi)
        return
    first_column, first_row = (
        max(0, int(seen.left() * scale) // TILE),
        max(0, int(seen.top() * scale) // TILE),
    )
    for top in range(first_row * TILE, min(rows, int(seen.bottom() * scale) + 1), TILE):
        for left in range(first_column * TILE, min(columns, int(seen.right() * scale) + 1), TILE):
            # A quarter of a pixel, so that rounding never falls to the pixel before.
            corner = ((left + 0.25) / scale, (top + 0.25) / scale)
            extent = (min(TILE, columns - left) / scale, min(TILE, rows - top) / scale)
            yield Piece(page, dpi, (*corner, *extent))


def coarse_piece(page: int, size: PageSize) -> Piece:
    """A small picture of the whole page."""
    area = max(size.width * size.height, 1.0) / MM_PER_INCH**2
    return Piece(page, round((COARSE_PIXELS / area) ** 0.5, 1))


class Pictures:
    """Pictures in hand, the longest unused dropped first, within a number of bytes. Whoever shows them clears
    them at its end: a closed view's Python part waits for the garbage collector, megabytes should not."""

    def __init__(self, most_bytes: int = KEPT_BYTES) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[Piece, QImage] = OrderedDict()
        self._whole: dict[int, list[Piece]] = {}
        self.bytes = 0

    def put(self, piece: Piece, picture: QImage) -> None:
        """Keep a picture."""
        self._drop(piece)
        self._kept[piece] = picture
        self.bytes += picture.sizeInBytes()
        if piece.rect_mm is None:
            self._whole.setdefault(piece.page, []).append(piece)
        while self.bytes > self._most and len(self._kept) > 1:
            self._drop(next(iter(self._kept)))

    def get(self, piece: Piece) -> QImage | None:
        """A picture, which counts as used now."""
        picture = self._kept.get(piece)
        if picture is not None:
            self._kept.move_to_end(piece)
        return picture

    def __contains__(self, piece: Piece) -> bool:
        return piece in self._kept

    def stand_in(self, page: int) -> QImage | None:
        """The sharpest picture of the whole page, whatever its size."""
        pieces = self._whole.get(page)
        return self.get(max(pieces, key=lambda piece: piece.dpi)) if pieces else None

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()
        self._whole.clear()
        self.bytes = 0

    def _drop(self, piece: Piece) -> None:
        picture = self._kept.pop(piece, None)
        if picture is None:
            return
        self.bytes -= picture.sizeInBytes()
        if piece.rect_mm is None:
            others = self._whole[piece.page]
            others.remove(piece)
            if not others:
                del self._whole[piece.page]
