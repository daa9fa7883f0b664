"""Checks before a document is sealed and sent: blank pages, forbidden marks, where the seal goes.

Everything is judged from what the pages *show*, drawn by the same engine that the reader will see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gongwen_docs.inspect.findings import FileMarks, Finding, LayoutPart, Unread, Weight
from gongwen_docs.inspect.ink import Region
from gongwen_docs.inspect.inspection import Inspection
from gongwen_docs.inspect.marks import name_marks, text_marks
from gongwen_docs.inspect.pages import BlankReason, PageView
from gongwen_docs.inspect.prefill import Prefill
from gongwen_docs.inspect.signing_place import SigningPlace
from gongwen_docs.inspect.stamp_place import Beside, JointOrder, Stamped, StampPlace

if TYPE_CHECKING:
    from gongwen_docs.inspect.layout import judge_layout
    from gongwen_docs.inspect.looking import inspect_document, inspect_drawing

__all__ = [
    "Beside",
    "BlankReason",
    "FileMarks",
    "Finding",
    "Inspection",
    "JointOrder",
    "LayoutPart",
    "PageView",
    "Prefill",
    "Region",
    "SigningPlace",
    "StampPlace",
    "Stamped",
    "Unread",
    "Weight",
    "inspect_document",
    "inspect_drawing",
    "judge_layout",
    "name_marks",
    "text_marks",
]


def __getattr__(name: str) -> Any:
    # The findings cross to processes that must not load MuPDF; only the looking needs it.
    if name in ("inspect_document", "inspect_drawing"):
        from gongwen_docs.inspect import looking

        return getattr(looking, name)
    if name == "judge_layout":
        from gongwen_docs.inspect import layout

        return layout.judge_layout
    raise AttributeError(name)
