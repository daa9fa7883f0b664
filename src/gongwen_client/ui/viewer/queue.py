"""Which pages are drawn, in which order, and which answers still count.

Every change of document or zoom begins a new generation; a picture of an older generation is thrown away, so
a stale page never covers a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from gongwen_client.ui.tasks import work
from gongwen_crypto.errors import GongwenError

Draw = Callable[[int, float], QImage]
"""(page from 0, dpi) → picture; slow, called on worker threads."""

_AT_ONCE = 2


class RenderQueue(QObject):
    """Draws the wanted pages, nearest first, at most two at a time."""

    drawn = Signal(int, QImage)
    failed = Signal(int, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._draw: Draw | None = None
        self._dpi = 0.0
        self._generation = 0
        self._wanted: list[int] = []
        self._under_way: set[tuple[int, int]] = set()
        self._done: set[int] = set()

    def begin(self, draw: Draw | None, dpi: float) -> None:
        """A new document or another size: forget everything asked before."""
        self._draw = draw
        self._dpi = dpi
        self._generation += 1
        self._wanted = []
        self._done = set()

    def want(self, pages: Sequence[int]) -> None:
        """These pages are needed now, most urgent first; earlier wishes not yet begun are dropped."""
        self._wanted = [page for page in pages if page not in self._done]
        self._next()

    def again(self, page: int) -> None:
        """Try a page once more after a failure."""
        self._done.discard(page)
        self.want([page, *self._wanted])

    def _next(self) -> None:
        if self._draw is None:
            return
        current = {page for generation, page in self._under_way if generation == self._generation}
        for page in list(self._wanted):
            if len(self._under_way) >= _AT_ONCE:
                return
            self._wanted.remove(page)
            if page not in current:
                self._start(self._draw, page)

    def _start(self, draw: Draw, page: int) -> None:
        ticket = (self._generation, page)
        self._under_way.add(ticket)
        (
            work(self, partial(draw, page, self._dpi))
            .always(partial(self._under_way.discard, ticket))
            .then(partial(self._arrived, ticket))
            .failed(partial(self._broke, ticket))
            .start()
        )

    def _arrived(self, ticket: tuple[int, int], picture: QImage) -> None:
        generation, page = ticket
        if generation == self._generation:
            self._done.add(page)
            self.drawn.emit(page, picture)
        self._next()

    def _broke(self, ticket: tuple[int, int], error: GongwenError) -> None:
        generation, page = ticket
        if generation == self._generation:
            self._done.add(page)
            self.failed.emit(page, error)
        self._next()
