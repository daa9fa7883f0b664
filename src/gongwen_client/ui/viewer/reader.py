"""Pages with their tools: tabs at the left, zoom at the right, verdict bar, search, side bar, paper."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QTabBar, QWidget

from gongwen_client.domain.names import plain_name
from gongwen_client.render import AttachmentFacts
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.viewer.document_info import info_sections
from gongwen_client.ui.viewer.drawing import Drawing
from gongwen_client.ui.viewer.layout import PageSize
from gongwen_client.ui.viewer.reading_view import ReadingView
from gongwen_client.ui.viewer.search_bar import SearchBar
from gongwen_client.ui.viewer.sidebar import FOUND, SideBar, attachment_name, opens_here
from gongwen_client.ui.viewer.tools import ZoomTools
from gongwen_client.ui.viewer.verdict_bar import VerdictBar
from gongwen_client.ui.widgets.basics import column, holder, row, tool
from gongwen_docs.ofd.navigation import Action, ActionKind, Navigation
from gongwen_protocol.sentences import sentence

__all__ = ["Reader", "ZoomTools"]

_SIZES_AT_ONCE = 250


class Reader(QWidget):
    """The paper in the first tab; further tabs hold lists that belong to the document.

    ``info_changed`` follows when more is known about the file. ``file_wanted`` asks to show a file that was
    inside the document and now lies at a path of its own; who shows it removes it.
    """

    tab_changed = Signal(int)
    info_changed = Signal()
    file_wanted = Signal(Path, str)

    def __init__(self, first_tab: str = "正文") -> None:
        super().__init__()
        self.pages = ReadingView()
        self.verdict = VerdictBar()
        self.search = SearchBar(self.pages)
        self.sidebar = SideBar(self.pages)
        self._navigation = Navigation()
        self.tabs = QTabBar()
        self.tabs.setObjectName("reader_tabs")
        self.tabs.setAccessibleName("公文内容")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.addTab(first_tab)
        self.zoom = ZoomTools(self.pages)
        self.sidebar_toggle = tool(
            "sidebar", "页面和目录", self._toggle_side, name="sidebar_toggle", shortcut="F4"
        )
        self.sidebar_toggle.setCheckable(True)
        self._find = tool("search", "查找", self.open_search, name="find_open")
        self._find.setToolTip("查找（Ctrl+F）")
        self._tools = holder(row(self.zoom, self._find, gap=2))
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._stack = QStackedWidget()
        paper = column(self.search, self.pages, gap=0)
        beside = row(self.sidebar, gap=0)
        beside.addLayout(paper, 1)
        self._paper = holder(beside)
        self._stack.addWidget(self._paper)
        self.search.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.sidebar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        line = row(self.sidebar_toggle, 6, margins=(Space.INSIDE, 0, Space.INSIDE, 0), gap=2)
        line.addWidget(self.tabs, 1)  # the room that is left: a bold tab is wider than it was measured
        line.addWidget(self._tools)
        strip = holder(line, "toolstrip")
        strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        strip.setFixedHeight(41)
        self.setLayout(column(strip, self.verdict, self._stack, gap=0))

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._turn)
        self.pages.search_wanted.connect(self.open_search)
        self.pages.attachment_wanted.connect(self._follow_attachment)
        self.pages.page_drawn.connect(self._look_at_remarks)
        self.sidebar.thumbnails.page_wanted.connect(self.pages.go_to)
        self.sidebar.contents.chosen.connect(self._follow)
        self.sidebar.finds.chosen.connect(self.search.choose)
        self.sidebar.carried.open_wanted.connect(self._open_carried)
        self.sidebar.carried.save_wanted.connect(self._save_carried)
        self.search.hits_changed.connect(self._hits_changed)
        self.search.list_wanted.connect(self._list_hits)
        self._told_remarks = 0
        for keys, act in (("F3", self.search_on), ("Shift+F3", self.search_back)):
            shortcut = QShortcut(QKeySequence(keys), self, act)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    # -- document ---------------------------------------------------------------------------------------

    def show_drawing(self, drawing: Drawing) -> None:
        """Show a file from its first page."""
        self.pages.show_drawing(drawing)
        self._navigation = Navigation()
        self._told_remarks = 0
        self.sidebar.thumbnails.show_pages(drawing.sizes)
        self.sidebar.show_navigation(self._navigation)
        files = [file for file in drawing.facts.attachments if file.visible]
        self.sidebar.show_carried(files)
        self.search.document_changed()
        self._measure(drawing, drawing.facts.sizes_known)
        work(self, drawing.navigation).then(lambda found: self._navigation_came(drawing, found)).failed(
            lambda _error: None  # a broken table of contents must not hide the pages
        ).start()
        self.info_changed.emit()

    def _measure(self, drawing: Drawing, first: int) -> None:
        """Learn the sizes that were guesses, some at a time."""
        if first >= len(drawing.sizes):
            return

        def came(sizes: tuple[PageSize, ...]) -> None:
            if self.pages.drawing is not drawing or not sizes:
                return
            self.pages.correct_sizes(first, sizes)
            self.sidebar.thumbnails.correct_sizes(self.pages.sizes)
            self._measure(drawing, first + len(sizes))
            if first + len(sizes) >= len(drawing.sizes):
                self.info_changed.emit()

        work(self, lambda: drawing.learn_sizes(first, _SIZES_AT_ONCE)).then(came).failed(
            lambda _error: None  # the guesses stay
        ).start()

    def _navigation_came(self, drawing: Drawing, navigation: Navigation) -> None:
        if self.pages.drawing is drawing:
            self._navigation = navigation
            self.sidebar.show_navigation(navigation)
            if navigation.by_itself:
                self.info_changed.emit()

    def _look_at_remarks(self) -> None:
        drawing = self.pages.drawing
        if drawing is not None and len(drawing.remarks) != self._told_remarks:
            self._told_remarks = len(drawing.remarks)
            self.info_changed.emit()

    def info(self) -> list[QWidget]:
        """The sections of the tab 文件信息; empty without a document."""
        drawing = self.pages.drawing
        if drawing is None:
            return []
        sizes = self.pages.sizes
        return info_sections(
            drawing.facts, sizes, drawing.remarks, self._navigation.by_itself, datetime.now(UTC)
        )

    # -- side bar and search ----------------------------------------------------------------------------

    def _toggle_side(self) -> None:
        self.sidebar.setVisible(not self.sidebar.isVisible())
        self.sidebar_toggle.setChecked(not self.sidebar.isHidden())

    def show_side(self, tab: int) -> None:
        """Open the side bar at one of its tabs."""
        self.sidebar.show_tab(tab)
        self.sidebar_toggle.setChecked(True)

    def open_search(self, words: str = "") -> None:
        """查找: the bar above the paper, with the words that are selected if there are few."""
        self.tabs.setCurrentIndex(0)
        selected = self.pages.selection.words().strip()
        few = selected if selected and "\n" not in selected and len(selected) <= 40 else ""
        self.search.open_bar(words or few)

    def search_on(self) -> None:
        """F3."""
        self.search.go_on() if self.search.isVisible() else self.open_search()

    def search_back(self) -> None:
        """Shift+F3."""
        self.search.go_back() if self.search.isVisible() else self.open_search()

    def _hits_changed(self) -> None:
        self.sidebar.show_hits(self.search.run.hits, self.search.chosen)

    def _list_hits(self) -> None:
        self.show_side(FOUND)

    def _follow(self, action: Action) -> None:
        if action.kind is ActionKind.GO_TO:
            self.pages.go_to(action.page, action.top)
        elif action.kind is ActionKind.URI:
            self.pages.hint.offer(f"公文中的网址不会被打开：{action.target}", "复制网址", action.target)
        elif action.kind is ActionKind.ATTACHMENT:
            self._follow_attachment(action.target)

    # -- files inside -----------------------------------------------------------------------------------

    def _follow_attachment(self, attachment_id: str) -> None:
        drawing = self.pages.drawing
        files = drawing.facts.attachments if drawing is not None else ()
        file = next((file for file in files if file.id == attachment_id), None)
        if file is None or not opens_here(file):
            self.pages.hint.say("这个附件不能在这里打开，可以在左侧“附件”中另存。", warning=True)
        else:
            self._open_carried(file)

    def _open_carried(self, file: AttachmentFacts) -> None:
        drawing = self.pages.drawing
        if drawing is None:
            return
        name = plain_name(attachment_name(file))

        def take_out() -> Path:
            target = Path(tempfile.mkdtemp(prefix="gongwen-")) / f"attachment{Path(name).suffix.lower()}"
            drawing.save_attachment(file.id, target)
            return target

        work(self, take_out).then(lambda path: self.file_wanted.emit(path, name)).failed(
            self.pages.hint.explain
        ).start()

    def _save_carried(self, file: AttachmentFacts) -> None:
        drawing = self.pages.drawing
        if drawing is None:
            return
        if not drawing.facts.permissions.export:
            said = sentence("viewer.export_forbidden")
            self.pages.hint.say(f"{said.what}{said.do}（{said.rule}）", warning=True)
            return
        dialog = QFileDialog(self, "另存附件")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.selectFile(plain_name(attachment_name(file)))
        dialog.fileSelected.connect(lambda target: self.save_carried(file, Path(target)))
        dialog.open()

    def save_carried(self, file: AttachmentFacts, target: Path) -> None:
        """Write a file from inside the document to ``target``."""
        drawing = self.pages.drawing
        if drawing is not None:
            work(self, lambda: drawing.save_attachment(file.id, target)).then(
                lambda _nothing: self.pages.hint.say(f"已另存到 {target}。")
            ).failed(self.pages.hint.explain).start()

    # -- tabs -------------------------------------------------------------------------------------------

    def add_tab(self, title: str, content: QWidget) -> int:
        """A tab beside the paper; the answer is its number."""
        self._stack.addWidget(content)
        return self.tabs.addTab(title)

    def _turn(self, tab: int) -> None:
        self._stack.setCurrentIndex(tab)
        paper = self._stack.currentWidget() is self._paper
        self._tools.setVisible(paper)
        self.sidebar_toggle.setEnabled(paper)
        self.tab_changed.emit(tab)
