"""A file as something a reader can show: page sizes, pictures, text, search, where it leads, what it is."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Protocol

from PySide6.QtGui import QImage

from gongwen_client.render import DocumentFacts, Remark, RenderPool, SearchPart
from gongwen_client.ui.viewer.layout import PageSize
from gongwen_client.ui.viewer.pieces import Piece
from gongwen_docs.draw.results import PageText
from gongwen_docs.ofd.navigation import Link, Navigation


class HasRender(Protocol):
    """An office, or whatever else has workers."""

    @property
    def render(self) -> RenderPool: ...


class Drawing:
    """An opened file. All methods but the properties are slow and are called on worker threads; they raise
    GongwenError."""

    def __init__(self, pool: RenderPool, path: Path, facts: DocumentFacts) -> None:
        self.path = path
        self.facts = facts
        self.sizes = tuple(PageSize(width, height) for width, height in facts.page_sizes_mm)
        self._pool = pool
        self._remarks: dict[str, Remark] = {}
        self._lock = threading.Lock()

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What the pages drawn so far could not show as written, each once."""
        with self._lock:
            return tuple(self._remarks.values())

    def learn_sizes(self, first: int, count: int) -> tuple[PageSize, ...]:
        """The true sizes of up to ``count`` pages from ``first`` on."""
        sizes = self._pool.page_sizes(self.path, first, count)
        return tuple(PageSize(width, height) for width, height in sizes)

    def draw(self, piece: Piece) -> QImage:
        """A picture of a page or a part of it."""
        page = self._pool.render(self.path, piece.page, piece.dpi, piece.rect_mm)
        with self._lock:
            for remark in page.remarks:
                self._remarks.setdefault(f"{remark.code} {sorted(remark.facts.items())}", remark)
        pixels = page.pixels
        stride = pixels.width * 3
        image = QImage(pixels.samples, pixels.width, pixels.height, stride, QImage.Format.Format_RGB888)
        return image.convertToFormat(QImage.Format.Format_RGB32)

    def text(self, page: int) -> PageText:
        """The text of a page."""
        return self._pool.text(self.path, page)

    def links(self, page: int) -> tuple[Link, ...]:
        """Places of a page that lead somewhere."""
        return self._pool.links(self.path, page)

    def search(self, words: str, first_page: int) -> SearchPart:
        """A tenth of a second of searching."""
        return self._pool.search(self.path, words, first_page)

    def navigation(self) -> Navigation:
        """Table of contents and bookmarks."""
        return self._pool.navigation(self.path)

    def seal_pictures(self) -> tuple[bytes, ...]:
        """The seals of the signatures as PNG, in the order of the report."""
        return self._pool.seal_pictures(self.path)

    def save_attachment(self, attachment_id: str, target: Path) -> None:
        """Write a file that the document carries to ``target``."""
        self._pool.save_attachment(self.path, attachment_id, target)


def open_drawing(office: HasRender, path: Path, *, all_sizes: bool = True) -> Drawing:
    """Slow. Open ``path`` in a render worker; raises KnownError for a file that cannot be shown. For a
    ``Reader``, which learns them later, ``all_sizes`` are not needed."""
    pool = office.render
    return Drawing(pool, path, pool.open(path, all_sizes=all_sizes))
