"""Drawing OFD and PDF pages with one engine: pixels, text, PDF (ADR 0006).

Runs in worker processes only: MuPDF holds the interpreter lock and documents come from outside. The values
that cross to other processes (pixels, text, views) can be imported without loading MuPDF.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gongwen_docs.draw.reports import Report
from gongwen_docs.draw.results import CharBox, PageText, Pixels, SealView

if TYPE_CHECKING:
    from gongwen_docs.draw.drawing import Drawing
    from gongwen_docs.draw.opening import open_drawing

__all__ = ["CharBox", "Drawing", "PageText", "Pixels", "Report", "SealView", "open_drawing"]


def __getattr__(name: str) -> Any:
    if name == "Drawing":
        from gongwen_docs.draw.drawing import Drawing

        return Drawing
    if name == "open_drawing":
        from gongwen_docs.draw.opening import open_drawing

        return open_drawing
    raise AttributeError(name)
