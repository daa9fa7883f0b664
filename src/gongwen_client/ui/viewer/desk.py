"""The desk: where pages lie under one another, and how one moves over them, comes nearer and turns them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent, QTransform, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from gongwen_client.ui.theme import Space
from gongwen_client.ui.viewer.layout import GAP, PageLayout, PageSize
from gongwen_client.ui.viewer.pieces import MM_PER_INCH

LEAST_ZOOM, MOST_ZOOM = 0.1, 8.0
STEPS = (0.1, 0.25, 0.33, 0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
_WHEEL_STEP = 1.2
_USUAL_DPI = 96.0
_BELIEVABLE_DPI = (60.0, 300.0)
_LINE = 48


class Fit(Enum):
    """How the zoom follows the window."""

    WIDTH = "width"
    PAGE = "page"
    FREE = "free"


class Desk(QAbstractScrollArea):
    """Pages as boxes. Who puts pictures into them implements ``_ask``. Pages count from 0."""

    page_changed = Signal(int, int)
    zoom_changed = Signal(float)

    def __init__(self, name: str, spoken: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "canvas")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(spoken)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        self._sizes: tuple[PageSize, ...] = ()
        self._layout = PageLayout((), 1.0)
        self._fit = Fit.WIDTH
        self._zoom = 1.0
        self._quarters = 0
        self._current = 0
        self._reached_by_key = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(60)
        self._settle.timeout.connect(self._ask)
        self.page_changed.connect(
            lambda page, pages: self.setAccessibleDescription(
                f"第 {page + 1} 页，共 {pages} 页" if pages else ""
            )
        )
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.horizontalScrollBar().valueChanged.connect(self._scrolled)

    @abstractmethod
    def _ask(self) -> None:
        """The pages came to rest at another place, size or turn: get what is in sight."""

    # -- pages ------------------------------------------------------------------------------------------

    def _lay(self, sizes: Sequence[PageSize]) -> None:
        """Other pages, seen from the first one, upright."""
        self._sizes = tuple(sizes)
        self._current = 0
        self._quarters = 0
        if self._sizes and self._fit is not Fit.FREE:
            self._zoom = self._fitting()
        self._arrange()
        self.verticalScrollBar().setValue(0)

    def correct_sizes(self, first: int, sizes: Sequence[PageSize]) -> None:
        """True sizes of pages from ``first`` on, which were guesses before; what the eye rests on stays."""
        if self._sizes[first : first + len(sizes)] == tuple(sizes):
            return
        corrected = (*self._sizes[:first], *sizes, *self._sizes[first + len(sizes) :])[: len(self._sizes)]
        place = self._place_at(QPointF(0, 0))
        self._sizes = corrected
        self._arrange()
        self._bring(place, QPointF(0, 0))
        self._settle.start()

    @property
    def sizes(self) -> tuple[PageSize, ...]:
        """Sizes of the pages, as far as they are known."""
        return self._sizes

    @property
    def page_count(self) -> int:
        """Number of pages shown."""
        return len(self._sizes)

    @property
    def current_page(self) -> int:
        """The page in the middle of the view."""
        return self._current

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

    # -- moving -----------------------------------------------------------------------------------------

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
        else:
            super().keyPressEvent(event)

    def _page_by(self, step: int, *, whole: bool) -> None:
        """A window's height on, or to the next page's top."""
        bar = self.verticalScrollBar()
        if whole:
            self.go_to(self._current + step)
        else:
            bar.setValue(bar.value() + step * bar.pageStep())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus to who came by keyboard; who clicks knows."""
        reasons = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._reached_by_key = event.reason() in reasons
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

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
