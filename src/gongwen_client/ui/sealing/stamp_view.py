"""The page with the seal where it will be; the seal can be dragged or nudged with the arrow keys."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPen

from gongwen_client.domain.drafts import StampPlace
from gongwen_client.ui.theme import colour
from gongwen_client.ui.viewer.page_view import PageView

_NUDGE_MM = 1.0
_FINE_MM = 0.2


class StampView(PageView):
    """Shows where the stamp will be; ``moved`` follows every change of its place."""

    moved = Signal()

    def __init__(self) -> None:
        super().__init__("stamp_view", "盖章位置预览，用方向键移动印章")
        self.place: StampPlace | None = None
        self._picture: QImage | None = None
        self._grip: tuple[float, float] | None = None
        self.viewport().setMouseTracking(True)

    def show_stamp(self, place: StampPlace, picture: QImage | None) -> None:
        """Put the seal's picture at ``place`` and bring it into sight."""
        self.place, self._picture = place, picture
        self.centre_on(place.page_index, place.y + place.height / 2)
        self.viewport().update()

    def move_to(self, page: int, x: float, y: float) -> None:
        """Top left corner in mm; kept on the paper."""
        if self.place is None or not 0 <= page < self.page_count:
            return
        paper = self._sizes[page]
        left = min(max(0.0, x), paper.width - self.place.width)
        top = min(max(0.0, y), paper.height - self.place.height)
        self.place = replace(self.place, page_index=page, x=round(left, 2), y=round(top, 2), confident=True)
        self.viewport().update()
        self.moved.emit()

    def paint_over(self, painter: QPainter, page: int, box: QRectF) -> None:
        if self.place is None or page != self.place.page_index:
            return
        area = self._stamp_box(box)
        if self._picture is not None:
            painter.save()
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
            painter.drawImage(area, self._picture)
            painter.restore()
        pen = QPen(colour("action"), 2 if self.hasFocus() else 1, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(-3, -3, 3, 3))

    def _stamp_box(self, box: QRectF) -> QRectF:
        assert self.place is not None
        scale = box.width() / self._sizes[self.place.page_index].width
        return QRectF(
            box.x() + self.place.x * scale,
            box.y() + self.place.y * scale,
            self.place.width * scale,
            self.place.height * scale,
        )

    def _over_stamp(self, point: QPointF) -> bool:
        if self.place is None or self.place.page_index >= self.page_count:
            return False
        return self._stamp_box(self.box_of(self.place.page_index)).contains(point)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        where = self.at(event.position())
        if where is not None and self.place is not None and self._over_stamp(event.position()):
            self._grip = (where[1] - self.place.x, where[2] - self.place.y)
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._over_stamp(event.position())
        self.viewport().setCursor(
            Qt.CursorShape.SizeAllCursor if over or self._grip else Qt.CursorShape.ArrowCursor
        )
        where = self.at(event.position())
        if self._grip is not None and where is not None:
            self.move_to(where[0], where[1] - self._grip[0], where[2] - self._grip[1])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or self.place is None:
            super().keyPressEvent(event)
            return
        length = _FINE_MM if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _NUDGE_MM
        self.move_to(self.place.page_index, self.place.x + step[0] * length, self.place.y + step[1] * length)
