"""Find in the document: a field above the paper, how many were found, the next and the one before."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame

from gongwen_client.render import Hit
from gongwen_client.ui.theme import Space
from gongwen_client.ui.viewer.reading_view import ReadingView
from gongwen_client.ui.viewer.searching import MOST_HITS, SearchRun
from gongwen_client.ui.widgets.basics import label, row, tool
from gongwen_client.ui.widgets.search import SearchField
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.sentences import sentence

_TYPING_MS = 250


class SearchBar(QFrame):
    """Hidden until it is opened. Searches while one types; F3 and Shift+F3 go on from the find in hand."""

    closed = Signal()
    hits_changed = Signal()
    list_wanted = Signal()

    def __init__(self, view: ReadingView) -> None:
        super().__init__()
        self.setObjectName("searchbar")
        self._view = view
        self.run = SearchRun(self)
        self.chosen: Hit | None = None
        self._failure = ""
        self.field = SearchField("find", "在本文中查找", "在本文中查找")
        self.field.setFixedWidth(260)
        self.field.installEventFilter(self)
        self.count = label("", "muted")
        self.count.setObjectName("find_count")
        self.previous = tool("chevron-up", "上一处", self.go_back, name="find_previous")
        self.next = tool("chevron-down", "下一处", self.go_on, name="find_next")
        self.previous.setToolTip("上一处（Shift+F3）")
        self.next.setToolTip("下一处（F3）")
        self.listing = tool("register", "列出全部结果", self.list_wanted.emit, name="find_list")
        close = tool("close", "关闭查找", self.close_bar, name="find_close")
        layout = row(
            self.field,
            self.previous,
            self.next,
            self.listing,
            Space.INSIDE,
            self.count,
            None,
            close,
            gap=2,
            margins=(Space.GROUP, 4, Space.INSIDE, 4),
        )
        self.setLayout(layout)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self.search)
        self.field.textChanged.connect(lambda _text: self._typing.start())
        self.run.changed.connect(self._progress)
        self.run.failed.connect(self._broke)
        self.hide()

    def open_bar(self, words: str = "") -> None:
        """Show the field, with ``words`` or what was searched last."""
        self.show()
        if words:
            self.field.setText(words)
        self.field.setFocus()
        self.field.selectAll()
        if self.field.text():
            self.search()

    def close_bar(self) -> None:
        """Hide, and end the search."""
        self._typing.stop()
        self.run.cancel()
        self._choose(None)
        self.hide()
        self.hits_changed.emit()
        self._view.setFocus()
        self.closed.emit()

    def document_changed(self) -> None:
        """Another document: search it for the same words, if the bar is open."""
        self.run.cancel()
        self.chosen = None
        if self.isVisible():
            self.search()

    def search(self) -> None:
        """Search for what the field says, from the page in sight on."""
        self._typing.stop()
        words, drawing = self.field.text().strip(), self._view.drawing
        if words and words == self.run.words:
            return
        self.chosen = None
        self._failure = ""
        if not words or drawing is None:
            self.run.cancel()
            self._progress()
            return
        self.run.start(drawing, words, self._view.current_page)

    def go_on(self) -> None:
        """To the next find; behind the last comes the first."""
        self._step(1)

    def go_back(self) -> None:
        """To the find before; before the first comes the last."""
        self._step(-1)

    def choose(self, hit: Hit) -> None:
        """To this find."""
        self._choose(hit)
        self._progress()

    def _step(self, step: int) -> None:
        if self._typing.isActive() or (self.field.text().strip() and not self.run.words):
            self.search()
            return
        hits = self.run.hits
        if not hits:
            return
        at = hits.index(self.chosen) if self.chosen in hits else (-1 if step > 0 else 0)
        self._choose(hits[(at + step) % len(hits)])
        self._progress()

    def _choose(self, hit: Hit | None) -> None:
        self.chosen = hit
        self._view.show_hits(self.run.by_page(), hit)
        if hit is not None and hit.boxes:
            self._view.reveal_hit(hit)

    def _progress(self) -> None:
        """Choose the first find from the page in sight on, as soon as there is one; tell how many."""
        if self.chosen is None and self.run.hits:
            page = self._view.current_page
            self.chosen = next((hit for hit in self.run.hits if hit.page >= page), self.run.hits[0])
            self._choose(self.chosen)
        else:
            self._view.show_hits(self.run.by_page(), self.chosen)
        self.count.setText(self._told())
        found = bool(self.run.hits)
        for act in (self.previous, self.next, self.listing):
            act.setEnabled(found)
        self.hits_changed.emit()

    def _told(self) -> str:
        run = self.run
        if self._failure:
            return self._failure
        if not run.words:
            return ""
        total = f"{len(run.hits)}{'+' if len(run.hits) >= MOST_HITS else ''}"
        at = run.hits.index(self.chosen) + 1 if self.chosen in run.hits else 0
        told = f"{at}/{total}" if run.hits else ("没有找到" if run.finished else "正在查找")
        if not run.finished:
            told += f"　已查 {run.pages_done} / {self._view.page_count} 页"
        elif run.unreadable:
            told += f"　有 {len(run.unreadable)} 页的文字未能读取"
        return told

    def _broke(self, error: GongwenError) -> None:
        self._failure = sentence(error).what

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys in the field: Esc closes the bar and not the document, Enter goes on."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.close_bar()
                return True
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            self._step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
            return True
        return super().eventFilter(watched, event)
