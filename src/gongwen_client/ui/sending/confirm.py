"""发送确认: everything that leaves the house, once more, before it leaves."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from gongwen_client.domain.paper import listed, paper_beside, share_words
from gongwen_client.services.send_review import SendReview, Timing
from gongwen_client.ui import words
from gongwen_client.ui.compose.comparison_view import ComparisonView
from gongwen_client.ui.compose.copies import (
    COPIES,
    NAME,
    NUMBERS,
    ON_PAPER,
    ROLE,
    CopiesModel,
    CopiesTable,
    totals,
)
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.disclosure import Disclosure
from gongwen_client.ui.viewer.panel import FactList, Section, step_line
from gongwen_client.ui.widgets.basics import column, holder, row
from gongwen_client.ui.widgets.dialog import Sheet, boxed
from gongwen_client.ui.widgets.scrolled import Scrolled
from gongwen_client.ui.words import StateWord
from gongwen_protocol.decisions import Refused, Ruling
from gongwen_protocol.sentences import sentence

_MUST = StateWord("须改正", "invalid", Tone.INVALID)
_HINT = StateWord("提示", "warning", Tone.WARNING)
_FINE = StateWord("通过", "check", Tone.VALID)
_TODAY = StateWord("计入今天", "clock", Tone.VALID)
_LATER = StateWord("计入下一工作日", "clock", Tone.WARNING)
_RULES = {
    "body_formats": "正文格式",
    "max_document_size": "公文大小",
    "urgency_allowed": "紧急程度",
    "forbidden_marks": "要素和文件名无密级标志",
    "print_quota_required": "打印份数",
}
_WIDE, _HIGH = 1300, 690
"""Fits a screen of 1366×768 with its task bar."""
_FACTS = 370
_CHECKS = 400


class SendDialog(Sheet):
    """Answers with ``send_wanted``."""

    send_wanted = Signal()

    def __init__(self, parent: QWidget | None, review: SendReview) -> None:
        draft = review.draft
        super().__init__(
            parent,
            "send_dialog",
            "发送确认",
            f"发送后，{len(draft.recipients)} 个单位将立即收到这份公文，内容和份数不能再改。",
            picture="send",
            tone="action",
        )
        self.resize(_WIDE, _HIGH)
        self.review = review
        facts = Scrolled(holder(column(Section("公文", self._facts()), None)))
        facts.setFixedWidth(_FACTS)
        said = column(
            Section("时限", _timing(review.timing)),
            Section("发送前检查", *self._checks()),
            Section("地区规定", *_rulings(review.rulings)),
            None,
            gap=Space.GROUP,
        )
        checks = Scrolled(holder(said))
        checks.setFixedWidth(_CHECKS)
        columns = row(facts, checks, gap=Space.SECTION)
        columns.addLayout(self._units(), 1)
        self.body.addLayout(columns, 1)
        self.declaration = QCheckBox(self._declared())
        self.declaration.setObjectName("declaration")
        self.declaration.setVisible(review.to_declare > 0)
        self.declaration.toggled.connect(lambda _on: self._show_acts())
        self.buttons.insertWidget(0, self.declaration)  # beside the button that it sets free
        self.add_safe("取消(&C)")
        self.send_button = self.add_action("确认发送(&S)", self._send, picture="send", name="send")
        self._show_acts()

    def _units(self) -> QVBoxLayout:
        draft, review = self.review.draft, self.review
        papers = draft.more.special_attachments
        model = CopiesModel((NAME, ROLE, COPIES, NUMBERS, *((ON_PAPER,) if papers else ())))
        model.show_recipients(draft.recipients, review.units, papers)
        table = CopiesTable(model, "recipients")
        table.setEditTriggers(CopiesTable.EditTrigger.NoEditTriggers)
        self.table = table
        self.comparison = ComparisonView(changes=False)
        self.comparison.show_comparison(review.comparison, review.units)
        compared = Scrolled(self.comparison)
        compared.setMaximumHeight(210)
        right = column(
            Section(totals(draft.recipients, papers), boxed(table)),
            Section("与正文主送、抄送核对", compared),
            gap=Space.ROW,
        )
        right.setStretch(0, 1)
        return right

    def _facts(self) -> QWidget:
        draft, review = self.review.draft, self.review
        elements = draft.elements
        facts = FactList(
            (
                ("标题", elements.title),
                ("发文字号", elements.doc_number or "未填"),
                ("文种", elements.doc_kind),
                ("紧急程度", elements.urgency or "平件"),
                ("密级", "非涉密"),
                ("发文机关", elements.issuer),
                ("成文日期", words.chinese_date(elements.issue_date)),
                ("主送", elements.main_text),
                ("抄送", elements.cc_text),
            )
        )
        facts.add("正文", f"{draft.body.name}（{words.size(draft.body.size)}）" if draft.body else "无")
        facts.add("印章", "、".join(mark.seal_name for mark in draft.seals) or "未盖章")
        facts.add(
            "附件", "；".join(f"{file.name}（{words.size(file.size)}）" for file in draft.attachments) or "无"
        )
        beside = paper_beside(draft.more)
        if beside is not None:
            facts.add("纸质同送", f"{share_words(beside)}，{beside.sent_by}")
        special = "；".join(f"{one.name}，{share_words(one)}，{one.sent_by}" for one in listed(draft.more))
        facts.add("特殊附件", special)
        meeting = draft.more.meeting
        if meeting is not None:
            by = f"，{words.stamp(meeting.reply_by)[:16]} 前回执" if meeting.reply_by else ""
            facts.add("会议回执", f"{meeting.meeting}{by}")
        said = draft.record.declaration
        if said is not None:
            second = f"；{said.confirmed.post} {words.when(said.confirmed.at)} 确认" if said.confirmed else ""
            facts.add("涉密核对", f"{said.reason}（{said.by.post} {words.when(said.by.at)}{second}）")
        limit = f"，上限 {words.size(review.limit)}" if review.limit else ""
        facts.add("大小", f"{words.size(draft.size)}{limit}")
        facts.add("传输", words.protection(review.protection))
        rest = FactList(
            (
                ("签发人", elements.signer),
                ("附件说明", elements.attachment_note),
                ("附注", elements.remark),
                ("印发机关", elements.print_office),
                ("印发日期", words.chinese_date(elements.print_date)),
                ("公文标识", elements.identifier),
                ("发布层次", elements.release_level),
            )
        )
        return holder(column(facts, Disclosure("更多要素", rest), gap=Space.HAIR))

    def _checks(self) -> list[QWidget]:
        findings = sorted(self.review.findings, key=lambda one: not one.blocking)
        if not findings:
            return [step_line(_FINE, "要素、印章、大小和涉密字样检查")]
        return [step_line(_MUST if one.blocking else _HINT, *words.finding_parts(one)) for one in findings]

    def _declared(self) -> str:
        return f"已逐处核对 {self.review.to_declare} 处涉密字样或无法检查的内容，不涉及国家秘密和工作秘密"

    def _show_acts(self) -> None:
        declared = self.review.to_declare == 0 or self.declaration.isChecked()
        self.send_button.setEnabled(self.review.may_be_sent and declared)
        self.send_button.setToolTip("" if declared else "请先核对涉密字样，勾选核对声明")

    def _send(self) -> None:
        self.send_button.setEnabled(False)
        self.send_wanted.emit()


def _timing(timing: Timing) -> QWidget:
    day = words.chinese_date(timing.counts_for.isoformat())
    weekday = "一二三四五六日"[timing.counts_for.weekday()]
    state = _TODAY if timing.today else _LATER
    notes = []
    if timing.cutoff is not None:
        rule = f"（{timing.cutoff_article}）" if timing.cutoff_article else ""
        notes.append(f"每个工作日 {timing.cutoff:%H:%M} 前发送的计入当日{rule}")
    if timing.due is not None:
        notes.append(f"收文单位应在 {timing.due:%m月%d日 %H:%M} 前接收")
    if timing.assumed:
        notes.append("本年度工作日历尚未取得，按周一至周五估算")
    said = f"现在是 {timing.now:%m月%d日 %H:%M}，发送计入 {day}（周{weekday}）"
    return step_line(state, said, "；".join(notes))


def _rulings(rulings: Sequence[Ruling]) -> list[QWidget]:
    """What is refused in full; what was passed in one line that opens."""
    refused = [_ruling(one) for one in rulings if isinstance(one.decision, Refused)]
    passed = [one for one in rulings if not isinstance(one.decision, Refused)]
    if not passed:
        return refused
    count = step_line(
        _FINE, f"{len(passed)} 项规定均符合" if not refused else f"其余 {len(passed)} 项规定符合"
    )
    more = Disclosure("逐项查看", lambda: holder(column(*map(_ruling, passed), gap=Space.INSIDE)))
    return [*refused, count, more]


def _ruling(ruling: Ruling) -> QWidget:
    title = _RULES.get(ruling.rule, ruling.rule)
    decision = ruling.decision
    if isinstance(decision, Refused):
        said = sentence(decision.code, article=decision.article, **decision.facts)
        return step_line(_MUST, title, f"{said.what}{said.rule}")
    return step_line(_FINE, title, ruling.article)
