"""已发明细: x of n, who is late, every unit with its state; what is done about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QMenu,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from gongwen_client.domain.board import Board, BoardLine, delivered_at
from gongwen_client.ui import words
from gongwen_client.ui.lists.table import Column, RowModel
from gongwen_client.ui.theme import Space
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.tracking.unit_table import UnitTable
from gongwen_client.ui.widgets.basics import ElidedLabel, button, column, glyph, holder, label, row
from gongwen_client.ui.widgets.search import SearchField
from gongwen_client.ui.widgets.states import EmptyState
from gongwen_client.ui.words import StateWord
from gongwen_protocol.states import DeliveryState

_SEARCH_WIDTH = 170


@dataclass(frozen=True)
class Filter:
    """A choice of lines, with the number of them on its button."""

    name: str
    word: str
    takes: Callable[[BoardLine], bool]


_CLOSED = (DeliveryState.RECALLED, DeliveryState.RESENT, DeliveryState.PAPER_FALLBACK)
FILTERS = (
    Filter("all", "全部", lambda line: True),
    Filter("awaited", "未收", lambda line: line.awaited),
    Filter("late", "已超时", lambda line: bool(line.late)),
    Filter("received", "已接收", lambda line: line.row.state is DeliveryState.RECEIVED),
    Filter("returned", "已退文", lambda line: line.row.state is DeliveryState.RETURNED),
    Filter("asking", "有申请", lambda line: bool(line.open_requests)),
    Filter("closed", "其他", lambda line: line.row.state in _CLOSED),
)
_ALWAYS = ("all", "awaited", "received")


class BoardPanel(QWidget):
    """``act_wanted(name, rows)``: remind, call, recall, resend, paper for the chosen units (or, with none
    chosen, those not received); ``supplement_wanted``, ``correct_wanted``, ``export_wanted`` for the whole.
    ``unit_shown`` follows the line with the keyboard."""

    act_wanted = Signal(str, object)
    supplement_wanted = Signal()
    correct_wanted = Signal()
    export_wanted = Signal()
    unit_shown = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("board_panel")
        self.board: Board | None = None
        self._model: RowModel[BoardLine] = RowModel(
            _columns(lambda: self.board.now if self.board else None), lambda line: line.row.delivery_id
        )
        self.table = UnitTable(self._model, "board", "各单位接收情况")
        self._count = label("", "display")
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName("接收进度")
        self._sentence = ElidedLabel()
        self._earliest = ElidedLabel("", "small")
        self._mark = glyph("warning", "invalid", 18)
        self.filters: dict[str, QPushButton] = {}
        self._filter = FILTERS[0]
        self.search = SearchField("board_search", "查找单位", "在接收单位中查找")
        self.search.setFixedWidth(_SEARCH_WIDTH)
        self._chosen = label("", "muted")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(EmptyState("search", "没有符合条件的单位", "请换一个条件，或按“全部”。"))
        self._make_acts()
        self._lay_out()
        self.search.textChanged.connect(lambda _text: self._show())
        self.table.selectionModel().selectionChanged.connect(lambda _now, _before: self._selected())
        self.table.selectionModel().currentRowChanged.connect(lambda _now, _before: self._tell_unit())

    # -- layout -----------------------------------------------------------------------------------------

    def _make_acts(self) -> None:
        self.remind_button = self._act("催办(&U)", "remind", "urge", kind="primary")
        self.call_button = self._act("登记通话(&D)", "call", "phone")
        self.supplement_button = button(
            "补发(&S)", self.supplement_wanted.emit, picture="plus", name="supplement", tip="发给漏选的单位"
        )
        self.more_button = button("更多(&M)", name="board_more")
        menu = QMenu(self)
        self.acts: dict[str, QAction] = {}
        for name, text in (("recall", "撤回…"), ("resend", "重发…"), ("paper", "转纸质办理…")):
            self.acts[name] = menu.addAction(text)
            self.acts[name].triggered.connect(lambda _checked=False, act=name: self._want(act))
        menu.addSeparator()
        menu.addAction("更正：补发更正后的公文…").triggered.connect(
            lambda _checked=False: self.correct_wanted.emit()
        )
        menu.addAction("导出接收情况…").triggered.connect(lambda _checked=False: self.export_wanted.emit())
        self.more_button.setMenu(menu)

    def _act(self, text: str, name: str, picture: str, kind: str = "") -> QPushButton:
        return button(text, lambda: self._want(name), kind=kind, picture=picture, name=f"board_{name}")

    def _lay_out(self) -> None:
        first = row(self._mark, gap=Space.INSIDE)
        first.addWidget(self._sentence, 1)
        said = column(first, self._earliest, self._progress, gap=Space.HAIR)
        head = row(gap=Space.GROUP, margins=(Space.GROUP, Space.ROW, Space.GROUP, Space.INSIDE))
        head.addWidget(self._count)
        head.addLayout(said, 1)
        choice = self._filter_line()
        choice.addStretch(1)
        choice.addWidget(self.search)
        acts = row(gap=Space.INSIDE, margins=(Space.GROUP, Space.INSIDE, Space.GROUP, Space.INSIDE))
        acts.addWidget(self._chosen)
        acts.addStretch(1)
        for act in (self.more_button, self.supplement_button, self.call_button, self.remind_button):
            acts.addWidget(act)
        foot = holder(acts, "footer")
        foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        whole = column(gap=0)
        whole.addLayout(head)
        whole.addLayout(choice)
        whole.addWidget(self._stack, 1)
        whole.addWidget(foot)
        self.setLayout(whole)

    def _filter_line(self) -> QHBoxLayout:
        group = QButtonGroup(self)
        line = row(gap=Space.HAIR, margins=(Space.ROW, 0, Space.GROUP, Space.INSIDE))
        for one in FILTERS:
            act = button(one.word, name=f"filter_{one.name}")
            act.setProperty("role", "filter")
            act.setCheckable(True)
            group.addButton(act)
            act.clicked.connect(lambda _checked=False, wanted=one: self._choose(wanted))
            self.filters[one.name] = act
            line.addWidget(act)
        self.filters["all"].setChecked(True)
        return line

    # -- showing ----------------------------------------------------------------------------------------

    def show_board(self, board: Board) -> None:
        """The board as it is now."""
        self.board = board
        self._show_head(board)
        for one in FILTERS:
            number = sum(map(one.takes, board.lines))
            act = self.filters[one.name]
            act.setText(f"{one.word} {number}")
            act.setAccessibleName(f"只看{one.word}，{number} 个单位")
            act.setVisible(bool(number) or one.name in _ALWAYS or act.isChecked())
        self._show()
        if not self.table.currentIndex().isValid() and self._model.rows:
            keep = QItemSelectionModel.SelectionFlag.NoUpdate
            self.table.selectionModel().setCurrentIndex(self._model.index(0, 0), keep)

    def _show_head(self, board: Board) -> None:
        total = len(board.counted)
        self._count.setText(f"已接收 {board.received} / {total}")
        self._count.setAccessibleName(f"{total} 个单位中已有 {board.received} 个接收")
        self._progress.setRange(0, max(1, total))
        self._progress.setValue(board.received)
        awaited, late = board.awaited, board.late
        returned = sum(line.row.state is DeliveryState.RETURNED for line in board.lines)
        parts = ["已全部接收" if board.received == total else f"未收 {len(awaited)} 个单位"]
        if not total:
            parts = ["全部已撤回或转纸质，没有单位需要接收"]
        if late:
            parts.append(f"其中 {len(late)} 个已超过应收时限")
        if returned:
            parts.append(f"退文 {returned} 个")
        self._sentence.setText("，".join(parts))
        self._mark.setVisible(bool(late))
        self._earliest.setText(_earliest(board))

    def _choose(self, wanted: Filter) -> None:
        self._filter = wanted
        self._show()

    def choose(self, name: str) -> None:
        """Pick a filter as a person would."""
        self.filters[name].click()

    def _show(self) -> None:
        if self.board is None:
            return
        text = self.search.text().strip()
        lines = [line for line in self.board.lines if self._filter.takes(line) and text in line.row.unit_name]
        self.table.show_rows(lines)
        self._stack.setCurrentIndex(0 if lines else 1)
        self._selected()

    def show_unit(self, delivery_id: str) -> None:
        """Bring a unit into sight and choose it."""
        self.choose("all")
        self.search.clear()
        self.table.choose(delivery_id)

    # -- choosing ---------------------------------------------------------------------------------------

    def _selected(self) -> None:
        chosen = self.table.all_chosen()
        awaited = len(self.board.awaited) if self.board else 0
        if chosen:
            self._chosen.setText(f"已选 {len(chosen)} 个单位")
        else:
            self._chosen.setText(f"没有选择单位：对未收的 {awaited} 个单位办理" if awaited else "请选择单位")
        self.remind_button.setEnabled(any(line.awaited for line in chosen) if chosen else bool(awaited))
        self.call_button.setEnabled(len(chosen) == 1 or self.table.chosen() is not None)
        if len(chosen) == 1:
            self._tell_unit()

    def _tell_unit(self) -> None:
        """A single chosen unit is shown also where the keyboard's line is not there (filtered away)."""
        chosen = self.table.all_chosen()
        self.unit_shown.emit(chosen[0] if len(chosen) == 1 else self.table.chosen())

    def reached(self) -> list[BoardLine]:
        """Whom an act concerns: the chosen units, else those that have not received."""
        chosen = self.table.all_chosen()
        return chosen or (list(self.board.awaited) if self.board else [])

    def _want(self, name: str) -> None:
        if self.board is None:
            return
        if name == "call":
            chosen = self.table.all_chosen() or [self.table.chosen()]
            self.act_wanted.emit(name, [line.row for line in chosen[:1] if line is not None])
        elif name == "resend":
            chosen = self.table.all_chosen() or [line for line in self.board.lines if not line.awaited]
            self.act_wanted.emit(name, [line.row for line in chosen])
        else:
            self.act_wanted.emit(name, [line.row for line in self.reached()])


def _earliest(board: Board) -> str:
    """最早未收: who waits longest, since when, how far beyond the time."""
    parts = []
    if board.awaited:
        first = board.awaited[0]
        told = f"最早未收：{first.row.unit_name}（{words.when(delivered_at(first.row), board.now)} 送达"
        parts.append(f"{told}，已超应收时限 {terms.span(first.late)}）" if first.late else f"{told}）")
    if board.hours is not None:
        parts.append(f"应收时限 {board.hours} 个工作小时")
    if board.assumed:
        parts.append("本年度放假安排未知，按周一至周五计算")
    return "　".join(parts)


def state_of(line: BoardLine) -> StateWord:
    """The delivery's state; a second round says so."""
    word = words.DELIVERY_STATES[line.row.state]
    details = line.row.details
    if details is not None and details.round > 1 and line.awaited:
        return StateWord(f"{word.word}·重发", word.shape, word.tone)
    return word


def _reminders(line: BoardLine) -> str:
    return f"{line.reminders} / {line.calls}" if line.reminders or line.calls else ""


_STATE_ORDER = list(DeliveryState)


def _columns(moment: Callable[[], datetime | None]) -> Sequence[Column[BoardLine]]:
    """Deadlines are told from the board's own ``moment``."""

    def due(line: BoardLine) -> StateWord | None:
        now = moment()
        return None if now is None else terms.due(line, now)

    return (
        Column("接收单位", lambda line: line.row.unit_name),
        Column("类别", lambda line: words.ROLES[line.row.role], 46),
        Column(
            "打印/份数",
            lambda line: f"{line.row.printed} / {line.row.copies}",
            70,
            sort=lambda line: line.row.copies,
        ),
        Column("起止编号", lambda line: line.ranges, 66, quiet=True),
        Column(
            "状态",
            lambda line: state_of(line).word,
            138,
            state=state_of,
            sort=lambda line: _STATE_ORDER.index(line.row.state),
        ),
        Column(
            "应收时限",
            lambda line: word.word if (word := due(line)) else "",
            128,
            state=due,
            sort=lambda line: (-line.late.total_seconds(), line.due_at.timestamp() if line.due_at else 9e15),
            tip=lambda line: f"应在 {words.stamp(line.due_at)} 前接收" if line.due_at else "没有未到的时限",
        ),
        Column(
            "处理时间",
            lambda line: words.when(line.row.at, moment()),
            90,
            sort=lambda line: line.row.at.timestamp(),
            tip=lambda line: words.stamp(line.row.at),
        ),
        Column("签收人", lambda line: line.row.handled_by, 60, quiet=True),
        Column(
            "催办/电话",
            _reminders,
            78,
            sort=lambda line: (line.reminders, line.calls),
            tip=lambda line: f"催办 {line.reminders} 次，登记通话 {line.calls} 次",
        ),
    )
