"""A verification in words: the verdict's one sentence with its reason, what to do, what changed.

Input is ``Verification``: the report of gongwen_docs as plain values, and what was noticed, worst first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from gongwen_client.services.incoming import Verification
from gongwen_client.ui import words
from gongwen_client.ui.viewer import seal_facts
from gongwen_client.ui.viewer.panel import step_line
from gongwen_protocol.messages import CheckResult, Finding

_CHECKS = (("body", "正文完整"), ("attachments", "附件完整"), ("seal", "印章有效"), ("layout", "版式有效"))
_UNSEALED = "这份文件没有电子印章，不能确认发文单位和内容是否被改动。"
_ADVICE = {
    "valid": "",
    "warning": "请看过提示再决定是否接收。",
    "unknown": "请不要当作有效，先联系发文单位或平台管理员。",
    "invalid": "请不要采信，退文并向发文单位核实。",
    "unsigned": "应当盖章的公文请退文。",
}
_NAMED = 2


def verdict_of(verification: Verification) -> str:
    """valid, warning, unknown, invalid or unsigned."""
    return str(verification.report.get("verdict", "unknown"))


def headline(verification: Verification) -> str:
    """The one sentence of the verdict bar: the main reason."""
    verdict = verdict_of(verification)
    if verdict == "valid":
        return f"印章{_names(verification)}真实有效，公文自盖章后未被改动。"
    if verification.sentences:
        return verification.sentences[0].what
    return (
        _UNSEALED
        if verdict == "unsigned"
        else f"印章{_names(verification)}的核验结果：{words.VERDICTS[verdict].word}。"
    )


def advice(verification: Verification) -> str:
    """What to do about it, beneath the sentence; empty for what is valid."""
    verdict = verdict_of(verification)
    if verdict == "valid":
        return ""
    said = verification.sentences
    text = said[0].do if said and said[0].do else _ADVICE[verdict]
    return f"{text}（共 {len(said)} 项要注意）" if len(said) > 1 else text


def first_changed_page(verification: Verification) -> int | None:
    """The first page (from 0) whose content differs from what was sealed."""
    changed = seal_facts.items(verification.report.get("changed"))
    pages = [item["page"] for item in changed if item.get("kind") == "page"]
    return min(int(page) for page in pages) - 1 if pages else None


def failed(checks: CheckResult) -> bool:
    """True when a check came out bad: the document must not be accepted."""
    return any(getattr(checks, field) is Finding.FAILED for field, _title in _CHECKS)


def check_lines(checks: CheckResult) -> list[QWidget]:
    """The four checks of art. 10, one line each."""
    return [step_line(words.FINDINGS[getattr(checks, field)], title) for field, title in _CHECKS]


def signatures(verification: Verification) -> list[Mapping[str, Any]]:
    """The signatures of the report in their order."""
    return seal_facts.items(verification.report.get("signatures"))


def parts(value: object) -> list[str]:
    """Files of the package in words, each once."""
    return list(dict.fromkeys(seal_facts.part(item) for item in seal_facts.items(value)))


def _names(verification: Verification) -> str:
    names = list(dict.fromkeys(seal_facts.name_of(item) for item in signatures(verification)))
    told = "、".join(f"「{name}」" for name in names[:_NAMED])
    return f"{told}等 {len(names)} 枚" if len(names) > _NAMED else told
