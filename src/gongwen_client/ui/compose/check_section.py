"""检查: what must or should be mended, with the place on the page and the way to explain doubtful words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gongwen_client.domain.drafts import DraftFinding, Hit
from gongwen_client.ui import words
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import step_line
from gongwen_client.ui.widgets.basics import button, column, row
from gongwen_client.ui.words import StateWord

MUST = StateWord("须改正", "invalid", Tone.INVALID)
HINT = StateWord("提示", "warning", Tone.WARNING)
FINE = StateWord("通过", "check", Tone.VALID)


class CheckSection(QWidget):
    """``place_wanted(Hit)`` shows where a finding stands; ``secrecy_wanted`` opens the guard's dialog."""

    place_wanted = Signal(object)
    secrecy_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._lines: QVBoxLayout = column(gap=Space.INSIDE)
        self.secrecy_button = button(
            "核对说明(&Q)", self.secrecy_wanted.emit, picture="warning", name="explain_secrecy"
        )
        self.setLayout(column(self._lines, row(self.secrecy_button, None), gap=Space.INSIDE))
        self.secrecy_button.hide()

    def show_findings(self, findings: Sequence[DraftFinding], doubtful: int) -> None:
        """Replace the lines; ``doubtful``: hits of the secrecy guard."""
        while (old := self._lines.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for finding in sorted(findings, key=lambda one: not one.blocking):
            self._lines.addWidget(self._line(finding))
        if not findings:
            self._lines.addWidget(step_line(FINE, "要素、正文、附件、接收单位和涉密字样检查"))
        self.secrecy_button.setVisible(doubtful > 0)
        self.secrecy_button.setText(f"核对涉密字样和无法检查的内容（{doubtful}）(&Q)")

    def _line(self, finding: DraftFinding) -> QWidget:
        line = step_line(MUST if finding.blocking else HINT, *words.finding_parts(finding))
        if not finding.hits:
            return line
        hit = finding.hits[0]
        act = button(f"看第 {hit.page_index + 1} 页", kind="link")
        act.clicked.connect(lambda: self._show(hit))
        holder = QWidget()
        holder.setLayout(column(line, row(22, act, None), gap=0))
        return holder

    def _show(self, hit: Hit) -> None:
        self.place_wanted.emit(hit)
