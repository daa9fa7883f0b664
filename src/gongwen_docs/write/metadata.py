"""What a document says about itself: DocInfo with the elements of GB/T 33480 as custom data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from gongwen_docs.write.markup import Element

#: GB/T 33480-2016 element codes that this product writes, with their names.
ELEMENT_CODES: Mapping[str, str] = {
    "GWBS": "公文标识",
    "WZ": "文种",
    "FH": "份号",
    "MJHBMQX": "密级和保密期限",
    "JJCD": "紧急程度",
    "FWJGBZ": "发文机关标志",
    "FWZH": "发文字号",
    "BT": "标题",
    "ZSJG": "主送机关",
    "FJSM": "附件说明",
    "FWJGSM": "发文机关或签发人署名",
    "CWRQ": "成文日期",
    "CSJG": "抄送机关",
    "YFJG": "印发机关",
    "YFRQ": "印发日期",
}


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
