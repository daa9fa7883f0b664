"""登记簿, 归档 and 交接 through the real windows on a real exchange: the whole walk, then what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from client.ui.audit import clipped
from client.ui.driving import settle, until
from client.ui.town import UNITS, Town
from client.ui.windows import shown_window
from fakes.exchange import INITIAL_PASSWORD, PASSWORD
from gongwen_client.domain.registers import Book, RegisterQuery
from gongwen_client.services.office import Office
from gongwen_client.ui.archive.page import ArchivePage
from gongwen_client.ui.handover.dialog import GIVE, TAKE
from gongwen_client.ui.handover.page import HandoverPage
from gongwen_client.ui.registers.book_page import PART, BookPage
from gongwen_client.ui.registers.entry_dialog import EntryDialog
from gongwen_client.ui.registers.paper_dialog import PaperDialog
from gongwen_client.ui.shell.window import MainWindow
from gongwen_crypto.errors import KnownError, RefusedError

HOME = UNITS[10][0]
LONG = "关于" + "进一步做好电子公文归档与电子档案管理工作" * 9 + "的通知"


@pytest.fixture(scope="module")
def home(town: Town) -> Office:
    return town.logged_in(HOME, key=False)


@pytest.fixture
def window(home: Office, qtbot: QtBot) -> Iterator[MainWindow]:
    with shown_window(home) as opened:
        yield opened


def book(window: MainWindow, name: str = "receive_register") -> BookPage:
    window.open_page(name)
    page = window.pages[name]
    assert isinstance(page, BookPage)
    until(lambda: page.part is not None)
    settle()
    return page


def test_a_long_book_is_turned_page_by_page(window: MainWindow, home: Office) -> None:
    day = home.registers.today()
    for number in range(PART * 2 + 30):
        home.registers.add_paper(
            Book.RECEIVED, day, {"unit": f"第{number % 3}局", "title": f"{LONG}{number}"}
        )
    page = book(window)
    until(lambda: page.part is not None and page.part.total == PART * 2 + 30)
    assert page.table.rows.rows[0].number == PART * 2 + 30
    page.later.click()
    until(lambda: page.table.rows.rows[0].number == PART + 30)
    page.later.click()
    until(lambda: page.table.rows.rows[0].number == 30)
    assert not page.later.isEnabled()
    page.unit.setText("第1局")
    until(lambda: page.part is not None and page.part.total == 77)
    assert page.part is not None
    assert page.part.first == 0, "another question begins at its start"
    page.search.setText("没有这样的公文")
    until(lambda: page.part is not None and page.part.total == 0)
    assert page._stack.currentWidget() is page._nothing_found
    assert not clipped(window)
    page.search.clear()
    page.unit.clear()
    until(lambda: page.part is not None and page.part.total == PART * 2 + 30)


def test_paper_needs_its_unit_and_is_no_secret(window: MainWindow) -> None:
    page = book(window)
    page.add_paper()
    dialog = page.dialog
    assert isinstance(dialog, PaperDialog)
    dialog.form.fill("title", "关于𠮷镇的通知")
    dialog.enter_button.click()
    until(lambda: "来文机关" in dialog.problem.text)
    dialog.form.fill("unit", "市委办公室")
    dialog.form.fill("doc_number", "机密★一年")
    dialog.enter_button.click()
    until(lambda: "密级" in dialog.problem.text)
    assert "第十九条" in dialog.problem.text
    assert dialog.form.values["title"] == "关于𠮷镇的通知", "nothing typed is lost"
    dialog.reject()


def test_a_line_made_by_hand_can_be_cancelled_and_keeps_its_number(window: MainWindow, home: Office) -> None:
    entry = home.registers.add_paper(
        Book.SENT, home.registers.today(), {"unit": "市总工会", "title": "关于慰问的函"}
    )
    page = book(window, "send_register")
    page.table.choose(entry.entry_id)
    page.open_chosen()
    dialog = page.dialog
    assert isinstance(dialog, EntryDialog)
    dialog.cancel_button.click()
    until(lambda: "原因" in dialog.problem.text)
    dialog.reason.setText("未发出")
    dialog.cancel_button.click()
    until(lambda: "注销" in dialog.problem.text and not dialog.save_button.isEnabled())
    dialog.reject()
    until(lambda: page.table.rows.rows[0].cancelled == "未发出")
    with pytest.raises(RefusedError, match=r"register\.cancelled"):
        home.registers.write(entry.entry_id, {"remark": "还想写"})


def test_what_is_not_to_be_written_is_said(home: Office) -> None:
    today = home.registers.today()
    with pytest.raises(KnownError, match=r"register\.day_ahead"):
        home.registers.add_paper(Book.RECEIVED, date(today.year + 1, 1, 1), {"unit": "甲", "title": "乙"})
    with pytest.raises(KnownError, match=r"register\.too_long"):
        home.registers.add_paper(Book.RECEIVED, today, {"unit": "甲", "title": "长" * 501})
    entry = home.registers.add_paper(Book.RECEIVED, today, {"unit": "甲", "title": "乙"})
    with pytest.raises(KnownError, match=r"register\.bad_date"):
        home.registers.write(entry.entry_id, {"completed_on": "明天"})
    with pytest.raises(RefusedError, match=r"register\.not_mergeable"):
        home.registers.join(entry.entry_id, entry.entry_id)


def test_a_file_that_cannot_be_written_is_explained(window: MainWindow, home: Office, tmp_path: Path) -> None:
    home.registers.add_paper(Book.RECEIVED, home.registers.today(), {"unit": "甲", "title": "乙"})
    page = book(window)
    page.export(tmp_path / "没有这个文件夹" / "登记簿.xlsx")
    until(lambda: page.notice.isVisible() and page.export_button.isEnabled())
    assert "没有这个文件夹" in page.notice.text or "写" in page.notice.text
    page.export(tmp_path / "登记簿.docx")
    until(lambda: "docx" in page.notice.text)


def test_what_cannot_be_archived_is_said(home: Office, tmp_path: Path) -> None:
    entry = home.registers.add_paper(Book.RECEIVED, home.registers.today(), {"unit": "甲", "title": "乙"})
    (outcome,) = home.archive.archive([entry.entry_id], "永久", tmp_path / "归档")
    assert outcome.problem is not None
    assert outcome.problem.code == "archive.paper_only"
    assert home.archive.item(entry.entry_id) is None, "no number is spent on it"
    in_the_way = tmp_path / "文件"
    in_the_way.write_bytes(b"")
    with pytest.raises(KnownError, match=r"host\.|file\.|disk"):
        home.archive.archive([entry.entry_id], "永久", in_the_way)
    with pytest.raises(RefusedError, match=r"archive\.unknown_period"):
        home.archive.archive([entry.entry_id], "五年", tmp_path)
    with pytest.raises(KnownError, match=r"archive\.nothing_here"):
        home.archive.check(tmp_path)


def test_tabs_lead_from_book_to_book(window: MainWindow) -> None:
    page = book(window)
    page.strip.setCurrentIndex(1)
    until(lambda: window.page == "send_register")
    assert page.strip.currentIndex() == 0, "each book's tab stands for itself"
    other = window.pages["send_register"]
    assert isinstance(other, BookPage)
    other.strip.setCurrentIndex(3)
    until(lambda: window.page == "seal_ledger")


def test_a_handover_without_the_exchange_keeps_what_was_typed(
    own_town: Town, qtbot: QtBot, tmp_path: Path
) -> None:
    office = own_town.logged_in(HOME, key=False)
    own_town.exchange.add_account(HOME, "next", post="文书")
    window = MainWindow(office)
    window.show()
    window.open_page("handover")
    page = window.pages["handover"]
    assert isinstance(page, HandoverPage)
    settle()
    page.new_button.click()
    until(lambda: page.dialog is not None)
    dialog = page.dialog
    assert dialog is not None
    dialog.from_password.setText("wrong-password")
    dialog.act.click()
    until(lambda: dialog.problem.isVisible())
    assert dialog.step == GIVE
    dialog.from_password.setText(PASSWORD)
    dialog.act.click()
    until(lambda: dialog.step == TAKE)
    dialog.account.setText("next")
    dialog.to_password.setText(INITIAL_PASSWORD)
    dialog.act.click()
    until(lambda: "初始" in dialog.problem.text)
    own_town.exchange.stop()
    dialog.to_password.setText(PASSWORD)
    dialog.act.click()
    until(lambda: dialog.problem.isVisible() and "初始" not in dialog.problem.text)
    assert (dialog.step, dialog.account.text(), dialog.to_password.text()) == (TAKE, "next", "")
    dialog.export(tmp_path / "交接清单.pdf")
    until(lambda: "已存为" in dialog.problem.text)
    dialog.reject()
    window.close()
    assert office.handover.all()[0].to_at is None


def test_books_and_reminders_need_no_network(own_town: Town, qtbot: QtBot) -> None:
    office = own_town.logged_in(HOME, key=False)
    own_town.exchange.stop()
    window = MainWindow(office)
    window.show()
    page = book(window)
    office.registers.add_paper(Book.RECEIVED, office.registers.today(), {"unit": "甲", "title": "乙"})
    page.reload()
    until(lambda: bool(page.table.rows.rows))
    window.open_page("archive")
    archive = window.pages["archive"]
    assert isinstance(archive, ArchivePage)
    until(lambda: archive._stack.currentWidget() is archive._empty)
    assert office.registers.page(RegisterQuery(Book.RECEIVED, page.query.year), 0, 1).total == 1
    window.close()
