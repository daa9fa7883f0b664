"""核验并接收: the four checks with what was found, at the side of the page; then accept, return or later."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QWidget

from gongwen_client.domain.rows import IncomingRow
from gongwen_client.services.incoming import Verification
from gongwen_client.services.verification import Notice as Found
from gongwen_client.ui import words
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer import report
from gongwen_client.ui.viewer.disclosure import Disclosure
from gongwen_client.ui.viewer.marks import Mark
from gongwen_client.ui.viewer.panel import FactList, step_line
from gongwen_client.ui.viewer.step_line import STATUS
from gongwen_client.ui.widgets.basics import button, column, glyph, holder, label, row, rule
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.scrolled import Scrolled
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.messages import CheckResult, Finding
from gongwen_protocol.profile import ReceiptMoment, RegionProfile
from gongwen_protocol.sentences import sentence

CHECKS = (("body", "正文完整"), ("attachments", "附件完整"), ("seal", "印章有效"), ("layout", "版式有效"))
_WIDTH = Size.PANEL + 72
_AT_ONCE = 3
_SEAL_CODES = ("seal.", "esl.", "crypto.", "sign.", "certificate.", "token.")


def check_of(found: Found) -> str:
    """Which of the four checks something that was noticed belongs to."""
    if found.said.code.startswith("document."):
        return "layout"
    if found.signature is not None or found.said.code.startswith(_SEAL_CODES):
        return "seal"
    return "body"


class AcceptPanel(QFrame):
    """Stands in the place of the panel of facts, so that the page can be read and turned meanwhile.

    ``accept_wanted`` and ``return_wanted`` say what the person decided, ``finished`` that the panel goes away
    (later, or done); ``places_wanted`` (marks, chosen) points at what was found on the page.
    """

    accept_wanted = Signal()
    return_wanted = Signal()
    finished = Signal()
    places_wanted = Signal(list, object)

    def __init__(
        self,
        parent: QWidget | None,
        delivery: IncomingRow,
        verification: Verification,
        rules: RegionProfile | None = None,
        attachments: Sequence[str] = (),
    ) -> None:
        super().__init__(parent)
        self.setObjectName("accept_panel")
        self.setAccessibleName("核验并接收")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(_WIDTH)
        self.headline = label(_headline(rules), "strong", wrap=True)
        self.headline.setObjectName("headline")
        self.problem = Notice("problem")
        self._rules = rules
        self._delivery = delivery
        self._attachments = tuple(attachments)
        self._checks = column(gap=Space.ROW)
        self.later_button = button("稍后(&L)", self.reject, name="safe", tip="保留在待收公文中")
        self.return_button = button("退文(&T)", self._return, kind="danger", name="return")
        self.accept_button = button("确认接收(&J)", self._accept, kind="primary", name="accept")
        self._lay_out()
        self.show_verification(verification)
        QShortcut(
            QKeySequence("Esc"), self, self.reject, context=Qt.ShortcutContext.WidgetWithChildrenShortcut
        )

    def _lay_out(self) -> None:
        head = row(gap=Space.ROW)
        head.addWidget(glyph("accept", "action", 24), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.headline, 1)
        facts = FactList()
        elements = self._delivery.elements
        number = f"{elements.doc_number}　{self._delivery.copies} 份".strip()
        for name, value in (
            ("标题", elements.title),
            ("发文单位", self._delivery.sender_name),
            ("文号", number),
        ):
            facts.add(name, value)
        margins = (Space.GROUP, Space.GROUP, Space.GROUP, Space.GROUP)
        inside = column(gap=Space.ROW, margins=margins)
        inside.addLayout(head)
        inside.addWidget(facts)
        inside.addWidget(rule())
        inside.addLayout(self._checks)
        inside.addStretch(1)
        acts = row(None, gap=Space.INSIDE, margins=(Space.GROUP, Space.ROW, Space.GROUP, Space.ROW))
        for act in (self.later_button, self.return_button, self.accept_button):
            acts.addWidget(act)
        foot = holder(acts, "footer")
        foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        whole = column(gap=0, margins=(1, 0, 0, 0))  # the hairline at the left
        whole.addWidget(Scrolled(holder(inside)), 1)
        whole.addLayout(column(self.problem, margins=(Space.GROUP, 0, Space.GROUP, Space.ROW)))
        whole.addWidget(foot)
        self.setLayout(whole)

    # -- showing ----------------------------------------------------------------------------------------

    def show_verification(self, verification: Verification) -> None:
        """The four checks, and under each what was found; the layout of a long document comes later."""
        while (item := self._checks.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        checks = verification.checks
        found = list({one.said: one for one in reversed(verification.notices)}.values())[::-1]
        for field, title in CHECKS:
            state = words.FINDINGS[getattr(checks, field)]
            pending = field == "layout" and verification.layout_pending
            note = "正在逐页检查，可以先看其他几项" if pending else self._note(field, checks)
            mine = [one for one in found if check_of(one) == field]
            self._checks.addWidget(holder(column(step_line(state, title, note), *self._found(mine), gap=4)))
        self._judge(checks)

    def _note(self, field: str, checks: CheckResult) -> str:
        if field == "attachments":
            count = len(self._attachments)
            return f"{count} 个附件齐全，与发文登记的摘要一致" if count else "发文单位没有随文附件"
        if getattr(checks, field) is not Finding.OK:
            return ""
        return {
            "body": "自盖章后没有改动，与发文登记的摘要一致",
            "seal": "签名、证书和时间均有效",
            "layout": "各页都能正确显示",
        }[field]

    def _found(self, notices: Sequence[Found]) -> list[QWidget]:
        lines = [self._line(one) for one in notices[:_AT_ONCE]]
        if rest := notices[_AT_ONCE:]:

            def build() -> QWidget:
                return holder(column(*(self._line(one) for one in rest), gap=Space.INSIDE))

            lines.append(Disclosure(f"还有 {len(rest)} 项", build))
        return lines

    def _line(self, one: Found) -> QWidget:
        state = STATUS[one.status]
        small = " · ".join(part for part in (one.said.rule, one.said.code) if part)
        inside = column(label(one.said.what, wrap=True), gap=2)
        if one.said.do:
            inside.addWidget(label(one.said.do, "muted", wrap=True))
        inside.addWidget(label(small, "small", wrap=True))
        if one.page is not None:
            go = partial(self._go, one)
            acts = row(button(f"看第 {one.page + 1} 页", go, kind="link", name="finding_place"), None, gap=0)
            inside.addLayout(acts)
        layout = row(gap=Space.INSIDE, margins=(26, 0, 0, 0))
        layout.addWidget(glyph(state.shape, state.tone.value, 16), 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(inside, 1)
        result = holder(layout)
        result.setAccessibleName(f"{state.word}：{one.said.what}")
        return result

    def _go(self, one: Found) -> None:
        assert one.page is not None
        mark = Mark(one.page, QRectF(*one.box) if one.box else None)
        self.places_wanted.emit([mark], mark)

    def _judge(self, checks: CheckResult) -> None:
        failed = report.failed(checks)
        doubtful = {Finding.WARNING, Finding.UNKNOWN} & {getattr(checks, field) for field, _title in CHECKS}
        self.problem.clear()
        if failed:
            self._advise("accept.side_failed", Tone.INVALID)
        elif doubtful:
            self._advise("accept.side_doubtful", Tone.WARNING)
        self.accept_button.setEnabled(not failed)

    def _advise(self, code: str, tone: Tone) -> None:
        said = sentence(code)
        article = self._rules.article_of("checks_before_acceptance") if self._rules else said.rule
        self.problem.show_text(said.what, said.do, article, tone)

    # -- deciding ---------------------------------------------------------------------------------------

    def explain(self, error: GongwenError) -> None:
        """Why it did not come about; the panel stays."""
        self.accept_button.setEnabled(True)
        self.problem.explain(error)

    def close_for(self, error: GongwenError) -> None:
        """The document went out of this unit's hands while the panel was open."""
        self.problem.explain(error)
        for act in (self.accept_button, self.return_button):
            act.setEnabled(False)

    def open(self) -> None:
        """Begin; the safe button has the keyboard."""
        self.show()
        self.later_button.setFocus()

    def accept(self) -> None:
        """It is done."""
        self.finished.emit()

    def reject(self) -> None:
        """稍后."""
        self.finished.emit()

    def _accept(self) -> None:
        self.accept_button.setEnabled(False)
        self.accept_wanted.emit()

    def _return(self) -> None:
        self.return_wanted.emit()


def _headline(rules: RegionProfile | None) -> str:
    """What follows, by what makes a document received in the region."""
    if rules is not None and rules.receipt_moment.value is ReceiptMoment.FIRST_USE:
        return "确认核验无误后，首次打印原件或下载副本即为接收，发文单位收到签名回执。"
    return "接收后，发文单位将收到带有时间的签名回执；接收不能撤回。"
