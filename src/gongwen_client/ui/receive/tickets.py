"""打印记录: every numbered copy, and a person's word about those in doubt."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from gongwen_client.domain.rows import TicketRow
from gongwen_client.ui import words
from gongwen_client.ui.lists.table import Column, RowModel, RowTable
from gongwen_client.ui.theme import Space
from gongwen_client.ui.widgets.basics import button, column, holder, label, row
from gongwen_client.ui.widgets.states import EmptyState
from gongwen_protocol.states import TicketState


class TicketsTab(QWidget):
    """``resolved(ticket_id, printed)`` when a person has looked at the paper."""

    resolved = Signal(str, bool)

    def __init__(self) -> None:
        super().__init__()
        model: RowModel[TicketRow] = RowModel(_COLUMNS, lambda ticket: ticket.ticket_id)
        self.table = RowTable(model, "tickets", "打印记录")
        self._empty = EmptyState("ticket", "还没有打印记录", "接收后打印的每一份原件都会记在这里。")
        self.yes_button = button("已打出(&O)", lambda: self._answer(printed=True), name="came_out")
        self.no_button = button("未打出(&W)", lambda: self._answer(printed=False), name="did_not_come_out")
        self._question = holder(
            row(
                label("打印机没有回报这一份的结果，请查看纸张后确认："),
                self.yes_button,
                self.no_button,
                None,
                margins=(Space.GROUP, Space.INSIDE, Space.GROUP, Space.INSIDE),
            ),
            "footer",
        )
        self._question.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setLayout(column(self.table, self._empty, self._question, gap=0))
        self.table.selectionModel().currentRowChanged.connect(lambda _now, _before: self._ask())
        self.show_rows(())

    def show_rows(self, tickets: Sequence[TicketRow]) -> None:
        """Replace the list."""
        self.table.show_rows(tickets)
        self.table.setVisible(bool(tickets))
        self._empty.setVisible(not tickets)
        self._ask()

    def _ask(self) -> None:
        ticket: TicketRow | None = self.table.chosen()
        self._question.setVisible(ticket is not None and ticket.state is TicketState.SPOOLED)

    def _answer(self, *, printed: bool) -> None:
        ticket: TicketRow | None = self.table.chosen()
        if ticket is not None:
            self.resolved.emit(ticket.ticket_id, printed)


def next_copy_number(numbers: Sequence[int], tickets: Sequence[TicketRow]) -> int:
    """The lowest number that no live or printed ticket holds (void numbers are given again)."""
    taken = {ticket.copy_number for ticket in tickets if ticket.state is not TicketState.VOID}
    return next((number for number in numbers if number not in taken), 0)


def _remark(ticket: TicketRow) -> str:
    return ticket.void_reason or (f"第 {ticket.attempt} 次" if ticket.attempt > 1 else "")


_COLUMNS: Sequence[Column[TicketRow]] = (
    Column(
        "份号",
        lambda ticket: words.copy_number(ticket.copy_number, ticket.copies),
        130,
        sort=lambda ticket: ticket.copy_number,
    ),
    Column(
        "状态",
        lambda ticket: words.TICKET_STATES[ticket.state].word,
        110,
        state=lambda ticket: words.TICKET_STATES[ticket.state],
    ),
    Column(
        "时间",
        lambda ticket: words.when(ticket.changed_at),
        120,
        sort=lambda ticket: ticket.changed_at.timestamp(),
        tip=lambda ticket: words.stamp(ticket.changed_at),
    ),
    Column("打印机", lambda ticket: words.printer(ticket.printer), 180),
    Column("说明", _remark, quiet=True),
)
