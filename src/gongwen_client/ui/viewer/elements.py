"""The elements of a document as the panel of facts lists them, the same wherever a document is shown."""

from __future__ import annotations

from gongwen_client.ui import words
from gongwen_protocol.messages import Elements


def element_lines(elements: Elements) -> tuple[tuple[str, str], ...]:
    """Name and value, in the order in which a register asks for them."""
    return (
        ("标题", elements.title),
        ("发文字号", elements.doc_number),
        ("文种", elements.doc_kind),
        ("紧急程度", elements.urgency or "平件"),
        ("成文日期", words.chinese_date(elements.issue_date)),
        ("主送", elements.main_text),
        ("抄送", elements.cc_text),
    )
