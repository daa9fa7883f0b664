"""Sealing a document in two phases, so that the key may be in another process than the parser.

Preparing and completing read the document and belong into workers; the values that cross to other processes
(places, what was prepared) can be imported without loading an engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gongwen_docs.sign.placement import Edge, Placement, riding_seam

if TYPE_CHECKING:
    from gongwen_docs.sign.formats import complete, prepare
    from gongwen_docs.sign.sealing import Prepared

__all__ = ["Edge", "Placement", "Prepared", "complete", "prepare", "riding_seam"]


def __getattr__(name: str) -> Any:
    if name in ("complete", "prepare"):
        from gongwen_docs.sign import formats

        return getattr(formats, name)
    if name == "Prepared":
        from gongwen_docs.sign.sealing import Prepared

        return Prepared
    raise AttributeError(name)
