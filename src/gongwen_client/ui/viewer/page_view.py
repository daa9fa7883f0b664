"""The paper: pages under one another on a grey desk, drawn elsewhere, shown here."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from gongwen_client.ui.theme import Space, colour, font
from gongwen_client.ui.viewer.layout import GAP, PageLayout, PageSize
from gongwen_client.ui.viewer.pieces import MM_PER_INCH, Draw, Pictures, Piece, coarse_piece, sharp_pieces
from gongwen_client.ui.viewer.queue import Lane, RenderQueue
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.sentences import sentence

__all__ = ["Fit", "PageSize", "PageView"]

LEAST_ZOOM, MOST_ZOOM = 0.1, 8.0
STEPS = (0.1, 0.25, 0.33, 0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
_SHADOW = 6
_WHEEL_STEP = 1.2
_USUAL_DPI = 96.0
_BELIEVABLE_DPI = (60.0, 300.0)
_LINE = 48


class Fit(Enum):
    """How the zoom follows the window."""

    WIDTH = "width"
    PAGE = "page"
    FREE = "free"


class PageView(QAbstractScrollArea):
    """Continuous scroll, zoom, turn, fit; a placeholder while a page is drawn, words and a retry where it
    fails. Pages count from 0."""

    page_changed = Signal(int, int)
    zoom_changed = Signal(float)
    page_drawn = Signal(int)

    def __init__(self, name: str = "canvas", spoken: str = "公文版面") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "canvas")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(spoken)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        self._sizes: tuple[PageSize, ...] = ()
        self._layout = PageLayout((), 1.0)
        self._pictures = Pictures()
        self._draw: Draw | None = None
        self._fit = Fit.WIDTH
        self._zoom = 1.0
        self._quarters = 0
        self._message = ""
        self._current = 0
        self._retry_boxes: dict[int, QRectF] = {}
        self.queue = RenderQueue(self)
        self.queue.drawn.connect(self._arrived)
        self.queue.failed.connect(self._broke)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(60)
        self._settle.timeout.connect(self._ask)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.horizontalScrollBar().valueChanged.connect(self._scrolled)

    # -- document ---------------------------------------------------------------------------------------

    def show_document(self, sizes: Sequence[PageSize], draw: Draw) -> None:
        """Show another document from its first page."""
        self._sizes = tuple(sizes)
        self._draw = draw
        self._message = ""
        self._pictures.clear()
        self._current = 0
        self._quarters = 0
        self.queue.begin(draw)
        if self._fit is not Fit.FREE:
            self._zoom = self._fitting()
        self._arrange()
        self.verticalScrollBar().setValue(0)
        self._ask()
        self.page_changed.emit(0, len(self._sizes))
        self.zoom_changed.emit(self._zoom)

    def show_message(self, text: str) -> None:
        """No document: say why (loading, damaged …)."""
        self._sizes = ()
        self._draw = None
        self._message = text
        self._pictures.clear()
        self.queue.begin(None)
        self._arrange()
        self.page_changed.emit(0, 0)

    def correct_sizes(self, first: int, sizes: Sequence[PageSize]) -> None:
        """True sizes of pages from ``first`` on, which were guesses before; what the eye rests on stays."""
        corrected = (*self._sizes[:first], *sizes, *self._sizes[first + len(sizes) :])[: len(self._sizes)]
        if corrected == self._sizes:
            return
        place = self._place_at(QPointF(0, 0))
        self._sizes = corrected
        self._arrange()
        self._bring(place, QPointF(0, 0))
        self._settle.start()

    @property
    def page_count(self) -> int:
        """Number of pages shown."""
        return len(self._sizes)

    @property
    def current_page(self) -> int:
        """The page in the middle of the view."""
        return self._current

    @property
    def is_drawn(self) -> bool:
        """True when every page in sight has its picture at the present size."""
        visible = self.visible_pages()
        return (
            bool(visible)
            and not self._settle.isActive()
            and all(piece in self._pictures for page in visible for piece in self._sharp(page))
        )

    # -- zoom and turn ----------------------------------------------------------------------------------

    @property
    def zoom(self) -> float:
        """1.0 is the paper's true size on this screen."""
        return self._zoom

    @property
    def fit(self) -> Fit:
        """Whether the zoom follows the window."""
        return self._fit

    def fit_width(self) -> None:
        """The page as wide as the desk."""
        self._set_fit(Fit.WIDTH)

    def fit_page(self) -> None:
        """The whole page in sight."""
        self._set_fit(Fit.PAGE)

    def zoom_in(self) -> None:
        """The next larger step."""
        self.set_zoom(next((step for step in STEPS if step > self._zoom + 0.01), STEPS[-1]))

    def zoom_out(self) -> None:
        """The next smaller step."""
        self.set_zoom(next((step for step in reversed(STEPS) if step < self._zoom - 0.01), STEPS[0]))

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        """A fixed zoom; what lies under ``at`` (default: the middle of the view) stays there."""
        self._fit = Fit.FREE
        self._change_zoom(zoom, at)

    def turn(self, quarters: int) -> None:
        """Turn the view of all pages clockwise; nothing is drawn anew."""
        place = self._place_at(self._middle())
        self._quarters = (self._quarters + quarters) % 4
        if self._fit is not Fit.FREE:
            self._zoom = self._fitting()
        self._arrange()
        self._bring(place, self._middle())
        self._settle.start()
        self.zoom_changed.emit(self._zoom)

    @property
    def quarters(self) -> int:
        """Quarter turns clockwise."""
        return self._quarters

    def _set_fit(self, fit: Fit) -> None:
        self._fit = fit
        self._change_zoom(self._fitting())

    def _change_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        point = at or self._middle()
        place = self._place_at(point)
        self._zoom = min(max(LEAST_ZOOM, zoom), MOST_ZOOM)
        self._arrange()
        self._bring(place, point)
        self._settle.start()
        self.zoom_changed.emit(self._zoom)

    def _fitting(self) -> float:
        if not self._sizes:
            return self._zoom
        page = self._sizes[min(self._current, len(self._sizes) - 1)].turned(self._quarters)
        unit = self.screen_dpi / MM_PER_INCH
        wide = (self.viewport().width() - 2 * Space.SECTION) / (page.width * unit)
        high = (self.viewport().height() - 2 * GAP) / (page.height * unit)
        return min(max(LEAST_ZOOM, wide if self._fit is Fit.WIDTH else min(wide, high)), MOST_ZOOM)

    # -- geometry ---------------------------------------------------------------------------------------

    @property
    def screen_dpi(self) -> float:
        """Logical pixels per inch of the screen; 96 where it does not say anything believable."""
        dpi = self.screen().physicalDotsPerInch()
        low, high = _BELIEVABLE_DPI
        return dpi if low <= dpi <= high else _USUAL_DPI

    def _arrange(self) -> None:
        """Place the pages and set the scroll bars."""
        space = self.viewport().size()
        scale = self._zoom * self.screen_dpi / MM_PER_INCH
        self._layout = PageLayout(self._sizes, scale, self._quarters, space.width())
        vertical, horizontal = self.verticalScrollBar(), self.horizontalScrollBar()
        vertical.setRange(0, max(0, round(self._layout.height - space.height())))
        vertical.setPageStep(max(1, space.height() - _LINE))
        vertical.setSingleStep(_LINE)
        horizontal.setRange(0, max(0, round(self._layout.width - space.width())))
        horizontal.setPageStep(space.width())
        horizontal.setSingleStep(_LINE)
        self.viewport().update()

    def _offset(self) -> QPointF:
        return QPointF(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def _middle(self) -> QPointF:
        return QPointF(self.viewport().rect().center())

    def box_of(self, page: int) -> QRectF:
        """Where a page lies in the viewport, px."""
        return self._layout.box(page).translated(-self._offset())

    def transform_of(self, page: int) -> QTransform:
        """From mm on a page to viewport px."""
        offset = self._offset()
        return self._layout.transform(page) * QTransform.fromTranslate(-offset.x(), -offset.y())

    def at(self, point: QPointF) -> tuple[int, float, float] | None:
        """(page, x mm, y mm) under a viewport point."""
        for page in self.visible_pages():
            if self.box_of(page).contains(point):
                return page, *self._to_page(page, point)
        return None

    def nearest(self, point: QPointF) -> tuple[int, float, float] | None:
        """As ``at``, and beside the paper the place of the nearest page (mm outside of it are possible)."""
        if not self._sizes:
            return None
        page = self._layout.nearest(point.y() + self._offset().y())
        return page, *self._to_page(page, point)

    def _to_page(self, page: int, point: QPointF) -> tuple[float, float]:
        inverse, _possible = self.transform_of(page).inverted()
        place = inverse.map(point)
        return place.x(), place.y()

    def _place_at(self, point: QPointF) -> tuple[int, float, float] | None:
        return self.nearest(point)

    def _bring(
        self, place: tuple[int, float, float] | None, point: QPointF, *, sideways: bool = True
    ) -> None:
        """Scroll so that a place on a page comes to lie under a viewport point."""
        if place is None:
            return
        page, x, y = place
        target = self._layout.transform(page).map(QPointF(x, y)) - point
        self.verticalScrollBar().setValue(round(target.y()))
        if sideways:
            self.horizontalScrollBar().setValue(round(target.x()))

    def visible_pages(self) -> range:
        """The pages in sight."""
        top = self.verticalScrollBar().value()
        return self._layout.between(top, top + self.viewport().height())

    def go_to(self, page: int, y_mm: float = 0.0) -> None:
        """Scroll to the top of a page, or to a height on it."""
        if 0 <= page < len(self._sizes):
            if y_mm <= 0:
                self.verticalScrollBar().setValue(round(self._layout.box(page).top() - GAP))
            else:
                self._bring((page, 0.0, y_mm), QPointF(0, GAP), sideways=False)

    def centre_on(self, page: int, y_mm: float) -> None:
        """Scroll so that a height on a page is in the middle."""
        if 0 <= page < len(self._sizes):
            x = self._sizes[page].width / 2
            self._bring((page, x, y_mm), self._middle(), sideways=bool(self._quarters % 2))

    def reveal(self, page: int, box_mm: QRectF) -> None:
        """Scroll as little as it takes to see a part of a page; from afar it comes to the middle."""
        if not 0 <= page < len(self._sizes):
            return
        box = self.transform_of(page).mapRect(box_mm)
        space = QRectF(self.viewport().rect()).adjusted(_LINE, _LINE, -_LINE, -_LINE)
        if not (space.top() <= box.top() and box.bottom() <= space.bottom()):
            bar = self.verticalScrollBar()
            bar.setValue(round(bar.value() + box.center().y() - self.viewport().height() / 2))
        if not (space.left() <= box.left() and box.right() <= space.right()):
            bar = self.horizontalScrollBar()
            bar.setValue(round(bar.value() + box.center().x() - self.viewport().width() / 2))

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

    def _scrolled(self) -> None:
        visible = self.visible_pages()
        if visible:
            middle = self.viewport().height() / 2
            current = min(visible, key=lambda page: abs(self.box_of(page).center().y() - middle))
            if current != self._current:
                self._current = current
                self.page_changed.emit(current, len(self._sizes))
        if not self._settle.isActive():
            self._ask()
        self.viewport().update()

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
        painter.setFont(font(strong=True))
        painter.setPen(colour("invalid"))
        flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
        text = f"第 {page + 1} 页未能显示\n{words.what}\n{words.do}"
        need = painter.boundingRect(seen, flags, text)
        top = max(seen.top(), seen.center().y() - need.height() / 2 - 28)
        painter.drawText(QRectF(seen.left(), top, seen.width(), need.height()), flags, text)
        act = QRectF(seen.center().x() - 44, top + need.height() + 16, 88, 32)
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

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_zoom(self._zoom * _WHEEL_STEP ** (event.angleDelta().y() / 120), event.position())
            event.accept()
            return
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar, side = self.verticalScrollBar(), self.horizontalScrollBar()
        back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step = -bar.pageStep() if back else bar.pageStep()
        paging = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        moves = {
            Qt.Key.Key_Home: lambda: bar.setValue(0),
            Qt.Key.Key_End: lambda: bar.setValue(bar.maximum()),
            Qt.Key.Key_PageUp: lambda: self._page_by(-1, whole=paging),
            Qt.Key.Key_PageDown: lambda: self._page_by(1, whole=paging),
            Qt.Key.Key_Space: lambda: bar.setValue(bar.value() + step),
            Qt.Key.Key_Up: lambda: bar.setValue(bar.value() - _LINE),
            Qt.Key.Key_Down: lambda: bar.setValue(bar.value() + _LINE),
            Qt.Key.Key_Left: lambda: side.setValue(side.value() - _LINE),
            Qt.Key.Key_Right: lambda: side.setValue(side.value() + _LINE),
        }
        move = moves.get(Qt.Key(event.key()))
        if move is not None:
            move()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.queue.broken:
            self.retry()
        else:
            super().keyPressEvent(event)

    def _page_by(self, step: int, *, whole: bool) -> None:
        """A window's height on, or to the next page's top."""
        bar = self.verticalScrollBar()
        if whole:
            self.go_to(self._current + step)
        else:
            bar.setValue(bar.value() + step * bar.pageStep())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._sizes:
            self._arrange()
            return
        place = self._place_at(QPointF(0, 0))
        fitting = self._fitting() if self._fit is not Fit.FREE else self._zoom
        changed = abs(fitting - self._zoom) > 0.001
        if changed:
            self._zoom = fitting
        self._arrange()
        self._bring(place, QPointF(0, 0), sideways=False)
        self._settle.start()
        if changed:
            self.zoom_changed.emit(self._zoom)
