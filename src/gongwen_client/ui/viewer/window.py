"""A window of its own for one file: an attachment, or a file on this PC."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QWidget

from gongwen_client.services.local import FileKind, LocalDocuments, kind_of
from gongwen_client.ui.tasks import work
from gongwen_client.ui.viewer.bundle_view import BundleView
from gongwen_client.ui.viewer.local_view import LocalView
from gongwen_client.ui.viewer.seal_file_view import SealFileView
from gongwen_client.ui.widgets.basics import button
from gongwen_client.ui.widgets.choosing import choose_file

_START = QSize(1180, 768)
_LEAST = QSize(900, 560)
_KINDS = "公文、验真包、印章文件 (*.ofd *.pdf *.zip *.esl);;所有文件 (*)"
View = LocalView | SealFileView


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
        self.view: View
        self.setAcceptDrops(True)
        self._show(path, name)
        for keys, act in (
            ("Ctrl+F", self._search),
            ("Ctrl+O", lambda: ask_for_file(self, self.open_file)),
            ("Ctrl+W", self.close),
        ):
            QShortcut(QKeySequence(keys), self, act)

    def open_file(self, path: Path) -> None:
        """Show another file of this PC in this window."""
        self._clean()
        self._show(path, "")

    def _show(self, path: Path, name: str) -> None:
        view = self._view_of(path, name)
        view.add_action(
            button(
                "打开文件(&O)…",
                lambda: ask_for_file(self, self.open_file),
                picture="folder",
                name="open_file",
                tip="Ctrl+O",
            )
        )
        self.setWindowTitle(f"{name or path.name} · 查看公文")
        self.view = view
        self.setCentralWidget(view)
        if isinstance(view, LocalView):
            view.stand_alone()
            view.file_wanted.connect(self.file_wanted)
            view.reader.pages.setFocus()

    def _view_of(self, path: Path, name: str) -> View:
        kind = kind_of(path)
        if kind is FileKind.SEAL:
            return SealFileView(self._documents, path, name)
        return (BundleView if kind is FileKind.BUNDLE else LocalView)(self._documents, path, name)

    def _search(self) -> None:
        if isinstance(self.view, LocalView):
            self.view.reader.open_search()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_file(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if (path := dropped_file(event)) is not None:
            self.open_file(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._clean()
        super().closeEvent(event)
        self.closed.emit()

    def _clean(self) -> None:
        folder, self._temporary = self._temporary, None
        view = self.view
        render, path = self._documents.render, view.path
        if isinstance(view, LocalView):
            view.unlocker.forget(self)
        if folder is None and not isinstance(view, BundleView):
            return

        def remove() -> None:
            if isinstance(view, BundleView):
                view.clean()
            if folder is not None:
                render.forget(path)  # Windows removes no file that is open
                shutil.rmtree(folder, ignore_errors=True)

        work(self, remove).failed(lambda _error: None).start()


class Viewers:
    """All viewer windows of one program."""

    def __init__(self, documents: LocalDocuments) -> None:
        self._documents = documents
        self.windows: list[ViewerWindow] = []
        self.emptied: Callable[[], object] = lambda: None
        self._mark = ""

    def set_mark(self, mark: str) -> None:
        """What stands before the titles of the windows: those of the rehearsal say so."""
        self._mark = mark

    def open(self, path: Path, name: str = "", temporary: bool = False) -> ViewerWindow:
        """Show a file in a new window."""
        window = ViewerWindow(self._documents, path, name, temporary=temporary)
        window.setWindowTitle(f"{self._mark}{window.windowTitle()}")
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


def dropped_file(event: QDropEvent) -> Path | None:
    """The one file of this PC that is dragged in; None for anything else."""
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None


def ask_for_file(parent: QWidget, chosen: Callable[[Path], object]) -> None:
    """打开文件: ask which; the answer goes to ``chosen``."""
    choose_file(parent, "打开文件", _KINDS, chosen)
