"""The paper: pictures of pages, drawn elsewhere, shown on the desk."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QTransform

from gongwen_client.ui.theme import colour, font
from gongwen_client.ui.viewer.desk import Desk, Fit
from gongwen_client.ui.viewer.layout import GAP, PageSize
from gongwen_client.ui.viewer.pieces import MM_PER_INCH, Draw, Pictures, Piece, coarse_piece, sharp_pieces
from gongwen_client.ui.viewer.queue import Lane, RenderQueue
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.sentences import sentence

__all__ = ["Fit", "PageSize", "PageView"]

_SHADOW = 6


class PageView(Desk):
    """Continuous scroll, zoom, turn, fit; a placeholder while a page is drawn, words and a retry where it
    fails. Pages count from 0."""

    page_drawn = Signal(int)

    def __init__(self, name: str = "canvas", spoken: str = "公文版面") -> None:
        super().__init__(name, spoken)
        self._pictures = Pictures()
        self.destroyed.connect(self._pictures.clear)
        self._message = ""
        self._retry_boxes: dict[int, QRectF] = {}
        self.queue = RenderQueue(self)
        self.queue.drawn.connect(self._arrived)
        self.queue.failed.connect(self._broke)

    # -- document ---------------------------------------------------------------------------------------

    def show_document(self, sizes: Sequence[PageSize], draw: Draw) -> None:
        """Show another document from its first page."""
        self._message = ""
        self._pictures.clear()
        self.queue.begin(draw)
        self._lay(sizes)
        self._ask()
        self.page_changed.emit(0, len(self._sizes))
        self.zoom_changed.emit(self._zoom)

    def show_message(self, text: str) -> None:
        """No document: say why (loading, damaged …)."""
        self._message = text
        self._pictures.clear()
        self.queue.begin(None)
        self._lay(())
        self.page_changed.emit(0, 0)

    @property
    def is_drawn(self) -> bool:
        """True when every page in sight has its picture at the present size."""
        visible = self.visible_pages()
        return (
            bool(visible)
            and not self._settle.isActive()
            and all(piece in self._pictures for page in visible for piece in self._sharp(page))
        )

    # -- drawing ----------------------------------------------------------------------------------------

    def _dpi(self) -> float:
        return round(self._zoom * self.screen_dpi * self.devicePixelRatioF(), 2)

    def _sharp(self, page: int) -> list[Piece]:
        """The pieces that show what is in sight of a page."""
        inverse, _possible = self.transform_of(page).inverted()
        seen = inverse.mapRect(QRectF(self.viewport().rect()))
        return list(sharp_pieces(page, self._sizes[page], self._dpi(), seen))

    def _ask(self) -> None:
        """Tell the queue what is needed: first something of every page in sight, then all of it sharp, then
        the neighbours."""
        visible = self.visible_pages()
        sharp = [piece for page in visible for piece in self._sharp(page)]
        coarse = [
            coarse_piece(page, self._sizes[page])
            for page in visible
            if self._pictures.stand_in(page) is None and Piece(page, self._dpi()) not in sharp
        ]
        self.queue.want(Lane.IN_SIGHT, [piece for piece in (*coarse, *sharp) if piece not in self._pictures])
        around = [page for page in (visible.stop, visible.start - 1) if 0 <= page < len(self._sizes)]
        nearby = [
            piece
            for page in around
            for piece in sharp_pieces(page, self._sizes[page], self._dpi(), QRectF())
            if piece.rect_mm is None
        ]
        self.queue.want(Lane.NEARBY, [piece for piece in nearby if piece not in self._pictures])

    def _arrived(self, piece: Piece, picture: QImage) -> None:
        self._pictures.put(piece, picture)
        self.viewport().update()
        self.page_drawn.emit(piece.page)

    def _broke(self, _piece: Piece, _error: GongwenError) -> None:
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), colour("canvas"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._retry_boxes.clear()
        if not self._sizes and self._message:
            painter.setPen(colour("muted"))
            space = self.viewport().rect().adjusted(GAP, GAP, -GAP, -GAP)
            painter.drawText(
                space, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._message
            )
        for page in self.visible_pages():
            box = self.box_of(page)
            self._paint_shadow(painter, box)
            painter.fillRect(box, QColor("white"))
            self._paint_page(painter, page, box)
            self.paint_over(painter, page, box)
        if self._reached_by_key and self.hasFocus():
            painter.setPen(QPen(colour("action"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_page(self, painter: QPainter, page: int, box: QRectF) -> None:
        pieces = [(piece, self._pictures.get(piece)) for piece in self._sharp(page)]
        missing = any(picture is None for _piece, picture in pieces)
        error = self.queue.error(page) if missing else None
        if error is not None:
            self._paint_error(painter, box, page, error)
            return
        stand_in = self._pictures.stand_in(page) if missing else None
        painter.save()
        painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
        painter.setTransform(self._turned(page), True)
        if stand_in is not None:
            upright = box.size().transposed() if self._quarters % 2 else box.size()
            painter.drawImage(QRectF(QPointF(0, 0), upright), stand_in)
        for piece, picture in pieces:
            if picture is not None:
                self._paint_piece(painter, piece, picture)
        painter.restore()
        if missing and stand_in is None:
            self._paint_waiting(painter, box, page)

    def _turned(self, page: int) -> QTransform:
        """From logical pixels of the upright page to the viewport."""
        box = self.box_of(page)
        corner = (box.topLeft(), box.topRight(), box.bottomRight(), box.bottomLeft())[self._quarters]
        return QTransform.fromTranslate(corner.x(), corner.y()).rotate(90 * self._quarters)

    def _paint_piece(self, painter: QPainter, piece: Piece, picture: QImage) -> None:
        """Pixel upon pixel: the piece was drawn for exactly this size."""
        ratio = self.devicePixelRatioF()
        left = top = 0
        if piece.rect_mm is not None:
            scale = piece.dpi / MM_PER_INCH
            left, top = int(piece.rect_mm[0] * scale), int(piece.rect_mm[1] * scale)
        size = QSizeF(picture.width() / ratio, picture.height() / ratio)
        painter.drawImage(QRectF(QPointF(left / ratio, top / ratio), size), picture)

    def paint_over(self, painter: QPainter, page: int, box: QRectF) -> None:
        """For views that put something of their own on the page."""

    def _paint_shadow(self, painter: QPainter, box: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for spread in range(_SHADOW, 0, -1):
            painter.setBrush(QColor(29, 35, 41, 7))
            painter.drawRoundedRect(box.adjusted(-spread / 2, 0, spread / 2, spread), 3, 3)

    def _paint_waiting(self, painter: QPainter, box: QRectF, page: int) -> None:
        painter.setPen(colour("muted"))
        painter.setFont(font())
        seen = box.intersected(QRectF(self.viewport().rect()))
        painter.drawText(seen, Qt.AlignmentFlag.AlignCenter, f"正在绘制第 {page + 1} 页")

    def _paint_error(self, painter: QPainter, box: QRectF, page: int, error: GongwenError) -> None:
        words = sentence(error)
        seen = box.intersected(QRectF(self.viewport().rect())).adjusted(24, 8, -24, -8)
        flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
        text = f"{words.what}\n{words.do}"
        painter.setFont(font())
        painter.setPen(colour("ink"))  # without a pen texts have no extent
        need = painter.boundingRect(seen, flags, text)
        head = painter.fontMetrics().height() + 6
        top = max(seen.top(), seen.center().y() - (head + need.height() + 48) / 2)
        painter.drawText(QRectF(seen.left(), top + head, seen.width(), need.height()), flags, text)
        painter.setFont(font(strong=True))
        painter.setPen(colour("invalid"))
        painter.drawText(QRectF(seen.left(), top, seen.width(), head), flags, f"第 {page + 1} 页未能显示")
        painter.setFont(font())
        act = QRectF(seen.center().x() - 44, top + head + need.height() + 16, 88, 32)
        painter.setPen(colour("action"))
        painter.setBrush(colour("surface"))
        painter.drawRoundedRect(act, 6, 6)
        painter.drawText(act, Qt.AlignmentFlag.AlignCenter, "重试")
        self._retry_boxes[page] = act

    # -- input ------------------------------------------------------------------------------------------

    def retry(self, page: int | None = None) -> None:
        """Draw the failed pages (or one of them) once more."""
        self.queue.forgive(page)
        self._ask()
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        page = next((page for page, act in self._retry_boxes.items() if act.contains(event.position())), None)
        if page is not None:
            self.retry(page)
            return
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.queue.broken:
            self.retry()
        else:
            super().keyPressEvent(event)
