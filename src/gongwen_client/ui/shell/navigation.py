"""The left column: what waits, with numbers."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout

from gongwen_client.domain.rows import Counts
from gongwen_client.ui.theme import Size, Space, colour
from gongwen_client.ui.theme.icons import icon
from gongwen_client.ui.widgets.basics import button, column, label, restyle, row


@dataclass(frozen=True)
class Entry:
    """One line of the navigation; ``count`` names the field of Counts, ``urgent`` paints it red."""

    page: str
    title: str
    picture: str
    count: str = ""
    urgent: bool = False


GROUPS = (
    (
        "收文",
        (
            Entry("pending", "待收公文", "inbox", "pending", urgent=True),
            Entry("received", "已收公文", "received", "received"),
            Entry("returned", "本单位退文", "returned"),
        ),
    ),
    (
        "发文",
        (
            Entry("drafts", "草稿", "draft", "drafts"),
            Entry("awaiting_seal", "待盖章", "seal", "awaiting_seal"),
            Entry("ready", "待发公文", "outbox", "ready"),
            Entry("sent", "已发公文", "send", "sent"),
            Entry("requests", "待答复申请", "ticket", "open_requests", urgent=True),
            Entry("returned_to_us", "退回公文", "returned", "returned_to_us", urgent=True),
        ),
    ),
    ("登记", (Entry("seal_ledger", "用印台账", "register"),)),
    (
        "单位",
        (
            Entry("contacts", "通讯录", "people"),
            Entry("statistics", "统计", "statistics"),
            Entry("notices", "公告", "bell"),
        ),
    ),
    ("用印", (Entry("keys", "印章与秘钥盘", "key"),)),
)


class Navigation(QFrame):
    """208 px; arrow keys move between the entries."""

    chosen = Signal(str)
    compose_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("navigation")
        self.setFixedWidth(Size.NAVIGATION)
        self._entries: dict[str, QPushButton] = {}
        self._numbers: dict[str, QLabel] = {}
        self.compose_button = button(
            "新建发文(&N)", self.compose_wanted.emit, picture="plus", name="compose", tip="Ctrl+N"
        )
        layout: QVBoxLayout = column(gap=0, margins=(0, Space.ROW, 1, Space.ROW))
        layout.addLayout(row(self.compose_button, margins=(Space.ROW, 0, Space.ROW, 0)))
        for title, entries in GROUPS:
            layout.addSpacing(Space.GROUP)
            layout.addLayout(
                row(label(title, "section"), margins=(Space.ROW + Space.INSIDE, 0, 0, Space.HAIR))
            )
            for entry in entries:
                layout.addWidget(self._line(entry))
        layout.addStretch(1)
        self.setLayout(layout)

    def _line(self, entry: Entry) -> QPushButton:
        line = button(entry.title, lambda: self.chosen.emit(entry.page), name=f"nav_{entry.page}")
        line.setProperty("role", "entry")
        line.setCheckable(True)
        line.setAutoExclusive(True)
        line.setIcon(icon(entry.picture, colour("muted").name(), colour("brand").name()))
        line.setIconSize(QSize(Size.ICON, Size.ICON))
        number = label("", "count")
        number.setProperty("urgent", entry.urgent)
        number.hide()
        number.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        line.setLayout(row(None, number, margins=(0, 0, Space.ROW, 0)))
        self._entries[entry.page] = line
        if entry.count:
            self._numbers[entry.count] = number
        return line

    def mark(self, page: str) -> None:
        """Show which page is open."""
        if page in self._entries:
            self._entries[page].setChecked(True)

    def show_counts(self, counts: Counts) -> None:
        """Numbers beside the entries; 0 is not shown."""
        for field, number in self._numbers.items():
            value = int(getattr(counts, field))
            number.setText(str(value) if value < 1000 else "999+")
            number.setVisible(value > 0)
            restyle(number)
        for _, entries in GROUPS:
            for entry in entries:
                value = int(getattr(counts, entry.count)) if entry.count else 0
                self._entries[entry.page].setAccessibleName(
                    f"{entry.title} {value} 份" if value else entry.title
                )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        step = steps.get(Qt.Key(event.key()))
        lines = list(self._entries.values())
        here = next((number for number, line in enumerate(lines) if line.hasFocus()), None)
        if step is None or here is None:
            super().keyPressEvent(event)
            return
        lines[(here + step) % len(lines)].setFocus(Qt.FocusReason.TabFocusReason)
