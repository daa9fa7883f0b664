"""What a document says about itself: DocInfo with the elements of GB/T 33480 as custom data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from gongwen_docs.write.markup import Element


@dataclass(frozen=True)
class DocumentInfo:
    """DocInfo of OFD.xml. ``elements`` maps codes of GB/T 33480 to values; empty values are not written.

    ``doc_id`` is 32 hexadecimal digits; without one it is derived from the content.
    """

    title: str = ""
    author: str = ""
    created: date | None = None
    doc_id: str = ""
    creator: str = "gongwen"
    creator_version: str = "1.0"
    elements: Mapping[str, str] = field(default_factory=dict)


def doc_info(info: DocumentInfo, doc_id: str) -> Element:
    """The DocInfo element, children in schema order."""
    element = Element("DocInfo")
    element.add("DocID", doc_id)
    for name, text in (("Title", info.title), ("Author", info.author)):
        if text:
            element.add(name, text)
    if info.created is not None:
        element.add("CreationDate", info.created.isoformat())
    element.add("Creator", info.creator)
    element.add("CreatorVersion", info.creator_version)
    present = [(code, value) for code, value in info.elements.items() if value]
    if present:
        datas = element.add("CustomDatas")
        for code, value in present:
            datas.add("CustomData", value, Name=code)
    return element
