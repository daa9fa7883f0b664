"""Reading a document: its text, what is found in it, where it leads."""

from __future__ import annotations

import time
from pathlib import Path

from gongwen_client.render.facts import Hit, SearchPart
from gongwen_client.render.operations import Desk, operation
from gongwen_client.render.text import PackedText, pack
from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.passages import find, regions
from gongwen_docs.ofd.navigation import Link, Navigation

_SEARCH_SECONDS = 0.1
"""A search gives its worker back after this time, so that pages are drawn in between."""
_SEARCH_HITS = 200


@operation
def text(desk: Desk, path: Path, page: int) -> PackedText:
    """Text of a page with the boxes of its characters."""
    return pack(desk.documents.get(path).text(page))


@operation
def search(desk: Desk, path: Path, words: str, first_page: int) -> SearchPart:
    """Look for ``words`` from ``first_page`` on, for a moment. A page without readable text has no hits."""
    drawing = desk.documents.get(path)
    until = time.monotonic() + _SEARCH_SECONDS
    hits: list[Hit] = []
    unreadable: list[int] = []
    page = first_page
    while page < drawing.page_count and len(hits) < _SEARCH_HITS:
        try:
            read = drawing.text(page)
        except KnownError:
            unreadable.append(page)
        else:
            hits += (
                Hit(page, regions(read, match.start, match.end), match.before, match.found, match.after)
                for match in find(read, words)
            )
        page += 1
        if time.monotonic() >= until:
            break
    return SearchPart(tuple(hits), page, page >= drawing.page_count, tuple(unreadable))


@operation
def catalogue(desk: Desk, path: Path) -> dict[str, object]:
    """Everything that a document says about itself; see :mod:`gongwen_docs.draw.catalogue`."""
    from gongwen_docs.draw.catalogue import catalogue  # only the command line asks for it

    return catalogue(desk.documents.get(path))


@operation
def navigation(desk: Desk, path: Path) -> Navigation:
    """Table of contents and bookmarks."""
    return desk.documents.get(path).navigation()


@operation
def links(desk: Desk, path: Path, page: int) -> tuple[Link, ...]:
    """Places of a page that lead somewhere."""
    return desk.documents.get(path).links(page)


@operation
def page_sizes(desk: Desk, path: Path, first: int, count: int) -> tuple[tuple[float, float], ...]:
    """Width and height in mm of some pages."""
    drawing = desk.documents.get(path)
    return tuple(drawing.page_size_mm(page) for page in range(first, min(first + count, drawing.page_count)))
