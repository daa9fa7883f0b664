"""Checks before a document is sealed and sent: blank pages, forbidden marks, where the seal goes.

Everything is judged from what the pages *show*, drawn by the same engine that the reader will see.
"""

from gongwen_docs.inspect.findings import Finding, Weight
from gongwen_docs.inspect.ink import Region
from gongwen_docs.inspect.inspection import Inspection, inspect_document, inspect_drawing
from gongwen_docs.inspect.marks import name_marks
from gongwen_docs.inspect.pages import BlankReason, PageView
from gongwen_docs.inspect.prefill import Prefill
from gongwen_docs.inspect.signing_place import SigningPlace
from gongwen_docs.inspect.stamp_place import StampPlace

__all__ = [
    "BlankReason",
    "Finding",
    "Inspection",
    "PageView",
    "Prefill",
    "Region",
    "SigningPlace",
    "StampPlace",
    "Weight",
    "inspect_document",
    "inspect_drawing",
    "name_marks",
]
