"""Results of checks as a list: shape, what was checked, the word, what was found and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from gongwen_client.domain.checks import Check, CheckState
from gongwen_client.services.faults import CHECK_WORDS
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import column, glyph, holder, label, row, rule
from gongwen_client.ui.words import StateWord

CHECK_STATES = {
    CheckState.OK: StateWord(CHECK_WORDS[CheckState.OK], "valid", Tone.VALID),
    CheckState.NOTICE: StateWord(CHECK_WORDS[CheckState.NOTICE], "warning", Tone.WARNING),
    CheckState.FAILED: StateWord(CHECK_WORDS[CheckState.FAILED], "invalid", Tone.INVALID),
    CheckState.UNKNOWN: StateWord(CHECK_WORDS[CheckState.UNKNOWN], "unknown", Tone.NEUTRAL),
}
_TITLE_WIDTH = 132
_WORD_WIDTH = 64
_ORDER = (CheckState.FAILED, CheckState.NOTICE, CheckState.UNKNOWN, CheckState.OK)


def worst(checks: Sequence[Check]) -> CheckState:
    """The state that a person has to know first."""
    found = {one.state for one in checks}
    return next((state for state in _ORDER if state in found), CheckState.OK)


class CheckRow(QWidget):
    """One check; the advice stands under what was found."""

    def __init__(self, check: Check) -> None:
        super().__init__()
        state = CHECK_STATES[check.state]
        title = label(check.title)
        title.setFixedWidth(_TITLE_WIDTH)
        word = label(state.word, tone=state.tone.value)
        word.setFixedWidth(_WORD_WIDTH)
        said = column(label(check.said, wrap=True), gap=2)
        if check.do:
            said.addWidget(label(check.do, "muted", wrap=True))
        line = row(gap=Space.INSIDE, margins=(0, Space.HAIR, 0, Space.HAIR))
        top = Qt.AlignmentFlag.AlignTop
        line.addLayout(column(2, glyph(state.shape, state.tone.value, 18), None, gap=0))
        line.addWidget(title, 0, top)
        line.addWidget(word, 0, top)
        line.addLayout(said, 1)
        self.setLayout(line)
        self.setAccessibleName(f"{check.title}：{state.word} {check.said} {check.do}".strip())


class CheckCard(QFrame):
    """Checks of one kind under their heading; until they come it says so."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.checks: tuple[Check, ...] = ()
        self._summary: QLabel = label("正在检查", "muted")
        self._lines: QVBoxLayout = column(gap=0)
        head = row(label(title, "strong"), None, self._summary, margins=(0, 0, 0, Space.HAIR))
        inside = column(gap=Space.HAIR, margins=(Space.GROUP, Space.ROW, Space.GROUP, Space.ROW))
        inside.addLayout(head)
        inside.addLayout(self._lines)
        self.setLayout(inside)
        self._title = title
        self.setAccessibleName(title)

    def begin(self) -> None:
        """The checks are being made."""
        self._summary.setText("正在检查")

    def show_checks(self, checks: Sequence[Check]) -> None:
        """Replace what is shown."""
        self.checks = tuple(checks)
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, check in enumerate(self.checks):
            if number:
                self._lines.addWidget(rule())
            self._lines.addWidget(CheckRow(check))
        bad = sum(not one.good for one in self.checks)
        self._summary.setText(f"{bad} 项需要留意" if bad else f"{len(self.checks)} 项正常")
        self.setAccessibleName(f"{self._title}：{self._summary.text()}")


def stack_of(cards: Sequence[QWidget]) -> QWidget:
    """Cards under one another."""
    return holder(column(*cards, None, gap=Space.ROW, margins=(0, 0, Space.ROW, Space.GROUP)))
