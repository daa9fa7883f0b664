"""The paper: pages under one another on a grey desk, drawn elsewhere, shown here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from gongwen_client.ui.theme import Space, colour, font
from gongwen_client.ui.viewer.queue import Draw, RenderQueue
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.sentences import sentence

MM_PER_INCH = 25.4
_SCREEN_DPI = 96.0
_GAP = 16
_SHADOW = 6
_KEPT = 24
_STEPS = (0.25, 0.33, 0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0)


@dataclass(frozen=True)
class PageSize:
    """Paper size in mm."""

    width: float
    height: float


class Fit(Enum):
    """How the zoom follows the window."""

    WIDTH = "width"
    PAGE = "page"
    FREE = "free"


class PageView(QAbstractScrollArea):
    """Continuous scroll, zoom, fit; a placeholder while a page is drawn, words and a retry where it fails."""

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
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.horizontalScrollBar().valueChanged.connect(self._scrolled)
        self._sizes: tuple[PageSize, ...] = ()
        self._boxes: list[QRectF] = []
        self._pictures: dict[int, QImage] = {}
        self._errors: dict[int, GongwenError] = {}
        self._draw: Draw | None = None
        self._fit = Fit.WIDTH
        self._zoom = 1.0
        self._message = ""
        self._current = 0
        self._queue = RenderQueue(self)
        self._queue.drawn.connect(self._arrived)
        self._queue.failed.connect(self._broke)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(60)
        self._settle.timeout.connect(self._redraw)

    # -- document ---------------------------------------------------------------------------------------

    def show_document(self, sizes: Sequence[PageSize], draw: Draw) -> None:
        """Show another document from its first page."""
        self._sizes = tuple(sizes)
        self._draw = draw
        self._message = ""
        self._pictures.clear()
        self._errors.clear()
        self._current = 0
        self._arrange()
        self.verticalScrollBar().setValue(0)
        self._redraw()
        self.page_changed.emit(0, len(self._sizes))

    def show_message(self, text: str) -> None:
        """No document: say why (loading, damaged …)."""
        self._sizes = ()
        self._draw = None
        self._message = text
        self._queue.begin(None, 0)
        self._arrange()
        self.viewport().update()

    @property
    def page_count(self) -> int:
        """Number of pages shown."""
        return len(self._sizes)

    @property
    def is_drawn(self) -> bool:
        """True when every page in sight has its picture at the present size."""
        visible = self._visible()
        return bool(visible) and not self._settle.isActive() and all(self._fresh(page) for page in visible)

    def _fresh(self, page: int) -> bool:
        picture = self._pictures.get(page)
        return picture is not None and abs(picture.width() - self._boxes[page].width() * self._ratio()) < 3

    # -- zoom -------------------------------------------------------------------------------------------

    @property
    def zoom(self) -> float:
        """1.0 is the paper's true size on a 96 dpi screen."""
        return self._zoom

    def fit_width(self) -> None:
        """The page as wide as the desk."""
        self._set_fit(Fit.WIDTH)

    def fit_page(self) -> None:
        """The whole page in sight."""
        self._set_fit(Fit.PAGE)

    def zoom_in(self) -> None:
        """The next larger step."""
        self.set_zoom(next((step for step in _STEPS if step > self._zoom + 0.01), _STEPS[-1]))

    def zoom_out(self) -> None:
        """The next smaller step."""
        self.set_zoom(next((step for step in reversed(_STEPS) if step < self._zoom - 0.01), _STEPS[0]))

    def set_zoom(self, zoom: float) -> None:
        """A fixed zoom, keeping the middle of the view where it is."""
        self._fit = Fit.FREE
        self._change_zoom(zoom)

    def _set_fit(self, fit: Fit) -> None:
        self._fit = fit
        self._change_zoom(self._fitting())

    def _change_zoom(self, zoom: float) -> None:
        bar = self.verticalScrollBar()
        share = (bar.value() + self.viewport().height() / 2) / max(1.0, self._extent().height())
        self._zoom = zoom
        self._arrange()
        bar.setValue(round(share * self._extent().height() - self.viewport().height() / 2))
        self._settle.start()
        self.zoom_changed.emit(zoom)

    def _fitting(self) -> float:
        if not self._sizes:
            return self._zoom
        page = self._sizes[min(self._current, len(self._sizes) - 1)]
        wide = (self.viewport().width() - 2 * Space.SECTION) / (page.width / MM_PER_INCH * _SCREEN_DPI)
        high = (self.viewport().height() - 2 * _GAP) / (page.height / MM_PER_INCH * _SCREEN_DPI)
        fitting = wide if self._fit is Fit.WIDTH else min(wide, high)
        return max(_STEPS[0], min(fitting, 1.6))

    # -- geometry ---------------------------------------------------------------------------------------

    def _ratio(self) -> float:
        return self.devicePixelRatioF()

    def _extent(self) -> QRectF:
        result = QRectF()
        for box in self._boxes:
            result = result.united(box)
        return result.adjusted(0, 0, _GAP, _GAP)

    def _arrange(self) -> None:
        """Place the pages in desk coordinates (px) and set the scroll bars."""
        factor = self._zoom * _SCREEN_DPI / MM_PER_INCH
        widest = max((page.width for page in self._sizes), default=0.0) * factor
        desk = max(float(self.viewport().width()), widest + 2 * _GAP)
        self._boxes, top = [], float(_GAP)
        for page in self._sizes:
            width, height = page.width * factor, page.height * factor
            self._boxes.append(QRectF(round((desk - width) / 2), round(top), round(width), round(height)))
            top += height + _GAP
        extent = self._extent()
        space = self.viewport().size()
        self.verticalScrollBar().setRange(0, max(0, round(extent.bottom() - space.height())))
        self.verticalScrollBar().setPageStep(space.height())
        self.verticalScrollBar().setSingleStep(48)
        self.horizontalScrollBar().setRange(0, max(0, round(desk - space.width())))
        self.horizontalScrollBar().setPageStep(space.width())
        self.viewport().update()

    def box_of(self, page: int) -> QRectF:
        """Where a page lies in the viewport, px."""
        return self._boxes[page].translated(
            -self.horizontalScrollBar().value(), -self.verticalScrollBar().value()
        )

    def at(self, point: QPointF) -> tuple[int, float, float] | None:
        """(page from 0, x mm, y mm) under a viewport point."""
        for page in self._visible():
            box = self.box_of(page)
            if box.contains(point):
                scale = self._sizes[page].width / box.width()
                return page, (point.x() - box.x()) * scale, (point.y() - box.y()) * scale
        return None

    def _visible(self) -> list[int]:
        space = QRectF(self.viewport().rect())
        return [page for page in range(len(self._boxes)) if self.box_of(page).intersects(space)]

    def go_to(self, page: int) -> None:
        """Scroll to the top of a page (from 0)."""
        if 0 <= page < len(self._boxes):
            self.verticalScrollBar().setValue(round(self._boxes[page].top() - _GAP))

    def centre_on(self, page: int, y_mm: float) -> None:
        """Scroll so that a height on a page is in the middle."""
        if 0 <= page < len(self._boxes):
            scale = self._boxes[page].width() / self._sizes[page].width
            middle = self._boxes[page].top() + y_mm * scale
            self.verticalScrollBar().setValue(round(middle - self.viewport().height() / 2))

    # -- drawing ----------------------------------------------------------------------------------------

    def _redraw(self) -> None:
        self._errors.clear()
        self._queue.begin(self._draw, self._zoom * _SCREEN_DPI * self._ratio())
        self._ask()

    def _ask(self) -> None:
        visible = self._visible()
        if not visible:
            return
        around = [visible[-1] + 1, visible[0] - 1]
        wanted = visible + [page for page in around if 0 <= page < len(self._sizes)]
        self._queue.want([page for page in wanted if not self._fresh(page)])
        for page in sorted(self._pictures, key=lambda page: abs(page - visible[0]))[_KEPT:]:
            del self._pictures[page]

    def _scrolled(self) -> None:
        visible = self._visible()
        if visible:
            middle = self.viewport().height() / 2
            current = min(visible, key=lambda page: abs(self.box_of(page).center().y() - middle))
            if current != self._current:
                self._current = current
                self.page_changed.emit(current, len(self._sizes))
        if not self._settle.isActive():
            self._ask()
        self.viewport().update()

    def _arrived(self, page: int, picture: QImage) -> None:
        self._pictures[page] = picture
        self._errors.pop(page, None)
        self.viewport().update()
        self.page_drawn.emit(page)

    def _broke(self, page: int, error: GongwenError) -> None:
        self._errors[page] = error
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), colour("canvas"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if not self._sizes and self._message:
            painter.setPen(colour("muted"))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, self._message)
        for page in self._visible():
            box = self.box_of(page)
            self._paint_shadow(painter, box)
            painter.fillRect(box, QColor("white"))
            if page in self._errors:
                self._paint_error(painter, box, page)
            elif page in self._pictures:
                painter.drawImage(box, self._pictures[page])
            else:
                self._paint_waiting(painter, box, page)
            self.paint_over(painter, page, box)
        painter.end()

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
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"正在绘制第 {page + 1} 页")

    def _paint_error(self, painter: QPainter, box: QRectF, page: int) -> None:
        words = sentence(self._errors[page])
        painter.setFont(font())
        painter.setPen(colour("invalid"))
        area = box.adjusted(40, 40, -40, -40)
        text = f"第 {page + 1} 页未能显示\n{words.what}\n{words.do}\n\n点击此处或按回车键重试"
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), text)

    # -- input ------------------------------------------------------------------------------------------

    def retry(self) -> None:
        """Draw the failed pages once more."""
        for page in list(self._errors):
            del self._errors[page]
            self._queue.again(page)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.at(event.position())
        if place is not None and place[0] in self._errors:
            self.retry()
        super().mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_in() if event.angleDelta().y() > 0 else self.zoom_out()
            return
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        moves = {
            Qt.Key.Key_Home: lambda: bar.setValue(0),
            Qt.Key.Key_End: lambda: bar.setValue(bar.maximum()),
            Qt.Key.Key_Space: lambda: bar.setValue(bar.value() + bar.pageStep()),
        }
        move = moves.get(Qt.Key(event.key()))
        if move is not None:
            move()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._errors:
            self.retry()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fit is not Fit.FREE and self._sizes:
            fitting = self._fitting()
            if abs(fitting - self._zoom) > 0.001:
                self._change_zoom(fitting)
                return
        self._arrange()
        self._settle.start()
