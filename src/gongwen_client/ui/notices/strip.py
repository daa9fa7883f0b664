"""A line above everything: an outage, its end, or an announcement that nobody has read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from gongwen_client.domain.notices import NoticeCard
from gongwen_client.ui.notices.wording import KINDS, headline
from gongwen_client.ui.theme import Size, Space, colour
from gongwen_client.ui.theme.icons import pixmap
from gongwen_client.ui.widgets.basics import ElidedLabel, button, glyph, label, restyle, row
from gongwen_protocol.announcements import NoticeKind

_ORDER = (NoticeKind.OUTAGE, NoticeKind.RECOVERY, NoticeKind.ANNOUNCEMENT)


class NoticeStrip(QFrame):
    """Hidden while there is nothing; ``opened`` names the notice that somebody wants to read. It cannot be
    closed: it goes when the outage is over or the notice was read."""

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice_strip")
        self.setProperty("role", "verdict")
        self._shape = glyph("bell", "info")
        self._kind = label("", "strong")
        self._text = ElidedLabel()
        self._more = label("", "small")
        self.open_button = button("查看公告", self._look, kind="link", name="notice_open")
        layout = row(gap=Space.INSIDE, margins=(Space.GROUP, 0, Space.INSIDE, 0))
        layout.addWidget(self._shape)
        layout.addWidget(self._kind)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._more)
        layout.addWidget(self.open_button)
        self.setLayout(layout)
        self.setFixedHeight(Size.NOTE)
        self._shown = ""
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self.accessibleName() if self._shown else ""

    def show_cards(self, cards: Sequence[NoticeCard]) -> None:
        """Say the most pressing one; how many more there are."""
        if not cards:
            self._shown = ""
            self.hide()
            return
        card = min(cards, key=lambda one: (_ORDER.index(one.notice.kind), -one.notice.issued_at.timestamp()))
        state = KINDS[card.notice.kind]
        self._shown = card.notice.notice_id
        self._shape.setPixmap(pixmap(state.shape, colour(state.tone.value).name(), Size.ICON))
        self._kind.setText(state.word)
        self._text.setText(headline(card.notice))
        self._more.setText(f"另有 {len(cards) - 1} 条" if len(cards) > 1 else "")
        self._more.setVisible(len(cards) > 1)
        self.setAccessibleName(f"{state.word} {headline(card.notice)}")
        restyle(self, tone=state.tone.value)
        self.show()

    def _look(self) -> None:
        self.opened.emit(self._shown)
