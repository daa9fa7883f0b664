"""A verification in words: the verdict's one sentence, the seals, the steps, what changed.

Input is ``Verification``: the report of gongwen_docs as plain values, and its sentences worst first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtWidgets import QWidget

from gongwen_client.host.clock import to_local
from gongwen_client.services.incoming import Verification
from gongwen_client.ui import words
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import FactList, Section, card, step_line
from gongwen_client.ui.widgets.basics import column, glyph, holder, label, row
from gongwen_client.ui.words import StateWord
from gongwen_protocol.messages import CheckResult, Finding
from gongwen_protocol.sentences import sentence

_STATUS = {
    "ok": StateWord("通过", "check", Tone.VALID),
    "warn": StateWord("有提示", "warning", Tone.WARNING),
    "unknown": StateWord("无法确认", "unknown", Tone.NEUTRAL),
    "fail": StateWord("未通过", "invalid", Tone.INVALID),
}
_STEPS = {
    "format": "签章数据格式",
    "signature": "签名值",
    "content": "正文未被改动",
    "coverage": "签章保护范围",
    "seal_signature": "印章由制章机构签发",
    "seal_maker": "制章机构证书",
    "seal_period": "印章有效期",
    "seal_match": "印章与签名一致",
    "seal": "印章与签名人一致",
    "signer": "签名人证书",
    "signer_listed": "签名人在印章名单内",
    "certificate": "签名人证书",
    "time": "盖章时间",
    "stamp": "印章显示位置",
    "stamps": "印章显示位置",
    "appearance": "印章显示",
    "expected": "发送时登记的印章",
    "container": "文件结构",
    "encryption": "加密文件",
    "file_list": "文件清单",
    "time_stamp": "时间戳",
    "package": "文件结构",
    "layout": "版式",
    "fonts": "字体",
    "attachments": "附件",
}
_PARTS = {
    "template": "页面模板",
    "picture": "图片",
    "annotation": "注释",
    "structure": "文档结构",
    "metadata": "文档信息",
    "signature": "签章数据",
}
_CHECKS = (("body", "正文完整"), ("attachments", "附件完整"), ("seal", "印章有效"), ("layout", "版式有效"))
_UNSEALED = "这份文件没有电子印章，不能确认发文单位和内容是否被改动。"


def verdict_of(verification: Verification) -> str:
    """valid, warning, unknown, invalid or unsigned."""
    return str(verification.report.get("verdict", "unknown"))


def headline(verification: Verification) -> str:
    """The one sentence of the verdict bar."""
    verdict = verdict_of(verification)
    names = "、".join(f"「{_seal_name(item)}」" for item in _signatures(verification))
    if verdict == "valid":
        return f"印章{names}真实有效，公文自盖章后未被改动。"
    if verification.sentences:
        return verification.sentences[0].what
    return _UNSEALED if verdict == "unsigned" else f"印章{names}的核验结果：{words.VERDICTS[verdict].word}。"


def first_changed_page(verification: Verification) -> int | None:
    """The first page (from 0) whose content differs from what was sealed."""
    pages = [item["page"] for item in _list(verification.report.get("changed")) if item.get("kind") == "page"]
    return min(int(page) for page in pages) - 1 if pages else None


def failed(checks: CheckResult) -> bool:
    """True when a check came out bad: the document must not be accepted."""
    return any(getattr(checks, field) is Finding.FAILED for field, _title in _CHECKS)


def check_lines(checks: CheckResult) -> list[QWidget]:
    """The four checks of art. 10, one line each."""
    return [step_line(words.FINDINGS[getattr(checks, field)], title) for field, title in _CHECKS]


def sections(verification: Verification) -> list[QWidget]:
    """What the panel shows under 查看原因."""
    result: list[QWidget] = [Section("四项核验", *check_lines(verification.checks))]
    noticed = [_sentence_line(verification, number) for number in range(len(verification.sentences))]
    if noticed:
        result.append(Section("需要注意", *noticed))
    changed = _parts(verification.report.get("changed"))
    if changed:
        result.append(
            Section(
                "盖章后被改动的内容", *[label(f"· {text}", wrap=True, tone="invalid") for text in changed]
            )
        )
    uncovered = _parts(verification.report.get("uncovered"))
    if uncovered:
        result.append(
            Section(
                "不受签章保护的内容", *[label(f"· {text}", wrap=True, tone="warning") for text in uncovered]
            )
        )
    for item in _signatures(verification):
        result.append(Section("签章", _seal_card(item)))
        result.append(Section("核验步骤", *[_step(step) for step in _list(item.get("steps"))]))
    own = _list(verification.report.get("steps"))
    if own:
        result.append(Section("文件核验", *[_step(step) for step in own]))
    return result


def _sentence_line(verification: Verification, number: int) -> QWidget:
    said = verification.sentences[number]
    small = " · ".join(part for part in (said.rule, said.code) if part)
    return holder(
        column(
            label(said.what, wrap=True),
            label(said.do, "muted", wrap=True),
            label(small, "small", wrap=True),
            gap=2,
        )
    )


def _seal_card(item: Mapping[str, Any]) -> QWidget:
    verdict = words.VERDICTS[str(item.get("verdict", "unknown"))]
    head = row(
        glyph(verdict.shape, verdict.tone.value, 20),
        label(_seal_name(item), "strong", wrap=True),
    )
    head.setStretch(1, 1)
    seal = item.get("seal") or {}
    facts = FactList()
    facts.add("结论", verdict.word)
    facts.add("单位", str(item.get("organization") or ""))
    facts.add("签名人", _common_name(item.get("signer")))
    facts.add("盖章时间", _time(item.get("claimed_time")))
    trusted = item.get("trusted_time")
    facts.add("时间证明", f"不晚于 {_time(trusted)}（交换中心）" if trusted else "没有，时间由盖章计算机给出")
    facts.add("印章期限", _period(seal.get("valid_from"), seal.get("valid_to")))
    facts.add("制章机构", _common_name(seal.get("maker")))
    facts.add("印章编码", str(seal.get("id") or ""))
    pages = sorted({int(stamp["page"]) for stamp in _list(item.get("stamps")) if stamp.get("page")})
    facts.add("所在页", "、".join(f"第 {page} 页" for page in pages))
    return card(holder(head), facts)


def _step(step: Mapping[str, Any]) -> QWidget:
    state = _STATUS.get(str(step.get("status")), _STATUS["unknown"])
    name = str(step.get("step", ""))
    code = str(step.get("code") or "")
    facts = step.get("facts") if isinstance(step.get("facts"), Mapping) else {}
    note = sentence(code, **dict(facts or {})).what if code else ""
    return step_line(state, _STEPS.get(name, name), note)


def _signatures(verification: Verification) -> list[Mapping[str, Any]]:
    return _list(verification.report.get("signatures"))


def _list(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, Sequence) else []


def _seal_name(item: Mapping[str, Any]) -> str:
    seal = item.get("seal") or {}
    return str(seal.get("name") or "未能读出名称的印章")


def _common_name(subject: object) -> str:
    """The first part of a certificate's subject, which names the holder."""
    return str(subject or "").split(", ")[0]


def _parts(value: object) -> list[str]:
    return list(dict.fromkeys(_part(item) for item in _list(value)))


def _part(item: Mapping[str, Any]) -> str:
    kind, name, page = str(item.get("kind", "")), str(item.get("name") or ""), item.get("page")
    if kind == "page":
        return f"第 {page} 页正文"
    if kind == "attachment":
        return f"附件《{name}》"
    if kind == "font":
        return f"字体 {name}"
    word = _PARTS.get(kind, f"其他文件 {name or item.get('path', '')}")
    return f"第 {page} 页{word}" if page else word


def _time(value: object) -> str:
    return words.stamp(datetime.fromisoformat(str(value))) if value else ""


def _period(start: object, end: object) -> str:
    if not start or not end:
        return ""
    first, last = (to_local(datetime.fromisoformat(str(value))) for value in (start, end))
    return f"{first:%Y-%m-%d} 至 {last:%Y-%m-%d}"
