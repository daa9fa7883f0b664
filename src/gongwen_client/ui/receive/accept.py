"""核验并接收: the four checks, then accept, return or later."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gongwen_client.domain.rows import IncomingRow
from gongwen_client.services.incoming import Verification
from gongwen_client.ui.theme import Size
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer import report
from gongwen_client.ui.viewer.panel import FactList, card
from gongwen_client.ui.widgets.basics import rule
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_protocol.messages import Finding


class AcceptDialog(Sheet):
    """``accepted`` and ``return_wanted`` say what the person decided; closing means later."""

    accept_wanted = Signal()
    return_wanted = Signal()

    def __init__(self, parent: QWidget | None, row: IncomingRow, verification: Verification) -> None:
        super().__init__(
            parent,
            "accept_dialog",
            "核验并接收",
            "接收后，发文单位将收到带有时间的签名回执；接收不能撤回。",
            picture="accept",
            tone="action",
        )
        self.compact(Size.PANEL + 200)
        facts = FactList()
        facts.add("标题", row.elements.title)
        facts.add("发文字号", row.elements.doc_number)
        facts.add("发文单位", row.sender_name)
        facts.add("打印份数", f"{row.copies} 份")
        self.body.addWidget(facts)
        self.body.addWidget(rule())
        self.body.addWidget(card(*report.check_lines(verification.checks)))
        checks = verification.checks
        failed = report.failed(checks)
        doubtful = {Finding.WARNING, Finding.UNKNOWN} & {
            checks.body,
            checks.attachments,
            checks.seal,
            checks.layout,
        }
        if failed:
            self._advise("有核验项目未通过，不能接收。", "请退文，并与发文单位联系重发。", Tone.INVALID)
        elif doubtful:
            self._advise(
                "有核验项目需要人工确认。", "请阅读右侧「核验」中的说明，确认后再接收。", Tone.WARNING
            )
        later = self.add_safe("稍后处理(&L)")
        later.setToolTip("保留在待收公文中")
        self.add_action("退文(&T)", self._return, kind="danger", name="return")
        self.accept_button = self.add_action("确认接收(&J)", self._accept, name="accept")
        self.accept_button.setEnabled(not failed)

    def _advise(self, what: str, do: str, tone: Tone) -> None:
        self.problem.show_text(what, do, "管理办法第十条", tone)

    def _accept(self) -> None:
        self.accept_button.setEnabled(False)
        self.accept_wanted.emit()

    def _return(self) -> None:
        self.return_wanted.emit()
        self.reject()
