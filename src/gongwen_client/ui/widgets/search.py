"""A field to search with: magnifier at the left, clear button at the right."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit

from gongwen_client.ui.theme import Size
from gongwen_client.ui.widgets.basics import glyph

_LEFT = 10


class SearchField(QLineEdit):
    """``spoken`` is what a screen reader says."""

    def __init__(self, name: str, hint: str, spoken: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setPlaceholderText(hint)
        self.setAccessibleName(spoken)
        self.setClearButtonEnabled(True)
        self.setFixedHeight(Size.CONTROL)
        self.setTextMargins(Size.ICON_SMALL + _LEFT - 2, 0, 0, 0)
        self._mark = glyph("search", "muted", Size.ICON_SMALL)
        self._mark.setParent(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._mark.move(_LEFT, (self.height() - self._mark.height()) // 2)
