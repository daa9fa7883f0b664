"""首页: what waits, what comes first, whether the inbox was looked at, how long the day is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gongwen_client.domain.day import Day, Tallies
from gongwen_client.domain.lists import Follow
from gongwen_client.domain.rows import IncomingState
from gongwen_client.services.office import Office
from gongwen_client.ui.home import words
from gongwen_client.ui.home.parts import TASK_HEIGHT, Card, NewsLine, TaskLine, Tile, empty
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import button, column, holder, label, row, tool
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.page import Page
from gongwen_client.ui.widgets.press import Shelf
from gongwen_client.ui.widgets.states import EmptyState
from gongwen_crypto.errors import GongwenError

_TICK_MS = 15_000
_REST_MS = 1_200
_LEAST_TASKS = 4
#: name of the tally → (word, picture, tone, page, state, tip)
_TILES = {
    "pending": ("待收", "inbox", Tone.INVALID, "pending", "", "等待核验和接收的公文"),
    "to_verify": (
        "待核验",
        "half",
        Tone.WARNING,
        "pending",
        IncomingState.TO_VERIFY.value,
        "已下载，等待核验",
    ),
    "returned_to_us": ("退回", "returned", Tone.INVALID, "returned_to_us", "", "接收单位退回的公文"),
    "overdue": ("该催办", "urge", Tone.WARNING, "sent", Follow.OVERDUE.value, "超过时限仍未接收的已发公文"),
    "requests": ("待答复", "info", Tone.WARNING, "requests", "", "接收单位的申请待答复"),
    "awaiting_seal": ("待盖章", "seal", Tone.WARNING, "awaiting_seal", "", "提交用印的公文"),
    "ready": ("待发", "outbox", Tone.INFO, "ready", "", "已盖章，等待发送"),
    "to_archive": ("将归档", "folder", Tone.WARNING, "archive", "", "三十天内到期或已到期的归档"),
    "open_sent": ("未收齐", "send", Tone.INFO, "sent", Follow.OPEN.value, "已发出，还有单位没有接收"),
}


class HomePage(Page):
    """``list_wanted`` (page, state) from a tile, ``row_wanted`` (page, identity) from a task;
    ``attend_wanted`` from 查收; ``day_known`` after each look."""

    list_wanted = Signal(str, str)
    attend_wanted = Signal()
    day_known = Signal(object)

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setObjectName("home")
        self._office = office
        self.day: Day | None = None
        self._offset = timedelta()
        self._asking = False
        self._ask_again = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._rested)
        self.notice = Notice("home_notice")
        self._headline = label("", "muted")
        self.attend_button = button(
            "查收(&K)",
            self.attend_wanted.emit,
            kind="primary",
            picture="check",
            name="home_attend",
            tip="立即查收，并记录这次人工查收的时间（F5）",
        )
        self.tiles = {
            name: Tile(name, word, picture, tone, tip)
            for name, (word, picture, tone, _page, _state, tip) in _TILES.items()
        }
        self.tasks: list[TaskLine] = []
        self._task_lines: QVBoxLayout = column(gap=0)
        self.checks = Card("card_checks", "今日查收", "check")
        self.cutoff = Card("card_cutoff", "当日截止", "clock")
        self.calendar = Card("card_calendar", "工作日历", "calendar")
        self.news = Card("card_notices", "最新公告", "bell")
        self._left = self.cutoff.add_words("", "strong")
        self._meaning = self.cutoff.add_words("", "small")
        self.cards: QVBoxLayout = column(self.checks, self.cutoff, self.calendar, self.news, gap=Space.ROW)
        self._build()
        self._connect()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    # -- layout -----------------------------------------------------------------------------------------

    def _build(self) -> None:
        head = row(gap=Space.ROW, margins=(Space.GROUP, 0, Space.GROUP, 0))
        head.addWidget(label("今天", "title"))
        head.addWidget(self._headline)
        head.addStretch(1)
        head.addWidget(tool("refresh", "刷新", self.reload, name="refresh"))
        head.addWidget(self.attend_button)
        top = holder(head)
        top.setFixedHeight(Size.HEAD)
        tiles = row(*self.tiles.values(), gap=Space.INSIDE, margins=(Space.GROUP, 0, Space.GROUP, 0))
        side = holder(column(self.cards, None, gap=0))
        side.setFixedWidth(Size.PANEL - 32)
        body = row(gap=Space.GROUP, margins=(Space.GROUP, Space.GROUP, Space.GROUP, Space.GROUP))
        body.addWidget(self._task_board(), 1)
        body.addWidget(side)
        whole = column(top, gap=0)
        whole.addLayout(column(self.notice, margins=(Space.GROUP, 0, Space.GROUP, Space.INSIDE)))
        whole.addLayout(tiles)
        whole.addLayout(body, 1)
        self.setLayout(whole)

    def _task_board(self) -> QFrame:
        board = QFrame()
        board.setObjectName("task_board")
        board.setProperty("role", "card")
        area = Shelf(holder(column(self._task_lines, None, gap=0), "plain"))
        self._nothing = EmptyState(
            "check", "没有要办的公文", "收到新公文、被退回或超过时限时，会按先后列在这里。"
        )
        self._nothing.hide()
        self.more_button = button("", self._open_more, kind="link", name="more_tasks")
        self.more_button.hide()
        head = row(label("先办这些", "strong"), None, label("按时限和紧急程度排列", "small"))
        head.setContentsMargins(Space.ROW, Space.ROW, Space.ROW, Space.INSIDE)
        foot = row(self.more_button, None, margins=(Space.HAIR, 0, 0, 0))
        board.setLayout(column(gap=0, margins=(1, 1, 1, 1)))
        layout = board.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addLayout(head)
        layout.addWidget(area, 1)
        layout.addWidget(self._nothing, 1)
        layout.addLayout(foot)
        self._area = area
        area.installEventFilter(self)
        return board

    def _connect(self) -> None:
        for name, tile in self.tiles.items():
            _word, _picture, _tone, page, state, _tip = _TILES[name]
            tile.clicked.connect(
                lambda _checked=False, page=page, state=state: self.list_wanted.emit(page, state)
            )

    # -- what is shown ----------------------------------------------------------------------------------

    def reload(self) -> None:
        """Look again; what is shown stays until the answer comes. In a flood of news every second or so."""
        if self._asking or self._rest.isActive():
            self._ask_again = True
            return
        self._asking = True
        self._ask_again = False
        work(self, self._office.home.day).always(self._answered).then(self.show_day).failed(
            self._failed
        ).start()

    def _answered(self) -> None:
        self._asking = False
        self._rest.start()

    def _rested(self) -> None:
        if self._ask_again:
            self.reload()

    def _failed(self, error: GongwenError) -> None:
        self.notice.explain(error)

    def show_day(self, day: Day) -> None:
        """Everything about a day."""
        self.notice.clear()
        first, self.day = self.day is None, day
        self._offset = day.now - datetime.now(UTC)
        self._headline.setText(words.headline(day))
        self._show_tallies(day.tallies)
        self._show_tasks(day)
        self.checks.clear()
        for half, state in words.check_lines(day):
            self.checks.add_state(half, state)
        self._show_calendar(day)
        self._show_notices(day)
        self._tick()
        if first and self.window().focusWidget() is self.tiles["pending"]:
            self.take_focus()
        self.day_known.emit(day)

    def _show_tallies(self, tallies: Tallies) -> None:
        for name, tile in self.tiles.items():
            tile.show_number(int(getattr(tallies, name)))

    def _show_tasks(self, day: Day) -> None:
        if [line.task for line in self.tasks] == list(day.tasks) and self.tasks:
            self._show_more(day)
            return
        here = self.window().focusWidget()
        focused = next((line.task.identity for line in self.tasks if line is here), None)
        empty(self._task_lines)
        self.tasks = []
        for task in day.tasks:
            line = TaskLine(task, day.now)
            line.clicked.connect(
                lambda _checked=False, task=task: self.row_wanted.emit(task.page, task.identity)
            )
            self._task_lines.addWidget(line)
            self.tasks.append(line)
            line.show()
            if task.identity == focused:
                line.setFocus()
        self._show_more(day)
        if focused not in (None, *(line.task.identity for line in self.tasks)):
            self.take_focus()

    def _show_more(self, day: Day) -> None:
        """As many as the board has room for, and how many more there are."""
        self._area.setVisible(bool(self.tasks))
        self._nothing.setVisible(not self.tasks)
        room = max(_LEAST_TASKS, self._area.viewport().height() // TASK_HEIGHT)
        for line in self.tasks:
            line.setVisible(self.tasks.index(line) < room)
        more = day.more_tasks + max(0, len(self.tasks) - room)
        self.more_button.setVisible(more > 0)
        self.more_button.setText(f"还有 {more} 项，见各列表(&M)")
        self.more_button.setAccessibleName(f"还有 {more} 项，见各列表")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.day is not None:
            self._show_more(self.day)
        return super().eventFilter(watched, event)

    def _show_calendar(self, day: Day) -> None:
        self.calendar.clear()
        lines = words.calendar_lines(day)
        for when, what, worked in lines:
            self.calendar.add_pair(when, what, "warning" if worked else "")
        if not day.known:
            self.calendar.add_words(f"{day.now.year} 年的放假安排还没有，按周一至周五上班推算。", "small")
        elif not lines:
            self.calendar.add_words("近两个月没有放假和调休。", "muted")

    def _show_notices(self, day: Day) -> None:
        self.news.setVisible(bool(day.notices))
        self.news.clear()
        for card in day.notices:
            line = NewsLine(card, day.now)
            line.clicked.connect(lambda _checked=False: self.room_wanted.emit("notices"))
            self.news.body.addWidget(line)

    def _tick(self) -> None:
        if self.day is None:
            return
        now = datetime.now(UTC) + self._offset
        if now.astimezone(self.day.now.tzinfo).date() != self.day.now.date():
            self.reload()  # a new day began
            return
        left, meaning = words.cutoff_words(self.day, now)
        self.cutoff.setVisible(bool(left))
        self._left.setText(left)
        self._meaning.setText(meaning)

    def _open_more(self) -> None:
        if self.day is None:
            return
        tallies = self.day.tallies
        name = next((name for name in _TILES if getattr(tallies, name)), "pending")
        self.list_wanted.emit(_TILES[name][3], _TILES[name][4])

    # -- keyboard ---------------------------------------------------------------------------------------

    def take_focus(self) -> None:
        """The first thing to do, else the first tile."""
        (self.tasks[0] if self.tasks else self.tiles["pending"]).setFocus()

    def focus_search(self) -> None:
        """Searching begins in what was received."""
        self.room_wanted.emit("received")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        across = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        lines: list[QWidget] = list(self.tasks) if key in steps else list(self.tiles.values())
        step = steps.get(key, across.get(key))
        here = next((number for number, one in enumerate(lines) if one.hasFocus()), None)
        if step is None or here is None:
            super().keyPressEvent(event)
            return
        lines[max(0, min(len(lines) - 1, here + step))].setFocus(Qt.FocusReason.TabFocusReason)
