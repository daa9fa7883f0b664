"""打印原件: what is left, how many now, which printer; then each numbered copy as it comes, and what is to be
done about those that did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QFormLayout, QSpinBox, QWidget

from gongwen_client.domain.rows import IncomingRow, PrintOutcome, PrintQuota, TrialPrint
from gongwen_client.host.printing import Printer, Sides
from gongwen_client.services.keys import KeyCard
from gongwen_client.services.print_witness import Verifier
from gongwen_client.ui import words
from gongwen_client.ui.receive.copy_lines import DONE, IN_DOUBT, PRINTING, VOID, CopyLines
from gongwen_client.ui.receive.printer_choice import PrinterChoice
from gongwen_client.ui.receive.verifying_seal import VerifyingSeal
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import FactList
from gongwen_client.ui.widgets.basics import button, holder, label, row, rule
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_crypto.errors import GongwenError, RefusedError
from gongwen_protocol.messages import PrintTicket

_LOOK_AGAIN_MS = 4000
_SIDES = ((Sides.BOTH, "双面（沿长边翻转）"), (Sides.ONE, "单面"))


@dataclass(frozen=True)
class PrintChance:
    """What the dialog needs to know. ``verifying``: keys of the 验证印章 where the region wants one;
    ``marked``: copies carry a mark (验真码); ``more_allowed``: further copies can be asked for; ``sides``:
    what is proposed."""

    quota: PrintQuota
    printers: tuple[Printer, ...]
    verifying: Sequence[KeyCard] | None = None
    marked: bool = False
    more_allowed: bool = True
    sides: Sides = Sides.BOTH


class PrintDialog(Sheet):
    """Answers with ``print_wanted(count, printer, sides)``; ``show_step`` and ``show_outcomes`` tell it how
    that goes. ``resolved(ticket_id, printed, reason)``: a person's word about a copy in doubt."""

    print_wanted = Signal(int, str, object)
    resolved = Signal(str, bool, str)
    printers_wanted = Signal()
    trial_wanted = Signal(str)
    more_copies_wanted = Signal()

    def __init__(self, parent: QWidget | None, row: IncomingRow, chance: PrintChance) -> None:
        super().__init__(
            parent,
            "print_dialog",
            "打印原件",
            "打印的每一份原件都有份号，由交换中心登记；打出后份数不能恢复。",
            picture="print",
            tone="action",
        )
        self.compact(Size.PANEL + 220)
        self._row = row
        self._chance = chance
        self._busy = False
        self.body.addWidget(FactList((("标题", row.elements.title), ("发文字号", row.elements.doc_number))))
        self.body.addWidget(rule())
        self.printer = PrinterChoice(chance.printers)
        verifying = chance.verifying
        self.verifying = VerifyingSeal(verifying) if verifying is not None else None
        self._form = holder(self._fields())
        self.body.addWidget(self._form)
        self.copies = CopyLines()
        self.copies.answered.connect(self._answered)
        self.copies.hide()
        self.body.addWidget(self.copies)
        self.body.addStretch(1)
        self._safe_button = self.add_safe("取消(&C)")
        self.print_button = self.add_action("打印原件(&P)", self._print, picture="print", name="print")
        self.again_button = self.add_action("重新打印(&R)", self._again, picture="print", name="print_again")
        self.again_button.hide()
        self._again_timer = QTimer(self)
        self._again_timer.setInterval(_LOOK_AGAIN_MS)
        self._again_timer.timeout.connect(self.printers_wanted)
        self._connect()
        self._show_numbers()
        self._explain_quota()
        self._allow()

    def _fields(self) -> QFormLayout:
        quota = self._chance.quota
        self.count = QSpinBox()
        self.count.setObjectName("count")
        self.count.setAccessibleName("本次打印份数")
        self.count.setRange(1, max(1, quota.left))
        self.count.setSuffix(" 份")
        self.count.setFixedWidth(110)
        self.count.lineEdit().setTextMargins(Space.INSIDE, 0, 0, 0)
        self.sides = QComboBox()
        self.sides.setObjectName("sides")
        self.sides.setAccessibleName("单面或双面")
        for sides, name in _SIDES:
            self.sides.addItem(name, sides.value)
        self.sides.setCurrentIndex(self.sides.findData(self._chance.sides.value))
        self._numbers = label("", "muted")
        self.more_button = button(
            "申请追加份数(&A)…", self.more_copies_wanted.emit, kind="link", name="more_copies"
        )
        self.more_button.setVisible(self._chance.more_allowed)
        self.remaining = label(f"{quota.left} 份（共 {quota.copies} 份）")
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(Space.GROUP + Space.HAIR)
        form.setVerticalSpacing(Space.INSIDE)
        form.addRow(label("剩余份数", "muted"), row(self.remaining, None, self.more_button))
        form.addRow(label("本次打印", "muted"), row(self.count, self._numbers, None, gap=Space.ROW))
        form.addRow(label("打印机", "muted"), self.printer)
        form.addRow(label("纸张", "muted"), self.sides)
        fixed = "100 % 原大、彩色、逐份打印（固定）"
        form.addRow(label("版面", "muted"), label(fixed))
        if self._chance.marked:
            form.addRow(label("验真码", "muted"), label("打在每页上边距，版心以外；纸上的份数可凭它核对"))
        if self.verifying is not None:
            form.addRow(label("验证印章", "muted"), self.verifying)
        return form

    def _connect(self) -> None:
        self.count.valueChanged.connect(lambda _count: self._show_numbers())
        self.printer.changed.connect(self._allow)
        self.printer.look_wanted.connect(self.printers_wanted)
        self.printer.trial_wanted.connect(self.trial_wanted)
        if self.verifying is not None:
            self.verifying.changed.connect(self._allow)

    # -- the form -------------------------------------------------------------------------------------------

    def _show_numbers(self) -> None:
        numbers = self._chance.quota.next_numbers[: self.count.value()]
        if not numbers:
            self._numbers.setText("")
        elif numbers[-1] - numbers[0] == len(numbers) - 1 and len(numbers) > 1:
            self._numbers.setText(f"份号 {numbers[0]}—{numbers[-1]}")
        else:
            listed = "、".join(str(number) for number in numbers)
            self._numbers.setText(f"份号 {listed}")

    def _explain_quota(self) -> None:
        quota, verifying = self._chance.quota, self._chance.verifying
        if not quota.left:
            self.count.setEnabled(False)
            ask = "请向发文单位申请追加打印份数。" if self._chance.more_allowed else ""
            self.problem.show_text("打印份数已经用完。", ask, "打印份数由交换中心管理", Tone.WARNING)
        elif not self._chance.printers:
            self.problem.show_text("没有可用的打印机。", "请安装打印机后再试。", "", Tone.WARNING)
        elif verifying is not None and not verifying:
            super().explain(RefusedError("print.verifying_seal_needed"))
        elif quota.in_doubt:
            self.problem.show_text(
                f"有 {quota.in_doubt} 份还没有确认是否打出，暂不计入剩余份数。",
                "请先在“打印记录”中查看纸张后确认。",
                "",
                Tone.WARNING,
            )

    def _allow(self) -> None:
        witnessed = self.verifying is None or self.verifying.complete
        possible = bool(self._chance.quota.left) and self.printer.ready
        self.print_button.setEnabled(possible and witnessed and not self._busy)
        if self.printer.ready or not self.isVisible():
            self._again_timer.stop()
        elif not self._busy and not self._again_timer.isActive():
            self._again_timer.start()  # paper is put in while the dialog is open

    def show_printers(self, printers: Sequence[Printer]) -> None:
        """The printers were asked again."""
        if not self._busy:
            self.printer.show_printers(printers)

    def show_trial(self, trial: TrialPrint) -> None:
        """What became of a test sheet."""
        if trial.problem:
            self.problem.show_text(trial.problem, "", "", Tone.WARNING)
        else:
            place = f"，已存为 {trial.place.name}" if trial.place else ""
            self.problem.show_text(f"测试页已打印{place}。", "请用直尺量两条标尺，都应为 100 毫米。")
        self.fit_soon()

    def take_verifier(self) -> Verifier | None:
        """The 验证印章 key and the PIN just typed, which is gone from the window then."""
        return self.verifying.take() if self.verifying is not None else None

    # -- printing -------------------------------------------------------------------------------------------

    def _print(self) -> None:
        self.problem.clear()
        self._set_busy(busy=True)
        self.print_wanted.emit(self.count.value(), self.printer.name, Sides(self.sides.currentData()))

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self._form.setEnabled(not busy)
        self._safe_button.setEnabled(not busy)
        self._allow()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._allow()

    def reject(self) -> None:
        """Not while copies are printed: what becomes of them is told here."""
        if not self._busy:
            super().reject()

    def show_step(self, ticket: PrintTicket, outcome: PrintOutcome | None) -> None:
        """A copy goes to the printer, or came back from it."""
        if self.copies.isHidden():
            self._form.hide()
            self.copies.show()
        line = self.copies.line(ticket.copy_number, ticket.copies)
        if outcome is None:
            line.show_state(PRINTING)
            self.headline.setText(f"正在打印{words.copy_number(ticket.copy_number, ticket.copies)}…")
        else:
            line.show_outcome(outcome)
        self.fit_soon()

    def explain(self, error: GongwenError) -> None:
        """The job could not be done; the form is usable again."""
        self._set_busy(busy=False)
        self._form.show()
        self.copies.setVisible(bool(self.copies.lines))
        super().explain(error)
        if error.code.startswith("host.printer"):
            self.printers_wanted.emit()  # its state above the words is another by now

    def show_outcomes(self, outcomes: Sequence[PrintOutcome]) -> None:
        """One line per copy: printed, or why not; what failed can be printed again at once."""
        self._set_busy(busy=False)
        self._form.hide()
        self.copies.show()
        for outcome in outcomes:
            self.copies.line(outcome.copy_number, outcome.copies).show_outcome(outcome)
        self.print_button.hide()
        self._safe_button.setText("完成(&C)")
        self._safe_button.setFocus()
        self._sum_up()

    def _answered(self, ticket_id: str, printed: bool, reason: str) -> None:
        self.resolved.emit(ticket_id, printed, reason)
        self._sum_up()

    def _sum_up(self) -> None:
        good, void, doubt = (self.copies.count(state) for state in (DONE, VOID, IN_DOUBT))
        self.headline.setText(f"已打印 {good} 份，共 {len(self.copies.lines)} 份。")
        self.again_button.setText(f"重新打印未打出的 {void} 份(&R)")
        self.again_button.setVisible(void > 0)
        self.again_button.setEnabled(not doubt)
        if doubt:
            self.problem.show_text(
                f"有 {doubt} 份打印机没有回报结果。",
                "请查看纸张后在上面选择“已打出”或“未打出”；也可以关闭窗口，以后在“打印记录”中确认。",
                "",
                Tone.WARNING,
            )
        elif void:
            self.problem.show_text(
                "未打出的份号已作废，可以重新打印，不占用新的份数。",
                "请先处理打印机（取出卡纸、补纸、盖好盖板）。",
                "打印份数由交换中心管理",
                Tone.WARNING,
            )
        else:
            self.problem.clear()
        self.fit_soon()

    def _again(self) -> None:
        """The same numbers once more; a region's 验证印章 signs each act of printing, so its PIN is asked for
        again."""
        count = self.copies.count(VOID)
        self.problem.clear()
        self.again_button.hide()
        self.copies.retire(VOID)
        self.count.setRange(1, count)
        self.count.setValue(count)
        self.print_button.show()
        self._form.show()
        self.remaining.setText(f"作废的 {count} 份")
        self._numbers.setText("")
        self.headline.setText(f"重新打印未打出的 {count} 份。")
        self.printers_wanted.emit()
        if self.verifying is None and self.printer.ready:
            self._print()
        else:
            self._safe_button.setText("取消(&C)")
            self._allow()
            self.fit_soon()
