"""How a document asks to be shown (CT_VPreferences, GB/T 33190 §7.5). A reader may follow or not."""

from __future__ import annotations

from dataclasses import dataclass

from gongwen_docs.ofd import xml
from gongwen_docs.ofd.values import boolean, number

_LEAST_ZOOM, _GREATEST_ZOOM = 0.1, 64.0


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


def _zoom(value: str | None) -> float | None:
    factor = number(value)
    return min(_GREATEST_ZOOM, max(_LEAST_ZOOM, factor)) if factor > 0 else None
