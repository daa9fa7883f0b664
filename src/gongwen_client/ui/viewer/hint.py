"""A line at the lower edge of the paper: where a link leads, what was copied, why something cannot be."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from gongwen_client.ui import words
from gongwen_client.ui.theme import Space
from gongwen_client.ui.widgets.basics import ElidedLabel, button, restyle, row
from gongwen_crypto.errors import GongwenError

_SHOWN_MS = 4000
_LONGER_MS = 10_000
_MARGIN = 12


class Hint(QFrame):
    """Comes and goes by itself and takes no room from the paper."""

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area)
        self.setObjectName("hint")
        self.setProperty("role", "hint")
        self._area = area
        self._text = ElidedLabel()
        self._act = button("", self._copy, kind="link", name="hint_copy")
        self._copied = ""
        self._link = False
        layout = row(self._text, self._act, gap=Space.INSIDE, margins=(Space.ROW, 4, Space.ROW, 4))
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self._act.hide()
        self.hide()
        area.installEventFilter(self)

    @property
    def text(self) -> str:
        """What it says now; empty while it is hidden."""
        return self._text.text() if not self.isHidden() else ""

    def say(self, text: str, *, warning: bool = False) -> None:
        """Say something for some seconds."""
        self._act.hide()
        self._show(text, warning=warning)
        self._timer.start(_LONGER_MS if warning else _SHOWN_MS)

    def explain(self, error: GongwenError) -> None:
        """Say for some seconds why something could not be done."""
        self.say(words.explained_in_line(error), warning=True)

    def offer(self, text: str, act: str, copied: str) -> None:
        """Say something and offer to copy ``copied``."""
        self._copied = copied
        self._act.setText(act)
        self._act.setAccessibleName(act)
        self._act.show()
        self._show(text, warning=False)
        self._timer.start(_LONGER_MS)

    def show_link(self, text: str) -> None:
        """While the mouse is over a link; what was said before is not cut short."""
        if self._timer.isActive():
            return
        self._act.hide()
        self._show(text, warning=False)
        self._link = True

    def end_link(self) -> None:
        """The mouse left the link."""
        if self._link and not self._timer.isActive():
            self.hide()
        self._link = False

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._copied)
        self.say("已复制网址。")

    def _show(self, text: str, *, warning: bool) -> None:
        self._text.setText(text)
        self.setAccessibleName(text)
        restyle(self, tone="warning" if warning else "plain")
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        room = self._area.viewport().geometry()
        most = room.width() - 2 * _MARGIN
        words = self._text.fontMetrics().horizontalAdvance(self._text.text()) + 2 * Space.ROW + 8
        if not self._act.isHidden():
            words += self._act.sizeHint().width() + Space.INSIDE
        height = self.sizeHint().height()
        self.setGeometry(
            room.left() + _MARGIN, room.bottom() - height - _MARGIN, max(1, min(words, most)), height
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)
