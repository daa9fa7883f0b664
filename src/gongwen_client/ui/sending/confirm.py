"""发送确认: everything that leaves the house, once more, before it leaves."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gongwen_client.domain.drafts import Draft, DraftFinding
from gongwen_client.exchange.key_directory import Protection
from gongwen_client.ui import words
from gongwen_client.ui.lists.table import Column, RowModel, RowTable
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.elements import element_lines
from gongwen_client.ui.viewer.panel import FactList, Section, scrolled, step_line
from gongwen_client.ui.widgets.basics import column, holder, row
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.words import StateWord
from gongwen_protocol.messages import Recipient, Unit

Addressed = tuple[Recipient, Unit]


class SendDialog(Sheet):
    """Answers with ``send_wanted``."""

    send_wanted = Signal()

    def __init__(
        self,
        parent: QWidget | None,
        draft: Draft,
        units: Sequence[Unit],
        findings: Sequence[DraftFinding],
        protection: Protection | None = None,
    ) -> None:
        count, copies = len(draft.recipients), sum(item.copies for item in draft.recipients)
        super().__init__(
            parent,
            "send_dialog",
            "发送确认",
            f"发送后，{count} 个单位将立即收到这份公文，内容和份数不能再改。",
            picture="send",
            tone="action",
        )
        self.resize(900, 620)
        by_code = {unit.code: unit for unit in units}
        rows: list[Addressed] = [
            (item, by_code.get(item.unit_code) or Unit(code=item.unit_code, name=item.unit_code))
            for item in draft.recipients
        ]
        model: RowModel[Addressed] = RowModel(_COLUMNS, lambda item: item[0].unit_code)
        table = RowTable(model, "recipients", "接收单位")
        table.show_rows(rows)
        table.clearSelection()
        left = column(
            Section("公文", self._facts(draft, protection)),
            Section("发送前检查", *self._checks(findings)),
            None,
            gap=Space.GROUP,
        )
        side = scrolled(holder(left))
        side.setFixedWidth(Size.PANEL + Space.GROUP)
        both = row(side, gap=Space.SECTION)
        both.addWidget(Section(f"接收单位 {count} 个，打印份数共 {copies} 份", table), 1)
        self.body.addLayout(both, 1)
        self.add_safe("取消(&C)")
        self.send_button = self.add_action("确认发送(&S)", self._send, picture="send", name="send")
        self.send_button.setEnabled(not any(finding.blocking for finding in findings))

    def _facts(self, draft: Draft, protection: Protection | None) -> FactList:
        elements = draft.elements
        size = (draft.body.size if draft.body else 0) + sum(file.size for file in draft.attachments)
        facts = FactList(element_lines(elements)[:5])
        facts.add("印章", "、".join(mark.seal_name for mark in draft.seals) or "未盖章")
        facts.add("附件", "、".join(file.name for file in draft.attachments) or "无")
        facts.add("大小", words.size(size))
        facts.add("传输", words.protection(protection))
        return facts

    def _checks(self, findings: Sequence[DraftFinding]) -> list[QWidget]:
        if not findings:
            return [step_line(StateWord("通过", "check", Tone.VALID), "要素、印章、大小和涉密标志检查")]
        return [
            step_line(
                StateWord("须改正", "invalid", Tone.INVALID)
                if finding.blocking
                else StateWord("提示", "warning", Tone.WARNING),
                *words.finding_parts(finding),
            )
            for finding in findings
        ]

    def _send(self) -> None:
        self.send_button.setEnabled(False)
        self.send_wanted.emit()


_COLUMNS: Sequence[Column[Addressed]] = (
    Column("接收单位", lambda item: item[1].name),
    Column("主送/抄送", lambda item: words.ROLES[item[0].role], 90),
    Column("打印份数", lambda item: str(item[0].copies), 84, sort=lambda item: item[0].copies, right=True),
)
