"""Set official documents after GB/T 9704-2012 and write them as OFD.

What a document says (``Circular`` and its parts) can be imported without loading fonts and writers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gongwen_docs.typeset.circular import Annex, Attachment, Block, BlockKind, Circular, Table

if TYPE_CHECKING:
    from gongwen_docs.typeset.facts import LayoutFacts, Spot
    from gongwen_docs.typeset.layout import typeset, typeset_attachment
    from gongwen_docs.typeset.reading import from_text, from_toml, read_circular

__all__ = [
    "Annex",
    "Attachment",
    "Block",
    "BlockKind",
    "Circular",
    "LayoutFacts",
    "Spot",
    "Table",
    "from_text",
    "from_toml",
    "read_circular",
    "typeset",
    "typeset_attachment",
]

_ROOMS = {
    "facts": ("LayoutFacts", "Spot"),
    "layout": ("typeset", "typeset_attachment"),
    "reading": ("from_text", "from_toml", "read_circular"),
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    for room, names in _ROOMS.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{room}"), name)
    raise AttributeError(name)
