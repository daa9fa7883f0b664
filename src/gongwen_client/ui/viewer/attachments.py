"""Attachments of an open document: name, size, save a copy, open with the system's program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QFrame, QVBoxLayout, QWidget

from gongwen_client.domain.drafts import LocalFile
from gongwen_client.domain.names import opens_as_document, plain_name, safe_suffix
from gongwen_client.services.local import save_copy
from gongwen_client.ui import words
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import ElidedLabel, button, column, glyph, label, row
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.states import EmptyState


class AttachmentList(QWidget):
    """One card per file. ``file_wanted`` (path, name, False): show an OFD or PDF in a window of its own."""

    file_wanted = Signal(Path, str, bool)

    def __init__(self) -> None:
        super().__init__()
        self.names: tuple[str, ...] = ()
        self.notice = Notice("attachments_notice")
        self._list: QVBoxLayout = column()
        whole = column(self.notice, margins=(Space.GROUP, Space.GROUP, Space.GROUP, Space.GROUP))
        whole.addLayout(self._list, 1)
        self.setLayout(whole)
        self.show_files(())

    def show_files(self, files: Sequence[LocalFile]) -> None:
        """Replace what is listed."""
        self.names = tuple(file.name for file in files)
        while (item := self._list.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
        for file in files:
            self._list.addWidget(self._line(file))
        if files:
            self._list.addStretch(1)
        else:
            self._list.addWidget(EmptyState("clip", "没有附件", "这份公文只有正文。"))

    def _line(self, file: LocalFile) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "card")
        layout = row(gap=Space.ROW, margins=(Space.ROW, Space.INSIDE, Space.ROW, Space.INSIDE))
        layout.addWidget(glyph("clip", "muted"))
        layout.addWidget(ElidedLabel(file.name), 1)
        layout.addWidget(label(words.size(file.size), "muted"))
        show = button("打开", lambda: self._open(file), kind="link")
        if not opens_as_document(file.name):
            show.setEnabled(False)
            show.setToolTip("这种文件可能是程序，不能直接打开；确有需要的，请另存后由管理员检查。")
        save = button("另存副本", lambda: self._save(file), kind="link", picture="download")
        show.setAccessibleName(f"打开附件 {file.name}")
        save.setAccessibleName(f"另存附件 {file.name}")
        layout.addWidget(show)
        layout.addWidget(save)
        frame.setLayout(layout)
        return frame

    def _open(self, file: LocalFile) -> None:
        """OFD and PDF in this program, which harms nobody; other documents with the system's program."""
        if safe_suffix(file.name) in (".ofd", ".pdf"):
            self.file_wanted.emit(file.path, file.name, False)
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(file.path)))

    def _save(self, file: LocalFile) -> None:
        target, _ = QFileDialog.getSaveFileName(self, "另存附件副本", plain_name(file.name))
        if target:
            self.save_copy(file, Path(target))

    def save_copy(self, file: LocalFile, target: Path) -> None:
        """Write a copy to a file that the person chose."""

        def saved(_nothing: None) -> None:
            self.notice.show_text(f"附件已存到 {target.name}。", tone=Tone.VALID)

        self.notice.clear()
        work(self, lambda: save_copy(file.path, target)).then(saved).failed(self.notice.explain).start()
