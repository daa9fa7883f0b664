"""Tiles, lines of the task list and cards of the first page."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gongwen_client.domain.day import Task
from gongwen_client.domain.notices import NoticeCard
from gongwen_client.ui.home.words import KINDS, task_detail
from gongwen_client.ui.lists.cells import due, urgency
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import ElidedLabel, column, glyph, label, restyle, row
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.widgets.press import Press
from gongwen_client.ui.words import StateWord, stamp, when

_TILE = 76
TASK_HEIGHT = 48
_KIND = 84
_DUE = 136


class Tile(Press):
    """A number with its word; opens the list that it counts."""

    def __init__(self, name: str, word: str, picture: str, tone: Tone, tip: str) -> None:
        super().__init__()
        self.setObjectName(f"tile_{name}")
        self.setProperty("role", "tile")
        self.setFixedHeight(_TILE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(tip)
        self._word, self._tone, self._tip = word, tone, tip
        self.number = label("", "figure")
        self._lit, self._dim = glyph(picture, tone.value), glyph(picture, "disabled")
        words = label(word, "muted")
        layout = column(
            row(self.number, None, self._lit, self._dim),
            words,
            gap=0,
            margins=(Space.ROW, Space.INSIDE, Space.ROW, Space.INSIDE),
        )
        _let_through(self.number, self._lit, self._dim, words)
        self.setLayout(layout)
        self.show_number(0)

    def show_number(self, number: int) -> None:
        """0 steps back."""
        self.number.setText(str(number) if number < 10_000 else "9999+")
        restyle(
            self.number,
            tone=self._tone.value if number and self._tone is not Tone.INFO else "",
            empty=not number,
        )
        self._lit.setVisible(number > 0)
        self._dim.setVisible(number == 0)
        self.setAccessibleName(f"{self._word} {number} 份，{self._tip}")


class TaskLine(Press):
    """What to do, about which document, whom it concerns, by when."""

    def __init__(self, task: Task, now: datetime) -> None:
        super().__init__()
        self.task = task
        self.setObjectName("task")
        self.setProperty("role", "task")
        self.setFixedHeight(TASK_HEIGHT)
        kind = KINDS[task.kind]
        what = Chip(kind)
        what.setFixedWidth(_KIND)
        title = ElidedLabel(task.title or "（未填标题）", "strong" if task.unread else "")
        who = ElidedLabel(task_detail(task), "small")
        layout = row(gap=Space.INSIDE, margins=(Space.ROW, 0, Space.ROW, 0))
        layout.addWidget(what)
        parts: list[QWidget] = [what, title, who]
        urgent = urgency(task.urgency)
        if urgent is not None:
            chip = Chip(urgent)
            layout.addWidget(chip)
            parts.append(chip)
        layout.addLayout(column(None, title, who, None, gap=0), 1)
        until = self._until(task, now)
        until.setFixedWidth(_DUE)
        parts.append(until)
        layout.addWidget(until)
        _let_through(*parts)
        self.setLayout(layout)
        self.setAccessibleName(f"{kind.word}：{task.title}，{task_detail(task)}")
        self.setToolTip(f"{task.title}\n{task_detail(task)}")

    @staticmethod
    def _until(task: Task, now: datetime) -> QWidget:
        state = due(task.due_at, now, " 前")
        if state is not None:
            chip = Chip(state)
            chip.setToolTip(stamp(task.due_at))
            return chip
        text = label(when(task.since, now), "small")
        text.setToolTip(stamp(task.since))
        return text


class NewsLine(Press):
    """A notice of the exchange: its title and when it was issued; unread ones are bold."""

    def __init__(self, card: NoticeCard, now: datetime) -> None:
        super().__init__()
        self.setObjectName("news")
        self.setProperty("role", "news")
        title = ElidedLabel(card.notice.title, "" if card.read else "strong")
        at = label(when(card.notice.issued_at, now), "small")
        urgent = glyph("warning", "warning", Size.ICON_SMALL)
        urgent.setVisible(card.is_outage_now)
        parts = (urgent, title, at)
        _let_through(*parts)
        layout = row(urgent, gap=Space.HAIR)
        layout.addWidget(title, 1)
        layout.addWidget(at)
        self.setLayout(layout)
        self.setAccessibleName(f"公告：{card.notice.title}")
        self.setToolTip(card.notice.title)


class Card(QFrame):
    """A small board with a title; ``body`` is filled anew when what it shows changes."""

    def __init__(self, name: str, title: str, picture: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "card")
        self.setAccessibleName(title)
        self.body: QVBoxLayout = column(gap=Space.HAIR)
        self.setLayout(
            column(
                row(glyph(picture, "muted", Size.ICON_SMALL), label(title, "section"), None),
                self.body,
                gap=Space.INSIDE,
                margins=(Space.ROW, Space.ROW, Space.ROW, Space.ROW),
            )
        )

    def clear(self) -> None:
        """Take all lines out."""
        empty(self.body)

    def add_state(self, words: str, state: StateWord) -> None:
        """A word with a state at its right."""
        self.body.addWidget(_line(label(words), Chip(state)))

    def add_words(self, words: str, role: str = "") -> QLabel:
        """A sentence."""
        text = label(words, role, wrap=True)
        self.body.addWidget(text)
        return text

    def add_pair(self, left: str, right: str, tone: str = "") -> None:
        """Two words at both ends of a line."""
        self.body.addWidget(_line(label(left), label(right, "" if tone else "muted", tone=tone)))


def empty(layout: QVBoxLayout) -> None:
    """Take everything out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()


def _line(left: QWidget, right: QWidget) -> QWidget:
    line = QWidget()
    line.setLayout(row(left, None, right))
    return line


def _let_through(*parts: QWidget) -> None:
    """A click on a word is a click on the button."""
    for part in parts:
        part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
