"""Bars of our own: how each unit received (stacked, lying), how much there was in each month (standing).

Colours come with patterns and numbers: a printout without colours says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from gongwen_client.ui.theme import Space, Type, colour, font

_NAME = 220
_TOTAL = 150
_ROW = 30
_BAR = 16
_HEAD = 34


@dataclass(frozen=True)
class Share:
    """A part of a bar: its word, its colour token, its pattern."""

    word: str
    ink: str
    pattern: Qt.BrushStyle = Qt.BrushStyle.SolidPattern


@dataclass(frozen=True)
class Bar:
    """A unit or month with one number for each share; ``said`` stands behind the bar."""

    name: str
    values: tuple[int, ...]
    said: str = ""


def brush(share: Share) -> QBrush:
    """How a share is filled."""
    return QBrush(colour(share.ink), share.pattern)


def draw_box(painter: QPainter, box: QRectF, share: Share) -> None:
    """One part, framed so that a pattern has an edge."""
    painter.fillRect(box, colour("surface"))
    painter.fillRect(box, brush(share))
    painter.setPen(QPen(colour(share.ink), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box)


class StackedBars(QAbstractScrollArea):
    """One line for each unit, whatever their number: only those in sight are drawn. ``moved`` tells about the
    chosen one in words."""

    moved = Signal(str)

    def __init__(self, name: str, spoken: str, shares: Sequence[Share], head: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self._spoken = spoken
        self._shares = tuple(shares)
        self._head = head
        self._bars: Sequence[Bar] = ()
        self._at = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(_ROW)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Show other bars."""
        self._bars = bars
        self._at = 0
        self.setAccessibleName(f"{self._spoken}：{len(bars)} 个单位")
        self._measure()
        self.viewport().update()

    def describe(self, number: int) -> str:
        """示范市教育局：按时 12，超时 1，…"""
        if not 0 <= number < len(self._bars):
            return ""
        bar = self._bars[number]
        parts = [f"{share.word} {value}" for share, value in zip(self._shares, bar.values, strict=True)]
        return f"{bar.name}：{'，'.join(parts)}" + (f"（{bar.said}）" if bar.said else "")

    def sizeHint(self) -> QSize:
        return QSize(900, 420)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def _measure(self) -> None:
        room = self.viewport().height() - _HEAD
        self.verticalScrollBar().setRange(0, max(0, len(self._bars) * _ROW - room))
        self.verticalScrollBar().setPageStep(max(1, room))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), colour("surface"))
        painter.setFont(font(Type.SMALL))
        top = self.verticalScrollBar().value()
        most = max((sum(bar.values) for bar in self._bars), default=0) or 1
        room = self.viewport().width() - _NAME - _TOTAL - Space.GROUP
        last = min(len(self._bars), (top + self.viewport().height()) // _ROW + 1)
        for number in range(top // _ROW, last):
            self._draw_bar(painter, number, _HEAD + number * _ROW - top, room / most)
        painter.fillRect(QRect(0, 0, self.viewport().width(), _HEAD), colour("surface"))
        painter.setPen(colour("muted"))
        side = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.drawText(QRect(Space.GROUP, 0, _NAME, _HEAD), side, "单位")
        painter.drawText(QRect(_NAME, 0, self.viewport().width() - _NAME, _HEAD), side, self._head)
        painter.setPen(colour("line_strong"))
        painter.drawLine(0, _HEAD - 1, self.viewport().width(), _HEAD - 1)

    def _draw_bar(self, painter: QPainter, number: int, y: int, scale: float) -> None:
        bar = self._bars[number]
        if number == self._at and self.hasFocus():
            painter.fillRect(QRect(0, y, self.viewport().width(), _ROW), colour("selected"))
        side = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.setPen(colour("ink"))
        room = _NAME - Space.GROUP - 8
        name = painter.fontMetrics().elidedText(bar.name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(Space.GROUP, y, room, _ROW), side, name)
        x = float(_NAME)
        for share, value in zip(self._shares, bar.values, strict=True):
            wide = value * scale
            if not value:
                continue
            draw_box(
                painter, QRectF(x + 0.5, y + (_ROW - _BAR) / 2 + 0.5, max(1.0, wide - 1), _BAR - 1), share
            )
            x += wide
        painter.setPen(colour("ink"))
        painter.drawText(QRect(int(x) + Space.INSIDE, y, _TOTAL, _ROW), side, bar.said)
        painter.setPen(colour("line"))
        painter.drawLine(0, y + _ROW - 1, self.viewport().width(), y + _ROW - 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -10,
            Qt.Key.Key_PageDown: 10,
            Qt.Key.Key_Home: -len(self._bars),
            Qt.Key.Key_End: len(self._bars),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._bars:
            super().keyPressEvent(event)
            return
        self._go_to(self._at + step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place: QPoint = event.position().toPoint()
        if place.y() >= _HEAD:
            self._go_to((place.y() - _HEAD + self.verticalScrollBar().value()) // _ROW)

    def _go_to(self, number: int) -> None:
        self._at = min(max(0, number), len(self._bars) - 1)
        bar, room = self.verticalScrollBar(), self.viewport().height() - _HEAD
        if self._at * _ROW < bar.value():
            bar.setValue(self._at * _ROW)
        elif (self._at + 1) * _ROW > bar.value() + room:
            bar.setValue((self._at + 1) * _ROW - room)
        self.setAccessibleDescription(self.describe(self._at))
        self.moved.emit(self.describe(self._at))
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()


class MonthBars(QWidget):
    """收发量: two bars for each month, with their numbers."""

    def __init__(self, shares: Sequence[Share]) -> None:
        super().__init__()
        self.setObjectName("month_bars")
        self.setAccessibleName("每月收发量")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._shares = tuple(shares)
        self._bars: Sequence[Bar] = ()
        self.setMinimumHeight(240)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Show other months."""
        self._bars = bars
        said = "；".join(
            f"{bar.name} "
            + "，".join(
                f"{share.word} {value}" for share, value in zip(self._shares, bar.values, strict=True)
            )
            for bar in bars
        )
        self.setAccessibleDescription(said)
        self.setToolTip(said.replace("；", "\n"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("surface"))
        painter.setFont(font(Type.SMALL))
        area = QRect(64, 24, self.width() - 64 - Space.SECTION, self.height() - 24 - 40)
        most = max((max(bar.values) for bar in self._bars), default=0) or 1
        step = _step(most)
        ceiling = -(-most // step) * step
        self._draw_scale(painter, area, ceiling, step)
        if not self._bars:
            return
        room = area.width() / len(self._bars)
        wide = min(34.0, room * 0.36)
        for number, bar in enumerate(self._bars):
            middle = area.left() + (number + 0.5) * room
            begin = middle - wide * len(bar.values) / 2
            for place, (share, value) in enumerate(zip(self._shares, bar.values, strict=True)):
                high = area.height() * value / ceiling
                left = begin + place * wide
                if value:
                    draw_box(painter, QRectF(left + 1.5, area.bottom() - high + 0.5, wide - 4, high), share)
                painter.setPen(colour("ink"))
                painter.drawText(
                    QRectF(left - 12, area.bottom() - high - 20, wide + 22, 18),
                    int(Qt.AlignmentFlag.AlignCenter),
                    str(value),
                )
            painter.setPen(colour("muted"))
            under = QRectF(middle - room / 2, area.bottom() + 6, room, 20)
            painter.drawText(under, int(Qt.AlignmentFlag.AlignCenter), bar.name)
        if self.hasFocus():
            painter.setPen(QPen(colour("action"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))

    def _draw_scale(self, painter: QPainter, area: QRect, ceiling: int, step: int) -> None:
        for value in range(0, ceiling + 1, step):
            y = int(area.bottom() - area.height() * value / ceiling)
            painter.setPen(colour("line_strong" if value == 0 else "line"))
            painter.drawLine(area.left(), y, area.right(), y)
            painter.setPen(colour("muted"))
            side = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(QRect(0, y - 10, area.left() - Space.INSIDE, 20), side, str(value))


class ShareSample(QWidget):
    """One part of the legend."""

    def __init__(self, share: Share) -> None:
        super().__init__()
        self._share = share
        self.setAccessibleName(share.word)
        self.setFont(font(Type.SMALL))
        self.setFixedSize(26 + self.fontMetrics().horizontalAdvance(share.word) + 6, 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        draw_box(painter, QRectF(0.5, 4.5, 17, 13), self._share)
        painter.setPen(colour("ink"))
        side = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRect(24, 0, self.width() - 24, self.height()), side, self._share.word)


def _step(most: int) -> int:
    """A round distance between lines: at most five of them."""
    step = 1
    while most / step > 5:
        step *= 2 if str(step)[0] in "15" else 5
        if str(step)[0] == "1" and step > 1 and most / step <= 5:
            break
    return step
