"""The frame of every document that is open: back, title, what can be done; paper and facts beneath."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.viewer.drawing import Drawing
from gongwen_client.ui.viewer.panel import Panel
from gongwen_client.ui.viewer.reader import Reader
from gongwen_client.ui.widgets.basics import ElidedLabel, column, holder, row, tool
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.widgets.note_area import NoteArea, Notes
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.words import StateWord


class DocumentPage(QWidget):
    """Base of the incoming, outgoing and sent views. What must be read first goes to ``said``: it is shown
    above the page, or in the window's own area where there is one."""

    closed = Signal()
    file_wanted = Signal(Path, str, bool)
    """(path, name, whether whoever shows it removes it afterwards): a file that belongs to the document."""

    def __init__(self, name: str, state: StateWord) -> None:
        super().__init__()
        self.setObjectName(name)
        self.title = ElidedLabel("", "title")
        self.subtitle = ElidedLabel("", "small")
        self.chip = Chip(state)
        self.acts: QHBoxLayout = row(gap=Space.INSIDE)
        self.notice = Notice("document_notice", strip=True)
        self.said = Notes(self)
        self.said.add(self.notice)
        self.note_area = NoteArea()
        self.note_area.follow(self.said)
        self.reader = Reader()
        self.panel = Panel()
        self._info_tab: int | None = None
        self.back = tool("back", "返回列表", self.closed.emit, name="back", shortcut="Esc")
        words = column(self.title, self.subtitle, gap=0)
        head = self._head = row(gap=Space.ROW, margins=(Space.INSIDE, Space.HAIR, Space.GROUP, Space.HAIR))
        head.addWidget(self.back)
        head.addLayout(words, 1)
        head.addWidget(self.chip)
        head.addLayout(self.acts)
        header = holder(head, "header")
        header.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        header.setFixedHeight(Size.HEAD)
        below = self._below = row(gap=0)
        below.addWidget(self.reader, 1)
        below.addWidget(self.panel)
        self._beside: QWidget | None = None
        whole = column(self.note_area, header, gap=0)
        whole.addLayout(below, 1)
        self.setLayout(whole)

    def stand_alone(self) -> None:
        """In a window of its own there is no list to go back to."""
        self.back.hide()
        self._head.setContentsMargins(Space.GROUP, Space.HAIR, Space.GROUP, Space.HAIR)

        self.reader.info_changed.connect(self._show_info)
        self.reader.file_wanted.connect(self._open_taken_out)

    def add_info_tab(self) -> int:
        """The tab 文件 of the panel, filled once the file is open."""
        self._info_tab = self.panel.add_tab("文件")
        return self._info_tab

    def show_drawing(self, drawing: Drawing) -> None:
        """Put the file's pages on the desk."""
        self.reader.show_drawing(drawing)

    def show_beside(self, part: QWidget | None) -> None:
        """Put ``part`` in the panel's place; None: the panel is back, and what stood there goes."""
        old, self._beside = self._beside, part
        if old is not None:
            self._below.removeWidget(old)
            old.hide()
            old.deleteLater()
        if part is not None:
            self._below.addWidget(part)
        self.panel.setVisible(part is None)

    def _show_info(self) -> None:
        if self._info_tab is not None:
            self.panel.fill(self._info_tab, self.reader.info())

    def _open_taken_out(self, path: Path, name: str) -> None:
        self.file_wanted.emit(path, name, True)

    def add_action(self, act: QPushButton) -> QPushButton:
        """One more action in the header, the primary one last."""
        self.acts.addWidget(act)
        return act
