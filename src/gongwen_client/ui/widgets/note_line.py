"""A notice in one line, so that the paper keeps its room: shape, sentence, source, what can be done."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QPushButton

from gongwen_client.ui.theme import Size, Space, Tone
from gongwen_client.ui.widgets.basics import ElidedLabel, glyph, restyle, row
from gongwen_client.ui.widgets.notice import PICTURES


class NoteLine(QFrame):
    """What does not fit is in the tooltip; screen readers get it all."""

    def __init__(self, name: str, what: str, rest: str, tone: Tone, *acts: QPushButton) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "verdict")
        self.setFixedHeight(Size.NOTE)
        layout = row(gap=Space.INSIDE, margins=(Space.GROUP, 0, Space.GROUP, 0))
        layout.addWidget(glyph(PICTURES[tone], tone.value))
        layout.addWidget(ElidedLabel(what), 3)
        if rest:
            layout.addWidget(ElidedLabel(rest, "small", hugs=True), 2)
        for act in acts:
            layout.addWidget(act)
        self.setLayout(layout)
        self.setAccessibleName(" ".join(part for part in (what, rest) if part))
        restyle(self, tone=tone.value)

    @property
    def text(self) -> str:
        """What it says, for tests and screen readers."""
        return self.accessibleName()
