"""Picking files: a place to drop the body, a list of attachments with order and names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QLineEdit, QStackedLayout, QVBoxLayout, QWidget

from gongwen_client.domain.drafts import LocalFile
from gongwen_client.ui import words
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.widgets.basics import (
    ElidedLabel,
    button,
    column,
    glyph,
    holder,
    label,
    restyle,
    row,
    tool,
)

_BODY_FILTER = "版式文件 (*.ofd *.pdf);;所有文件 (*)"


def _dropped(event: QDragEnterEvent | QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


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
        if len(_dropped(event)) == 1:
            event.acceptProposedAction()
            restyle(self, over=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        restyle(self, over=False)

    def dropEvent(self, event: QDropEvent) -> None:
        restyle(self, over=False)
        self.picked.emit(_dropped(event)[0])


class AttachmentPicker(QFrame):
    """The attachments of a draft: one line each, in the order in which receivers see them."""

    picked = Signal(list)
    removed = Signal(str)
    moved = Signal(str, int)
    renamed = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("attachment_picker")
        self.setAccessibleName("附件")
        self.setAcceptDrops(True)
        self._files: tuple[LocalFile, ...] = ()
        self._list: QVBoxLayout = column(gap=Space.HAIR)
        self.add_button = button("添加附件(&F)", self._pick, picture="clip", name="add_attachment")
        self._hint = label("可拖放多个文件到这里", "small")
        self.setLayout(column(self._list, row(self.add_button, self._hint, None), gap=Space.INSIDE))

    def show_files(self, files: Sequence[LocalFile]) -> None:
        """Replace what is listed."""
        if self._files == tuple(files) and self._list.count():
            return
        self._files = tuple(files)
        while (item := self._list.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for number, file in enumerate(files):
            self._list.addWidget(self._line(file, number, len(files)))

    def _line(self, file: LocalFile, number: int, count: int) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "card")
        name = _Name(file.name)
        name.renamed.connect(lambda new: self.renamed.emit(file.name, new))
        up = tool("chevron-up", f"上移附件 {file.name}", lambda: self.moved.emit(file.name, -1))
        down = tool("chevron-down", f"下移附件 {file.name}", lambda: self.moved.emit(file.name, 1))
        up.setEnabled(number > 0)
        down.setEnabled(number < count - 1)
        layout = row(gap=Space.HAIR, margins=(Space.ROW, 2, Space.HAIR, 2))
        layout.addWidget(label(f"{number + 1}", "muted"))
        layout.addSpacing(Space.HAIR)
        layout.addWidget(name, 1)
        layout.addWidget(label(words.size(file.size), "small"))
        if count > 1:
            layout.addWidget(up)
            layout.addWidget(down)
        layout.addWidget(tool("draft", f"给附件 {file.name} 改名", name.begin))
        layout.addWidget(tool("trash", f"移除附件 {file.name}", lambda: self.removed.emit(file.name)))
        frame.setLayout(layout)
        return frame

    def _pick(self) -> None:
        dialog = QFileDialog(self, "添加附件")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda paths: self.picked.emit([Path(path) for path in paths]))
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.picked.emit(_dropped(event))


class _Name(QWidget):
    """A file's name that can be typed anew: Enter keeps, Esc leaves it as it was."""

    renamed = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._shown = ElidedLabel(name)
        self._field = _Typing()
        self._field.setAccessibleName(f"附件 {name} 的新名称")
        self._field.setFixedHeight(Size.CONTROL)
        self._field.editingFinished.connect(self._keep)
        self._field.left.connect(self._end)
        self._both = QStackedLayout()
        self._both.setContentsMargins(0, 0, 0, 0)
        self._both.addWidget(holder(row(self._shown)))
        self._both.addWidget(self._field)
        self.setLayout(self._both)

    def begin(self) -> None:
        """Type a new name."""
        self._field.setText(self._name)
        self._both.setCurrentIndex(1)
        self._field.setFocus()
        self._field.setSelection(0, len(Path(self._name).stem))

    def _keep(self) -> None:
        new = self._field.text().strip()
        changed = self._both.currentIndex() == 1 and new not in ("", self._name)
        self._end()
        if changed:
            self.renamed.emit(new)

    def _end(self) -> None:
        self._both.setCurrentIndex(0)


class _Typing(QLineEdit):
    """``left`` at Esc."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)
