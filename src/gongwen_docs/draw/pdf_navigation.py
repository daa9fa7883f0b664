"""Table of contents and links of a PDF. Scripts and launches are not even told."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from pymupdf import mupdf

from gongwen_docs.ofd.navigation import MOST_ENTRIES, Action, ActionKind, Link, Navigation, OutlineEntry
from gongwen_docs.ofd.values import Box

_DEEPEST = 12


def pdf_navigation(document: Any, unit_mm: float) -> Navigation:
    """The outline of a PDF."""
    try:
        outline = mupdf.fz_load_outline(document)
        return Navigation(outline=tuple(islice(_entries(document, outline, unit_mm), MOST_ENTRIES)))
    except mupdf.FzErrorBase:
        return Navigation()


def pdf_links(document: Any, page: Any, unit_mm: float) -> tuple[Link, ...]:
    """Links of a page, their boxes in mm from its top left corner."""
    bounds = mupdf.fz_bound_page(page)
    links: list[Link] = []
    try:
        link = mupdf.fz_load_links(page)
        while link.m_internal is not None and len(links) < MOST_ENTRIES:
            rect = link.rect()
            place = Box(
                (rect.x0 - bounds.x0) * unit_mm,
                (rect.y0 - bounds.y0) * unit_mm,
                (rect.x1 - rect.x0) * unit_mm,
                (rect.y1 - rect.y0) * unit_mm,
            )
            action = _action(document, link.uri(), unit_mm)
            if action is not None and not place.empty:
                links.append(Link(place, action))
            link = link.next()
    except mupdf.FzErrorBase:
        pass
    return tuple(links)


def _entries(document: Any, first: Any, unit_mm: float) -> Iterator[OutlineEntry]:
    """Depth first without recursion; a damaged file may have any depth."""
    waiting = [(first, 0)]
    while waiting:
        entry, level = waiting.pop()
        if entry.m_internal is None:
            continue
        waiting.append((entry.next(), level))
        waiting.append((entry.down(), level + 1))
        expanded = bool(entry.m_internal.is_open)
        action = _action(document, entry.m_internal.uri, unit_mm)
        yield OutlineEntry(entry.m_internal.title or "", min(level, _DEEPEST), expanded, action)


def _action(document: Any, uri: str | None, unit_mm: float) -> Action | None:
    if not uri:
        return None
    if mupdf.fz_is_external_link(uri):
        return Action(ActionKind.URI, target=uri)
    place, _x, top = mupdf.fz_resolve_link(document, uri)
    page = mupdf.fz_page_number_from_location(document, place)
    if page < 0:
        return None
    return Action(ActionKind.GO_TO, page, top * unit_mm if top == top and 0 <= top < 30_000 else 0.0)
