"""The help of one page: its text, what the rules say, and a search over all topics."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QStackedWidget, QTextBrowser, QWidget

from gongwen_client.services.help import HelpService, Topic, topic_of, topics
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.widgets.basics import ElidedLabel, column, holder, label, row, tool, worded_tool
from gongwen_client.ui.widgets.search import SearchField

_TOPIC_ROLE = Qt.ItemDataRole.UserRole
_WIDTH = 340
_INDENT = 22


class HelpPanel(QFrame):
    """``closed`` when the person has read enough."""

    closed = Signal()

    def __init__(self, help_service: HelpService) -> None:
        super().__init__()
        self.setObjectName("help_panel")
        self.setAccessibleName("帮助")
        self._help = help_service
        self.topic: Topic | None = None
        self.title = ElidedLabel("帮助", "title")
        self.search = SearchField("help_search", "在帮助中查找", "在帮助中查找")
        self.search.textChanged.connect(lambda _text: self._look())
        self.search.returnPressed.connect(self._open_first)
        self.text = QTextBrowser()
        self.text.setObjectName("help_text")
        self.text.setAccessibleName("帮助正文")
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(self._follow)
        self.found = QListWidget()
        self.found.setObjectName("help_found")
        self.found.setAccessibleName("帮助主题")
        self.found.setFrameShape(QFrame.Shape.NoFrame)
        self.found.itemActivated.connect(self._open_item)
        self.found.itemClicked.connect(self._open_item)
        self._nothing = label("没有找到。换一个词试试，例如“退文”“口令”“打印”。", "muted", wrap=True)
        self._stack = QStackedWidget()
        for part in (self.text, self.found, holder(column(self._nothing, None, margins=(16, 16, 16, 0)))):
            self._stack.addWidget(part)
        self._lay_out()
        self.setMinimumWidth(_WIDTH)

    def _lay_out(self) -> None:
        head = row(gap=Space.HAIR, margins=(Space.GROUP, Space.INSIDE, Space.INSIDE, 0))
        head.addWidget(self.title, 1)
        head.addWidget(worded_tool("register", "全部主题", self.show_all, name="help_all"))
        head.addWidget(tool("close", "关闭帮助", self.closed.emit, name="help_close"))
        top = holder(head)
        top.setFixedHeight(Size.HEAD - Space.INSIDE)
        find = row(self.search, margins=(Space.GROUP, 0, Space.GROUP, Space.INSIDE))
        whole = column(top, gap=0)
        whole.addLayout(find)
        whole.addWidget(self._stack, 1)
        self.setLayout(whole)

    def show_place(self, place: str) -> None:
        """The help of a page, window or dialog; where there is none, the list of all topics."""
        topic = topic_of(place)
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        if topic is None:
            self.show_all()
        else:
            self.show_topic(topic)

    def show_topic(self, topic: Topic) -> None:
        """One topic with the region's articles under it."""
        self.topic = topic
        self.title.setText(topic.title)
        self.text.setMarkdown(self._words(topic))
        self._set_margins()
        self._stack.setCurrentWidget(self.text)

    def show_all(self) -> None:
        """The list of all topics."""
        self._list(topics())
        self.title.setText("全部主题")

    def _words(self, topic: Topic) -> str:
        parts = [topic.text]
        for article in self._help.articles(topic):
            said = article.text or "本机没有这一条的原文，请查阅本地区印发的文件。"
            quoted = "\n>\n".join(f"> {line}" for line in said.splitlines())
            parts.append(f"**{article.citation}**\n\n{quoted}")
        if len(parts) > 1:
            parts.insert(1, "### 依据")
        return "\n\n".join(parts)

    def _set_margins(self) -> None:
        """Markdown's own margins waste the narrow panel."""
        document = self.text.document()
        document.setDocumentMargin(Space.GROUP)
        document.setIndentWidth(_INDENT)
        cursor = QTextCursor(document)
        while True:
            form = cursor.blockFormat()
            if form.leftMargin() > 0:  # the words of an article
                form.setLeftMargin(Space.ROW)
                form.setRightMargin(0)
                cursor.setBlockFormat(form)
            if not cursor.movePosition(QTextCursor.MoveOperation.NextBlock):
                return

    def _look(self) -> None:
        words = self.search.text().strip()
        if not words:
            if self.topic is not None:
                self.show_topic(self.topic)
            return
        self.title.setText("查找结果")
        self._list(self._help.search(words))

    def _list(self, found: tuple[Topic, ...]) -> None:
        self.found.clear()
        for topic in found:
            item = QListWidgetItem(topic.title)
            item.setData(_TOPIC_ROLE, topic)
            self.found.addItem(item)
        self._stack.setCurrentIndex(1 if found else 2)

    def _open_first(self) -> None:
        if self.found.count() and self._stack.currentWidget() is self.found:
            self._open_item(self.found.item(0))

    def _open_item(self, item: QListWidgetItem) -> None:
        self.show_topic(item.data(_TOPIC_ROLE))
        self.text.setFocus()

    def _follow(self, url: QUrl) -> None:
        topic = topic_of(url.toString())
        if topic is not None:
            self.show_topic(topic)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)


class HelpWindow(QWidget):
    """The help in a window of its own: beside dialogs, the log-in window and the wizard."""

    def __init__(self, help_service: HelpService) -> None:
        super().__init__()
        self.setObjectName("help_window")
        self.setWindowTitle("帮助 · 公文交换")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.panel = HelpPanel(help_service)
        self.panel.closed.connect(self.close)
        self.setLayout(column(self.panel, gap=0))
        self.resize(420, 620)
