"""Ways through a document: actions, outlines, bookmarks, viewer preferences (GB/T 33190 §7.5 - §7.8, §14).

Actions are read and shown, never run: what a document wants to open or play is the reader's decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gongwen_docs.ofd import xml
from gongwen_docs.ofd.values import Box, boolean, box, integer, number

_MOST_NODES = 20_000
_LEAST_ZOOM, _GREATEST_ZOOM = 0.1, 64.0


@dataclass(frozen=True)
class Destination:
    """CT_Dest: a place on a page, mm in page space. ``zoom`` None keeps the reader's."""

    type: str
    page_id: str
    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    zoom: float | None = None


@dataclass(frozen=True)
class Goto:
    """Go to a place of this document: a destination or a bookmark's name."""

    destination: Destination | None
    bookmark: str


@dataclass(frozen=True)
class OpenLink:
    """Open an address outside the document (URI)."""

    uri: str
    base: str


@dataclass(frozen=True)
class OpenAttachment:
    """Open an attachment (GotoA)."""

    attachment_id: str
    new_window: bool


@dataclass(frozen=True)
class PlaySound:
    """Play a sound; ``volume`` 0 to 100."""

    resource_id: str
    volume: int
    repeat: bool
    synchronous: bool


@dataclass(frozen=True)
class PlayMovie:
    """Play, stop, pause or resume a film."""

    resource_id: str
    operator: str


Deed = Goto | OpenLink | OpenAttachment | PlaySound | PlayMovie


@dataclass(frozen=True)
class Action:
    """CT_Action: on ``event`` (DO document opened, PO page opened, CLICK) a deed is asked for."""

    event: str
    deed: Deed


@dataclass(frozen=True)
class Link:
    """A graphic unit that can be clicked; ``boundary`` in the space of its block, mm."""

    boundary: Box
    actions: tuple[Action, ...]


@dataclass(frozen=True)
class Outline:
    """A node of the table of contents. ``page_id`` is the target's page, empty where it has none."""

    title: str
    page_id: str
    top: float
    children: tuple[Outline, ...]
    expanded: bool = True
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True)
class Bookmark:
    """A named place."""

    name: str
    destination: Destination


@dataclass(frozen=True)
class ViewerPreferences:
    """CT_VPreferences: how the document asks to be shown; ``zoom`` a factor where one is given."""

    page_mode: str = "None"
    page_layout: str = "OneColumn"
    tab_display: str = "FileName"
    hide_toolbar: bool = False
    hide_menubar: bool = False
    hide_window_ui: bool = False
    zoom_mode: str = "Default"
    zoom: float | None = None


def read_actions(parent: xml.Element | None) -> tuple[Action, ...]:
    """The actions below ``parent``'s Actions element; unknown kinds are passed over."""
    actions = None if parent is None else xml.child(parent, "Actions")
    if actions is None:
        return ()
    return tuple(
        Action(element.get("Event", "").strip(), deed)
        for element in xml.children(actions, "Action")
        if (deed := _read_deed(element)) is not None
    )


def read_links(block: xml.Element) -> Iterator[Link]:
    """The units of a page block, nested blocks included, that carry actions."""
    for element in xml.children(block):
        if xml.local(element) == "PageBlock":
            yield from read_links(element)
            continue
        actions = read_actions(element)
        boundary = box(element.get("Boundary"))
        if actions and boundary is not None:
            yield Link(boundary, actions)


def read_outlines(element: xml.Element | None, bookmarks: tuple[Bookmark, ...] = ()) -> tuple[Outline, ...]:
    """The table of contents, at most 20,000 nodes; targets by a bookmark's name are looked up."""
    if element is None:
        return ()
    places = {bookmark.name: bookmark.destination for bookmark in bookmarks}
    return tuple(_read_outlines(element, places, iter(range(_MOST_NODES))))


def read_bookmarks(element: xml.Element | None) -> tuple[Bookmark, ...]:
    if element is None:
        return ()
    return tuple(
        Bookmark(item.get("Name", ""), destination)
        for item in xml.children(element, "Bookmark")
        if (destination := _read_destination(xml.child(item, "Dest"))) is not None
    )


def read_preferences(element: xml.Element | None) -> ViewerPreferences:
    if element is None:
        return ViewerPreferences()

    def word(name: str, default: str) -> str:
        return xml.child_text(element, name) or default

    def flag(name: str) -> bool:
        return boolean(xml.child_text(element, name) or None, False)

    zoom = xml.child_text(element, "Zoom")
    return ViewerPreferences(
        page_mode=word("PageMode", "None"),
        page_layout=word("PageLayout", "OneColumn"),
        tab_display=word("TabDisplay", "FileName"),
        hide_toolbar=flag("HideToolbar"),
        hide_menubar=flag("HideMenubar"),
        hide_window_ui=flag("HideWindowUI"),
        zoom_mode=word("ZoomMode", "Default"),
        zoom=_zoom(zoom),
    )


def _read_outlines(
    element: xml.Element, places: dict[str, Destination], budget: Iterator[int]
) -> Iterator[Outline]:
    for item in xml.children(element, "OutlineElem"):
        if next(budget, None) is None:
            return
        actions = read_actions(item)
        target = next((goto for action in actions if (goto := _target(action, places)) is not None), None)
        yield Outline(
            title=item.get("Title", ""),
            page_id="" if target is None else target.page_id,
            top=0.0 if target is None else target.top,
            children=tuple(_read_outlines(item, places, budget)),
            expanded=boolean(item.get("Expanded"), True),
            actions=actions,
        )


def _target(action: Action, places: dict[str, Destination]) -> Destination | None:
    if not isinstance(action.deed, Goto):
        return None
    return action.deed.destination or places.get(action.deed.bookmark)


def _read_deed(element: xml.Element) -> Deed | None:
    for item in xml.children(element):
        match xml.local(item):
            case "Goto":
                bookmark = xml.child(item, "Bookmark")
                name = "" if bookmark is None else bookmark.get("Name", "")
                return Goto(_read_destination(xml.child(item, "Dest")), name)
            case "URI":
                return OpenLink(item.get("URI", ""), item.get("Base", ""))
            case "GotoA":
                return OpenAttachment(item.get("AttachID", ""), boolean(item.get("NewWindow"), True))
            case "Sound":
                volume = min(100, max(0, integer(item.get("Volume"), 100)))
                repeat = boolean(item.get("Repeat"), False)
                synchronous = boolean(item.get("Synchronous"), False) and not repeat
                return PlaySound(item.get("ResourceID", ""), volume, repeat, synchronous)
            case "Movie":
                return PlayMovie(item.get("ResourceID", ""), item.get("Operator", "Play"))
            case _:
                continue
    return None


def _read_destination(element: xml.Element | None) -> Destination | None:
    if element is None:
        return None
    return Destination(
        type=element.get("Type", "XYZ"),
        page_id=element.get("PageID", "").strip(),
        left=number(element.get("Left")),
        top=number(element.get("Top")),
        right=number(element.get("Right")),
        bottom=number(element.get("Bottom")),
        zoom=_zoom(element.get("Zoom")),
    )


def _zoom(value: str | None) -> float | None:
    factor = number(value)
    return min(_GREATEST_ZOOM, max(_LEAST_ZOOM, factor)) if factor > 0 else None
