"""Small pictures of all pages beside the paper, drawn when they come into sight and nothing else waits."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QImage, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gongwen_client.ui.theme import Type, colour, font
from gongwen_client.ui.viewer.layout import PageSize
from gongwen_client.ui.viewer.page_view import PageView
from gongwen_client.ui.viewer.pieces import MM_PER_INCH, Pictures, Piece
from gongwen_client.ui.viewer.queue import Lane

_WIDTH, _HEIGHT = 112, 148
_NUMBER = 22
_MARGIN = 8
_KEPT_BYTES = 24 * 1024 * 1024

Index = QModelIndex | QPersistentModelIndex


class _Pages(QAbstractListModel):
    """One row for each page."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.count = 0

    def reset(self, count: int) -> None:
        self.beginResetModel()
        self.count = count
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own signature
        return 0 if parent.isValid() else self.count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"第 {index.row() + 1} 页"
        return None


class _Painter(QStyledItemDelegate):
    """Picture and number of a page; a frame around the page that is read."""

    def __init__(self, strip: Thumbnails) -> None:
        super().__init__(strip)
        self._strip = strip

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(_WIDTH + 2 * _MARGIN, _HEIGHT + _NUMBER + 2 * _MARGIN)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        strip, page = self._strip, index.row()
        if page >= len(strip.sizes):
            return
        size = strip.sizes[page]
        scale = min(_WIDTH / size.width, _HEIGHT / size.height)
        width, height = max(1, round(size.width * scale)), max(1, round(size.height * scale))
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        left = area.left() + (area.width() - width) // 2
        box = QRect(left, area.top() + _MARGIN + (_HEIGHT - height), width, height)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        picture = strip.picture(page)
        painter.fillRect(box, QColor("white"))
        if picture is not None:
            painter.drawImage(box, picture)
        current = page == strip.current
        painter.setPen(colour("action") if current else colour("line_strong"))
        frame = box.adjusted(-1, -1, 0, 0)
        painter.drawRect(frame)
        if current:
            painter.drawRect(frame.adjusted(-1, -1, 1, 1))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.drawRect(frame.adjusted(-4, -4, 4, 4))
        painter.setPen(colour("action") if current else colour("muted"))
        painter.setFont(font(Type.SMALL, strong=current))
        words = QRect(area.left(), area.bottom() - _NUMBER - 2, area.width(), _NUMBER)
        broken = strip.broken(page)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, f"{page + 1} !" if broken else str(page + 1))
        painter.restore()


class Thumbnails(QListView):
    """``page_wanted`` follows a click or an arrow key."""

    page_wanted = Signal(int)

    def __init__(self, view: PageView) -> None:
        super().__init__()
        self.setObjectName("thumbnails")
        self.setAccessibleName("页面缩略图")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._view = view
        self.sizes: tuple[PageSize, ...] = ()
        self.current = 0
        self._pages = _Pages(self)
        self._pictures = Pictures(_KEPT_BYTES)
        self.destroyed.connect(self._pictures.clear)
        self.setModel(self._pages)
        self.setItemDelegate(_Painter(self))
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(80)
        self._soon.timeout.connect(self._ask)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._soon.start())
        self.verticalScrollBar().rangeChanged.connect(lambda _low, _high: self._soon.start())
        self.clicked.connect(lambda index: self.page_wanted.emit(index.row()))
        self.selectionModel().currentChanged.connect(self._moved)
        view.queue.drawn.connect(self._arrived)
        view.page_changed.connect(self._follow)

    def show_pages(self, sizes: tuple[PageSize, ...]) -> None:
        """Another document (or none)."""
        self.sizes = sizes
        self.current = 0
        self._pictures.clear()
        self._pages.reset(len(sizes))
        self._soon.start()

    def correct_sizes(self, sizes: tuple[PageSize, ...]) -> None:
        """True sizes of pages of the same document."""
        self.sizes = sizes
        self.viewport().update()
        self._soon.start()

    def picture(self, page: int) -> QImage | None:
        """The picture of a page, if it was drawn."""
        return self._pictures.stand_in(page)

    def broken(self, page: int) -> bool:
        """True when the page could not be drawn."""
        return page in self._view.queue.broken

    def _piece(self, page: int) -> Piece:
        size = self.sizes[page]
        scale = min(_WIDTH / size.width, _HEIGHT / size.height) * self.devicePixelRatioF()
        return Piece(page, round(max(1.0, scale * MM_PER_INCH), 1))

    def _ask(self) -> None:
        if not self.isVisible() or not self.sizes:
            self._view.queue.want(Lane.THUMBNAILS, [])
            return
        top = self.indexAt(QPoint(self.viewport().width() // 2, 1)).row()
        each = self.sizeHintForRow(0)
        first = max(0, top)
        last = min(len(self.sizes), first + self.viewport().height() // max(1, each) + 2)
        wanted = [self._piece(page) for page in range(first, last)]
        self._view.queue.want(Lane.THUMBNAILS, [piece for piece in wanted if piece not in self._pictures])

    def _arrived(self, piece: Piece, picture: QImage) -> None:
        if piece.page < len(self.sizes) and piece == self._piece(piece.page):
            self._pictures.put(piece, picture)
            self.update(self._pages.index(piece.page))

    def _follow(self, page: int, _pages: int) -> None:
        """The page that is read moves on; its picture comes into sight."""
        before, self.current = self.current, page
        for row in (before, page):
            self.update(self._pages.index(row))
        if self.isVisible() and not self.hasFocus():
            self.scrollTo(self._pages.index(page))

    def _moved(self, index: Index, _before: Index) -> None:
        if self.hasFocus() and index.isValid():
            self.page_wanted.emit(index.row())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.scrollTo(self._pages.index(self.current))
        self._soon.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._soon.start()
