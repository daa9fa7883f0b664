"""值守热力图: half-days × units, drawn only where it is in sight, walked through with the arrow keys.

Each state has a shape besides its colour, so that it reads the same without colours; the words for the cell
under the cursor stand below the picture and in the accessible description.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLineF, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from gongwen_client.services.statistics import WEEKDAYS, WORDS
from gongwen_client.ui.theme import Space, Type, colour, font
from gongwen_protocol.statistics import DutyMap, HalfDuty

_NAME = 220
_SUM = 72
_NARROW, _WIDE = 13, 28
_ROW = 24
_HEAD = 44
_TINTS = {
    HalfDuty.CHECKED: "valid_tint",
    HalfDuty.PARTLY: "info_tint",
    HalfDuty.POLLED: "warning_tint",
    HalfDuty.NONE: "invalid_tint",
    HalfDuty.OFF: "canvas",
    HalfDuty.CLOSED: "canvas",
}
_INKS = {
    HalfDuty.CHECKED: "valid",
    HalfDuty.PARTLY: "info",
    HalfDuty.POLLED: "warning",
    HalfDuty.NONE: "invalid",
    HalfDuty.LEAVE: "muted",
    HalfDuty.CLOSED: "muted",
}


class HeatMap(QAbstractScrollArea):
    """``moved`` tells in words about the cell that was chosen."""

    moved = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("heat_map")
        self.setAccessibleName("值守热力图")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.viewport().setMouseTracking(True)
        self._map: DutyMap | None = None
        self._at = QPoint(0, 0)  # half-day, unit
        self._cell = _WIDE
        self.verticalScrollBar().setSingleStep(_ROW)

    def show_map(self, found: DutyMap) -> None:
        """Show another map; the latest days are in sight."""
        self._map = found
        self._at = QPoint(max(0, self._halves - 1), 0)
        self._measure()
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().maximum())
        self.verticalScrollBar().setValue(0)
        met, wanted = (sum(getattr(row, name) for row in found.units) for name in ("met", "wanted"))
        self.setAccessibleName(
            f"值守热力图：{len(found.units)} 个单位，{len(found.days)} 天，达标 {met}/{wanted}"
        )
        self.viewport().update()

    @property
    def _halves(self) -> int:
        return 2 * len(self._map.days) if self._map else 0

    @property
    def _rows(self) -> int:
        return len(self._map.units) if self._map else 0

    def sizeHint(self) -> QSize:
        return QSize(900, 420)

    def resizeEvent(self, event: QEvent) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._measure()

    def _measure(self) -> None:
        wide, high = self.viewport().width() - _NAME - _SUM, self.viewport().height() - _HEAD
        self._cell = min(_WIDE, max(_NARROW, wide // max(1, self._halves)))
        self.horizontalScrollBar().setSingleStep(self._cell * 2)
        for bar, whole, page in (
            (self.horizontalScrollBar(), self._halves * self._cell, wide),
            (self.verticalScrollBar(), self._rows * _ROW, high),
        ):
            bar.setRange(0, max(0, whole - page))
            bar.setPageStep(max(1, page))

    # -- words ------------------------------------------------------------------------------------------

    def describe(self, half: int, row: int) -> str:
        """示范市教育局，11月23日（周一）上午：人工查收."""
        if self._map is None or not (0 <= half < self._halves and 0 <= row < self._rows):
            return ""
        day, unit = self._map.days[half // 2], self._map.units[row]
        name = f"，{day.name}" if day.name else ""
        part = "下午" if half % 2 else "上午"
        said = WORDS[HalfDuty(unit.cells[half])]
        when = f"{day.day.month}月{day.day.day}日（周{WEEKDAYS[day.day.weekday()]}{name}）{part}"
        return f"{unit.unit_name}，{when}：{said}"

    @property
    def chosen(self) -> str:
        """What the cursor stands on, in words."""
        return self.describe(self._at.x(), self._at.y())

    # -- drawing ----------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), colour("surface"))
        if self._map is None:
            return
        painter.setFont(font(Type.SMALL))
        left, top = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        first, last = top // _ROW, min(self._rows, (top + self.viewport().height()) // _ROW + 1)
        self._draw_cells(painter, range(first, last), left, top)
        self._draw_names(painter, range(first, last), top)
        self._draw_head(painter, left)

    def _draw_cells(self, painter: QPainter, rows: range, left: int, top: int) -> None:
        assert self._map is not None
        wide = self._wide
        painter.save()
        painter.setClipRect(QRect(_NAME, _HEAD, wide, self.viewport().height() - _HEAD))
        first, last = left // self._cell, min(self._halves, (left + wide) // self._cell + 1)
        for row in rows:
            cells = self._map.units[row].cells
            y = _HEAD + row * _ROW - top
            for half in range(first, last):
                box = QRect(_NAME + half * self._cell - left, y, self._cell, _ROW)
                self._draw_cell(painter, box, HalfDuty(cells[half]))
            painter.setPen(colour("line"))
            painter.drawLine(_NAME, y + _ROW, _NAME + wide, y + _ROW)
        painter.setPen(colour("line_strong"))
        bottom = min(self.viewport().height(), _HEAD + self._rows * _ROW - top)
        for half in range(first - first % 2, last + 1, 2):
            x = _NAME + half * self._cell - left
            painter.drawLine(x, _HEAD, x, bottom)
        self._draw_cursor(painter, left, top)
        painter.restore()

    @property
    def _wide(self) -> int:
        """Room for the cells."""
        return min(self.viewport().width() - _NAME - _SUM, self._halves * self._cell)

    def _draw_cell(self, painter: QPainter, box: QRect, state: HalfDuty) -> None:
        tint = _TINTS.get(state)
        if tint is not None:
            painter.fillRect(box, colour(tint))
        ink = _INKS.get(state)
        if ink is None:
            return
        draw_mark(painter, QRectF(box).center(), state, colour(ink))

    def _draw_cursor(self, painter: QPainter, left: int, top: int) -> None:
        if not self.hasFocus():
            return
        box = QRect(
            _NAME + self._at.x() * self._cell - left, _HEAD + self._at.y() * _ROW - top, self._cell, _ROW
        )
        painter.setPen(QPen(colour("action"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(1, 1, -1, -1))

    def _draw_names(self, painter: QPainter, rows: range, top: int) -> None:
        assert self._map is not None
        right = _NAME + self._wide
        painter.save()
        painter.setClipRect(QRect(0, _HEAD, self.viewport().width(), self.viewport().height() - _HEAD))
        painter.setPen(colour("ink"))
        metrics = painter.fontMetrics()
        for row in rows:
            unit = self._map.units[row]
            y = _HEAD + row * _ROW - top
            if row == self._at.y() and self.hasFocus():
                painter.fillRect(QRect(0, y, _NAME - 1, _ROW), colour("selected"))
            name = metrics.elidedText(unit.unit_name, Qt.TextElideMode.ElideRight, _NAME - Space.GROUP - 8)
            middle = int(Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(QRect(Space.GROUP, y, _NAME - Space.GROUP - 8, _ROW), middle, name)
            painter.drawText(
                QRect(right, y, _SUM - Space.INSIDE, _ROW),
                int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight),
                f"{unit.met}/{unit.wanted}",
            )
        painter.restore()

    def _draw_head(self, painter: QPainter, left: int) -> None:
        assert self._map is not None
        middle = int(Qt.AlignmentFlag.AlignCenter)
        painter.fillRect(QRect(0, 0, self.viewport().width(), _HEAD), colour("surface"))
        painter.setPen(colour("muted"))
        side = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.drawText(QRect(Space.GROUP, 0, _NAME, _HEAD), side, "单位")
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        painter.drawText(QRect(_NAME + self._wide, 0, _SUM - Space.INSIDE, _HEAD), right, "达标/应查")
        painter.save()
        painter.setClipRect(QRect(_NAME, 0, self._wide, _HEAD))
        for number, day in enumerate(self._map.days):
            x = _NAME + number * 2 * self._cell - left
            if x < _NAME - 2 * self._cell or x > self.viewport().width():
                continue
            painter.setPen(colour("ink" if day.workday else "muted"))
            shown = f"{day.day.month}/1" if day.day.day == 1 else str(day.day.day)
            painter.drawText(QRect(x, 4, 2 * self._cell, 18), middle, shown)
            painter.drawText(QRect(x, 22, 2 * self._cell, 18), middle, WEEKDAYS[day.day.weekday()])
        painter.restore()
        painter.setPen(colour("line_strong"))
        painter.drawLine(0, _HEAD - 1, self.viewport().width(), _HEAD - 1)

    # -- moving -----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: QPoint(-1, 0),
            Qt.Key.Key_Right: QPoint(1, 0),
            Qt.Key.Key_Up: QPoint(0, -1),
            Qt.Key.Key_Down: QPoint(0, 1),
            Qt.Key.Key_PageUp: QPoint(0, -10),
            Qt.Key.Key_PageDown: QPoint(0, 10),
            Qt.Key.Key_Home: QPoint(-self._halves, 0),
            Qt.Key.Key_End: QPoint(self._halves, 0),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or self._map is None:
            super().keyPressEvent(event)
            return
        self.go_to(self._at.x() + step.x(), self._at.y() + step.y())

    def go_to(self, half: int, row: int) -> None:
        """Put the cursor on a cell and bring it into sight."""
        if not self._rows or not self._halves:
            return
        self._at = QPoint(min(max(0, half), self._halves - 1), min(max(0, row), self._rows - 1))
        for bar, place, size, room in (
            (self.horizontalScrollBar(), self._at.x(), self._cell, self.viewport().width() - _NAME - _SUM),
            (self.verticalScrollBar(), self._at.y(), _ROW, self.viewport().height() - _HEAD),
        ):
            if place * size < bar.value():
                bar.setValue(place * size)
            elif (place + 1) * size > bar.value() + room:
                bar.setValue((place + 1) * size - room)
        self.setAccessibleDescription(self.chosen)
        self.moved.emit(self.chosen)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        half, row = self._cell_at(event.position().toPoint())
        if half >= 0:
            self.go_to(half, row)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.describe(*self._cell_at(event.pos())), self)
            return True
        return super().viewportEvent(event)

    def _cell_at(self, point: QPoint) -> tuple[int, int]:
        if point.x() < _NAME or point.y() < _HEAD or point.x() >= _NAME + self._wide:
            return -1, -1
        half = (point.x() - _NAME + self.horizontalScrollBar().value()) // self._cell
        row = (point.y() - _HEAD + self.verticalScrollBar().value()) // _ROW
        return (half, row) if half < self._halves and row < self._rows else (-1, -1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()


def draw_mark(painter: QPainter, centre: QPointF, state: HalfDuty, ink: QColor) -> None:
    """The shape of a state: tick, triangle, ring, cross, 假, dash."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(ink, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    x, y = centre.x(), centre.y()
    if state is HalfDuty.CHECKED:
        painter.drawPolyline([QPointF(x - 4, y), QPointF(x - 1, y + 3), QPointF(x + 4, y - 3.5)])
    elif state is HalfDuty.PARTLY:
        painter.drawPolygon([QPointF(x - 4, y + 3), QPointF(x + 4, y + 3), QPointF(x, y - 4)])
    elif state is HalfDuty.POLLED:
        painter.drawEllipse(centre, 3.5, 3.5)
    elif state is HalfDuty.NONE:
        painter.drawLine(QLineF(x - 3.5, y - 3.5, x + 3.5, y + 3.5))
        painter.drawLine(QLineF(x - 3.5, y + 3.5, x + 3.5, y - 3.5))
    elif state is HalfDuty.LEAVE:
        painter.drawText(QRectF(x - 8, y - 9, 16, 18), int(Qt.AlignmentFlag.AlignCenter), "假")
    elif state is HalfDuty.CLOSED:
        painter.drawLine(QLineF(x - 3, y, x + 3, y))
    painter.restore()


class MarkSample(QWidget):
    """One state of the legend: its cell, then its word."""

    def __init__(self, state: HalfDuty) -> None:
        super().__init__()
        self._state = state
        self.setAccessibleName(WORDS[state])
        words = font(Type.SMALL)
        self.setFont(words)
        self.setFixedSize(26 + self.fontMetrics().horizontalAdvance(WORDS[state]) + 6, 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        box = QRectF(0.5, 2.5, 18, 17)
        tint = _TINTS.get(self._state)
        if tint is not None:
            painter.fillRect(box, colour(tint))
        painter.setPen(colour("line_strong"))
        painter.drawRect(box)
        draw_mark(painter, box.center(), self._state, colour(_INKS.get(self._state, "muted")))
        painter.setPen(colour("ink"))
        side = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRect(24, 0, self.width() - 24, self.height()), side, WORDS[self._state])
