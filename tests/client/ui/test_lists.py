"""Tables: order, selection across refreshes, unread rows, what a list says when it is empty."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from client.ui.driving import settle, until
from client.ui.rows import NOON, incoming
from gongwen_client.domain.rows import IncomingRow
from gongwen_client.ui.lists.page import ListPage
from gongwen_client.ui.lists.table import Column, RowModel, RowTable
from gongwen_client.ui.widgets.chip import DOT_ROLE
from gongwen_client.ui.widgets.states import EmptyState
from gongwen_crypto.errors import KnownError
from gongwen_protocol.messages import Elements

ROWS = [
    incoming(delivery_id="a", sent_at=NOON, size=3, elements=Elements(title="乙")),
    incoming(
        delivery_id="b",
        sent_at=NOON + timedelta(hours=1),
        size=20,
        elements=Elements(title="甲"),
        unread=False,
    ),
    incoming(delivery_id="c", sent_at=NOON - timedelta(hours=1), size=100, elements=Elements(title="丙")),
]


def _table() -> RowTable:
    columns: Sequence[Column[IncomingRow]] = (
        Column("标题", lambda row: row.elements.title),
        Column("大小", lambda row: str(row.size), 80, sort=lambda row: row.size, right=True),
    )
    return RowTable(RowModel(columns, lambda row: row.delivery_id, lambda row: row.unread), "t", "列表")


def test_numbers_sort_as_numbers_and_the_third_click_restores_the_order(qtbot: QtBot) -> None:
    table = _table()
    qtbot.addWidget(table)
    table.show_rows(ROWS)
    table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert [row.size for row in table.rows.rows] == [100, 20, 3]
    table.show_rows(ROWS)
    assert [row.size for row in table.rows.rows] == [100, 20, 3], "the order survives a refresh"


def test_the_selected_row_stays_selected_when_rows_come_and_go(qtbot: QtBot) -> None:
    table = _table()
    qtbot.addWidget(table)
    table.show_rows(ROWS)
    assert table.choose("c")
    table.show_rows([ROWS[2], ROWS[0]])
    assert table.chosen().delivery_id == "c"
    table.show_rows([ROWS[1]])
    assert table.chosen().delivery_id == "b", "with its row gone the first one is chosen"
    assert not table.choose("gone")


def test_unread_rows_are_bold_with_a_dot(qtbot: QtBot) -> None:
    table = _table()
    qtbot.addWidget(table)
    table.show_rows(ROWS)
    model = table.model()
    assert model.index(0, 0).data(DOT_ROLE) is True
    assert model.index(1, 0).data(DOT_ROLE) is False
    assert model.index(0, 0).data(Qt.ItemDataRole.FontRole) is not None
    assert model.index(1, 0).data(Qt.ItemDataRole.FontRole) is None


class _Source:
    """Rows that change, and may fail."""

    def __init__(self) -> None:
        self.rows: list[IncomingRow] = []
        self.broken = False

    def __call__(self) -> list[IncomingRow]:
        if self.broken:
            raise KnownError("host.not_writable", path="x", reason="y")
        return list(self.rows)


def _page(source: _Source) -> ListPage:
    empty = EmptyState("inbox", "没有待收公文", "会出现在这里。")
    return ListPage("p", "待收公文", _table(), empty, source, lambda row, text: text in row.elements.title)


def test_a_list_searches_and_says_when_nothing_is_found(qtbot: QtBot) -> None:
    source = _Source()
    page = _page(source)
    qtbot.addWidget(page)
    page.show()
    page.reload()
    settle()
    assert not page.table.isVisible()
    source.rows = ROWS
    page.reload()
    until(lambda: page.table.isVisible())
    page.search.setText("甲")
    assert [row.elements.title for row in page.table.rows.rows] == ["甲"]
    page.search.setText("没有这样的")
    assert not page.table.isVisible()
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert page.table.isVisible()


def test_an_error_is_told_in_the_list_and_what_was_there_stays(qtbot: QtBot) -> None:
    source = _Source()
    source.rows = ROWS
    page = _page(source)
    qtbot.addWidget(page)
    page.show()
    page.reload()
    until(lambda: page.table.isVisible())
    source.broken = True
    page.reload()
    until(lambda: page.notice.isVisible())
    assert page.table.isVisible()
    source.broken = False
    page.reload()
    until(lambda: not page.notice.isVisible())


def test_enter_opens_the_chosen_row(qtbot: QtBot) -> None:
    source = _Source()
    source.rows = ROWS
    page = _page(source)
    qtbot.addWidget(page)
    page.show()
    page.reload()
    until(lambda: page.table.isVisible())
    page.table.choose("b")
    with qtbot.waitSignal(page.opened) as opened:
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert opened.args[0].delivery_id == "b"
