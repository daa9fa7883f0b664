"""Labels, buttons and layouts in the product's manner."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gongwen_client.ui.theme import Size, Space, colour
from gongwen_client.ui.theme.icons import icon, pixmap

Part = QWidget | QLayout | int | None
Box = TypeVar("Box", bound=QBoxLayout)


def label(text: str = "", role: str = "", *, wrap: bool = False, tone: str = "") -> QLabel:
    """A text. ``role`` picks its type (title, strong, muted, small, section …)."""
    result = QLabel(text)
    result.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        result.setProperty("role", role)
    if tone:
        result.setProperty("tone", tone)
    if wrap:
        result.setWordWrap(True)
        result.setMinimumWidth(1)
    return result


def button(
    text: str,
    clicked: Callable[[], object] | None = None,
    *,
    kind: str = "",
    picture: str = "",
    name: str = "",
    tip: str = "",
) -> QPushButton:
    """A button with a word on it. ``kind``: primary, danger, link or plain."""
    result = QPushButton(text)
    result.setAccessibleName(_plain(text))
    result.setAutoDefault(False)
    if kind:
        result.setProperty("kind", kind)
    if picture:
        _put_picture(result, kind, picture)
    if name:
        result.setObjectName(name)
    if tip:
        result.setToolTip(tip)
    if clicked is not None:
        result.clicked.connect(lambda _checked=False: clicked())
    return result


def _put_picture(act: QPushButton, kind: str, picture: str) -> None:
    tint = {"primary": "on_action", "danger": "invalid", "link": "action"}.get(kind, "ink")
    act.setIcon(icon(picture, colour(tint).name()))
    act.setIconSize(QSize(Size.ICON_SMALL, Size.ICON_SMALL))


def change_kind(act: QPushButton, kind: str, picture: str) -> None:
    """Make a button primary, danger or plain (empty) while it is shown."""
    _put_picture(act, kind, picture)
    restyle(act, kind=kind)


def tool(
    picture: str,
    words: str,
    clicked: Callable[[], object] | None = None,
    *,
    name: str = "",
    shortcut: str = "",
    checkable: bool = False,
) -> QToolButton:
    """A button that shows only a picture; ``words`` are its tooltip and its spoken name."""
    result = QToolButton()
    result.setIcon(icon(picture, colour("muted").name(), colour("action").name()))
    result.setIconSize(QSize(Size.ICON, Size.ICON))
    result.setToolTip(f"{words}（{shortcut}）" if shortcut else words)
    result.setAccessibleName(words)
    result.setCheckable(checkable)
    result.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if shortcut:
        result.setShortcut(QKeySequence(shortcut))
    if name:
        result.setObjectName(name)
    if clicked is not None:
        result.clicked.connect(lambda _checked=False: clicked())
    return result


def worded_tool(picture: str, words: str, clicked: Callable[[], object], *, name: str) -> QToolButton:
    """A small button that shows its word beside the picture."""
    result = tool(picture, words, clicked, name=name)
    result.setText(words)
    result.setIconSize(QSize(Size.ICON_SMALL, Size.ICON_SMALL))
    result.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return result


def _plain(text: str) -> str:
    """Spoken name of a text with a mnemonic: 接收(&A) → 接收."""
    head, found, _ = text.partition("(&")
    return head if found else text.replace("&", "")


def glyph(picture: str, tint: str, side: int = Size.ICON) -> QLabel:
    """A picture that stands beside words (never alone)."""
    result = QLabel()
    result.setPixmap(pixmap(picture, colour(tint).name(), side))
    result.setFixedSize(side, side)
    return result


def rule() -> QFrame:
    """One hairline."""
    result = QFrame()
    result.setProperty("role", "rule")
    return result


def row(
    *parts: Part, gap: int = Space.INSIDE, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QHBoxLayout:
    """Parts beside one another; an int is a fixed gap, None takes what is left."""
    return _fill(QHBoxLayout(), parts, gap, margins)


def column(
    *parts: Part, gap: int = Space.INSIDE, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QVBoxLayout:
    """Parts under one another; an int is a fixed gap, None takes what is left."""
    return _fill(QVBoxLayout(), parts, gap, margins)


def _fill(box: Box, parts: tuple[Part, ...], gap: int, margins: tuple[int, int, int, int]) -> Box:
    box.setSpacing(gap)
    box.setContentsMargins(*margins)
    for part in parts:
        if part is None:
            box.addStretch(1)
        elif isinstance(part, int):
            box.addSpacing(part)
        elif isinstance(part, QLayout):
            box.addLayout(part)
        else:
            box.addWidget(part)
    return box


def holder(layout: QLayout, name: str = "") -> QWidget:
    """A bare widget around a layout."""
    result = QWidget()
    result.setLayout(layout)
    if name:
        result.setObjectName(name)
    return result


def restyle(widget: QWidget, **properties: object) -> None:
    """Change properties that the style sheet looks at."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


class ElidedLabel(QLabel):
    """One line that ends in … when the room is short; the whole text is its tooltip and spoken name.
    ``hugs``: takes no more room than its words need, and leaves the rest to its neighbours."""

    def __init__(self, text: str = "", role: str = "", *, hugs: bool = False) -> None:
        super().__init__()
        self._text = ""
        self._hugs = hugs
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def setText(self, text: str) -> None:
        """The whole text."""
        self._text = text
        self.setAccessibleName(text)
        super().setText(text)
        self._mark()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._mark()

    def text(self) -> str:
        """The whole text, also when it is shown short."""
        return self._text

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._mark()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._mark()

    def _mark(self) -> None:
        need = self.fontMetrics().horizontalAdvance(self._text)
        if self._hugs:
            self.setMaximumWidth(need + 2)
        short = need > self.contentsRect().width()
        self.setToolTip(self._text if short else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        space = self.contentsRect()
        shown = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, space.width())
        painter.drawText(space, int(self.alignment() | Qt.TextFlag.TextSingleLine), shown)
