"""Marks of the viewer on the paper: a frame, and a flag beside the sheet, where no document can draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF, QTransform

from gongwen_client.ui.theme import colour
from gongwen_client.ui.theme.tokens import Tone

_AWAY = 4.0
_FLAG = 10.0
_LEAST = 10.0


@dataclass(frozen=True)
class Mark:
    """A place on a page (from 0); ``box`` in mm, None: the whole page. ``owner`` is the number of the
    signature that it belongs to."""

    page: int
    box: QRectF | None
    owner: int | None = None
    name: str = ""


class Marks:
    """The stamps of the document, and the places that are pointed at now."""

    def __init__(self) -> None:
        self.stamps: tuple[Mark, ...] = ()
        self.shown: tuple[Mark, ...] = ()
        self.tone = Tone.INFO

    def stamp_at(self, page: int, x: float, y: float) -> Mark | None:
        """The uppermost stamp under a place of a page (mm)."""
        for mark in reversed(self.stamps):
            if mark.page == page and mark.box is not None and mark.box.contains(x, y):
                return mark
        return None

    def point_at(self, marks: Sequence[Mark], tone: Tone = Tone.INFO) -> None:
        """Show these marks instead of those before."""
        self.shown, self.tone = tuple(marks), tone

    def paint(self, painter: QPainter, page: int, sheet: QRectF, place: QTransform) -> None:
        """Frames around the places of a page (``place``: mm to px), flags at the right edge of its
        ``sheet``, on the desk."""
        for mark in self.shown:
            if mark.page == page:
                self._paint(painter, sheet, place.mapRect(mark.box) if mark.box is not None else sheet)

    def _paint(self, painter: QPainter, sheet: QRectF, box: QRectF) -> None:
        tint = colour("action" if self.tone is Tone.INFO else self.tone.value)
        frame = box.adjusted(-_AWAY, -_AWAY, _AWAY, _AWAY)
        painter.save()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(colour("surface"), 5), QPen(tint, 2)):
            painter.setPen(pen)
            painter.drawRect(frame)
        top = max(sheet.top(), min(frame.top(), sheet.bottom() - _LEAST))
        bottom = min(sheet.bottom(), max(frame.bottom(), top + _LEAST))
        edge, middle = sheet.right() + 3, (top + bottom) / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        painter.drawRect(QRectF(edge + _FLAG - 4, top, 4, bottom - top))
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(edge, middle),
                    QPointF(edge + _FLAG, middle - 6),
                    QPointF(edge + _FLAG, middle + 6),
                ]
            )
        )
        painter.restore()
