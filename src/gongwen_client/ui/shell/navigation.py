"""The left column: what waits, with numbers, in groups that fold."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSettings, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from gongwen_client.domain.rows import Counts
from gongwen_client.ui.theme import Size, Space, colour
from gongwen_client.ui.theme.icons import icon
from gongwen_client.ui.widgets.basics import button, column, holder, label, restyle, row, tool
from gongwen_client.ui.widgets.press import Press, Shelf

_ENTRY, _DENSE_ENTRY = Size.ROW, 31
_HEAD, _DENSE_HEAD = 34, 28
_BOOKS = ("send_register", "paper_register", "seal_ledger")
_CLOSED = "navigation/closed"
_OPENED = "navigation/opened"


@dataclass(frozen=True)
class Entry:
    """One line of the navigation; ``count`` names the field of Counts, ``of`` is its measure word, ``urgent``
    paints it red; ``also`` are pages of the same room that it stands for."""

    page: str
    title: str
    picture: str
    count: str = ""
    urgent: bool = False
    of: str = "份"
    also: tuple[str, ...] = ()


#: (title, entries); a group without a title stands above the others and does not fold.
GROUPS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    ("", (Entry("home", "首页", "home"),)),
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
    (
        "登记",
        (
            Entry(
                "receive_register",
                "登记簿",
                "register",
                also=("send_register", "paper_register", "seal_ledger"),
            ),
            Entry("archive", "归档", "folder"),
            Entry("copy_marks", "原件验真", "valid"),
            Entry("handover", "交接", "people"),
        ),
    ),
    (
        "单位",
        (
            Entry("contacts", "通讯录", "phone"),
            Entry("statistics", "统计", "statistics"),
            Entry("notices", "公告", "bell", "notices", urgent=True, of="条"),
        ),
    ),
    ("用印", (Entry("keys", "印章与秘钥盘", "key"),)),
    ("系统", (Entry("diagnostics", "诊断", "diagnostics"), Entry("settings", "设置", "settings"))),
)


class Line(Press):
    """An entry: picture, title, number."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry.title)
        self.entry = entry
        self.value = 0
        self.setObjectName(f"nav_{entry.page}")
        self.setAccessibleName(entry.title)
        self.setProperty("role", "entry")
        self.setCheckable(True)
        self.setAutoExclusive(False)
        self.setFixedHeight(_ENTRY)
        self.setIcon(icon(entry.picture, colour("muted").name(), colour("brand").name()))
        self.setIconSize(QSize(Size.ICON, Size.ICON))
        self._number = label("", "count")
        self._number.setProperty("urgent", entry.urgent)
        self._number.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._number.hide()
        self.setLayout(row(None, self._number, margins=(0, 0, Space.ROW, 0)))

    def show_value(self, value: int) -> None:
        """The number beside it; 0 is not shown."""
        self.value = value
        self._number.setText(str(value) if value < 1000 else "999+")
        self._number.setVisible(value > 0)
        restyle(self._number)
        self.setAccessibleName(f"{self.entry.title} {value} {self.entry.of}" if value else self.entry.title)


class Group(QWidget):
    """A title that folds its lines away. What calls for attention inside is counted on the folded title."""

    toggled = Signal(bool)

    def __init__(self, title: str, entries: tuple[Entry, ...]) -> None:
        super().__init__()
        self.title = title
        self.lines = [Line(entry) for entry in entries]
        self.open = True
        self.head = Press(title)
        self.head.setObjectName(f"group_{title}")
        self.head.clicked.connect(lambda _checked=False: self.toggled.emit(not self.open))
        self.head.setProperty("role", "group")
        self.head.setFixedHeight(_HEAD)
        self.head.setVisible(bool(title))
        self._badge: QLabel = label("", "count")
        self._badge.setProperty("urgent", True)
        self._badge.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._badge.hide()
        self.head.setLayout(row(None, self._badge, margins=(0, 0, Space.ROW, 0)))
        self._inside = holder(column(*self.lines, gap=0))
        self.setLayout(column(self.head, self._inside, gap=0))
        self.show_open(True)

    def show_open(self, shown: bool) -> None:
        """Unfold or fold."""
        self.open = shown
        self._inside.setVisible(shown)
        self.head.setIcon(icon("chevron-down" if shown else "chevron-right", colour("muted").name()))
        self.head.setIconSize(QSize(12, 12))
        self.refresh()

    def refresh(self) -> None:
        """Count what is urgent inside."""
        urgent = sum(line.value for line in self.lines if line.entry.urgent)
        self._badge.setText(str(urgent) if urgent < 1000 else "999+")
        self._badge.setVisible(urgent > 0 and not self.open)
        restyle(self._badge)
        state = "已展开" if self.open else "已折叠"
        waiting = f"，{urgent} 件待办" if urgent and not self.open else ""
        self.head.setAccessibleName(f"{self.title}（{state}{waiting}）")

    def set_dense(self, dense: bool) -> None:
        """Lower lines, where the window is low."""
        for press, high, low in (
            (self.head, _HEAD, _DENSE_HEAD),
            *((one, _ENTRY, _DENSE_ENTRY) for one in self.lines),
        ):
            press.setFixedHeight(low if dense else high)
            restyle(press, dense=dense)

    def folded_height(self, dense: bool) -> int:
        """Height when it is folded, px."""
        return (_DENSE_HEAD if dense else _HEAD) if self.title else 0

    def lines_height(self, dense: bool) -> int:
        """What unfolding adds, px."""
        return (_DENSE_ENTRY if dense else _ENTRY) * len(self.lines)


class Navigation(QFrame):
    """208 px. Groups that a person folded stay so; where the window is low, lines are lower and what
    does not fit folds by itself, never the group in use. Arrow keys move, left and right fold."""

    chosen = Signal(str)
    compose_wanted = Signal()

    def __init__(self, *, composes: bool = True) -> None:
        """``composes``: whether who works here may begin a document."""
        super().__init__()
        self.setObjectName("navigation")
        self.setFixedWidth(Size.NAVIGATION)
        self.compose_button = button(
            "新建发文(&N)", self.compose_wanted.emit, picture="plus", name="compose", tip="Ctrl+N"
        )
        if not composes:
            self.compose_button.setEnabled(False)
            self.compose_button.setToolTip("您的账号没有“制作”角色，请由本单位系统管理员分配。")
        self.find_button = tool(
            "search", "在全部公文中查找（Ctrl+Shift+F）", lambda: self.chosen.emit("find"), name="find_all"
        )
        self.groups = [Group(title, entries) for title, entries in GROUPS]
        self._wishes: dict[str, bool] = {}
        self._dense = False
        self._lines = {line.entry.page: line for group in self.groups for line in group.lines}
        for group in self.groups:
            group.toggled.connect(lambda shown, group=group: self._wish(group, shown))
            for line in group.lines:
                line.clicked.connect(lambda _checked=False, line=line: self._choose(line))
        self._area = Shelf(holder(column(*self.groups, None, gap=0), "plain"))
        self._area.resized.connect(self._fit)
        layout = column(gap=Space.INSIDE, margins=(0, Space.ROW, 1, 0))
        acts = row(gap=Space.INSIDE, margins=(Space.ROW, 0, Space.ROW, 0))
        acts.addWidget(self.compose_button, 1)
        acts.addWidget(self.find_button)
        layout.addLayout(acts)
        layout.addWidget(self._area, 1)
        self.setLayout(layout)

    # -- pages and numbers ------------------------------------------------------------------------------

    def _choose(self, line: Line) -> None:
        self.mark(line.entry.page)
        self.chosen.emit(line.entry.page)

    def mark(self, page: str) -> None:
        """Show which page is open."""
        here = next(
            (line for line in self._lines.values() if page in (line.entry.page, *line.entry.also)), None
        )
        for line in self._lines.values():
            line.setChecked(line is here)
        if here is None:
            return
        self._fit()
        if here.isVisibleTo(self):
            self._area.ensureWidgetVisible(here, 0, 0)

    def show_counts(self, counts: Counts) -> None:
        """Numbers beside the entries."""
        for line in self._lines.values():
            if line.entry.count:
                line.show_value(int(getattr(counts, line.entry.count)))
        for group in self.groups:
            group.refresh()

    # -- folding ----------------------------------------------------------------------------------------

    def _wish(self, group: Group, shown: bool) -> None:
        self._wishes[group.title] = shown
        group.show_open(shown)
        self._fit()

    def _fit(self) -> None:
        """Unfold what a person wants or what there is room for."""
        room = self._area.viewport().height()
        dense = sum(one.folded_height(False) + one.lines_height(False) for one in self.groups) > room
        if dense is not self._dense:
            self._dense = dense
            for group in self.groups:
                group.set_dense(dense)
        used = sum(group.folded_height(dense) for group in self.groups)
        for group in sorted(self.groups, key=self._importance):
            lines = group.lines_height(dense)
            wish = self._wishes.get(group.title)
            shown = wish if wish is not None else (used + lines <= room or self._in_use(group))
            shown = shown or not group.title
            used += lines if shown else 0
            if shown is not group.open:
                group.show_open(shown)

    def _importance(self, group: Group) -> tuple[bool, bool, int]:
        """Who gets the room first: what does not fold, what is in use or wanted, then from the top down."""
        wanted = self._in_use(group) or self._wishes.get(group.title) is True
        return bool(group.title), not wanted, self.groups.index(group)

    @staticmethod
    def _in_use(group: Group) -> bool:
        return any(line.isChecked() for line in group.lines)

    def remember(self, settings: QSettings) -> None:
        """Write down what a person folded and unfolded."""
        settings.setValue(_CLOSED, [title for title, shown in self._wishes.items() if not shown])
        settings.setValue(_OPENED, [title for title, shown in self._wishes.items() if shown])

    def restore(self, settings: QSettings) -> None:
        """As it was written down."""
        for key, shown in ((_CLOSED, False), (_OPENED, True)):
            titles = settings.value(key) or []
            for title in [titles] if isinstance(titles, str) else titles:
                self._wishes[str(title)] = shown
        self._fit()

    # -- keyboard ---------------------------------------------------------------------------------------

    def _stops(self) -> list[Press]:
        stops: list[Press] = []
        for group in self.groups:
            stops += [group.head] if group.title else []
            stops += group.lines if group.open else []
        return stops

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        folds = {Qt.Key.Key_Left: False, Qt.Key.Key_Right: True}
        key, stops = Qt.Key(event.key()), self._stops()
        here = next((number for number, stop in enumerate(stops) if stop.hasFocus()), None)
        if here is None or (key not in steps and key not in folds):
            super().keyPressEvent(event)
            return
        if key in steps:
            stop = stops[(here + steps[key]) % len(stops)]
            stop.setFocus(Qt.FocusReason.TabFocusReason)
            self._area.ensureWidgetVisible(stop, 0, 0)
            return
        group = next(one for one in self.groups if stops[here] in (one.head, *one.lines))
        if group.title:
            self._wish(group, folds[key])
            group.head.setFocus(Qt.FocusReason.TabFocusReason)
