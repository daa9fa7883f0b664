"""The verdict in one line above the page: shape, word, one sentence, one action. Never on the page."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame

from gongwen_client.ui.theme import Size, Space, colour
from gongwen_client.ui.theme.icons import pixmap
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import ElidedLabel, button, column, glyph, label, restyle, row
from gongwen_client.ui.words import VERDICTS, StateWord

_REASONS = "查看原因(&Y)"
_CHECKING = StateWord("正在核验", "progress", Tone.NEUTRAL)


class VerdictBar(QFrame):
    """44 px, outside the canvas; cannot be scrolled away."""

    reasons_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("verdict")
        self.setProperty("role", "verdict")
        self.setFixedHeight(Size.VERDICT)
        self._shape = glyph("progress", "muted", 22)
        self._word = label(role="strong")
        self._word.setObjectName("verdict_word")
        self._sentence = ElidedLabel()
        self._advice = ElidedLabel(role="small")
        self._advice.hide()
        self._reasons = button(_REASONS, self.reasons_wanted.emit, kind="link", name="reasons")
        layout = row(gap=Space.INSIDE, margins=(Space.GROUP, 0, Space.INSIDE, 0))
        layout.addWidget(self._shape, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._word)
        layout.addLayout(column(None, self._sentence, self._advice, None, gap=0), 1)
        layout.addWidget(self._reasons)
        self.setLayout(layout)
        self.verdict = ""
        self.show_checking()

    def show_checking(self) -> None:
        """The document is being verified."""
        self.verdict = ""
        self._show(_CHECKING, "正在核验正文、附件、印章和版式")
        self._reasons.hide()

    def show_verdict(self, verdict: str, words: str, advice: str = "", *, reasons: bool = True) -> None:
        """``verdict``: valid, warning, unknown, invalid or unsigned; ``words``: the main reason;
        ``advice``: what to do. Without ``reasons`` nothing leads to them: they stand beneath."""
        self.verdict = verdict
        self._show(VERDICTS[verdict], words, advice)
        self._name_action(_REASONS if reasons else "")

    def show_state(self, state: StateWord, words: str, *, action: str = "") -> None:
        """Something else than a verdict stands here: not sealed yet, could not be checked …"""
        self.verdict = ""
        self._show(state, words)
        self._name_action(action)

    def _name_action(self, text: str) -> None:
        self._reasons.setVisible(bool(text))
        self._reasons.setText(text)
        self._reasons.setAccessibleName(text.partition("(&")[0])

    @property
    def words(self) -> tuple[str, str]:
        """(word, sentence) as shown."""
        return self._word.text(), self._sentence.text()

    def _show(self, state: StateWord, words: str, advice: str = "") -> None:
        self._shape.setPixmap(pixmap(state.shape, colour(state.tone.value).name(), 22))
        self._word.setText(state.word)
        restyle(self._word, tone=state.tone.value)
        self._sentence.setText(words)
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        self.setAccessibleName(f"{state.word}：{words}")
        self.setAccessibleDescription(advice)
        restyle(self, tone=state.tone.value)
