"""What stands at the left of the paper: thumbnails, table of contents, attachments inside, finds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTabBar,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gongwen_client.render import AttachmentFacts, Hit
from gongwen_client.ui import words
from gongwen_client.ui.theme import Space, Type, colour, font
from gongwen_client.ui.viewer.page_view import PageView
from gongwen_client.ui.viewer.thumbnails import Thumbnails
from gongwen_client.ui.widgets.basics import ElidedLabel, button, column, holder, label, row
from gongwen_client.ui.widgets.scrolled import Scrolled
from gongwen_docs.ofd.navigation import Action, ActionKind, Navigation

WIDTH = 208
PAGES, CONTENTS, CARRIED, FOUND = range(4)
_DATA = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class Contents(QTreeWidget):
    """目录 and 书签; an entry is chosen by click or Enter."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("contents")
        self.setAccessibleName("目录和书签")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHeaderHidden(True)
        self.setIndentation(14)
        self.setUniformRowHeights(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.itemClicked.connect(lambda item, _column: self._choose(item))

    def show_navigation(self, navigation: Navigation) -> None:
        """Replace what is shown."""
        self.clear()
        parents: list[QTreeWidgetItem] = []
        for entry in navigation.outline:
            del parents[entry.level :]
            item = self._item(entry.title, entry.action, parents[-1] if parents else None)
            item.setExpanded(entry.expanded)
            parents.append(item)
        if navigation.bookmarks:
            head = self._item("书签", None, None)
            head.setExpanded(True)
            for mark in navigation.bookmarks:
                self._item(mark.name, Action(ActionKind.GO_TO, mark.page, mark.top), head)

    def _item(self, title: str, action: Action | None, parent: QTreeWidgetItem | None) -> QTreeWidgetItem:
        item = QTreeWidgetItem([" ".join(title.split()) or "（无标题）"])
        if parent is None:
            self.addTopLevelItem(item)
        else:
            parent.addChild(item)
        item.setData(0, _DATA, action)
        where = f"第 {action.page + 1} 页" if action is not None and action.kind is ActionKind.GO_TO else ""
        item.setToolTip(0, f"{item.text(0)}　{where}".strip())
        return item

    def _choose(self, item: QTreeWidgetItem) -> None:
        action = item.data(0, _DATA)
        if action is not None:
            self.chosen.emit(action)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self._choose(item)
        else:
            super().keyPressEvent(event)


class Carried(QWidget):
    """Files inside the document."""

    open_wanted = Signal(object)
    save_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._inside: QVBoxLayout = column(
            gap=Space.ROW, margins=(Space.ROW, Space.ROW, Space.ROW, Space.ROW)
        )
        self.setLayout(column(Scrolled(holder(self._inside)), gap=0))

    def show_files(self, files: Sequence[AttachmentFacts]) -> None:
        """Replace what is listed."""
        while (item := self._inside.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
        for file in files:
            self._inside.addWidget(self._card(file))
        self._inside.addStretch(1)

    def _card(self, file: AttachmentFacts) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "card")
        size = words.size(file.size) if file.size else "不在文件包内"
        show = button("打开", partial(self.open_wanted.emit, file), kind="link")
        save = button("另存", partial(self.save_wanted.emit, file), kind="link")
        show.setAccessibleName(f"打开附件 {file.name}")
        save.setAccessibleName(f"另存附件 {file.name}")
        show.setEnabled(bool(file.size) and opens_here(file))
        if not show.isEnabled():
            show.setToolTip("只有OFD和PDF附件可以在这里打开；其他文件请另存。")
        save.setEnabled(bool(file.size))
        acts = row(label(size, "small"), None, show, save, gap=0)
        margins = (Space.INSIDE, Space.HAIR, Space.HAIR, Space.HAIR)
        frame.setLayout(column(ElidedLabel(attachment_name(file)), acts, gap=0, margins=margins))
        return frame


class _FindPainter(QStyledItemDelegate):
    """The page, and the words with what was found in bold."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(WIDTH - 2 * Space.ROW, 54)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        hit = index.data(_DATA)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, colour("selected"))
        area = option.rect.adjusted(Space.ROW, 6, -Space.ROW, -6)
        painter.setFont(font(Type.SMALL))
        painter.setPen(colour("muted"))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignTop), f"第 {hit.page + 1} 页")
        left = area.left()
        plain, strong = font(), font(strong=True)
        short = hit.before[-4:]
        for words_, face, tint in (
            (f"…{short}" if len(hit.before) > len(short) else short, plain, "muted"),
            (hit.found, strong, "action"),
            (hit.after, plain, "muted"),
        ):
            room = QRect(left, area.top(), max(0, area.right() - left), area.height())
            metrics = QFontMetrics(face)
            shown = metrics.elidedText(words_, Qt.TextElideMode.ElideRight, room.width())
            painter.setFont(face)
            painter.setPen(colour(tint))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignBottom), shown)
            left += metrics.horizontalAdvance(shown)
        painter.setPen(colour("line"))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        painter.restore()


class _Hits(QAbstractListModel):
    """One row for each find."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.hits: list[Hit] = []

    def reset(self, hits: Sequence[Hit]) -> None:
        self.beginResetModel()
        self.hits = list(hits)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own signature
        return 0 if parent.isValid() else len(self.hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        hit = self.hits[index.row()]
        if role == _DATA:
            return hit
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"…{hit.before}{hit.found}{hit.after}…"
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"第 {hit.page + 1} 页　{hit.before}{hit.found}{hit.after}"
        return None


class Finds(QListView):
    """Every find with the words around it; chosen by click or Enter."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("finds")
        self.setAccessibleName("查找结果")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(_FindPainter(self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._hits = _Hits(self)
        self.setModel(self._hits)
        self.clicked.connect(self._choose)

    def show_hits(self, hits: Sequence[Hit], chosen: Hit | None) -> None:
        """Replace the list and mark the find in hand."""
        if hits != self._hits.hits:
            top = self.verticalScrollBar().value()
            self._hits.reset(hits)
            self.verticalScrollBar().setValue(top)
        if chosen is not None and chosen in self._hits.hits:
            self.setCurrentIndex(self._hits.index(self._hits.hits.index(chosen)))

    def count(self) -> int:
        """How many are listed."""
        return len(self._hits.hits)

    def _choose(self, index: Index) -> None:
        self.chosen.emit(self._hits.hits[index.row()])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self._choose(index)
        else:
            super().keyPressEvent(event)


class SideBar(QFrame):
    """Tabs that have nothing to show are not there."""

    def __init__(self, view: PageView) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.setFixedWidth(WIDTH)
        self.thumbnails = Thumbnails(view)
        self.contents = Contents()
        self.carried = Carried()
        self.finds = Finds()
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("页面、目录和查找结果")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self._stack = QStackedWidget()
        for title, content in (
            ("页面", self.thumbnails),
            ("目录", self.contents),
            ("附件", self.carried),
            ("查找", self.finds),
        ):
            self.tabs.addTab(title)
            self._stack.addWidget(content)
        self.tabs.currentChanged.connect(self._stack.setCurrentIndex)
        strip = holder(row(self.tabs, None, margins=(Space.ROW, 0, 0, 0)), "toolstrip")
        strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        strip.setFixedHeight(37)
        self.setLayout(column(strip, self._stack, gap=0))
        for tab in (CONTENTS, CARRIED, FOUND):
            self.tabs.setTabVisible(tab, False)
        self.hide()

    def show_tab(self, tab: int) -> None:
        """Bring a tab to the front, and the bar with it."""
        self.tabs.setTabVisible(tab, True)
        self.tabs.setCurrentIndex(tab)
        self.show()

    def show_navigation(self, navigation: Navigation) -> None:
        """Table of contents and bookmarks, where there are any."""
        self.contents.show_navigation(navigation)
        self.tabs.setTabVisible(CONTENTS, bool(navigation.outline or navigation.bookmarks))

    def show_carried(self, files: Sequence[AttachmentFacts]) -> None:
        """Files inside the document, where there are any."""
        self.carried.show_files(files)
        self.tabs.setTabVisible(CARRIED, bool(files))

    def show_hits(self, hits: Sequence[Hit], chosen: Hit | None) -> None:
        """Finds; the tab goes with the last of them."""
        self.finds.show_hits(hits, chosen)
        if not hits:
            self.tabs.setTabVisible(FOUND, False)


def opens_here(file: AttachmentFacts) -> bool:
    """Whether this viewer can show an attachment: judged by its name; its bytes are judged when opened."""
    return attachment_name(file).lower().endswith((".ofd", ".pdf"))


def attachment_name(file: AttachmentFacts) -> str:
    """The name with the suffix that its stated format adds where it has none."""
    suffix = file.format.strip().lower()
    if "." in file.name or not suffix.isalnum():
        return file.name
    return f"{file.name}.{suffix}"
