"""A line under the banner: a document came, or something went wrong that has no place of its own."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from gongwen_client.ui.theme import Size, Space, colour
from gongwen_client.ui.theme.icons import pixmap
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import ElidedLabel, button, glyph, restyle, row, tool

_PICTURES = {Tone.INFO: "bell", Tone.INVALID: "invalid", Tone.WARNING: "warning"}


class Toast(QFrame):
    """Stays until it is looked at or closed; never covers anything."""

    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("toast")
        self.setProperty("role", "verdict")
        self._shape = glyph("bell", "info")
        self._text = ElidedLabel()
        self._open = button("查看(&V)", self._look, kind="link", name="toast_open")
        close = tool("close", "关闭提示", self.hide, name="toast_close")
        layout = row(gap=Space.INSIDE, margins=(Space.GROUP, 0, Space.INSIDE, 0))
        layout.addWidget(self._shape)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._open)
        layout.addWidget(close)
        self.setLayout(layout)
        self.setFixedHeight(Size.NOTE)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def show_text(self, text: str, *, tone: Tone = Tone.INFO) -> None:
        """Say something."""
        self._text.setText(text)
        self._shape.setPixmap(pixmap(_PICTURES[tone], colour(tone.value).name(), Size.ICON))
        self._open.setVisible(tone is Tone.INFO)
        self.setAccessibleName(text)
        restyle(self, tone=tone.value)
        self.show()

    def hide_news(self) -> None:
        """A document was opened: news of it need no more telling; an error stays."""
        if self._open.isVisibleTo(self):
            self.hide()

    def _look(self) -> None:
        self.hide()
        self.opened.emit()
