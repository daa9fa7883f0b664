"""Lists about a sent document as tables: who has received (接收情况), who comes to the meeting (会议回执)."""

from __future__ import annotations

from collections.abc import Sequence

from gongwen_client.domain.board import Board
from gongwen_client.domain.rows import SentRow
from gongwen_client.host.clock import to_local
from gongwen_docs.register import Align, RegisterColumn, RegisterTable

Row = Sequence[str]
_BOARD = (
    RegisterColumn("序号", 0.7, Align.CENTER),
    RegisterColumn("接收单位", 3.2),
    RegisterColumn("类别", 0.8, Align.CENTER),
    RegisterColumn("份数", 0.8, Align.CENTER),
    RegisterColumn("起止编号", 1.2, Align.CENTER),
    RegisterColumn("状态", 1.6, Align.CENTER),
    RegisterColumn("应收时限", 1.9, Align.CENTER),
    RegisterColumn("处理时间", 1.9, Align.CENTER),
    RegisterColumn("签收人", 1.2, Align.CENTER),
    RegisterColumn("催办", 1.0, Align.CENTER),
    RegisterColumn("备注", 2.6),
)
_REPLIES = (
    RegisterColumn("序号", 0.7, Align.CENTER),
    RegisterColumn("单位", 3.2),
    RegisterColumn("回执", 1.2, Align.CENTER),
    RegisterColumn("参加人员职务", 3.0),
    RegisterColumn("联系方式", 2.0),
    RegisterColumn("备注", 3.0),
)


def board_table(sent: SentRow, board: Board, rows: Sequence[Row]) -> RegisterTable:
    """接收情况一览表; ``rows`` without their number."""
    when = to_local(board.now)
    total = len(board.counted)
    return RegisterTable(
        title="公文接收情况",
        subtitle=f"{sent.elements.title}　{sent.elements.doc_number}".strip(),
        columns=_BOARD,
        rows=_numbered(rows),
        foot=f"截至 {when:%Y-%m-%d %H:%M}，{total} 个单位中 {board.received} 个已接收",
    )


def replies_table(sent: SentRow, meeting: str, summary: str, rows: Sequence[Row]) -> RegisterTable:
    """会议回执汇总; ``rows`` without their number."""
    return RegisterTable(
        title="会议回执汇总",
        subtitle=f"{meeting}　{sent.elements.title}",
        columns=_REPLIES,
        rows=_numbered(rows),
        foot=summary,
    )


def _numbered(rows: Sequence[Row]) -> list[Row]:
    return [(str(number), *row) for number, row in enumerate(rows, start=1)]
