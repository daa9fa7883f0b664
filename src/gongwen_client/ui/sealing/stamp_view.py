"""The pages with the seal where it will be: real size, to be dragged or moved with the arrow keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPen

from gongwen_client.domain.drafts import StampPlace
from gongwen_client.domain.seal_plan import SeamEdge
from gongwen_client.ui.theme import colour, font
from gongwen_client.ui.viewer.page_view import PageSize, PageView
from gongwen_client.ui.viewer.pieces import Draw
from gongwen_docs.sign.placement import MIN_SLICE, Edge, Placement, riding_seam

_STEP_MM = 1.0
_FINE_MM = 0.1
#: A dragged seal jumps to the suggested place from this distance.
_SNAP_MM = 3.0


class StampView(PageView):
    """Shows where the stamp and the slices of a riding seam will be; ``moved`` follows every change."""

    moved = Signal()

    def __init__(self) -> None:
        super().__init__("stamp_view", "盖章位置预览，方向键移动印章 1 毫米，按住 Shift 移动 0.1 毫米")
        self.place: StampPlace | None = None
        self.seam: SeamEdge | None = None
        self.anchor: StampPlace | None = None
        """The place over the date or name, to which a dragged seal jumps."""
        self._paper: tuple[PageSize, ...] = ()
        self._picture: QImage | None = None
        self._slices: dict[int, Placement] = {}
        self._grip: tuple[float, float] | None = None
        self.viewport().setMouseTracking(True)

    def show_document(self, sizes: Sequence[PageSize], draw: Draw) -> None:
        self._paper = tuple(sizes)
        self._cut()
        super().show_document(sizes, draw)

    def show_stamp(self, place: StampPlace, picture: QImage | None) -> None:
        """Put the seal's picture at ``place`` and bring it into sight."""
        self.place, self._picture = place, picture
        self._cut()
        self.centre_on(place.page_index, place.y + place.height / 2)
        self.viewport().update()

    def show_seam(self, edge: SeamEdge | None) -> None:
        """Cut the seal over an edge of all pages, or no longer."""
        self.seam = edge
        self._cut()
        self.viewport().update()
        self.moved.emit()

    @property
    def on_anchor(self) -> bool:
        """Whether the seal lies at the suggested place."""
        place, anchor = self.place, self.anchor
        return (
            place is not None
            and anchor is not None
            and place.page_index == anchor.page_index
            and abs(place.x - anchor.x) < _FINE_MM
            and abs(place.y - anchor.y) < _FINE_MM
        )

    def move_to(self, page: int, x: float, y: float) -> None:
        """Top left corner in mm; kept on the paper."""
        if self.place is None or not 0 <= page < len(self._paper):
            return
        paper = self._paper[page]
        left = min(max(0.0, x), max(paper.width - self.place.width, 0.0))
        top = min(max(0.0, y), max(paper.height - self.place.height, 0.0))
        self.place = replace(self.place, page_index=page, x=round(left, 2), y=round(top, 2), confident=True)
        self._cut()
        self.viewport().update()
        self.moved.emit()

    def bring(self, page: int, x: float, y: float) -> None:
        """As ``move_to``, and bring the place into sight."""
        self.move_to(page, x, y)
        if self.place is not None:
            self.centre_on(self.place.page_index, self.place.y + self.place.height / 2)

    # -- drawing ----------------------------------------------------------------------------------------

    def paint_over(self, painter: QPainter, page: int, box: QRectF) -> None:
        scale = box.width() / self._paper[page].width
        piece = self._slices.get(page)
        if piece is not None and piece.clip is not None:
            shown = _scaled(box, scale, piece.shown.x, piece.shown.y, piece.shown.width, piece.shown.height)
            whole = piece.boundary
            painter.save()
            painter.setClipRect(shown.intersected(box))
            self._paint_seal(painter, _scaled(box, scale, whole.x, whole.y, whole.width, whole.height))
            painter.restore()
            self._paint_frame(painter, shown, active=False)
        place = self.place
        if place is None or page != place.page_index:
            return
        area = _scaled(box, scale, place.x, place.y, place.width, place.height)
        if self._grip is not None and self.on_anchor:
            self._paint_guides(painter, box, area)
        self._paint_seal(painter, area)
        self._paint_frame(painter, area.adjusted(-3, -3, 3, 3), active=self.hasFocus())

    def _paint_seal(self, painter: QPainter, area: QRectF) -> None:
        if self._picture is None:
            return
        painter.save()
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
        painter.drawImage(area, self._picture)
        painter.restore()

    def _paint_frame(self, painter: QPainter, area: QRectF, *, active: bool) -> None:
        painter.setPen(QPen(colour("action"), 2 if active else 1, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)

    def _paint_guides(self, painter: QPainter, box: QRectF, area: QRectF) -> None:
        """Lines through the middle of the seal, and why it jumped there."""
        painter.setPen(QPen(colour("action"), 1, Qt.PenStyle.DotLine))
        middle = area.center()
        painter.drawLine(QLineF(middle.x(), box.top(), middle.x(), box.bottom()))
        painter.drawLine(QLineF(box.left(), middle.y(), box.right(), middle.y()))
        painter.setFont(font(9))
        words = QRectF(area.left() - 20, area.bottom() + 6, area.width() + 40, 20)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, "已对准署名和成文日期")

    def _cut(self) -> None:
        """The slices of the seam with the picture's present size."""
        self._slices = {}
        if self.seam is None or self.place is None:
            return
        sizes = [(paper.width, paper.height) for paper in self._paper]
        size = (self.place.width, self.place.height)
        cut = riding_seam(sizes, size, Edge(self.seam.value), MIN_SLICE)
        self._slices = {piece.page_index: piece for piece in cut}

    # -- input ------------------------------------------------------------------------------------------

    def _over_stamp(self, point: QPointF) -> bool:
        place = self.place
        if place is None or place.page_index >= len(self._paper):
            return False
        box = self.box_of(place.page_index)
        scale = box.width() / self._paper[place.page_index].width
        return _scaled(box, scale, place.x, place.y, place.width, place.height).contains(point)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        where = self.at(event.position())
        if where is not None and self.place is not None and self._over_stamp(event.position()):
            self._grip = (where[1] - self.place.x, where[2] - self.place.y)
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._over_stamp(event.position())
        self.viewport().setCursor(
            Qt.CursorShape.SizeAllCursor if over or self._grip else Qt.CursorShape.ArrowCursor
        )
        where = self.at(event.position())
        if self._grip is not None and where is not None:
            page, x, y = where[0], where[1] - self._grip[0], where[2] - self._grip[1]
            anchor = self.anchor
            free = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            if anchor is not None and not free and page == anchor.page_index:
                near = abs(x - anchor.x) < _SNAP_MM and abs(y - anchor.y) < _SNAP_MM
                x, y = (anchor.x, anchor.y) if near else (x, y)
            self.move_to(page, x, y)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None
        self.viewport().update()
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
        length = _FINE_MM if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP_MM
        place = self.place
        self.bring(place.page_index, place.x + step[0] * length, place.y + step[1] * length)


def _scaled(box: QRectF, scale: float, x: float, y: float, width: float, height: float) -> QRectF:
    """A box in mm of the page as px of the viewport."""
    return QRectF(box.x() + x * scale, box.y() + y * scale, width * scale, height * scale)
