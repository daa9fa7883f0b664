"""打印记录: what is left, each numbered original, each copy (副本), a person's word about those in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from gongwen_client.domain.rows import CopyTaken, PrintQuota, TicketRow
from gongwen_client.ui import words
from gongwen_client.ui.lists.table import Column, RowModel, RowTable
from gongwen_client.ui.receive.copy_lines import CopyAnswer
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import button, column, holder, label, row
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.widgets.states import EmptyState
from gongwen_client.ui.words import StateWord
from gongwen_protocol.actions import RequestKind, RequestView
from gongwen_protocol.states import RequestState, TicketState

_TAKEN = StateWord("已下载", "download", Tone.INFO)
_ASKED = {
    RequestState.OPEN: StateWord("待发文单位答复", "clock", Tone.WARNING),
    RequestState.GRANTED: StateWord("已同意", "check", Tone.VALID),
    RequestState.REFUSED: StateWord("未同意", "stop", Tone.INVALID),
    RequestState.WITHDRAWN: StateWord("已撤销", "back", Tone.NEUTRAL),
}


@dataclass(frozen=True)
class PrintHistory:
    """Everything that the tab shows."""

    quota: PrintQuota
    tickets: Sequence[TicketRow]
    copies: Sequence[CopyTaken]
    requests: Sequence[RequestView] = ()


@dataclass(frozen=True)
class _Record:
    """A numbered copy of the original, or a copy (副本) that was downloaded."""

    identity: str
    what: str
    order: int
    state: StateWord
    at: datetime
    post: str
    where: str
    remark: str
    ticket: TicketRow | None = None


class TicketsTab(QWidget):
    """``resolved(ticket_id, printed, reason)`` when a person has looked at the paper; ``more_copies_wanted``:
    申请追加份数."""

    resolved = Signal(str, bool, str)
    more_copies_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        model: RowModel[_Record] = RowModel(_COLUMNS, lambda record: record.identity)
        self.table = RowTable(model, "tickets", "打印记录")
        self._empty = EmptyState(
            "ticket", "还没有打印记录", "打印的每一份原件、下载的每一份副本都会记在这里。"
        )
        self.left = label("", "strong")
        self._numbers = label("", "muted")
        self._asked = label("", "muted")
        self._asked_state = Chip(_ASKED[RequestState.OPEN])
        self.more_button = button(
            "申请追加份数(&A)…", self.more_copies_wanted.emit, kind="link", name="more_copies"
        )
        margins = (Space.GROUP, Space.INSIDE, Space.GROUP, Space.INSIDE)
        self._head = holder(
            row(
                *(self.left, self._numbers, None, self._asked, self._asked_state, self.more_button),
                gap=Space.ROW,
                margins=margins,
            )
        )
        self.answer = CopyAnswer("这一份")
        self.answer.answered.connect(self._answered)
        self._question = holder(
            row(
                label("打印机没有回报这一份的结果，请查看纸张后确认："),
                self.answer,
                None,
                margins=margins,
            ),
            "footer",
        )
        self._question.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setLayout(column(self._head, self.table, self._empty, self._question, gap=0))
        self.table.selectionModel().currentRowChanged.connect(lambda _now, _before: self._ask())
        self._head.hide()
        self._show_records(())

    def show_history(self, history: PrintHistory) -> None:
        """Replace everything."""
        quota = history.quota
        self._head.show()
        self.left.setText(f"剩余 {quota.left} 份（共 {quota.copies} 份）")
        self._numbers.setText(_listed(quota))
        asked = [one for one in history.requests if one.kind is RequestKind.COPIES]
        newest = max(asked, key=lambda one: one.asked_at, default=None)
        for part in (self._asked, self._asked_state):
            part.setVisible(newest is not None)
        if newest is not None:
            self._asked.setText(_asked(newest))
            self._asked.setToolTip(newest.answer)
            self._asked_state.show_state(_ASKED[newest.state])
        self.more_button.setEnabled(newest is None or newest.state is not RequestState.OPEN)
        self._show_records([*map(_of_ticket, history.tickets), *map(_of_copy, history.copies)])

    def forbid_more(self) -> None:
        """This region knows no further copies."""
        self.more_button.hide()

    def _show_records(self, records: Sequence[_Record]) -> None:
        self.table.show_rows(records)
        self.table.setVisible(bool(records))
        self._empty.setVisible(not records)
        self._ask()

    def _ask(self) -> None:
        self._question.setVisible(self._in_doubt() is not None)

    def _in_doubt(self) -> TicketRow | None:
        record: _Record | None = self.table.chosen()
        ticket = record.ticket if record is not None else None
        return ticket if ticket is not None and ticket.state is TicketState.SPOOLED else None

    def _answered(self, printed: bool, reason: str) -> None:
        ticket = self._in_doubt()
        if ticket is not None:
            self.resolved.emit(ticket.ticket_id, printed, reason)


def _listed(quota: PrintQuota) -> str:
    """Which numbers come next, and how many are in doubt."""
    doubt = f"，另有 {quota.in_doubt} 份待确认" if quota.in_doubt else ""
    if not quota.next_numbers:
        return doubt.removeprefix("，")
    shown = "、".join(str(number) for number in quota.next_numbers[:6])
    more = " 等" if len(quota.next_numbers) > 6 else ""
    return f"可用份号：{shown}{more}{doubt}"


def _asked(request: RequestView) -> str:
    granted = f"，同意 {request.granted} 份" if request.granted and request.granted != request.count else ""
    return f"申请追加 {request.count} 份（{words.when(request.asked_at)}）{granted}"


def _of_ticket(ticket: TicketRow) -> _Record:
    again = f"第 {ticket.attempt} 次打印" if ticket.attempt > 1 else ""
    remark = "；".join(part for part in (ticket.void_reason, again) if part)
    return _Record(
        ticket.ticket_id,
        str(ticket.copy_number),
        ticket.copy_number,
        words.TICKET_STATES[ticket.state],
        ticket.changed_at,
        ticket.by_post,
        words.printer(ticket.printer),
        remark,
        ticket,
    )


def _of_copy(copy: CopyTaken) -> _Record:
    return _Record(
        f"copy-{copy.at.isoformat()}",
        "副本",
        1 << 20,
        _TAKEN,
        copy.at,
        copy.by_post,
        "下载副本",
        f"用途：{copy.purpose}",
    )


_COLUMNS: Sequence[Column[_Record]] = (
    Column("份号", lambda record: record.what, 130, sort=lambda record: record.order),
    Column("状态", lambda record: record.state.word, 110, state=lambda record: record.state),
    Column(
        "时间",
        lambda record: words.when(record.at),
        120,
        sort=lambda record: record.at.timestamp(),
        tip=lambda record: words.stamp(record.at),
    ),
    Column("经办", lambda record: record.post, 100),
    Column("打印机", lambda record: record.where, 150),
    Column("说明", lambda record: record.remark, quiet=True),
)
