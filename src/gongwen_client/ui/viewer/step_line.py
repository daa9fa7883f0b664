"""One step of a check: shape, word and colour, its sentence, its code, and the evidence on demand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from gongwen_client.services.verification import place_of
from gongwen_client.ui.theme import Space, colour
from gongwen_client.ui.theme.icons import icon
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import FactList
from gongwen_client.ui.widgets.basics import button, column, glyph, holder, label, row, tool
from gongwen_client.ui.words import RECEIPT_EVENTS, StateWord
from gongwen_protocol.sentences import Sentence, sentence

STATUS = {
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
    "seal_status": "印章停用",
    "seal_time_stamp": "印章的时间戳",
    "signer_listed": "签名人在印章名单内",
    "signer_certificate": "签名人证书",
    "time": "盖章时间",
    "time_stamp": "时间戳",
    "stamps": "印章显示位置",
    "signatures": "签章清单",
    "document": "文件构成",
    "pages": "页面显示",
    "record": "与交换登记核对",
    "expected": "与交换登记核对",
    "container": "文件能否打开",
    "encryption": "加密文件",
    "file_list": "文件清单",
    "bundle": "验真包清单",
    "receipts": "交换回执",
    "log": "存证日志",
}
_EVENTS: Mapping[object, str] = {event.value: word for event, word in RECEIPT_EVENTS.items()}
_TELLING = frozenset({"receipts", "log"})
"""Steps of which there are many: each says which one it is, also when it passed."""
_FACTS = {
    "signer": "签名人",
    "algorithm": "算法",
    "digest": "摘要算法",
    "method": "摘要算法",
    "seal": "印章",
    "seal_id": "印章编码",
    "maker": "制章机构",
    "subject": "证书持有者",
    "issuer": "颁发者",
    "serial": "序列号",
    "not_before": "生效",
    "not_after": "到期",
    "revoked_at": "吊销时间",
    "at": "核验时点",
    "claimed": "签名人自称",
    "trusted": "有证明的时间",
    "now": "核验时间",
    "valid_from": "期限起",
    "valid_to": "期限止",
    "authority": "时间戳机构",
    "time": "时间",
    "policy": "时间戳策略",
    "part": "部分",
    "path": "文件路径",
    "page": "页",
    "how": "方式",
    "text": "文字",
    "said": "文字内容",
    "drawn": "画出的字",
    "stated": "声明的值",
    "found": "实际",
    "promised": "登记",
    "fonts": "字体",
    "name": "名称",
    "file": "文件",
    "sequence": "序号",
    "size": "日志条数",
    "unit": "单位",
    "event": "事项",
    "earlier": "先盖的签章",
    "count": "数量",
    "limit": "上限",
}


def title_of(step: Mapping[str, Any]) -> str:
    """What a step checks."""
    name = str(step.get("step", ""))
    return _STEPS.get(name, name)


def said_of(step: Mapping[str, Any]) -> Sentence:
    """The sentence of a step, also of one that passed."""
    facts = step.get("facts")
    known = dict(facts) if isinstance(facts, Mapping) else {}
    if known.get("event") in _EVENTS:
        known["event"] = _EVENTS[known["event"]]
    return sentence(str(step.get("code") or f"seal.step.{step.get('step')}"), **known)


class StepLine(QWidget):
    """A line of the ordered steps. ``place_wanted`` (page, box or None) where the finding has a place."""

    place_wanted = Signal(int, object)

    def __init__(self, step: Mapping[str, Any]) -> None:
        super().__init__()
        state = STATUS.get(str(step.get("status")), STATUS["unknown"])
        said = said_of(step)
        title = title_of(step)
        head = row(gap=Space.INSIDE)
        head.addWidget(label(title, wrap=True), 1)
        head.addWidget(label(state.word, tone=state.tone.value), 0, Qt.AlignmentFlag.AlignTop)
        self._toggle = tool("chevron-right", f"{title}的依据", checkable=True)
        self._toggle.setProperty("role", "copy")
        head.addWidget(self._toggle, 0, Qt.AlignmentFlag.AlignTop)
        body = column(head, gap=2)
        good = state is STATUS["ok"]
        if not good or step.get("code") or step.get("step") in _TELLING:
            body.addWidget(label(said.what, wrap=True, role="small" if good else ""))
        if not good and said.do:
            body.addWidget(label(said.do, "small", wrap=True))
        facts = step.get("facts") if isinstance(step.get("facts"), Mapping) else {}
        page, box = place_of(dict(facts or {}))
        if page is not None:
            act = button(f"转到第 {page + 1} 页", partial(self.place_wanted.emit, page, box), kind="link")
            body.addLayout(row(act, None))
        self._evidence = _evidence(said, dict(facts or {}))
        self._shown: QWidget | None = None
        self._body = body
        self._toggle.toggled.connect(self.show_evidence)
        layout = row(column(2, glyph(state.shape, state.tone.value, 18), None, gap=0), gap=Space.INSIDE)
        layout.addLayout(body, 1)
        self.setLayout(layout)
        self.setAccessibleName(f"{title}：{state.word}")
        self.setAccessibleDescription(said.what)

    def show_evidence(self, wanted: bool) -> None:
        """Code, rule and the facts that the step looked at."""
        picture = "chevron-down" if wanted else "chevron-right"
        self._toggle.setIcon(icon(picture, colour("muted").name()))
        self._toggle.setAccessibleDescription("已展开" if wanted else "已收起")
        self._toggle.setChecked(wanted)
        if wanted and self._shown is None:
            self._shown = _facts(self._evidence)
            self._body.addWidget(self._shown)
        if self._shown is not None:
            self._shown.setVisible(wanted)


def _evidence(said: Sentence, facts: Mapping[str, object]) -> list[tuple[str, str]]:
    lines = [("代码", said.code), ("标准", said.rule)]
    lines += [(_FACTS[name], str(value)) for name, value in facts.items() if name in _FACTS and value]
    return [line for line in lines if line[1]]


def _facts(lines: list[tuple[str, str]]) -> QWidget:
    result = FactList()
    for name, value in lines:
        result.add(name, value, copied=name in ("代码", "序列号", "印章编码"))
    return result


def steps_list(steps: list[StepLine]) -> QWidget:
    """Steps under one another."""
    return holder(column(*steps, gap=Space.INSIDE))
