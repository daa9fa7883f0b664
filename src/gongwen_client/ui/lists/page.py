"""A list of documents as a page: title, search, table, empty state, skeleton."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget

from gongwen_client.ui.lists.table import RowTable
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.widgets.basics import column, holder, label, row, tool
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.search import SearchField
from gongwen_client.ui.widgets.states import EmptyState, Skeleton
from gongwen_client.ui.widgets.table_page import TablePage
from gongwen_crypto.errors import GongwenError


class ListPage(TablePage):
    """Loads its rows in the background, one question at a time."""

    table: RowTable
    search: SearchField

    opened = Signal(object)
    shown_rows = Signal(int)

    def __init__(
        self,
        name: str,
        title: str,
        table: RowTable,
        empty: EmptyState,
        load: Callable[[], Sequence[Any]],
        matches: Callable[[Any, str], bool],
        find: Callable[[str], Sequence[Any]] | None = None,
    ) -> None:
        """``load`` gives the newest rows; ``find``, where given, searches all there are."""
        super().__init__()
        self.setObjectName(name)
        self.page_title = title
        self.table = table
        self._load = load
        self._matches = matches
        self._find = find
        self._found: tuple[str, list[Any]] = ("", [])
        self._rows: list[Any] = []
        self._asking = False
        self._ask_again = False
        self.notice = Notice("list_notice")
        self.search = SearchField("search", "查找标题、文号、单位", f"在{title}中查找标题、文号或单位")
        self.search.setFixedWidth(260)
        self.search.setToolTip("Ctrl+F")
        self.search.textChanged.connect(lambda _text: self._search())
        self._caption = label("", "muted")
        self.acts: QHBoxLayout = row(gap=Space.INSIDE)
        head = row(gap=Space.INSIDE, margins=(Space.GROUP, 0, Space.GROUP, 0))
        head.addWidget(label(title, "title"))
        head.addWidget(self._caption)
        head.addStretch(1)
        head.addWidget(self.search)
        head.addWidget(tool("refresh", "刷新", self.reload, name="refresh"))
        head.addLayout(self.acts)
        self._skeleton = Skeleton()
        self._nothing_found = EmptyState(
            "search", "没有符合条件的公文", "请换一个词查找，或按 Esc 清除查找条件。"
        )
        self._stack = QStackedWidget()
        self._empty = empty
        for part in (self._skeleton, table, empty, self._nothing_found):
            self._stack.addWidget(part)
        noticed = column(self.notice, margins=(Space.GROUP, 0, Space.GROUP, 0))
        whole = column(gap=0)
        top = holder(head)
        top.setFixedHeight(Size.HEAD)
        whole.addWidget(top)
        whole.addLayout(noticed)
        whole.addWidget(self._stack, 1)
        self.setLayout(whole)
        table.activated.connect(self._open)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._skeleton.begin()

    def add_action(self, act: QPushButton) -> None:
        """An action for the chosen row, in the page's header."""
        self.acts.addWidget(act)

    def reload(self) -> None:
        """Ask for the rows again; what is shown stays until they come. Asked while it is asking, it asks
        once more afterwards."""
        if self._asking:
            self._ask_again = True
            return
        self._asking = True
        work(self, self._load).always(self._answered).then(self._arrived).failed(self._failed).start()

    def _answered(self) -> None:
        self._asking = False
        if self._ask_again:
            self._ask_again = False
            self.reload()

    def _arrived(self, rows: Sequence[Any]) -> None:
        self.notice.clear()
        self._rows = list(rows)
        self._show()
        self.first_read()
        self.shown_rows.emit(len(self._rows))

    def _search(self) -> None:
        text, find = self.search.text().strip(), self._find
        if text and find is not None:
            work(self, lambda: find(text)).then(lambda rows: self._found_rows(text, rows)).failed(
                self._failed
            ).start()
        self._show()

    def _found_rows(self, text: str, rows: Sequence[Any]) -> None:
        if text == self.search.text().strip():
            self._found = (text, list(rows))
            self._show()

    def _failed(self, error: GongwenError) -> None:
        self.notice.explain(error)
        self._stack.setCurrentWidget(self.table if self._rows else self._empty)

    def _show(self) -> None:
        text = self.search.text().strip()
        rows = self._rows
        if text:
            found = self._found[1] if self._found[0] == text else []
            rows = found or [item for item in self._rows if self._matches(item, text)]
        self.table.show_rows(rows)
        self._caption.setText(f"{len(rows)} 份" if rows else "")
        if rows:
            self._stack.setCurrentWidget(self.table)
        else:
            self._stack.setCurrentWidget(self._nothing_found if text else self._empty)

    def _open(self) -> None:
        chosen = self.table.chosen()
        if chosen is not None:
            self.opened.emit(chosen)

    def open_chosen(self) -> None:
        """As Enter on the chosen row."""
        self._open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            self.table.setFocus()
            return
        super().keyPressEvent(event)
