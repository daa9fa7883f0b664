"""Picking files: a place to drop the body, a list of attachments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QVBoxLayout, QWidget

from gongwen_client.domain.drafts import LocalFile
from gongwen_client.ui import words
from gongwen_client.ui.theme import Space
from gongwen_client.ui.widgets.basics import ElidedLabel, button, column, glyph, label, restyle, row, tool

_BODY_FILTER = "版式文件 (*.ofd *.pdf);;所有文件 (*)"


class BodyPicker(QFrame):
    """Shows the body's file, or asks for one; files can be dropped."""

    picked = Signal(Path)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("body_picker")
        self.setAccessibleName("正文文件")
        self.setProperty("role", "drop")
        self.setAcceptDrops(True)
        self._name = ElidedLabel("未选正文")
        self._note = label("OFD 或 PDF 版式文件，可拖放到这里", "small")
        self.pick_button = button("选择正文(&B)", self._pick, name="pick_body")
        layout = row(gap=Space.ROW, margins=(Space.ROW, Space.ROW, Space.ROW, Space.ROW))
        layout.addWidget(glyph("file-text", "muted", 24))
        layout.addLayout(column(self._name, self._note, gap=2), 1)
        layout.addWidget(self.pick_button)
        self.setLayout(layout)

    def show_file(self, file: LocalFile | None) -> None:
        """The body now in the draft."""
        self._name.setText(file.name if file else "未选正文")
        self._note.setText(words.size(file.size) if file else "OFD 或 PDF 版式文件，可拖放到这里")
        self.pick_button.setText("更换正文(&B)" if file else "选择正文(&B)")

    def show_busy(self, name: str) -> None:
        """A file is being taken over."""
        self._name.setText(name)
        self._note.setText("正在读取")

    def _pick(self) -> None:
        dialog = QFileDialog(self, "选择正文", "", _BODY_FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.picked.emit(Path(path)))
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if len(event.mimeData().urls()) == 1 and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()
            restyle(self, over=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        restyle(self, over=False)

    def dropEvent(self, event: QDropEvent) -> None:
        restyle(self, over=False)
        self.picked.emit(Path(event.mimeData().urls()[0].toLocalFile()))


class AttachmentPicker(QWidget):
    """The attachments of a draft: one line each, add and remove."""

    picked = Signal(list)
    removed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._list: QVBoxLayout = column(gap=Space.HAIR)
        self.add_button = button("添加附件(&F)", self._pick, picture="clip", name="add_attachment")
        self.setLayout(column(self._list, row(self.add_button, None), gap=Space.INSIDE))

    def show_files(self, files: Sequence[LocalFile]) -> None:
        """Replace what is listed."""
        while (item := self._list.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for file in files:
            self._list.addWidget(self._line(file))

    def _line(self, file: LocalFile) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "card")
        layout = row(gap=Space.INSIDE, margins=(Space.ROW, 2, Space.HAIR, 2))
        layout.addWidget(glyph("clip", "muted", 16))
        layout.addWidget(ElidedLabel(file.name), 1)
        layout.addWidget(label(words.size(file.size), "small"))
        layout.addWidget(tool("trash", f"移除附件 {file.name}", lambda: self.removed.emit(file.name)))
        frame.setLayout(layout)
        return frame

    def _pick(self) -> None:
        dialog = QFileDialog(self, "添加附件")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda paths: self.picked.emit([Path(path) for path in paths]))
        dialog.open()
