"""A search over all pages, part by part in the background; the newest search is the only one that counts."""

from __future__ import annotations

from bisect import insort
from functools import partial

from PySide6.QtCore import QObject, Signal

from gongwen_client.render import Hit, SearchPart
from gongwen_client.ui.tasks import work
from gongwen_client.ui.viewer.drawing import Drawing
from gongwen_crypto.errors import GongwenError

MOST_HITS = 2000


class SearchRun(QObject):
    """``changed`` follows every part; ``hits`` are in reading order."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._run = 0
        self._from = 0
        self._wrapped = False
        self.words = ""
        self.hits: list[Hit] = []
        self.unreadable: set[int] = set()
        self.finished = True
        self.pages_done = 0

    def start(self, drawing: Drawing, words: str, first_page: int) -> None:
        """Search from ``first_page`` to the end and then from the beginning; an earlier search ends."""
        self.cancel()
        self.words = words
        self._from = first_page
        self._wrapped = False
        self.finished = False
        self._ask(drawing, first_page)
        self.changed.emit()

    def cancel(self) -> None:
        """Forget search and finds; a part under way is thrown away when it comes."""
        self._run += 1
        self.words = ""
        self.hits = []
        self.unreadable = set()
        self.pages_done = 0
        self.finished = True

    def by_page(self) -> dict[int, list[Hit]]:
        """The finds of each page."""
        result: dict[int, list[Hit]] = {}
        for hit in self.hits:
            result.setdefault(hit.page, []).append(hit)
        return result

    def _ask(self, drawing: Drawing, page: int) -> None:
        run = self._run
        work(self, partial(drawing.search, self.words, page)).then(
            partial(self._came, run, drawing, page)
        ).failed(partial(self._broke, run)).start()

    def _came(self, run: int, drawing: Drawing, asked: int, part: SearchPart) -> None:
        if run != self._run:
            return
        last = self._from if self._wrapped else len(drawing.sizes)
        for hit in part.hits:
            if hit.page < last:
                insort(self.hits, hit, key=lambda item: item.page)
        self.unreadable.update(part.unreadable)
        self.pages_done += min(part.next_page, last) - asked
        if len(self.hits) >= MOST_HITS or (part.next_page >= last and (self._wrapped or not self._from)):
            self.finished = True
        elif part.next_page >= last:
            self._wrapped = True
            self._ask(drawing, 0)
        else:
            self._ask(drawing, part.next_page)
        self.changed.emit()

    def _broke(self, run: int, error: GongwenError) -> None:
        if run == self._run:
            self.finished = True
            self.failed.emit(error)
            self.changed.emit()
