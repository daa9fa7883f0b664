"""The reports that were handed in: state, answer, and how long the administrators have left."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gongwen_client.domain.faults import FaultCase
from gongwen_client.services.faults import KINDS, STATES
from gongwen_client.ui import words
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import ElidedLabel, column, holder, label, row
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.words import StateWord
from gongwen_protocol.faults import FaultState

FAULT_STATES = {
    FaultState.OPEN: StateWord(STATES[FaultState.OPEN], "half", Tone.WARNING),
    FaultState.ANSWERED: StateWord(STATES[FaultState.ANSWERED], "info", Tone.INFO),
    FaultState.CLOSED: StateWord(STATES[FaultState.CLOSED], "check", Tone.VALID),
}
WAITING = StateWord("等待送出", "progress", Tone.INFO)
NOT_TAKEN = StateWord("未送达", "invalid", Tone.INVALID)
LATE = StateWord("已逾期", "warning", Tone.INVALID)


def state_of(case: FaultCase, now: datetime) -> StateWord:
    """How a report stands at the exchange's time ``now``."""
    if case.view is None:
        return NOT_TAKEN if case.refusal else WAITING
    left = case.left(now)
    return LATE if left is not None and left < timedelta(0) else FAULT_STATES[case.view.state]


def clock_words(case: FaultCase, now: datetime) -> str:
    """What the 24 hours say, in words."""
    if case.view is None:
        return case.refusal or "登录并连上交换中心后自动送出。"
    left = case.left(now)
    if left is not None:
        hours, minutes = divmod(abs(int(left.total_seconds())) // 60, 60)
        span = f"{hours} 小时 {minutes} 分"
        if left < timedelta(0):
            return f"已超过答复时限 {span}，管理员应当书面通知解决办法。"
        return f"还有 {span}应当答复（{words.when(case.view.due_at)} 前）。"
    if case.view.state is FaultState.OPEN:
        return "管理员应当及时处理（本地区没有规定小时数）。"
    return f"{words.when(case.view.answered_at)} 答复：{case.view.answer}"


class CaseCard(QFrame):
    """One report."""

    def __init__(self, case: FaultCase, now: datetime) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.case = case
        state = state_of(case, now)
        head = row(label(KINDS[case.report.kind], "strong"), None, Chip(state))
        said = ElidedLabel(" ".join(case.report.said.split()), "muted")
        handled = f"　{case.view.handled_by}" if case.view is not None else ""
        small = ElidedLabel(f"{words.when(case.written_at)}{handled}", "small")
        inside = column(gap=Space.HAIR, margins=(Space.ROW, Space.INSIDE, Space.ROW, Space.INSIDE))
        inside.addLayout(head)
        inside.addWidget(said)
        inside.addWidget(label(clock_words(case, now), wrap=True))
        inside.addWidget(small)
        self.setLayout(inside)
        self.setAccessibleName(f"{KINDS[case.report.kind]}，{state.word}，{clock_words(case, now)}")


class CaseList(QWidget):
    """All reports, the newest first."""

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[CaseCard] = []
        self._lines: QVBoxLayout = column(gap=Space.INSIDE)
        self._empty = label("还没有送过故障报告。", "muted", wrap=True)
        self.setLayout(column(self._empty, holder(self._lines), None, gap=0))

    def show_cases(self, cases: list[FaultCase], now: datetime) -> None:
        """Replace what is shown."""
        for card in self.cards:
            card.hide()
            card.deleteLater()
        self.cards = [CaseCard(case, now) for case in cases]
        for card in self.cards:
            self._lines.addWidget(card)
        self._empty.setVisible(not cases)
