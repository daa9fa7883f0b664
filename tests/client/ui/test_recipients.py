"""Choosing whom it goes to: tree, search by sound, pasted lists, groups, order; two thousand units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QComboBox, QDialog, QSpinBox
from pytestqt.qtbot import QtBot

from client.ui.driving import settle, until
from client.ui.town import NOT_ENABLED, UNITS, Town
from gongwen_client.domain.addressees import AddressBook
from gongwen_client.domain.paper import WHOLE_DOCUMENT
from gongwen_client.domain.pinyin import NameIndex
from gongwen_client.services.addressing import Addressing
from gongwen_client.services.office import Office
from gongwen_client.ui.compose.copies import CopiesGrid
from gongwen_client.ui.compose.copies_dialog import CopiesDialog
from gongwen_client.ui.compose.recipients_dialog import RecipientsDialog, Way
from gongwen_protocol.actions import SpecialAttachment
from gongwen_protocol.messages import Recipient, RecipientRole, Unit, UnitGroup
from gongwen_server.services.directory import supersede_unit

HOME = UNITS[0][0]
MANY = 2000


@pytest.fixture(scope="module")
def office(town: Town) -> Office:
    made = town.logged_in(HOME, key=False)
    until(lambda: bool(made.directory.units()))
    return made


@pytest.fixture
def addressing(office: Office) -> Addressing:
    return office.addressing.open()


Open = Callable[..., RecipientsDialog]


@pytest.fixture
def opened(office: Office, addressing: Addressing, qtbot: QtBot) -> Open:
    def open_dialog(
        recipients: tuple[Recipient, ...] = (), choice: Addressing | None = None
    ) -> RecipientsDialog:
        dialog = RecipientsDialog(None, office, choice or addressing, recipients)
        qtbot.addWidget(dialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        dialog.show()
        settle()
        return dialog

    return open_dialog


def _titles(dialog: RecipientsDialog, parent: QModelIndex | None = None) -> list[str]:
    model = dialog.tree.model()
    above = parent or QModelIndex()
    return [str(model.index(row, 0, above).data()) for row in range(model.rowCount(above))]


def _chosen(dialog: RecipientsDialog) -> list[tuple[str, str]]:
    return [(one.unit_code, one.role.value) for one in dialog.recipients()]


def _search(dialog: RecipientsDialog, text: str) -> list[str]:
    dialog.search.setText(text)
    until(lambda: not dialog._timer.isActive())
    return _titles(dialog)


def test_the_tree_ticks_units_and_whole_regions(opened: Open) -> None:
    dialog = opened()
    assert _titles(dialog) == ["市直部门（9）", "区人民政府（3）", "企业事业单位（1）"]
    assert not dialog.take_button.isEnabled()
    model = dialog.tree.model()
    counties = model.index(1, 0)
    model.setData(counties, None, Qt.ItemDataRole.CheckStateRole)
    assert len(dialog.recipients()) == 3
    assert model.data(counties, Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.Checked
    first = model.index(0, 0, counties)
    dialog.tree.setCurrentIndex(first)
    dialog.tree.activated.emit(first)
    assert len(dialog.recipients()) == 2
    assert model.data(counties, Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.PartiallyChecked
    model.setData(counties, None, Qt.ItemDataRole.CheckStateRole)
    assert len(dialog.recipients()) == 3, "a half-ticked region is ticked whole first"


def test_a_unit_that_cannot_receive_says_why_and_what_to_do(opened: Open) -> None:
    dialog = opened()
    model = dialog.tree.model()
    region = model.index(2, 0)
    assert not region.flags() & Qt.ItemFlag.ItemIsUserCheckable
    unit = model.index(0, 0, region)
    assert "未启用" in str(unit.data())
    assert not unit.flags() & Qt.ItemFlag.ItemIsUserCheckable
    dialog.tree.setCurrentIndex(unit)
    assert "尚未启用" in dialog.obstacle.text
    assert "纸质" in dialog.obstacle.text
    dialog.choose(NOT_ENABLED)
    assert not dialog.recipients()


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("slj", "示范市水利局"),
        ("shuiliju", "示范市水利局"),
        ("水利", "示范市水利局"),
        ("150600005", "示范市水利局"),
        ("SLJ", "示范市水利局"),
        ("xcq", "西城区人民政府办公室"),
    ],
)
def test_units_are_found_by_name_code_and_sound(opened: Open, typed: str, first: str) -> None:
    assert _search(opened(), typed)[0].startswith(first)


def test_enter_takes_the_best_and_the_next_can_be_typed(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    for typed in ("slj", "jyj"):
        dialog.search.clear()
        qtbot.keyClicks(dialog.search, typed)
        qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert [code for code, _ in _chosen(dialog)] == ["150600003", "150600005"]
    dialog.search.clear()
    qtbot.keyClicks(dialog.search, "gsjt")
    qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert len(_chosen(dialog)) == 2
    assert dialog.obstacle.isVisible()
    assert dialog.result() != QDialog.DialogCode.Accepted
    assert _search(dialog, "没有这个单位") == []
    assert "没有找到" in dialog._found.text()
    assert _search(dialog, "")[0] == "市直部门（9）"


def test_a_pasted_list_shows_found_ambiguous_unknown_and_blocked(opened: Open) -> None:
    dialog = opened()
    dialog.tabs.setCurrentIndex(Way.PASTE)
    paste = dialog.paste
    paste.names.setPlainText("市教育局、各区人民政府；人民政府办公室，供水集团有限公司\n没有的局")
    paste.read()
    assert "5 项" in paste._summary.text()
    assert [unit.code for unit in paste.units()] == ["150600003", "150602001", "150602002", "150603001"]
    choice = paste.table.cellWidget(2, 2).findChild(QComboBox)
    assert choice is not None
    choice.setCurrentIndex(1)
    assert len(paste.units()) == 4, "the first candidate is among the counties already"
    paste.cc_button.click()
    assert {role for _, role in _chosen(dialog)} == {"cc"}
    assert len(_chosen(dialog)) == 4


def test_main_and_copy_order_by_rank_and_by_hand(opened: Open) -> None:
    dialog = opened()
    picked = dialog.picked
    picked.add(("150600005", "150600003", "150600004"))
    assert [code for code, _ in _chosen(dialog)] == ["150600003", "150600004", "150600005"]
    picked.table.selectRow(2)
    picked.shift(-1)
    picked.shift(-1)
    assert [code for code, _ in _chosen(dialog)] == ["150600005", "150600003", "150600004"]
    picked.toggle()
    assert _chosen(dialog)[-1] == ("150600005", "cc"), "copies stand behind"
    picked.shift(-1)
    assert _chosen(dialog)[-1] == ("150600005", "cc"), "and stay there"
    assert "主送 2，抄送 1" in picked._count.text()
    picked.sort_by_rank()
    assert [code for code, _ in _chosen(dialog)] == ["150600003", "150600004", "150600005"]
    picked.table.selectAll()
    picked.remove_marked()
    assert not dialog.take_button.isEnabled()


def test_an_order_by_hand_comes_back(opened: Open) -> None:
    kept = tuple(
        Recipient(unit_code=code, role=RecipientRole.MAIN, copies=3) for code in ("150600005", "150600003")
    )
    assert opened(kept).recipients() == kept


def test_a_group_is_saved_taken_renamed_and_deleted(opened: Open, office: Office) -> None:
    dialog = opened()
    groups = dialog.groups
    groups.save_button.click()
    until(lambda: dialog.problem.isVisible())
    assert "group." in dialog.problem.text
    dialog.choose("150600005")
    groups.name.setText("防汛成员单位")
    groups.save_button.click()
    until(lambda: groups.list.count() == 1)
    dialog.picked.clear()
    groups.list.setCurrentRow(0)
    groups.add_button.click()
    assert [code for code, _ in _chosen(dialog)] == ["150600005"]
    groups.name.setText("防汛办成员")
    groups.rename_button.click()
    until(lambda: "防汛办成员" in groups.list.item(0).text())
    groups.delete_button.click()
    until(lambda: groups.list.count() == 0)
    assert office.addressing.open().own_groups == ()


def test_groups_of_the_exchange_leave_out_whom_they_cannot_reach(
    opened: Open, addressing: Addressing
) -> None:
    group = UnitGroup(name="全部成员", unit_codes=("150600005", NOT_ENABLED, "gone"))
    dialog = opened((), replace(addressing, groups=(group,)))
    dialog.groups.list.setCurrentRow(0)
    assert not dialog.groups.delete_button.isEnabled()
    dialog.groups.add_button.click()
    assert [code for code, _ in _chosen(dialog)] == ["150600005"]
    assert "2 个单位没有加入" in dialog.problem.text


@pytest.fixture(scope="module")
def thousands() -> Addressing:
    units = [
        Unit(code=f"{number:09}", name=f"示范市第{number}中学", region=f"第{number % 40}片区")
        for number in range(MANY)
    ]
    book = AddressBook(units)
    return Addressing(book, NameIndex(book.units), {}, (), (), "")


def test_two_thousand_units_are_chosen_sorted_and_counted(opened: Open, thousands: Addressing) -> None:
    dialog = opened((), thousands)
    model = dialog.tree.model()
    for row in range(model.rowCount()):
        model.setData(model.index(row, 0), None, Qt.ItemDataRole.CheckStateRole)
    assert len(dialog.recipients()) == MANY
    assert _search(dialog, "第1999中学") == ["示范市第1999中学　第39片区"]
    dialog.picked.table.selectAll()
    dialog.picked.set_role(RecipientRole.CC)
    assert f"抄送 {MANY}" in dialog.picked._count.text()


WHOLE = SpecialAttachment(name=WHOLE_DOCUMENT, copies=2, sent_by="机要交换")
BOOK = SpecialAttachment(name="规划图集第一册", copies=1, sent_by="专人送达")


def test_copies_are_filled_by_group_downwards_and_numbered(qtbot: QtBot, thousands: Addressing) -> None:
    recipients = tuple(
        Recipient(unit_code=unit.code, role=RecipientRole.MAIN, copies=1) for unit in thousands.book.units
    )
    units = thousands.book.by_code
    group = UnitGroup(name="两所", unit_codes=(recipients[0].unit_code, recipients[2].unit_code))
    dialog = CopiesDialog(None, recipients, units, (group,), (WHOLE, BOOK), "暂行办法第三十条")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    assert "暂行办法第三十条" in dialog.headline.text()
    dialog.whom.setCurrentIndex(dialog.whom.findText("分组：两所（2）"))
    dialog.count.setValue(5)
    dialog.fill()
    assert [line.numbers for line in dialog.rows.lines[:4]] == ["1—5", "6", "7—11", "12"]
    dialog.table.selectRow(3)
    dialog.rows.setData(dialog.rows.index(3, 2), 0)
    dialog.fill_down()
    assert dialog.rows.lines[3].numbers == "—"
    assert dialog._total.text() == f"{MANY} 个单位，共 11 份，另送纸质 {3 * MANY} 份"
    dialog.what.setCurrentIndex(dialog.what.findText("规划图集…"))
    dialog.count.setValue(0)
    dialog.fill()
    assert [line.paper for line in dialog.rows.lines[:3]] == [(2, 0), (2, 1), (2, 0)], "only that part"
    assert dialog.rows.headerData(6, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) == BOOK.name
    dialog.rows.setData(dialog.rows.index(1, 5), 3)
    assert dialog._total.text().endswith(f"另送纸质 {2 * MANY + 1 + MANY - 2} 份")
    papers: list[tuple[SpecialAttachment, ...]] = []
    dialog.papers_chosen.connect(papers.append)
    with qtbot.waitSignal(dialog.chosen) as taken:
        dialog.take_button.click()
    assert [one.copies for one in taken.args[0][:5]] == [5, 1, 5, 0, 0]
    whole, book = papers[0]
    codes = [one.unit_code for one in recipients]
    assert [whole.copies_for(code) for code in codes[:3]] == [2, 3, 2]
    assert [book.copies_for(code) for code in codes[:3]] == [0, 1, 0]
    assert (len(whole.shares), len(book.shares)) == (1, 2), "what all get is written down once"


def test_copies_are_typed_in_the_grid_and_rows_removed(qtbot: QtBot, thousands: Addressing) -> None:
    grid = CopiesGrid()
    qtbot.addWidget(grid)
    grid.show()
    recipients = tuple(
        Recipient(unit_code=unit.code, role=RecipientRole.MAIN, copies=1) for unit in thousands.book.units[:3]
    )
    grid.show_recipients(recipients, thousands.book.by_code)
    grid.table.setCurrentIndex(grid.rows.index(1, 0))
    qtbot.keyClick(grid.table, Qt.Key.Key_7)
    editor = grid.table.indexWidget(grid.rows.index(1, 2))
    assert isinstance(editor, QSpinBox)
    assert editor.accessibleName() == "示范市第1中学 打印份数"
    editor.setValue(7)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    settle()
    assert [one.copies for one in grid.recipients] == [1, 7, 1]
    grid.table.selectRow(0)
    with qtbot.waitSignal(grid.changed):
        grid.remove_button.click()
    assert len(grid.recipients) == 2
    assert "共 8 份" in grid._total.text()


def test_a_unit_that_another_follows_offers_it(town: Town, opened: Open) -> None:
    old, new = UNITS[4][0], UNITS[5][0]
    supersede_unit(town.exchange.exchange, old, new, date(2026, 1, 1))
    another = town.logged_in(UNITS[1][0], key=False)
    until(lambda: bool(another.addressing.open().successors))
    dialog = opened(choice=another.addressing.open())
    (title,) = _search(dialog, UNITS[4][1])
    assert title.endswith(f"（已由“{UNITS[5][1]}”承接）")
    dialog._pick_first()
    assert not dialog.recipients(), "nobody is put in another's place unasked"
    assert UNITS[5][1] in dialog.obstacle.text
    assert dialog.successor_button.isVisible()
    dialog.successor_button.click()
    assert _chosen(dialog) == [(new, "main")]
    assert not dialog.obstacle.isVisible()
    dialog.paste.names.setPlainText(UNITS[4][1])
    dialog.paste.read()
    assert [unit.code for unit in dialog.paste.units()] == [new]
