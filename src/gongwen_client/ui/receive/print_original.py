"""打印原件: what is left, how many now, which printer; then what became of each numbered copy."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QProgressBar, QSpinBox, QWidget

from gongwen_client.domain.rows import IncomingRow, PrintOutcome
from gongwen_client.services.keys import KeyCard
from gongwen_client.services.print_witness import Verifier
from gongwen_client.ui import words
from gongwen_client.ui.receive.verifying_seal import VerifyingSeal
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import FactList, card, step_line
from gongwen_client.ui.widgets.basics import column, holder, label, rule
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError, RefusedError

_DONE = StateWord("成功", "check", Tone.VALID)
_NOT_DONE = StateWord("未打出", "invalid", Tone.INVALID)


class PrintDialog(Sheet):
    """Answers with ``print_wanted(count, printer)``; ``show_outcomes`` turns it into the result page."""

    print_wanted = Signal(int, str)

    def __init__(
        self,
        parent: QWidget | None,
        row: IncomingRow,
        remaining: int,
        next_copy: int,
        printers: Sequence[str],
        verifying: Sequence[KeyCard] | None = None,
    ) -> None:
        super().__init__(
            parent,
            "print_dialog",
            "打印原件",
            "打印的每一份原件都有份号，由交换中心登记；打出后份数不能恢复。",
            picture="print",
            tone="action",
        )
        self.compact(Size.PANEL + 200)
        self._row = row
        self._next = next_copy
        self.body.addWidget(FactList((("标题", row.elements.title), ("发文字号", row.elements.doc_number))))
        self.body.addWidget(rule())
        self.count = QSpinBox()
        self.count.setObjectName("count")
        self.count.setAccessibleName("本次打印份数")
        self.count.setRange(1, max(1, remaining))
        self.count.setSuffix(" 份")
        self.count.setFixedWidth(110)
        self.printer = QComboBox()
        self.printer.setObjectName("printer")
        self.printer.setAccessibleName("打印机")
        for name in printers:
            self.printer.addItem(words.printer(name), name)
        self._numbers = label("", "muted")
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(Space.GROUP)
        form.setVerticalSpacing(Space.INSIDE)
        form.addRow(label("剩余份数", "muted"), label(f"{remaining} / {row.copies} 份"))
        form.addRow(label("本次打印", "muted"), self.count)
        form.addRow(label("份号", "muted"), self._numbers)
        form.addRow(label("打印机", "muted"), self.printer)
        form.addRow(label("版面", "muted"), label("100 % 原大、彩色、逐份打印（固定）"))
        self.verifying = VerifyingSeal(verifying) if verifying is not None else None
        if self.verifying is not None:
            form.addRow(label("验证印章", "muted"), self.verifying)
            self.verifying.changed.connect(self._allow)
        self._form = holder(form)
        self.body.addWidget(self._form)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("正在打印")
        self.progress.hide()
        self.body.addWidget(self.progress)
        self._safe_button = self.add_safe("取消(&C)")
        self.print_button = self.add_action("打印原件(&P)", self._print, picture="print", name="print")
        self.count.valueChanged.connect(lambda _count: self._show_numbers())
        self._show_numbers()
        self._possible = bool(remaining and printers)
        self._allow()
        if verifying is not None and not verifying:
            self.explain(RefusedError("print.verifying_seal_needed"))
        if not self._possible:
            self.count.setEnabled(False)
            self.problem.show_text(
                "打印份数已经用完。" if not remaining else "没有可用的打印机。",
                "请向发文单位申请追加打印份数。" if not remaining else "请安装打印机后再试。",
                "打印份数由交换中心管理",
                Tone.WARNING,
            )

    def _show_numbers(self) -> None:
        first, last = self._next, self._next + self.count.value() - 1
        of = self._row.copies
        self._numbers.setText(
            words.copy_number(first, of) if first == last else f"第 {first}—{last} / {of} 份"
        )

    def _allow(self) -> None:
        witnessed = self.verifying is None or self.verifying.complete
        self.print_button.setEnabled(self._possible and witnessed)

    def take_verifier(self) -> Verifier | None:
        """The 验证印章 key and the PIN just typed, which is gone from the window then."""
        return self.verifying.take() if self.verifying is not None else None

    def _print(self) -> None:
        self.problem.clear()
        self.print_button.setEnabled(False)
        self._safe_button.setEnabled(False)
        self._form.setEnabled(False)
        self.progress.show()
        self.print_wanted.emit(self.count.value(), str(self.printer.currentData()))

    def explain(self, error: GongwenError) -> None:
        """The job could not be done; the form is usable again."""
        self.progress.hide()
        self._form.setEnabled(True)
        self._safe_button.setEnabled(True)
        self._allow()
        super().explain(error)

    def show_outcomes(self, outcomes: Sequence[PrintOutcome]) -> None:
        """One line per copy: printed, or why not."""
        self.progress.hide()
        self._form.hide()
        self.print_button.hide()
        self._safe_button.setEnabled(True)
        self._safe_button.setText("完成(&C)")
        self._safe_button.setFocus()
        good = sum(outcome.printed for outcome in outcomes)
        self.headline.setText(f"已打印 {good} 份，共 {len(outcomes)} 份。")
        lines = [
            step_line(
                _DONE if outcome.printed else _NOT_DONE,
                words.copy_number(outcome.copy_number, outcome.copies),
                outcome.problem or (f"已存为 {outcome.place.name}" if outcome.place else ""),
            )
            for outcome in outcomes
        ]
        self.body.addWidget(label("打印结果", "section"))
        self.body.addWidget(card(holder(column(*lines))))
        if good < len(outcomes):
            self.problem.show_text(
                "未打出的份号已作废，可以重新打印。",
                "请处理打印机故障后再打印。",
                "打印份数由交换中心管理",
                Tone.WARNING,
            )
        self.fit_soon()
