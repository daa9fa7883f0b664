"""The frame of every dialog: consequence first, then facts, then the verb on a button.

Dialogs are opened with ``open()`` and answer with signals, never with ``exec()``: nothing blocks, and a
program (the demo, a test) can drive them like a person.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gongwen_client.ui.theme import Space
from gongwen_client.ui.widgets.basics import button, column, glyph, holder, label, row
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.scrolled import Unrolled
from gongwen_crypto.errors import GongwenError

_TITLE_BAR = 40
"""What a window manager takes for it, in px, as long as it has not said so."""


class Sheet(QDialog):
    """A window-modal dialog. ``headline`` says what will happen; ``body`` is the layout to fill."""

    def __init__(
        self,
        parent: QWidget | None,
        name: str,
        title: str,
        headline: str,
        *,
        picture: str = "",
        tone: str = "ink",
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.headline = label(headline, "strong", wrap=True)
        self.headline.setObjectName("headline")
        head = row(gap=Space.ROW, margins=(Space.SECTION, Space.SECTION, Space.SECTION, Space.INSIDE))
        if picture:
            head.addWidget(glyph(picture, tone, 24), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.headline, 1)
        self.body: QVBoxLayout = column(
            gap=Space.ROW, margins=(Space.SECTION, Space.INSIDE, Space.SECTION, Space.GROUP)
        )
        self.problem = Notice("problem")
        self.buttons: QHBoxLayout = row(
            None, gap=Space.INSIDE, margins=(Space.SECTION, Space.ROW, Space.SECTION, Space.ROW)
        )
        footer = holder(self.buttons, "footer")
        footer.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        problem = column(self.problem, margins=(Space.SECTION, 0, Space.SECTION, Space.GROUP))
        self._content = holder(self.body, "plain")
        self._scroll: Unrolled | None = None
        whole = column(gap=0)
        whole.addLayout(head)
        whole.addWidget(self._content, 1)
        whole.addLayout(problem)
        whole.addWidget(footer)
        self.setLayout(whole)
        self._safe: QPushButton | None = None
        self._width = 0

    def compact(self, width: int) -> None:
        """A dialog of this width, as high as its words need. Where that is more than the screen has, the body
        scrolls: what the dialog is about, its error and its buttons stay in sight."""
        self.setFixedWidth(width)
        self._width = width
        whole = self.layout()
        assert isinstance(whole, QVBoxLayout)
        place = whole.indexOf(self._content)
        whole.removeWidget(self._content)
        self._scroll = Unrolled(self._content)
        whole.insertWidget(place, self._scroll, 1)

    def fit(self) -> None:
        """Follow what the dialog shows now: a compact one is as high as its words need, another one grows
        where they need more."""
        whole = self.layout()
        if whole is None:
            return
        whole.invalidate()
        whole.activate()
        room = self._room()
        if self._scroll is None:
            wide = self.width()
            least = whole.totalMinimumHeightForWidth(wide) if whole.hasHeightForWidth() else 0
            if least > self.height():
                self.resize(wide, min(least, room))
            return
        self._scroll.limit(None)
        high = whole.totalHeightForWidth(self._width)
        if high > room:
            self._scroll.limit(self._scroll.height_at(self._width) - (high - room))
        self.setFixedHeight(min(high, room))

    def _room(self) -> int:
        """How high the dialog may be, in px, so that its title bar and all of it are on the screen."""
        frame = max(self.frameGeometry().height() - self.height(), _TITLE_BAR)
        return self.screen().availableGeometry().height() - frame

    def fit_soon(self) -> None:
        """Fit once new parts have got their look."""
        QTimer.singleShot(0, self, self.fit)

    def add_safe(self, text: str) -> QPushButton:
        """The button that changes nothing: it has the focus and answers Esc."""
        safe = button(text, self.reject, name="safe")
        self.buttons.addWidget(safe)
        self._safe = safe
        return safe

    def add_action(
        self,
        text: str,
        clicked: Callable[[], object],
        *,
        kind: str = "primary",
        picture: str = "",
        name: str = "act",
    ) -> QPushButton:
        """The button that does what the headline says; its text is a verb."""
        act = button(text, clicked, kind=kind, picture=picture, name=name)
        self.buttons.addWidget(act)
        return act

    def explain(self, error: GongwenError) -> None:
        """Show an error inside the dialog; everything typed stays."""
        self.problem.explain(error)
        self.fit_soon()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit()
        self.fit_soon()
        if self._safe is not None and not self.focusWidget():
            self._safe.setFocus()


def boxed(part: QWidget) -> QFrame:
    """``part`` with a hairline around it."""
    frame = QFrame()
    frame.setProperty("role", "boxed")
    frame.setLayout(column(part, margins=(1, 1, 1, 1)))
    return frame
