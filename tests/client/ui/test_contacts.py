"""The address book in the window: finding, groups, the own entry, offline, many units, long names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from client.ui.chapters.contacts import OWN, POSTS, furnish, opened
from client.ui.driving import settle, until
from client.ui.town import UNITS, Town
from gongwen_client.services.office import Office
from gongwen_client.ui.contacts.dialogs import ContactsDialog, GroupDialog, RenameDialog
from gongwen_client.ui.contacts.page import ContactsPage
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.tasks import background
from gongwen_protocol.messages import Directory, Unit


@pytest.fixture(scope="module")
def shared_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town with telephones, for all tests of this module."""
    founded = Town.found(tmp_path_factory.mktemp("contacts") / "home")
    furnish(founded)
    yield founded
    background.stop()
    founded.stop()


def book(town: Town, code: str = OWN) -> tuple[Office, MainWindow, ContactsPage]:
    """The page of a unit whose directory has come."""
    office = town.logged_in(code, key=False)
    until(lambda: any(unit.batch for unit in office.contacts.units()))
    window = MainWindow(office)
    window.show()
    page = opened(window)
    until(lambda: page._index is not None)
    return office, window, page


def test_units_are_found_by_initials_and_plates(shared_town: Town, qtbot: QtBot) -> None:
    _office, window, page = book(shared_town)
    qtbot.keyClicks(page.search, "sjyj")
    until(lambda: [unit.code for unit in page.table.rows.rows] == [UNITS[2][0]])
    page.search.clear()
    qtbot.keyClicks(page.search, "wjj")
    until(lambda: [unit.code for unit in page.table.rows.rows] == [UNITS[1][0]])
    assert "示范市物价局" in page.table.rows.index(0, 0).data()
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    until(lambda: len(page.table.rows.rows) == len(UNITS))
    page.choose_place("region", "市直部门")
    settle()
    assert len(page.table.rows.rows) == 9
    page.search.setText("没有这个单位")
    until(lambda: not page.table.rows.rows)
    window.close()


def test_groups_are_those_of_the_recipients_dialog(shared_town: Town) -> None:
    office, window, page = book(shared_town)
    page.table.selectAll()
    page.open_group()
    dialog = page.dialog
    assert isinstance(dialog, GroupDialog)
    dialog.name.setCurrentText("  ")
    dialog.save()
    until(lambda: dialog.problem.isVisible())
    dialog.name.setCurrentText("防汛成员单位")
    dialog.save()
    until(lambda: page.group is not None)
    assert [group.name for group in office.addressing.open().own_groups] == ["防汛成员单位"]
    until(lambda: len(page.table.rows.rows) == len(UNITS))
    page.table.selectRow(0)
    page.remove_from_group()
    until(lambda: page.group is not None and len(page.group.units) == len(UNITS) - 1)
    page.open_rename()
    rename = page.dialog
    assert isinstance(rename, RenameDialog)
    rename.name.setText("应急成员单位")
    rename.save()
    until(lambda: page.group is not None and page.group.name == "应急成员单位")
    page.delete_group()
    until(lambda: page.group is None and not page._groups)
    window.close()


def test_the_own_entry_is_changed_and_everybody_sees_it(shared_town: Town) -> None:
    office, window, page = book(shared_town)
    until(lambda: "季度" in page.notice.text)
    page.table.choose(OWN)
    until(lambda: page.card.card is not None and page.card.card.own)
    page.open_change()
    dialog = page.dialog
    assert isinstance(dialog, ContactsDialog)
    dialog.fill([("收发员", "电话不详", "")], "电话变更")
    dialog.save()
    until(lambda: "contacts.not_valid" in dialog.problem.text)
    dialog.fill(POSTS, "")
    dialog.save()
    until(lambda: "reason.missing" in dialog.problem.text)
    dialog.fill(POSTS, "电话变更")
    dialog.save()
    until(lambda: page.dialog is None and not page.notice.isVisible())
    assert not office.contacts.is_confirmation_due()
    other = shared_town.logged_in(UNITS[4][0], key=False)
    until(lambda: any(unit.contacts and unit.code == OWN for unit in other.contacts.units()))
    assert [contact.phone for contact in other.contacts.card(OWN).contacts] == [
        phone for _p, phone, _n in POSTS
    ]
    assert not other.contacts.may_change()
    window.close()


def test_without_the_exchange_the_book_stays(shared_town: Town, tmp_path: Path) -> None:
    office, window, page = book(shared_town)
    until(lambda: office.contacts.kept_readiness() is not None)
    shared_town.exchange.stop()
    page.ask_readiness()
    until(lambda: "network.unreachable" in page.notice.text)
    assert len(page.table.rows.rows) == len(UNITS)
    page.table.choose(UNITS[4][0])
    until(lambda: page.card.card is not None and page.card.card.unit.code == UNITS[4][0])
    for name in ("book.xlsx", "book.csv", "book.pdf"):
        page.export(tmp_path / name)
        until(lambda name=name: (tmp_path / name).exists() and name in page.notice.text)
    assert "示范市教育局" in (tmp_path / "book.csv").read_text("utf-8-sig")
    page.export(tmp_path / "book.doc")
    until(lambda: "export.format_unknown" in page.notice.text)
    page.export(tmp_path / "missing" / "book.csv")
    until(lambda: "host." in page.notice.text)
    window.close()
    shared_town.exchange.start()


def test_two_thousand_units_with_long_and_rare_names(shared_town: Town) -> None:
    office, window, page = book(shared_town)
    many = tuple(
        Unit(code=f"Z{number:05}", name=f"{'很长的名称' * 38}{number}", region="示范市/乡镇")
        for number in range(1999)
    )
    rare = Unit(code="Z99999", name="𠀀𬕂镇人民政府", region="示范市/乡镇")
    shared_town.exchange.stop()
    office._store.units.replace(Directory(units=(*office.contacts.units(), *many, rare)))
    page.reload()
    until(lambda: len(page.table.rows.rows) == len(UNITS) + 2000)
    until(lambda: page._index is not None and bool(page._index.find("𬕂镇")))
    page.search.setText("𬕂镇")
    until(lambda: [unit.code for unit in page.table.rows.rows] == ["Z99999"])
    window.close()
    shared_town.exchange.start()
