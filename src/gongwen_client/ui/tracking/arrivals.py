"""特殊附件: parts that go by paper, and the documents that went on by paper; what has arrived where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QWidget

from gongwen_client.domain.board import Board, BoardLine
from gongwen_client.ui import words
from gongwen_client.ui.lists.table import Column, RowModel, RowTable
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import ElidedLabel, column, row
from gongwen_client.ui.words import StateWord
from gongwen_protocol.actions import ArrivalTick, SpecialAttachment
from gongwen_protocol.states import DeliveryState

ARRIVED = StateWord("已到件", "check", Tone.VALID)
NOT_YET = StateWord("未到件", "clock", Tone.WARNING)


@dataclass(frozen=True)
class PaperPart:
    """One thing of paper on its way to one unit."""

    line: BoardLine
    position: int | None
    name: str
    copies: int
    sent_by: str
    tick: ArrivalTick | None

    @property
    def state(self) -> StateWord:
        """已到件 or 未到件."""
        return ARRIVED if self.tick else NOT_YET


def parts_of(board: Board, special: Sequence[SpecialAttachment]) -> list[PaperPart]:
    """Special attachments of every unit that gets the document, and the paper of those that get it so."""
    found = []
    for line in board.lines:
        row, details = line.row, line.row.details
        ticks = {tick.position: tick for tick in details.arrivals} if details else {}
        if row.state is DeliveryState.PAPER_FALLBACK:
            found.append(PaperPart(line, None, "纸质公文", row.copies, row.sender_note, ticks.get(None)))
        if row.state in (DeliveryState.RECALLED, DeliveryState.RESENT, DeliveryState.RETURNED):
            continue
        found += [
            PaperPart(line, place, one.name, copies, one.sent_by, ticks.get(place))
            for place, one in enumerate(special)
            if (copies := one.copies_for(row.unit_code))
        ]
    return found


class ArrivalsTab(QWidget):
    """A line for each part and unit."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[PaperPart] = []
        model: RowModel[PaperPart] = RowModel(
            _COLUMNS, lambda part: (part.line.row.delivery_id, part.position)
        )
        self.table = RowTable(model, "arrivals", "纸质材料到件情况")
        self._sum = ElidedLabel("", "strong")
        self.missing = QCheckBox("只看未到件")
        self.missing.setObjectName("only_not_arrived")
        self.missing.toggled.connect(lambda _on: self._show())
        head = row(gap=Space.GROUP, margins=(Space.GROUP, Space.ROW, Space.GROUP, Space.ROW))
        head.addWidget(self._sum, 1)
        head.addWidget(self.missing)
        whole = column(gap=0)
        whole.addLayout(head)
        whole.addWidget(self.table, 1)
        self.setLayout(whole)

    def show_board(self, board: Board, special: Sequence[SpecialAttachment]) -> None:
        """What has arrived by now."""
        self.parts = parts_of(board, special)
        arrived = sum(part.tick is not None for part in self.parts)
        self._sum.setText(f"纸质材料 {len(self.parts)} 件，接收单位已登记到件 {arrived} 件")
        self._show()

    def _show(self) -> None:
        only = self.missing.isChecked()
        self.table.show_rows([part for part in self.parts if not only or part.tick is None])


_COLUMNS: Sequence[Column[PaperPart]] = (
    Column("接收单位", lambda part: part.line.row.unit_name),
    Column("材料", lambda part: part.name, 150),
    Column("份数", lambda part: str(part.copies), 52, sort=lambda part: part.copies, right=True),
    Column("送达方式", lambda part: part.sent_by, 92),
    Column("到件", lambda part: part.state.word, 84, state=lambda part: part.state),
    Column(
        "登记时间",
        lambda part: words.when(part.tick.at) if part.tick else "",
        90,
        sort=lambda part: part.tick.at.timestamp() if part.tick else 0.0,
    ),
    Column("登记人", lambda part: part.tick.by_post if part.tick else "", 60, quiet=True),
    Column("附注", lambda part: part.tick.note if part.tick else "", 76, quiet=True),
)
