"""How the columns of a list share the width of their window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QLineEdit, QVBoxLayout
from pytestqt.qtbot import QtBot

from gongwen_client.ui.lists.table import Column, RowModel, RowTable
from gongwen_client.ui.widgets.table_page import TablePage

TITLE, UNIT, TIME = range(3)


class Page(TablePage):
    """A list of words."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("words")
        columns = (
            Column[str]("标题", str),
            Column[str]("单位", str, 160, most=260),
            Column[str]("时间", str, 100),
        )
        self.search = QLineEdit()
        self.table = RowTable(RowModel(columns, str), "words", "词")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    shown = Page()
    qtbot.addWidget(shown)
    shown.show()
    return shown


def widths(page: Page, window: int) -> list[int]:
    page.resize(window, 400)
    header = page.table.horizontalHeader()
    return [header.sectionSize(number) for number in (TITLE, UNIT, TIME)]


def test_what_a_title_does_not_need_goes_to_the_columns_that_were_cut(page: Page) -> None:
    assert widths(page, 1400)[UNIT:] == [260, 100]
    assert widths(page, 800)[UNIT:] == [160, 100]
    assert 160 < widths(page, 910)[UNIT] < 260


def test_a_title_stays_legible_where_the_window_is_narrow(page: Page) -> None:
    assert widths(page, 300)[TITLE] >= 120
    assert page.table.horizontalScrollBar().maximum() > 0
    assert widths(page, 1400)[TITLE] > 900
    assert page.table.horizontalScrollBar().maximum() == 0


def test_a_width_that_a_person_chose_stays(page: Page) -> None:
    page.table.horizontalHeader().resizeSection(UNIT, 333)
    assert widths(page, 1400)[UNIT] == 333
    assert widths(page, 800)[UNIT] == 333


def test_what_grew_by_itself_is_not_remembered_as_chosen(page: Page, qtbot: QtBot, tmp_path: object) -> None:
    settings = QSettings(f"{tmp_path}/columns.ini", QSettings.Format.IniFormat)
    assert widths(page, 1400)[UNIT] == 260
    page.remember(settings)
    assert widths(page, 1400)[UNIT] == 260
    again = Page()
    qtbot.addWidget(again)
    again.restore(settings)
    again.show()
    assert widths(again, 800)[UNIT] == 160
