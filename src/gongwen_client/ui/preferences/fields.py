"""One line of the settings: name, field, a word of explanation; locked ones say who fixed them and why."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gongwen_client.domain.preferences import Locks
from gongwen_client.ui.theme import Space
from gongwen_client.ui.widgets.basics import column, glyph, holder, label, row, rule

_NAME_WIDTH = 150
_FIELD_WIDTH = 240


class SettingsCard(QFrame):
    """Lines that belong together, under their heading."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setAccessibleName(title)
        self._lines: QVBoxLayout = column(
            label(title, "strong"), gap=Space.INSIDE, margins=(Space.GROUP, Space.ROW, Space.GROUP, Space.ROW)
        )
        self._count = 0
        self.setLayout(self._lines)

    def add(self, title: str, field: QWidget, hint: str = "") -> None:
        """One more line."""
        if self._count:
            self._lines.addWidget(rule())
        self._count += 1
        name = label(title)
        name.setFixedWidth(_NAME_WIDTH)
        place = holder(row(field, None))
        place.setFixedWidth(_FIELD_WIDTH)
        line = row(gap=Space.GROUP)
        middle = Qt.AlignmentFlag.AlignVCenter
        line.addWidget(name, 0, middle)
        line.addWidget(place, 0, middle)
        line.addWidget(label(hint, "muted", wrap=True), 1, middle)
        self._lines.addLayout(line)

    def add_locked(self, title: str, value: str, locks: Locks) -> None:
        """A line that only the administrator can change."""
        words = row(glyph("lock", "muted", 16), label(value), gap=Space.HAIR)
        reason = locks.reason or "管理员没有写明原因。"
        field = holder(words)
        field.setAccessibleName(f"{title}：{value}，由管理员统一设置。{reason}")
        self.add(title, field, f"由管理员统一设置。{reason}")

    def add_part(self, part: QWidget) -> None:
        """Something that is no line."""
        self._lines.addWidget(part)
