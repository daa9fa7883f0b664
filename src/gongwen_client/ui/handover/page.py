"""交接: all handovers of this PC, and a new one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from gongwen_client.domain.handover import Handover, HandoverList
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.handover.dialog import HandoverDialog
from gongwen_client.ui.lists.table import Column, RowModel, RowTable
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import button, column, label, row, tool
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.page import Page
from gongwen_client.ui.widgets.states import EmptyState, Skeleton
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError

_WAITING = StateWord("待接收人确认", "half", Tone.WARNING)
_TO_DISABLE = StateWord("待停用原账号", "warning", Tone.WARNING)
_COMPLETE = StateWord("已完成", "check", Tone.VALID)


def handover_state(handover: Handover) -> StateWord:
    """How far a handover has come."""
    if not handover.complete:
        return _WAITING
    return _TO_DISABLE if handover.disabled_at is None else _COMPLETE


def _who(post: str, account: str) -> str:
    return f"{post}（{account}）" if account else ""


_COLUMNS: Sequence[Column[Handover]] = (
    Column("号", lambda one: str(one.handover_id), 60),
    Column("移交人", lambda one: _who(one.from_post, one.from_account)),
    Column("移交时间", lambda one: words.when(one.from_at), 130, tip=lambda one: words.stamp(one.from_at)),
    Column("接收人", lambda one: _who(one.to_post, one.to_account), 240),
    Column("接收时间", lambda one: words.when(one.to_at), 130, tip=lambda one: words.stamp(one.to_at)),
    Column("移交事项", lambda one: f"{sum(part.total for part in one.list.sections)} 项", 96),
    Column("状态", lambda one: handover_state(one).word, 150, state=handover_state),
)


class HandoverPage(Page):
    """``shown`` tells that the list is in sight."""

    shown = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setObjectName("handover")
        self._office = office
        self.dialog: HandoverDialog | None = None
        self.notice = Notice("list_notice")
        self.table = RowTable(RowModel(_COLUMNS, lambda one: one.handover_id), "handover_table", "交接列表")
        self.table.activated.connect(lambda _index: self.open_chosen())
        self.new_button = button(
            "新建交接清单(&H)", self.prepare, kind="primary", picture="people", name="new_handover"
        )
        head = row(
            label("交接", "title"),
            None,
            tool("refresh", "刷新", self.reload, name="refresh"),
            self.new_button,
            margins=(Space.GROUP, Space.ROW, Space.GROUP, Space.ROW),
        )
        self._skeleton = Skeleton()
        self._empty = EmptyState(
            "people",
            "还没有交接",
            "收发员换人时，在这里编制交接清单，移交人和接收人各用自己的账号在本机确认。",
        )
        self._stack = QStackedWidget()
        for part in (self._skeleton, self.table, self._empty):
            self._stack.addWidget(part)
        notice = column(self.notice, margins=(Space.GROUP, 0, Space.GROUP, Space.INSIDE))
        whole = column(head, notice, gap=0)
        whole.addWidget(self._stack, 1)
        self.setLayout(whole)
        self._skeleton.begin()

    def reload(self) -> None:
        """Ask for the handovers."""
        work(self, self._office.handover.all).then(self._arrived).failed(self.notice.not_read).start()

    def _arrived(self, rows: Sequence[Handover]) -> None:
        self.notice.read()
        self.table.show_rows(rows)
        self._stack.setCurrentWidget(self.table if rows else self._empty)
        self.shown.emit()

    def _failed(self, error: GongwenError) -> None:
        self.notice.explain(error)

    def prepare(self) -> None:
        """Collect what is to be handed over, then show it."""
        self.notice.clear()
        self.new_button.setEnabled(False)
        work(self, self._office.handover.prepare).always(lambda: self.new_button.setEnabled(True)).then(
            self._show_new
        ).failed(self._failed).start()

    def _show_new(self, handed: HandoverList) -> None:
        self._show(HandoverDialog(self.window(), self._office, handed=handed))

    def open_chosen(self) -> None:
        """Go on with a handover, or look at it again."""
        chosen = self.table.chosen()
        if isinstance(chosen, Handover):
            self._show(HandoverDialog(self.window(), self._office, handover=chosen))

    def _show(self, dialog: HandoverDialog) -> None:
        self.dialog = dialog
        dialog.changed.connect(self.reload)
        dialog.finished.connect(self._dialog_closed)
        dialog.open()

    def _dialog_closed(self) -> None:
        self.dialog = None

    def take_focus(self) -> None:
        """The list, or what begins a handover."""
        (self.table if self.table.isVisibleTo(self) else self.new_button).setFocus()
