"""Pages with their tools: tabs at the left, zoom at the right, verdict bar, paper."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QStackedWidget, QTabBar, QWidget

from gongwen_client.ui.theme import Space
from gongwen_client.ui.viewer.page_view import PageView
from gongwen_client.ui.viewer.verdict_bar import VerdictBar
from gongwen_client.ui.widgets.basics import column, holder, label, row, tool


class ZoomTools(QWidget):
    """Page number, zoom steps and fits for one page view."""

    def __init__(self, view: PageView) -> None:
        super().__init__()
        self._page: QLabel = label("", "small")
        self._zoom: QLabel = label("", "small")
        self._zoom.setFixedWidth(44)
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setLayout(
            row(
                self._page,
                Space.INSIDE,
                tool("zoom-out", "缩小", view.zoom_out, name="zoom_out", shortcut="Ctrl+-"),
                self._zoom,
                tool("zoom-in", "放大", view.zoom_in, name="zoom_in", shortcut="Ctrl+="),
                tool("fit-width", "适合宽度", view.fit_width, name="fit_width", shortcut="Ctrl+2"),
                tool("fit-page", "整页", view.fit_page, name="fit_page", shortcut="Ctrl+0"),
                gap=2,
            )
        )
        view.page_changed.connect(self._show_page)
        view.zoom_changed.connect(self._show_zoom)
        self._show_zoom(view.zoom)

    def _show_page(self, page: int, pages: int) -> None:
        self._page.setText(f"第 {page + 1} / {pages} 页" if pages else "")

    def _show_zoom(self, zoom: float) -> None:
        self._zoom.setText(f"{zoom * 100:.0f}%")


class Reader(QWidget):
    """The paper in the first tab; further tabs hold lists that belong to the document."""

    tab_changed = Signal(int)

    def __init__(self, first_tab: str = "正文") -> None:
        super().__init__()
        self.pages = PageView()
        self.verdict = VerdictBar()
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("公文内容")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.addTab(first_tab)
        self.zoom = ZoomTools(self.pages)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.pages)
        strip = holder(
            row(self.tabs, None, self.zoom, margins=(Space.GROUP, 0, Space.INSIDE, 0)), "toolstrip"
        )
        strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        strip.setFixedHeight(41)
        self.tabs.currentChanged.connect(self._turn)
        self.setLayout(column(strip, self.verdict, self._stack, gap=0))

    def add_tab(self, title: str, content: QWidget) -> int:
        """A tab beside the paper; the answer is its number."""
        self._stack.addWidget(content)
        return self.tabs.addTab(title)

    def _turn(self, tab: int) -> None:
        self._stack.setCurrentIndex(tab)
        self.zoom.setVisible(self._stack.currentWidget() is self.pages)
        self.tab_changed.emit(tab)
