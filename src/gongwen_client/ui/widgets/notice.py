"""An error or hint where its cause is: what happened, what to do, and the rule in small print to copy."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout

from gongwen_client.ui.theme import Size, Space, Tone
from gongwen_client.ui.widgets.basics import column, glyph, label, restyle, row
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.sentences import Sentence, sentence

PICTURES = {
    Tone.VALID: "accept",
    Tone.WARNING: "warning",
    Tone.INVALID: "invalid",
    Tone.NEUTRAL: "unknown",
    Tone.INFO: "info",
}


class Notice(QFrame):
    """Hidden until it has something to say. Screen readers get the whole sentence as its name. ``strip``: a
    line across the page instead of a box."""

    def __init__(self, name: str = "notice", *, strip: bool = False) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "verdict" if strip else "notice")
        self._what = label(wrap=True)
        self._do = label(role="muted", wrap=True)
        self._small = label(role="small", wrap=True)
        self._small.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._pictures = {tone: glyph(picture, tone.value) for tone, picture in PICTURES.items()}
        marks = QVBoxLayout()
        marks.setContentsMargins(0, 0, 0, 0)
        for mark in self._pictures.values():
            marks.addWidget(mark)
        marks.addStretch(1)
        words = column(self._what, self._do, self._small, gap=Space.HAIR)
        side = Space.GROUP if strip else Space.ROW
        layout = row(gap=Space.INSIDE, margins=(side, Space.INSIDE, side, Space.INSIDE))
        layout.addLayout(marks)
        layout.addLayout(words, 1)
        self._whole = layout
        self._of_reading = False
        self.setLayout(layout)
        self.setMinimumHeight(Size.ROW)
        self.hide()

    def explain(self, error: GongwenError) -> None:
        """Show an error in words."""
        self.say(sentence(error), Tone.INVALID)

    def not_read(self, error: GongwenError) -> None:
        """Show why something could not be read; goes with the next reading that succeeds (``read``)."""
        self.explain(error)
        self._of_reading = True

    def read(self) -> None:
        """It was read: what ``not_read`` said is over, all else stays."""
        if self._of_reading:
            self.clear()

    def say(self, words: Sentence, tone: Tone = Tone.INFO) -> None:
        """Show a sentence of the catalogue."""
        self.show_text(
            words.what, words.do, " · ".join(part for part in (words.rule, words.code) if part), tone
        )

    def show_text(self, what: str, do: str = "", small: str = "", tone: Tone = Tone.INFO) -> None:
        """Show words that are not an error."""
        self._of_reading = False
        for text, where in ((what, self._what), (do, self._do), (small, self._small)):
            where.setText(text)
            where.setVisible(bool(text))
        for mark_tone, mark in self._pictures.items():
            mark.setVisible(mark_tone is tone)
        self.setAccessibleName(" ".join(part for part in (what, do, small) if part))
        restyle(self, tone=tone.value)
        self.show()

    def add_act(self, act: QPushButton) -> None:
        """Something to do about it, at the right."""
        self._whole.addWidget(act)

    def clear(self) -> None:
        """Nothing to say any more."""
        self._of_reading = False
        self.setAccessibleName("")
        self.hide()

    @property
    def text(self) -> str:
        """What it says now, for tests and screen readers."""
        return self.accessibleName()
