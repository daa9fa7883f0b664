"""Copies while they are printed and afterwards: a line for each, and a person's word about those in doubt."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QWidget

from gongwen_client.domain.rows import PrintOutcome
from gongwen_client.ui import words
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import card
from gongwen_client.ui.widgets.basics import button, column, holder, label, row
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.words import StateWord

WAITING = StateWord("等待", "circle", Tone.NEUTRAL)
PRINTING = StateWord("正在打印", "progress", Tone.INFO)
DONE = StateWord("成功", "check", Tone.VALID)
IN_DOUBT = StateWord("待确认", "half", Tone.WARNING)
VOID = StateWord("作废", "stop", Tone.INVALID)

VOID_REASONS = ("卡纸", "缺纸", "字迹不清或有污损", "没有打完", "颜色或版面不对", "没有出纸")
"""Why a copy did not come out as it should; the exchange and the sender read it."""


class CopyAnswer(QWidget):
    """已打出 / 未打出: ``answered(printed, reason)``."""

    answered = Signal(bool, str)

    def __init__(self, what: str) -> None:
        super().__init__()
        self.yes_button = button("已打出(&O)", lambda: self.answered.emit(True, ""), name="came_out")
        self.yes_button.setAccessibleName(f"{what}已打出")
        self.no_button: QPushButton = button("未打出(&W)", name="did_not_come_out")
        self.no_button.setAccessibleName(f"{what}未打出，选择原因")
        self.reasons = QMenu(self)
        for reason in VOID_REASONS:
            action = self.reasons.addAction(reason)
            action.triggered.connect(lambda _on=False, reason=reason: self.answered.emit(False, reason))
        self.no_button.setMenu(self.reasons)
        self.setLayout(row(self.yes_button, self.no_button))


class CopyLine(QWidget):
    """One numbered copy. ``answered(ticket_id, printed, reason)``."""

    answered = Signal(str, bool, str)

    def __init__(self, number: int, copies: int) -> None:
        super().__init__()
        self.number = number
        self._title = words.copy_number(number, copies)
        self.chip = Chip(WAITING)
        self._note: QLabel = label("", "small", wrap=True)
        self._note.hide()
        self._ticket = ""
        self.answer = CopyAnswer(self._title)
        self.answer.answered.connect(self._told)
        self.answer.hide()
        head = row(label(self._title), None, self.chip, self.answer, gap=Space.ROW)
        self.setLayout(column(head, self._note, gap=2))

    def show_state(self, state: StateWord, note: str = "") -> None:
        """The copy's state, and what there is to say about it."""
        self.chip.show_state(state)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.setAccessibleName(f"{self._title}：{state.word} {note}")

    def show_outcome(self, outcome: PrintOutcome) -> None:
        """What became of it; one in doubt asks for a person's word."""
        self._ticket = outcome.ticket_id
        self.answer.setVisible(outcome.in_doubt)
        if outcome.printed:
            saved = f"已存为 {outcome.place.name}" if outcome.place else ""
            room = f"有 {outcome.unmarked_pages} 页上边距不空，没有验真码" if outcome.unmarked_pages else ""
            self.show_state(DONE, "；".join(part for part in (saved, room) if part))
        else:
            said, _small = words.said_parts(outcome.problem)
            self.show_state(IN_DOUBT if outcome.in_doubt else VOID, said)

    def _told(self, printed: bool, reason: str) -> None:
        self.answer.hide()
        self.show_state(DONE if printed else VOID, "" if printed else f"{reason}；份号可以重新打印")
        self.answered.emit(self._ticket, printed, reason)

    @property
    def state(self) -> str:
        """The word it shows."""
        return self.chip.word


class CopyLines(QWidget):
    """The lines of one act of printing. ``answered`` as of a line."""

    answered = Signal(str, bool, str)

    def __init__(self) -> None:
        super().__init__()
        self._place = column(gap=Space.ROW)
        self.setLayout(column(card(holder(self._place)), gap=0))
        self.lines: list[CopyLine] = []

    def begin(self, numbers: Sequence[int], copies: int) -> None:
        """Lines for these copies, all waiting, below those of an earlier act."""
        for number in numbers:
            line = CopyLine(number, copies)
            line.answered.connect(self.answered)
            self.lines.append(line)
            self._place.addWidget(line)

    def line(self, number: int, copies: int) -> CopyLine:
        """The newest line of a copy; made when the exchange gave another number than was expected."""
        for line in reversed(self.lines):
            if line.number == number:
                return line
        self.begin((number,), copies)
        return self.lines[-1]

    def retire(self, state: StateWord) -> None:
        """Take the lines away that show ``state``: their copies are tried again."""
        for line in [line for line in self.lines if line.state == state.word]:
            self.lines.remove(line)
            line.hide()
            line.deleteLater()

    def count(self, state: StateWord) -> int:
        """How many lines show it."""
        return sum(line.state == state.word for line in self.lines)
