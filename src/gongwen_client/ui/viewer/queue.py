"""Which pieces are drawn, in which order, and which answers still count.

Every document begins a new generation; an answer of an older one is thrown away. Within a document a picture
belongs to its piece, which names page, resolution and part: a late one never covers another.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from gongwen_client.ui.tasks import work
from gongwen_client.ui.viewer.pieces import Draw, Piece
from gongwen_crypto.errors import GongwenError

_AT_ONCE = 2


class Lane(IntEnum):
    """Who asks; a lower lane is served only while the ones before it want nothing."""

    IN_SIGHT = 0
    NEARBY = 1
    THUMBNAILS = 2


class RenderQueue(QObject):
    """Draws what is wanted, most urgent first, at most two pieces at a time, one beyond those in sight."""

    drawn = Signal(object, QImage)
    failed = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draw: Draw | None = None
        self._generation = 0
        self._wanted: dict[Lane, list[Piece]] = {lane: [] for lane in Lane}
        self._under_way: dict[Piece, Lane] = {}
        self._errors: dict[Piece, GongwenError] = {}

    def begin(self, draw: Draw | None) -> None:
        """Another document, or none: forget everything asked before."""
        self._draw = draw
        self._generation += 1
        self._under_way = {}
        self._errors = {}
        for pieces in self._wanted.values():
            pieces.clear()

    def want(self, lane: Lane, pieces: Sequence[Piece]) -> None:
        """These pieces are needed now, most urgent first; earlier wishes of the lane not yet begun are
        dropped. What failed is not tried again by itself."""
        self._wanted[lane] = [piece for piece in pieces if piece not in self._errors]
        self._next()

    def error(self, page: int) -> GongwenError | None:
        """Why something of a page could not be drawn."""
        return next((error for piece, error in self._errors.items() if piece.page == page), None)

    def forgive(self, page: int | None = None) -> None:
        """What failed (of one page) may be wanted once more."""
        self._errors = {
            piece: error for piece, error in self._errors.items() if page is not None and piece.page != page
        }

    @property
    def broken(self) -> frozenset[int]:
        """Pages of which something could not be drawn."""
        return frozenset(piece.page for piece in self._errors)

    def _next(self) -> None:
        for lane, pieces in self._wanted.items():
            while pieces:
                if self._draw is None or len(self._under_way) >= (_AT_ONCE if lane is Lane.IN_SIGHT else 1):
                    return
                piece = pieces.pop(0)
                if piece not in self._under_way:
                    self._start(self._draw, piece, lane)

    def _start(self, draw: Draw, piece: Piece, lane: Lane) -> None:
        self._under_way[piece] = lane
        generation = self._generation
        (
            work(self, partial(draw, piece))
            .then(partial(self._arrived, generation, piece))
            .failed(partial(self._broke, generation, piece))
            .start()
        )

    def _arrived(self, generation: int, piece: Piece, picture: QImage) -> None:
        if generation == self._generation:
            self._under_way.pop(piece, None)
            self.drawn.emit(piece, picture)
            self._next()

    def _broke(self, generation: int, piece: Piece, error: GongwenError) -> None:
        if generation == self._generation:
            self._under_way.pop(piece, None)
            self._errors[piece] = error
            self.failed.emit(piece, error)
            self._next()
