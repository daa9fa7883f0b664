"""A photograph of what failed, chosen for a request: a button, then what will be sent."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from gongwen_client.services.office import Office
from gongwen_client.services.photographs import Photograph
from gongwen_client.ui import words
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.widgets.basics import ElidedLabel, button, column, label, row
from gongwen_client.ui.widgets.choosing import choose_file
from gongwen_client.ui.widgets.dialog import boxed
from gongwen_client.ui.widgets.pixels import fitted

_FILES = "照片 (*.jpg *.jpeg *.png *.bmp *.tif *.tiff)"
_THUMB = QSize(72, 54)


class PhotographField(QWidget):
    """``failed`` carries what went wrong with a file. ``photograph`` is None until one was taken."""

    failed = Signal(object)
    changed = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self.photograph: Photograph | None = None
        self.choose_button = button("附照片(&I)…", self.choose, picture="plus", name="choose_photograph")
        self._hint = label("如卡纸、缺页、显示不正常的照片，可不附", "small")
        self._thumb = label()
        self._thumb.setFixedSize(_THUMB)
        self._thumb.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._thumb.setAccessibleName("所附照片")
        self._name = ElidedLabel("", "strong")
        self._size = label("", "small")
        self.remove_button = button("去掉照片", self.remove, kind="link", name="remove_photograph")
        self._frame = boxed(self._thumb)
        line = row(self.choose_button, self._hint, self._frame, gap=Space.INSIDE)
        line.addLayout(column(self._name, self._size, gap=0), 1)
        line.addWidget(self.remove_button)
        self.setLayout(line)
        self._show()

    def choose(self) -> QFileDialog:
        """Ask for the file."""
        return choose_file(self, "选择照片", _FILES, self.take)

    def take(self, path: Path) -> None:
        """Read a file in the background."""
        self.choose_button.setEnabled(False)
        work(self, lambda: self._office.photographs.take(path)).always(
            lambda: self.choose_button.setEnabled(True)
        ).then(self._taken).failed(self.failed.emit).start()

    def remove(self) -> None:
        """Go without."""
        self.photograph = None
        self._show()
        self.choose_button.setFocus()

    def _taken(self, photograph: Photograph) -> None:
        self.photograph = photograph
        self._show()
        self.remove_button.setFocus()

    def _show(self) -> None:
        taken = self.photograph
        before: tuple[QWidget, ...] = (self.choose_button, self._hint)
        after: tuple[QWidget, ...] = (self._frame, self._name, self._size, self.remove_button)
        for part in (*before, *after):
            part.setVisible((part in after) is (taken is not None))
        if taken is not None:
            self._thumb.setPixmap(fitted(taken.pixels, _THUMB, self.devicePixelRatioF()))
            self._name.setText(taken.name)
            self._size.setText(f"提交时为 {words.size(len(taken.jpeg))}，不含拍摄地点和时间")
        self.changed.emit()
