"""The panel of facts at the right of a document: sections of name and value, seals, steps."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from gongwen_client.ui.theme import Size, Space, Tone
from gongwen_client.ui.widgets.basics import column, glyph, holder, label, row, tool
from gongwen_client.ui.widgets.scrolled import Scrolled
from gongwen_client.ui.words import StateWord

_NAME_WIDTH = 68
_LONG = 22


class FactList(QWidget):
    """Names at the left in grey, values at the right; values can be copied."""

    def __init__(self, facts: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__()
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.INSIDE)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnMinimumWidth(0, _NAME_WIDTH)
        self._grid.setColumnStretch(1, 1)
        self.setLayout(self._grid)
        # Not Maximum: that would cap a value of many lines at the height of its one-line hint.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        for name, value in facts:
            self.add(name, value)

    def add(self, name: str, value: str, tip: str = "", *, copied: bool = False) -> None:
        """One more fact; an empty value is left out. ``copied``: with a button that copies the value."""
        if not value:
            return
        line = self._grid.rowCount()
        words = label(name, "muted")
        words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        content = label(_breakable(value), wrap=True)
        content.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        content.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        content.setAccessibleName(f"{name}：{value}")
        if tip:
            content.setToolTip(tip)
        self._grid.addWidget(words, line, 0)
        self._grid.addWidget(content, line, 1, 1, 1 if copied else 2)
        if copied:
            act = tool("copy", f"复制{name}", lambda: QGuiApplication.clipboard().setText(value))
            act.setProperty("role", "copy")
            self._grid.addWidget(act, line, 2, Qt.AlignmentFlag.AlignTop)


def _breakable(value: str) -> str:
    """Long numbers may go on in the next line."""
    return " ".join(
        word if len(word) <= _LONG or not word.isascii() else "\u200b".join(word) for word in value.split(" ")
    )


class Section(QWidget):
    """A heading and what belongs under it."""

    def __init__(self, title: str, *parts: QWidget) -> None:
        super().__init__()
        layout = column(label(title, "section"), gap=Space.INSIDE)
        for part in parts:
            layout.addWidget(part)
        self.setLayout(layout)


def step_line(state: StateWord, title: str, note: str = "", *, tone: Tone | None = None) -> QWidget:
    """One step of a check: its shape, what was checked, and how it came out. ``tone`` colours the word
    where it says something else than the shape."""
    head = row(gap=Space.INSIDE)
    head.addWidget(label(title, wrap=True), 1)
    head.addWidget(label(state.word, tone=(tone or state.tone).value), 0, Qt.AlignmentFlag.AlignTop)
    words = column(head, gap=2)
    if note:
        words.addWidget(label(note, "small", wrap=True))
    layout = row(column(2, glyph(state.shape, state.tone.value, 18), None, gap=0), gap=Space.INSIDE)
    layout.addLayout(words, 1)
    result = holder(layout)
    result.setAccessibleName(f"{title}：{state.word} {note}")
    return result


def card(*parts: QWidget) -> QFrame:
    """A bordered box around one thing."""
    frame = QFrame()
    frame.setProperty("role", "card")
    frame.setLayout(column(*parts, gap=Space.INSIDE, margins=(Space.ROW, Space.ROW, Space.ROW, Space.ROW)))
    return frame


class Panel(QFrame):
    """320 px of facts in a few tabs."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setFixedWidth(Size.PANEL)
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("公文信息")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self._pages = QStackedWidget()
        self.tabs.currentChanged.connect(self._pages.setCurrentIndex)
        strip = holder(row(self.tabs, None, margins=(Space.GROUP, 0, Space.GROUP, 0)), "toolstrip")
        strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        strip.setFixedHeight(41)
        self.setLayout(column(strip, self._pages, gap=0))
        self._columns: list[QVBoxLayout] = []

    def add_tab(self, title: str) -> int:
        """A new tab, still empty; the answer is its number."""
        inside = column(gap=Space.GROUP, margins=(Space.GROUP, Space.GROUP, Space.GROUP, Space.GROUP))
        self._columns.append(inside)
        self._pages.addWidget(Scrolled(holder(inside)))
        return self.tabs.addTab(title)

    def fill(self, tab: int, sections: Sequence[QWidget]) -> None:
        """Replace what a tab shows."""
        inside = self._columns[tab]
        while (item := inside.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for section in sections:
            inside.addWidget(section)
        inside.addStretch(1)

    def show_tab(self, tab: int) -> None:
        """Bring a tab to the front."""
        self.tabs.setCurrentIndex(tab)
