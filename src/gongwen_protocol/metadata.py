"""Elements of a document under the keys of GB/T 33480, as envelopes, archives and OA systems have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gongwen_protocol.messages import Elements, Recipient, RecipientRole

KEYS = {
    "GWBS": "identifier",
    "WZ": "doc_kind",
    "JJCD": "urgency",
    "FWJGBZ": "issuer",
    "FWZH": "doc_number",
    "QFR": "signer",
    "BT": "title",
    "ZSJG": "main_text",
    "FJSM": "attachment_note",
    "CWRQ": "issue_date",
    "FZ": "remark",
    "CSJG": "cc_text",
    "YFJG": "print_office",
    "YFRQ": "print_date",
    "FBCC": "release_level",
}
"""Key → field of ``Elements``. 份号 (FH) is stated per copy; 密级 (MJHBMQX) is always empty here."""

NAMES = {
    "GWBS": "公文标识",
    "WZ": "文种",
    "FH": "份号",
    "MJHBMQX": "密级和保密期限",
    "JJCD": "紧急程度",
    "FWJGBZ": "发文机关标志",
    "FWZH": "发文字号",
    "QFR": "签发人",
    "BT": "标题",
    "ZSJG": "主送机关",
    "FJSM": "附件说明",
    "FWJGSM": "发文机关或签发人署名",
    "CWRQ": "成文日期",
    "FZ": "附注",
    "CSJG": "抄送机关",
    "YFJG": "印发机关",
    "YFRQ": "印发日期",
    "FBCC": "发布层次",
}
"""Key → name of the element, as GB/T 33480-2016 has it."""


def to_metadata(elements: Elements) -> dict[str, str]:
    """The elements that are stated, in the order of the standard."""
    values = elements.model_dump()
    return {key: values[field] for key, field in KEYS.items() if values[field]}


def from_metadata(entries: Mapping[str, str]) -> Elements:
    """Elements from an envelope; keys that are not ours are ignored. Raises ValueError without a title."""
    return Elements.model_validate({KEYS[key]: text for key, text in entries.items() if key in KEYS})


def addressed_text(recipients: Iterable[Recipient], names: Mapping[str, str], role: RecipientRole) -> str:
    """主送机关 or 抄送机关 as printed, from those who were chosen."""
    return "，".join(names[one.unit_code] for one in recipients if one.role is role)
