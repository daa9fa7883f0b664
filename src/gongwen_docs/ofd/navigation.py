"""Where a document leads: table of contents, bookmarks, links, and what it would do by itself (§7.9, §14).

Actions are told, never run. Page numbers count from 0, lengths are mm from the page's top left corner.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TypeVar

from gongwen_docs.ofd import xml
from gongwen_docs.ofd.document import OfdDocument, Page
from gongwen_docs.ofd.values import Box, box, number

T = TypeVar("T")

MOST_ENTRIES = 20_000
"""Entries of a table of contents, bookmarks or links of a page that are told."""
_DEEPEST = 12


class ActionKind(StrEnum):
    """What an action would do. ``PLAY`` is a sound or film."""

    GO_TO = "goto"
    URI = "uri"
    ATTACHMENT = "attachment"
    PLAY = "play"


@dataclass(frozen=True)
class Action:
    """CT_Action. ``page`` and ``top`` belong to ``GO_TO``; ``target`` is an address or an attachment's ID."""

    kind: ActionKind
    page: int = -1
    top: float = 0.0
    target: str = ""


@dataclass(frozen=True)
class OutlineEntry:
    """An entry of the table of contents, in reading order; ``level`` 0 is the outermost."""

    title: str
    level: int
    expanded: bool
    action: Action | None


@dataclass(frozen=True)
class Bookmark:
    name: str
    page: int
    top: float


@dataclass(frozen=True)
class Link:
    """A place on a page that does something when it is clicked."""

    box: Box
    action: Action


@dataclass(frozen=True)
class Navigation:
    """What leads through a document. ``by_itself`` are the actions on opening it, which never run."""

    outline: tuple[OutlineEntry, ...] = ()
    bookmarks: tuple[Bookmark, ...] = ()
    by_itself: tuple[Action, ...] = ()


class Navigator:
    """Reads the navigation of one document."""

    def __init__(self, document: OfdDocument) -> None:
        self._document = document
        self._pages: Mapping[str, int] = {page.id: page.index for page in reversed(document.pages)}
        self._bookmarks = {mark.name: mark for mark in reversed(tuple(self._read_bookmarks()))}

    def navigation(self) -> Navigation:
        root = self._document.root
        outline = xml.child(root, "Outlines")
        return Navigation(
            outline=() if outline is None else _first(self._entries(outline, 0)),
            bookmarks=_first(self._read_bookmarks()),
            by_itself=_first(self._actions(root, "DO")),
        )

    def links(self, index: int) -> tuple[Link, ...]:
        """Places of a page that lead somewhere: units and annotations with an action on CLICK."""
        return _first(self._links(self._document.pages[index]))

    def page_actions(self, index: int) -> tuple[Action, ...]:
        """What a page would do when it is shown."""
        root = self._document.pages[index].root
        return () if root is None else _first(self._actions(root, "PO"))

    def _entries(self, element: xml.Element, level: int) -> Iterator[OutlineEntry]:
        for item in xml.children(element, "OutlineElem"):
            action = next(self._actions(item, "CLICK"), None) or next(self._actions(item, None), None)
            expanded = item.get("Expanded", "true").strip().lower() not in ("false", "0")
            yield OutlineEntry(item.get("Title", ""), min(level, _DEEPEST), expanded, action)
            yield from self._entries(item, level + 1)

    def _read_bookmarks(self) -> Iterator[Bookmark]:
        marks = xml.child(self._document.root, "Bookmarks")
        for mark in () if marks is None else xml.children(marks, "Bookmark"):
            where = self._destination(xml.child(mark, "Dest"))
            if where is not None:
                yield Bookmark(mark.get("Name", ""), where.page, where.top)

    def _links(self, page: Page) -> Iterator[Link]:
        physical = page.area.physical
        for use in page.templates:
            template = self._document.templates.get(use.template_id)
            for layer in () if template is None else template.layers:
                yield from self._unit_links(layer.element, -physical.x, -physical.y)
        for layer in page.layers:
            yield from self._unit_links(layer.element, -physical.x, -physical.y)
        for annotation in self._document.annotations:
            if annotation.page_id == page.id and annotation.visible and annotation.appearance is not None:
                place = annotation.boundary or Box(0, 0, 0, 0)
                x, y = place.x - physical.x, place.y - physical.y
                yield from self._unit_links(annotation.appearance, x, y)

    def _unit_links(self, element: xml.Element, x: float, y: float) -> Iterator[Link]:
        for actions in element.iter():
            unit = actions.getparent() if xml.local(actions) == "Actions" else None
            if unit is None:
                continue
            place = box(unit.get("Boundary"))
            action = next(self._actions(unit, "CLICK"), None)
            if place is not None and not place.empty and action is not None:
                yield Link(Box(place.x + x, place.y + y, place.width, place.height), action)

    def _actions(self, owner: xml.Element, event: str | None) -> Iterator[Action]:
        """Actions of an element on ``event``; None: on any."""
        actions = xml.child(owner, "Actions")
        for element in () if actions is None else xml.children(actions, "Action"):
            if event is None or element.get("Event", event).strip().upper() == event:
                action = self._action(element)
                if action is not None:
                    yield action

    def _action(self, element: xml.Element) -> Action | None:
        for part in xml.children(element):
            match xml.local(part):
                case "Goto":
                    return self._go_to(part)
                case "URI":
                    address = part.get("URI") or part.get("Target") or xml.text(part)
                    return Action(ActionKind.URI, target=f"{part.get('Base', '')}{address}")
                case "GotoA":
                    return Action(ActionKind.ATTACHMENT, target=part.get("AttachID", ""))
                case "Sound" | "Movie":
                    return Action(ActionKind.PLAY)
        return None

    def _go_to(self, element: xml.Element) -> Action | None:
        mark = xml.child(element, "Bookmark")
        if mark is not None:
            found = self._bookmarks.get(mark.get("Name", ""))
            return None if found is None else Action(ActionKind.GO_TO, found.page, found.top)
        return self._destination(xml.child(element, "Dest"))

    def _destination(self, element: xml.Element | None) -> Action | None:
        """CT_Dest: the page must exist; a height outside any page is the page's top."""
        page = None if element is None else self._pages.get(element.get("PageID", ""))
        if element is None or page is None:
            return None
        top = number(element.get("Top"))
        return Action(ActionKind.GO_TO, page, top if 0 <= top < 10_000 else 0.0)


def _first(items: Iterator[T]) -> tuple[T, ...]:
    return tuple(islice(items, MOST_ENTRIES))
