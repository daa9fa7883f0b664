"""Page number, zoom, fit and turn for one page view."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QWidget

from gongwen_client.ui.viewer.desk import LEAST_ZOOM, MOST_ZOOM, Fit
from gongwen_client.ui.viewer.page_view import PageView
from gongwen_client.ui.widgets.basics import label, row, tool

_FITS = ("适合宽度", "整页", "实际大小")
_PERCENTS = (50, 75, 100, 125, 150, 200, 300, 400, 800)


class ZoomTools(QWidget):
    """Fields one can type into; what is not understood is put back as it was."""

    def __init__(self, view: PageView) -> None:
        super().__init__()
        self._view = view
        self.page = QLineEdit()
        self.page.setObjectName("page_number")
        self.page.setAccessibleName("页码")
        self.page.setToolTip("输入页码后按回车键（Ctrl+G）")
        self.page.setFixedWidth(52)
        self.page.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.page.returnPressed.connect(self._go)
        self.page.editingFinished.connect(self._show_number)
        self._pages: QLabel = label("", "small")
        self.percent = QComboBox()
        self.percent.setObjectName("zoom")
        self.percent.setAccessibleName("缩放比例")
        self.percent.setEditable(True)
        self.percent.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.percent.setFixedWidth(96)
        self.percent.setMaxVisibleItems(len(_FITS) + len(_PERCENTS))
        self.percent.addItems([*_FITS, *(f"{percent}%" for percent in _PERCENTS)])
        self.percent.activated.connect(self._pick)
        edit = self.percent.lineEdit()
        assert edit is not None
        edit.returnPressed.connect(self._type)
        edit.editingFinished.connect(self._show_percent)
        edit.setAccessibleName("缩放比例")
        completer = self.percent.completer()
        if completer is not None:
            self.percent.setCompleter(None)  # type: ignore[arg-type]  # None takes it away
        self.setLayout(
            row(
                self.page,
                self._pages,
                4,
                tool("zoom-out", "缩小", view.zoom_out, name="zoom_out", shortcut="Ctrl+-"),
                self.percent,
                tool("zoom-in", "放大", view.zoom_in, name="zoom_in", shortcut="Ctrl+="),
                tool("fit-width", "适合宽度", view.fit_width, name="fit_width", shortcut="Ctrl+2"),
                tool("fit-page", "整页", view.fit_page, name="fit_page", shortcut="Ctrl+0"),
                tool("rotate", "顺时针旋转视图", lambda: view.turn(1), name="rotate", shortcut="Ctrl+R"),
                gap=2,
            )
        )
        for keys, act in (
            ("Ctrl++", view.zoom_in),
            ("Ctrl+1", lambda: view.set_zoom(1.0)),
            ("Ctrl+Shift+R", lambda: view.turn(-1)),
            ("Ctrl+G", self._focus_page),
        ):
            QShortcut(QKeySequence(keys), self, act)
        view.page_changed.connect(self._show_page)
        view.zoom_changed.connect(lambda _zoom: self._show_percent())
        self._show_page(0, 0)
        self._show_percent()

    def _focus_page(self) -> None:
        self.page.setFocus()
        self.page.selectAll()

    def _go(self) -> None:
        text = self.page.text().strip()
        if text.isdecimal() and self._view.page_count:
            self._view.go_to(min(max(1, int(text[:9])), self._view.page_count) - 1)
        self._show_number()
        self._view.setFocus()

    def _show_page(self, page: int, pages: int) -> None:
        self.setEnabled(pages > 0)
        self._pages.setText(f"/ {pages} 页" if pages else "")
        if not self.page.hasFocus():
            self.page.setText(str(page + 1) if pages else "")

    def _show_number(self) -> None:
        if self._view.page_count:
            self.page.setText(str(self._view.current_page + 1))

    def _pick(self, index: int) -> None:
        if index == 0:
            self._view.fit_width()
        elif index == 1:
            self._view.fit_page()
        elif index == len(_FITS) - 1:
            self._view.set_zoom(1.0)
        else:
            self._view.set_zoom(_PERCENTS[index - len(_FITS)] / 100)
        self._show_percent()
        self._view.setFocus()

    def _type(self) -> None:
        text = self.percent.currentText().strip().rstrip("%％").strip()
        try:
            zoom = float(text) / 100
        except ValueError:
            zoom = 0.0
        if text in _FITS:
            self._pick(_FITS.index(text))
        elif LEAST_ZOOM <= zoom <= MOST_ZOOM:
            self._view.set_zoom(zoom)
            self._view.setFocus()
        self._show_percent()

    def _show_percent(self) -> None:
        self.percent.setEditText(f"{self._view.zoom * 100:.0f}%")
        fit = {Fit.WIDTH: "，适合宽度", Fit.PAGE: "，整页"}.get(self._view.fit, "")
        self.percent.setToolTip(f"缩放比例{fit}；100% 与纸张实际大小相同")
