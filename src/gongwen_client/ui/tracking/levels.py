"""通知 / 催办 / 督办: how strongly a unit is reminded, chosen the same way wherever it is asked."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from gongwen_client.ui.theme import Space
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.widgets.basics import row
from gongwen_protocol.profile import ReminderLevel


class LevelChoice(QWidget):
    """One of the levels that are offered; ``changed`` when another is chosen."""

    changed = Signal()

    def __init__(self, levels: Iterable[ReminderLevel] = tuple(ReminderLevel)) -> None:
        super().__init__()
        self._levels = tuple(levels)
        self._group = QButtonGroup(self)
        line = row(gap=Space.GROUP)
        for number, level in enumerate(self._levels):
            word = terms.LEVELS[level].word
            choice = QRadioButton(word)
            choice.setObjectName(f"level_{level.value}")
            choice.setAccessibleName(f"级别：{word}")
            self._group.addButton(choice, number)
            line.addWidget(choice)
        line.addStretch(1)
        self.setLayout(line)
        self._group.idToggled.connect(lambda _number, on: self.changed.emit() if on else None)

    @property
    def level(self) -> ReminderLevel:
        """The chosen level."""
        return self._levels[self._group.checkedId()]

    def choose(self, level: ReminderLevel) -> None:
        """Pick a level as a person would; one that is not offered gives the first."""
        number = self._levels.index(level) if level in self._levels else 0
        self._group.button(number).setChecked(True)
