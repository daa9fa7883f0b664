"""A window of its own for one file: an attachment, or a file on this PC."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QMainWindow, QWidget

from gongwen_client.services.local import LocalDocuments
from gongwen_client.ui.tasks import work
from gongwen_client.ui.viewer.local_view import LocalView
from gongwen_client.ui.widgets.basics import button

_START = QSize(1180, 768)
_LEAST = QSize(900, 560)
_KINDS = "公文文件 (*.ofd *.pdf);;所有文件 (*)"


class ViewerWindow(QMainWindow):
    """Shows a file; files inside it open in windows of their own. ``temporary``: the file and its folder are
    removed when the window closes."""

    closed = Signal()
    file_wanted = Signal(Path, str, bool)

    def __init__(
        self, documents: LocalDocuments, path: Path, name: str = "", *, temporary: bool = False
    ) -> None:
        super().__init__()
        self.setObjectName("viewer_window")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._documents = documents
        self._temporary = path.parent if temporary else None
        self.setMinimumSize(_LEAST)
        self.resize(_START)
        self.view: LocalView
        self._show(path, name)
        for keys, act in (
            ("Ctrl+F", lambda: self.view.reader.open_search()),
            ("Ctrl+O", lambda: ask_for_file(self, self.open_file)),
            ("Ctrl+W", self.close),
        ):
            QShortcut(QKeySequence(keys), self, act)

    def open_file(self, path: Path) -> None:
        """Show another file of this PC in this window."""
        self._clean()
        self._show(path, "")

    def _show(self, path: Path, name: str) -> None:
        view = LocalView(self._documents, path, name)
        view.back.hide()
        view.add_action(
            button(
                "打开文件(&O)…",
                lambda: ask_for_file(self, self.open_file),
                picture="folder",
                name="open_file",
                tip="Ctrl+O",
            )
        )
        view.file_wanted.connect(self.file_wanted)
        self.setWindowTitle(f"{name or path.name} · 查看公文")
        self.view = view
        self.setCentralWidget(view)
        view.reader.pages.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._clean()
        super().closeEvent(event)
        self.closed.emit()

    def _clean(self) -> None:
        folder, self._temporary = self._temporary, None
        render, path = self._documents.render, self.view.path
        if self.view.was_unlocked:  # what opened it is forgotten with the window
            work(self, lambda: render.lock(path)).failed(lambda _error: None).start()
        if folder is None:
            return

        def remove() -> None:
            render.forget(path)  # Windows removes no file that is open
            shutil.rmtree(folder, ignore_errors=True)

        work(self, remove).failed(lambda _error: None).start()


class Viewers:
    """All viewer windows of one program."""

    def __init__(self, documents: LocalDocuments) -> None:
        self._documents = documents
        self.windows: list[ViewerWindow] = []
        self.emptied: Callable[[], object] = lambda: None

    def open(self, path: Path, name: str = "", temporary: bool = False) -> ViewerWindow:
        """Show a file in a new window."""
        window = ViewerWindow(self._documents, path, name, temporary=temporary)
        self.windows.append(window)
        window.closed.connect(partial(self._gone, window))
        window.file_wanted.connect(self.open)
        window.show()
        return window

    def _gone(self, window: ViewerWindow) -> None:
        self.windows.remove(window)
        if not self.windows:
            self.emptied()

    def set_covered(self, covered: bool) -> None:
        """Hide all windows while the client is locked, and bring them back."""
        for window in self.windows:
            window.setVisible(not covered)

    def close_all(self) -> None:
        """With the client's own window, or when the clerk logs out."""
        for window in list(self.windows):
            window.close()


def ask_for_file(parent: QWidget, chosen: Callable[[Path], object]) -> None:
    """打开文件: ask which; the answer goes to ``chosen``."""
    dialog = QFileDialog(parent, "打开文件")
    dialog.setNameFilter(_KINDS)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()
