"""The top line: unit, platform, connection, key, user."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from gongwen_client.domain.rows import Duty
from gongwen_client.host.clock import to_local
from gongwen_client.token.keys import KeyState
from gongwen_client.ui import words
from gongwen_client.ui.theme import Size, Space, colour
from gongwen_client.ui.theme.icons import icon
from gongwen_client.ui.widgets.basics import glyph, label, row, worded_tool
from gongwen_client.ui.widgets.chip import Chip
from gongwen_protocol.messages import SessionGrant

_PLATFORM = "电子公文交换平台"
_TICK_MS = 15_000


class Banner(QFrame):
    """48 px under a thin red line."""

    password_wanted = Signal()
    lock_wanted = Signal()
    logout_wanted = Signal()
    file_wanted = Signal()

    def __init__(self, session: SessionGrant) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.setFixedHeight(Size.BANNER + 4)
        unit = label(session.unit_name, "unit")
        self.connection = Chip(words.CONNECTIONS[next(iter(words.CONNECTIONS))])
        self.key = Chip(words.KEY_STATES[KeyState.PROBING])
        self.cutoff = label("", "muted")
        self.cutoff.hide()
        self._cutoff_at: datetime | None = None
        self._offset = timedelta()
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._tick)
        self._clock.start()
        self.user = QToolButton()
        self.user.setObjectName("user")
        self.user.setText(f"{session.post} {session.account}")
        self.user.setAccessibleName("用户菜单")
        self.user.setIcon(icon("user", colour("muted").name()))
        self.user.setIconSize(QSize(Size.ICON_SMALL, Size.ICON_SMALL))
        self.user.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.user.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.user.setMenu(self._menu())
        layout = row(gap=Space.INSIDE, margins=(Space.GROUP, 0, Space.INSIDE, 0))
        layout.addWidget(glyph("brand", "brand", 24))
        layout.addWidget(unit)
        layout.addWidget(label(f"·　{_PLATFORM}", "muted"))
        layout.addStretch(1)
        for part in (self.cutoff, self.connection, self.key):
            layout.addWidget(part)
            layout.addSpacing(Space.INSIDE)
        layout.addWidget(_upright())
        open_file = worded_tool("folder", "打开文件", self.file_wanted.emit, name="open_file")
        open_file.setShortcut(QKeySequence("Ctrl+O"))
        open_file.setToolTip("打开本机上的 OFD、PDF 文件或验真包（Ctrl+O）")
        layout.addWidget(open_file)
        layout.addWidget(self.user)
        self.setLayout(layout)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for picture, text, signal in (
            ("password", "修改密码(&M)", self.password_wanted),
            ("lock", "锁定(&L)", self.lock_wanted),
            ("exit", "退出登录(&Q)", self.logout_wanted),
        ):
            action = menu.addAction(icon(picture, colour("muted").name()), text)
            action.triggered.connect(lambda _checked=False, said=signal: said.emit())
        return menu

    def add_tool(self, part: QWidget) -> None:
        """One more small button before the user's."""
        layout = self.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.insertWidget(layout.indexOf(self.user), part)

    def show_duty(self, duty: Duty) -> None:
        """How the last conversation with the exchange ended."""
        self.connection.show_state(words.CONNECTIONS[duty.connection])
        self.connection.setToolTip(f"最近一次联络 {words.stamp(duty.last_heartbeat)}")

    def show_key(self, state: KeyState, detail: str = "") -> None:
        """The seal key's state; ``detail`` names the seal."""
        self.key.show_state(words.KEY_STATES[state])
        self.key.setToolTip(detail)

    def show_cutoff(self, at: datetime | None, now: datetime) -> None:
        """The same-day cut-off, where the region has one today; ``now`` is the exchange's time. Counts on by
        itself."""
        self._cutoff_at = at
        self._offset = now - datetime.now(UTC)
        self._tick()

    def _tick(self) -> None:
        at, now = self._cutoff_at, datetime.now(UTC) + self._offset
        self.cutoff.setVisible(at is not None and at > now)
        if at is not None and at > now:
            left = int((at - now).total_seconds() // 60)
            self.cutoff.setText(f"{to_local(at):%H:%M} 截止　还有 {left // 60:02}:{left % 60:02}")
            self.cutoff.setToolTip("在此之前发出的公文计作今天收发")


def _upright() -> QWidget:
    line = QFrame()
    line.setProperty("role", "upright")
    line.setFixedSize(1, 20)
    return line
