"""The paper as one reads in it: words can be selected and copied, links followed, finds stand out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import QMenu

from gongwen_client.render import Hit
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import colour
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.drawing import Drawing
from gongwen_client.ui.viewer.hint import Hint
from gongwen_client.ui.viewer.marks import Mark, Marks
from gongwen_client.ui.viewer.page_view import PageView
from gongwen_client.ui.viewer.selection import Selection, Unit
from gongwen_crypto.errors import GongwenError, RefusedError
from gongwen_docs.draw.passages import Rect, char_at
from gongwen_docs.draw.results import PageText
from gongwen_docs.ofd.navigation import ActionKind, Link
from gongwen_protocol.sentences import sentence

_KEPT_TEXTS = 200
_READ_AFTER_MS = 120
_EDGE = 24
_NEAR_MM = 0.6
_FOUND = QColor(255, 204, 0, 90)
_FOUND_NOW = QColor(255, 140, 0, 130)


class ReadingView(PageView):
    """A ``PageView`` with the words of its document."""

    attachment_wanted = Signal(str)
    search_wanted = Signal(str)
    selection_changed = Signal()
    seal_wanted = Signal(int)

    def __init__(self, name: str = "canvas", spoken: str = "公文版面") -> None:
        super().__init__(name, spoken)
        self.drawing: Drawing | None = None
        self.hint = Hint(self)
        self.marks = Marks()
        self._texts: OrderedDict[int, PageText] = OrderedDict()
        self._links: dict[int, tuple[Link, ...]] = {}
        self._asked: set[int] = set()
        self.selection = Selection(self._texts)
        self._unit: Unit | None = None
        self._pressed: Link | None = None
        self._clicks = 0
        self._last_press: QPointF | None = None
        self._triple = QTimer(self)
        self._triple.setSingleShot(True)
        self._hits: Mapping[int, Sequence[Hit]] = {}
        self._hit: Hit | None = None
        self.viewport().setMouseTracking(True)
        self._read_soon = QTimer(self)
        self._read_soon.setSingleShot(True)
        self._read_soon.setInterval(_READ_AFTER_MS)
        self._read_soon.timeout.connect(self._read_visible)
        self._pull = QTimer(self)
        self._pull.setInterval(30)
        self._pull.timeout.connect(self._pull_along)
        self.page_drawn.connect(lambda _page: self._read_soon.start())
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._read_soon.start())

    def show_drawing(self, drawing: Drawing) -> None:
        """Show a file from its first page."""
        self.forget()
        self.drawing = drawing
        self.show_document(drawing.sizes, drawing.draw)

    def show_message(self, text: str) -> None:
        self.forget()
        super().show_message(text)

    def forget(self) -> None:
        """No document any more."""
        self.drawing = None
        self._texts.clear()
        self._links.clear()
        self._asked.clear()
        self.selection.clear()
        self._hits, self._hit = {}, None
        self.marks = Marks()
        self.hint.hide()

    # -- words of pages ---------------------------------------------------------------------------------

    def text_of(self, page: int) -> PageText | None:
        """The text of a page, as far as it was read."""
        return self._texts.get(page)

    def _read_visible(self) -> None:
        for page in self.visible_pages():
            self._read(page)

    def _read(self, page: int) -> None:
        """Fetch words and links of a page once, in the background."""
        drawing = self.drawing
        if drawing is None or page in self._asked or not 0 <= page < self.page_count:
            return
        self._asked.add(page)

        def fetch() -> tuple[PageText, tuple[Link, ...]]:
            return drawing.text(page), drawing.links(page)

        def came(found: tuple[PageText, tuple[Link, ...]]) -> None:
            if self.drawing is drawing:
                self._keep(page, *found)

        def failed(_error: GongwenError) -> None:  # the page itself says that it is broken
            if self.drawing is drawing:
                self._asked.discard(page)

        work(self, fetch).then(came).failed(failed).start()

    def _keep(self, page: int, text: PageText, links: tuple[Link, ...]) -> None:
        self._texts[page] = text
        self._links[page] = links
        while len(self._texts) > _KEPT_TEXTS:
            oldest = next(iter(self._texts))
            if oldest in self.selection.pages:
                self._texts.move_to_end(oldest)
                break
            self._asked.discard(oldest)
            del self._texts[oldest], self._links[oldest]
        if page in self.selection.pages:
            self.viewport().update()

    # -- finds ------------------------------------------------------------------------------------------

    def show_hits(self, hits: Mapping[int, Sequence[Hit]], chosen: Hit | None) -> None:
        """Mark what was found, the chosen one most."""
        self._hits, self._hit = hits, chosen
        self.viewport().update()

    def reveal_hit(self, hit: Hit) -> None:
        """Scroll to a find."""
        self.reveal(hit.page, _rect(hit.boxes[0]))

    def paint_over(self, painter: QPainter, page: int, box: QRectF) -> None:
        place = self.transform_of(page)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.save()
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
        for hit in self._hits.get(page, ()):
            painter.setBrush(_FOUND_NOW if hit is self._hit else _FOUND)
            for part in hit.boxes:
                painter.drawRoundedRect(place.mapRect(_rect(part)).adjusted(-1, -1, 1, 1), 2, 2)
        selected = colour("action")
        selected.setAlpha(70)
        painter.setBrush(selected)
        for part in self.selection.boxes(page):
            painter.drawRect(place.mapRect(_rect(part)))
        painter.restore()
        self.marks.paint(painter, page, box, place)

    # -- marks ------------------------------------------------------------------------------------------

    def show_stamps(self, stamps: Sequence[Mark]) -> None:
        """Where the seals stand, as the verifier says: they answer to the right mouse button."""
        self.marks.stamps = tuple(stamps)

    def point_at(self, marks: Sequence[Mark], chosen: Mark, tone: Tone) -> None:
        """Frame places until the next click on the paper, and scroll to the chosen one."""
        self.marks.point_at(marks, tone)
        if chosen.box is None:
            self.go_to(chosen.page)
        else:
            self.reveal(chosen.page, chosen.box)
        self.viewport().update()

    # -- selecting --------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self._on_retry(event.position()):
            super().mousePressEvent(event)
            return
        self.marks.point_at(())
        self._clicks = self._count_click(event)
        self._pressed = self._link_at(event.position()) if self._clicks == 1 else None
        place = self.nearest(event.position())
        if place is None:
            return
        self._read(place[0])
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self.selection.anchored:
            self._unit = Unit.CHARACTER
            self.selection.extend(*place)
        else:
            self._unit = Unit(self._clicks)
            self.selection.begin(*place, self._unit)
        self._selected()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def _count_click(self, event: QMouseEvent) -> int:
        """1, 2 or 3: how often was clicked at about the same place in quick succession."""
        before, self._last_press = self._last_press, event.position()
        near = before is not None and (before - event.position()).manhattanLength() < 6
        double = event.type() == QMouseEvent.Type.MouseButtonDblClick
        if double:
            self._triple.start(QGuiApplication.styleHints().mouseDoubleClickInterval())
            return 2
        return 3 if near and self._clicks == 2 and self._triple.isActive() else 1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._unit is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._drag_to(event.position())
            outside = (
                not self.viewport().rect().adjusted(0, _EDGE, 0, -_EDGE).contains(event.position().toPoint())
            )
            if outside and not self._pull.isActive():
                self._pull.start()
            elif not outside:
                self._pull.stop()
            return
        self._hover(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pull.stop()
        self._unit = None
        link, self._pressed = self._pressed, None
        if link is not None and self.selection.empty and link is self._link_at(event.position()):
            self._follow(link)

    def _drag_to(self, point: QPointF) -> None:
        place = self.nearest(point)
        if place is not None:
            self._read(place[0])
            self.selection.extend(*place)
            self._selected()

    def _pull_along(self) -> None:
        """Scroll on while the mouse is held beyond the edge."""
        point = QPointF(self.viewport().mapFromGlobal(self.cursor().pos()))
        height = self.viewport().height()
        beyond = min(0.0, point.y() - _EDGE) + max(0.0, point.y() - height + _EDGE)
        bar = self.verticalScrollBar()
        bar.setValue(round(bar.value() + max(-60.0, min(60.0, beyond))))
        self._drag_to(point)

    def _selected(self) -> None:
        self.viewport().update()
        self.selection_changed.emit()

    def select_page(self) -> None:
        """All words of the page in the middle of the view."""
        page = self.current_page
        if page not in self._texts:
            self._read(page)
            self.hint.say("正在读取本页文字，请稍候再试。")
            return
        self.selection.select_page(page)
        if self.selection.empty:
            self.hint.say("本页没有可以选取的文字，可能是扫描图像。")
        self._selected()

    def copy(self) -> None:
        """Put the selected words on the clipboard where the document permits it."""
        if self.selection.empty:
            self.hint.say("没有选中文字。按住鼠标左键拖动可以选取。")
            return
        try:
            self._require_export()
        except RefusedError as error:
            said = sentence(error)
            self.hint.say(f"{said.what}{said.do}（{said.rule}）", warning=True)
            return
        unread = [page for page in self.selection.pages if page not in self._texts]
        if unread:
            for page in unread:
                self._read(page)
            self.hint.say("所选文字还没有全部读出，请稍候再复制。")
            return
        words = self.selection.words()
        QGuiApplication.clipboard().setText(words)
        self.hint.say(f"已复制 {len(words)} 个字。")

    def _require_export(self) -> None:
        if self.drawing is not None and not self.drawing.facts.permissions.export:
            raise RefusedError("viewer.copy_forbidden")

    # -- links ------------------------------------------------------------------------------------------

    def _link_at(self, point: QPointF) -> Link | None:
        place = self.at(point)
        if place is None:
            return None
        page, x, y = place
        for link in reversed(self._links.get(page, ())):
            box = link.box
            if box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height:
                return link
        return None

    def _hover(self, point: QPointF) -> None:
        link = self._link_at(point)
        shape = Qt.CursorShape.ArrowCursor
        if link is not None:
            shape = Qt.CursorShape.PointingHandCursor
            self.hint.show_link(_told(link))
        else:
            self.hint.end_link()
            place = self.at(point)
            text = self._texts.get(place[0]) if place is not None else None
            if place is not None and text is not None and char_at(text, *place[1:], _NEAR_MM) is not None:
                shape = Qt.CursorShape.IBeamCursor
        self.viewport().setCursor(shape)

    def _follow(self, link: Link) -> None:
        """Go to a place within the document; everything else is only told."""
        action = link.action
        if action.kind is ActionKind.GO_TO:
            self.go_to(action.page, action.top)
        elif action.kind is ActionKind.ATTACHMENT:
            self.attachment_wanted.emit(action.target)
        elif action.kind is ActionKind.URI:
            self.hint.offer(f"公文中的网址不会被打开：{action.target}", "复制网址", action.target)
        else:
            self.hint.say(_told(link), warning=True)

    def _on_retry(self, point: QPointF) -> bool:
        return any(act.contains(point) for act in self._retry_boxes.values())

    # -- keys and menu ----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_page()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.menu(event.pos())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def menu(self, at: QPoint) -> QMenu:
        """What can be done with the words, and with a seal under the mouse."""
        menu = QMenu(self)
        place = self.at(QPointF(at))
        stamp = self.marks.stamp_at(*place) if place is not None else None
        if stamp is not None and stamp.owner is not None:
            name = stamp.name if len(stamp.name) <= 16 else f"{stamp.name[:16]}…"
            menu.addAction(f"核验这枚印章「{name}」(&S)", partial(self.seal_wanted.emit, stamp.owner))
            menu.addSeparator()
        chosen = not self.selection.empty
        words = self.selection.words().replace("\n", "")
        copying = menu.addAction("复制(&C)\tCtrl+C", self.copy)
        copying.setEnabled(chosen)
        menu.addAction("选取本页文字(&A)\tCtrl+A", self.select_page)
        short = words if len(words) <= 12 else f"{words[:12]}…"
        searching = menu.addAction(
            f"查找“{short}”(&F)" if chosen else "查找(&F)\tCtrl+F",
            partial(self.search_wanted.emit, words[:60]),
        )
        searching.setEnabled(self.page_count > 0)
        return menu


def _rect(box: Rect) -> QRectF:
    left, top, right, bottom = box
    return QRectF(QPointF(left, top), QPointF(right, bottom))


def _told(link: Link) -> str:
    """A link in words."""
    action = link.action
    if action.kind is ActionKind.GO_TO:
        return f"转到第 {action.page + 1} 页"
    if action.kind is ActionKind.URI:
        return f"网址（不会打开）：{action.target}"
    if action.kind is ActionKind.ATTACHMENT:
        return "公文内的附件"
    return "公文中的音像不会播放。"
