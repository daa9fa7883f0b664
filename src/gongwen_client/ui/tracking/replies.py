"""会议回执: who comes to the meeting, as a table; exported as a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from gongwen_client.domain.board import Board, BoardLine
from gongwen_client.ui.lists.table import Column, RowModel, RowTable
from gongwen_client.ui.theme import Space
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.widgets.basics import ElidedLabel, button, column, row
from gongwen_client.ui.words import StateWord
from gongwen_protocol.actions import MeetingCall, MeetingReply
from gongwen_protocol.states import CLOSED_TO_RECEIVER


def reply_of(line: BoardLine) -> MeetingReply | None:
    """What the unit answered."""
    return line.row.details.reply if line.row.details else None


def answer(line: BoardLine) -> StateWord:
    """参加, 派员参加, 不参加 or 未回执."""
    reply = reply_of(line)
    return terms.ATTENDANCES[reply.attendance] if reply else terms.NO_REPLY


class RepliesTab(QWidget):
    """``export_wanted`` asks where the list goes."""

    export_wanted = Signal()

    def __init__(self, meeting: MeetingCall) -> None:
        super().__init__()
        self._meeting = meeting
        self._lines: list[BoardLine] = []
        model: RowModel[BoardLine] = RowModel(_COLUMNS, lambda line: line.row.delivery_id)
        self.table = RowTable(model, "replies", "会议回执")
        self._sum = ElidedLabel("", "strong")
        self._until = ElidedLabel("", "small")
        self.missing = QCheckBox("只看未回执")
        self.missing.setObjectName("only_missing")
        self.missing.toggled.connect(lambda _on: self._show())
        self.export_button = button(
            "导出(&E)", self.export_wanted.emit, picture="save", name="export_replies"
        )
        head = row(gap=Space.GROUP, margins=(Space.GROUP, Space.ROW, Space.GROUP, Space.ROW))
        head.addLayout(column(self._sum, self._until, gap=Space.HAIR), 1)
        head.addWidget(self.missing)
        head.addWidget(self.export_button)
        whole = column(gap=0)
        whole.addLayout(head)
        whole.addWidget(self.table, 1)
        self.setLayout(whole)

    def show_board(self, board: Board) -> None:
        """The replies as they are now."""
        self._lines = [line for line in board.lines if line.row.state not in CLOSED_TO_RECEIVER]
        self._sum.setText(summary(self._lines))
        self._until.setText(_until(self._meeting, board.now))
        self._show()

    def _show(self) -> None:
        only = self.missing.isChecked()
        self.table.show_rows([line for line in self._lines if not only or reply_of(line) is None])


def summary(lines: Sequence[BoardLine]) -> str:
    """应回 10 个单位，已回 7：参加 5，派员参加 1，不参加 1."""
    replied = [reply for line in lines if (reply := reply_of(line)) is not None]
    counts = Counter(reply.attendance for reply in replied)
    parts = [f"{word.word} {counts[kind]}" for kind, word in terms.ATTENDANCES.items() if counts[kind]]
    told = f"应回 {len(lines)} 个单位，已回 {len(replied)} 个"
    return f"{told}：{'，'.join(parts)}" if parts else told


def _until(meeting: MeetingCall, now: datetime) -> str:
    if meeting.reply_by is None:
        return f"{meeting.meeting}　没有规定回执截止时间"
    over = "，已截止" if meeting.reply_by <= now else ""
    return f"{meeting.meeting}　{terms.until(meeting.reply_by, now)} 截止{over}"


_COLUMNS: Sequence[Column[BoardLine]] = (
    Column("接收单位", lambda line: line.row.unit_name),
    Column("回执", lambda line: answer(line).word, 112, state=answer),
    Column("参加人员职务", lambda line: "、".join(reply.posts) if (reply := reply_of(line)) else "", 170),
    Column("联系方式", lambda line: reply.contact if (reply := reply_of(line)) else "", 130),
    Column("备注", lambda line: reply.note if (reply := reply_of(line)) else "", 160, quiet=True),
)
