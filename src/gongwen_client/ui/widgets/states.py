"""What stands where a list would be: nothing yet, or not here yet."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget

from gongwen_client.ui.theme import Size, Space, colour
from gongwen_client.ui.widgets.basics import column, glyph, label, row

_SKELETON_AFTER_MS = 200


class EmptyState(QWidget):
    """Says what will appear here and what to do now."""

    def __init__(self, picture: str, title: str, advice: str, action: QPushButton | None = None) -> None:
        super().__init__()
        shape = glyph(picture, "line_strong", 48)
        head = label(title, "strong")
        hint = label(advice, "muted")
        for part in (head, hint):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = column(None, gap=Space.INSIDE)
        layout.addWidget(shape, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(Space.INSIDE)
        layout.addWidget(head)
        layout.addWidget(hint)
        if action is not None:
            layout.addSpacing(Space.INSIDE)
            layout.addLayout(row(None, action, None))
        layout.addStretch(2)
        self.setLayout(layout)


class Skeleton(QWidget):
    """Grey bars in the rhythm of the rows; they come only when loading takes more than 200 ms."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("正在载入")
        self._shown = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SKELETON_AFTER_MS)
        self._timer.timeout.connect(self._appear)

    def begin(self) -> None:
        """Loading begins."""
        self._shown = False
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        self._shown = False
        super().hideEvent(event)

    def _appear(self) -> None:
        self._shown = True
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._shown:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("canvas"))
        for line in range(min(8, self.height() // Size.ROW)):
            top = Size.ROW + line * Size.ROW + 12
            share = 0.46 - 0.05 * (line % 3)
            painter.drawRoundedRect(Space.GROUP, top, int(self.width() * share), 12, 4, 4)
            painter.drawRoundedRect(int(self.width() * 0.62), top, int(self.width() * 0.12), 12, 4, 4)
            painter.drawRoundedRect(int(self.width() * 0.82), top, int(self.width() * 0.1), 12, 4, 4)
