"""Printing, records, copies, checking paper: real windows and exchange, a printer with a will of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from client.ui.chapters import printing as chapter
from client.ui.driving import settle, until
from client.ui.rows import incoming
from client.ui.story import Story
from client.ui.town import Town
from fakes.printer import FakePrinter, Fault
from gongwen_client.domain.rows import IncomingRow, PrintOutcome, PrintQuota
from gongwen_client.host.printing import Printer, PrinterState, Sides
from gongwen_client.services.office import Office
from gongwen_client.ui.copying.check_page import CheckMarkPage
from gongwen_client.ui.copying.download import CopyDialog
from gongwen_client.ui.receive.copy_lines import VOID_REASONS
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_client.ui.receive.print_original import PrintChance, PrintDialog
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.tasks import background
from gongwen_protocol.states import TicketState

READY = Printer("HP-1", "收发室打印机", state=PrinterState.READY)


@pytest.fixture(scope="module")
def printer() -> FakePrinter:
    return FakePrinter()


@pytest.fixture(scope="module")
def offices(town: Town, printer: FakePrinter) -> tuple[Office, Office]:
    """Sender and receiver."""
    receiver = town.logged_in(chapter.RECEIVER, key=False, printer=printer)
    return town.logged_in(chapter.SENDER), receiver


def deliver(town: Town, offices: tuple[Office, Office]) -> IncomingRow:
    """A received document of five copies."""
    sender, receiver = offices
    story = Story(town, lambda _widget, _name: None, (1366, 768))
    return chapter.accepted(sender, receiver, chapter.send(story, sender))


@contextmanager
def shown(town: Town, receiver: Office, row: IncomingRow) -> Iterator[IncomingView]:
    window = Story(town, lambda _widget, _name: None, (1366, 768)).window(receiver)
    window.open_page("received")
    yield chapter.open_document(window, row)
    window.close()
    background.stop()


@pytest.fixture(scope="module")
def unprinted(town: Town, offices: tuple[Office, Office]) -> IncomingRow:
    """A document of which no test prints a copy."""
    return deliver(town, offices)


@pytest.fixture
def quiet(
    town: Town, offices: tuple[Office, Office], unprinted: IncomingRow, printer: FakePrinter, qtbot: QtBot
) -> Iterator[IncomingView]:
    """That document, open."""
    printer.reset()
    with shown(town, offices[1], unprinted) as view:
        yield view


@pytest.fixture
def view(
    town: Town, offices: tuple[Office, Office], printer: FakePrinter, qtbot: QtBot
) -> Iterator[IncomingView]:
    """A document of its own, open."""
    printer.reset()
    with shown(town, offices[1], deliver(town, offices)) as opened:
        yield opened


def states(office: Office, view: IncomingView) -> list[tuple[int, int, str]]:
    rows = office.printing.tickets(view.row.delivery_id)
    return [(row.copy_number, row.attempt, row.state.value) for row in rows]


def test_a_jam_is_void_with_its_reason_and_printed_again_under_its_number(
    view: IncomingView, offices: tuple[Office, Office], printer: FakePrinter
) -> None:
    receiver = offices[1]
    dialog = chapter.print_dialog(view)
    dialog.count.setValue(2)
    dialog.sides.setCurrentIndex(1)
    printer.fault = Fault.JAM
    dialog.print_button.click()
    assert not dialog.print_button.isEnabled(), "no second act while one is under way"
    dialog.reject()
    assert dialog.isVisible(), "what becomes of the copies is told here"
    until(lambda: not dialog.print_button.isVisible())
    assert [line.state for line in dialog.copies.lines] == ["待确认", "作废"]
    assert not dialog.again_button.isEnabled(), "first the one in doubt"
    menu = dialog.copies.lines[0].answer.no_button.menu()
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions()] == list(VOID_REASONS)
    menu.actions()[0].trigger()
    until(lambda: (1, 1, "void") in states(receiver, view))
    printer.fault = Fault.NONE
    dialog.again_button.click()
    until(lambda: dialog.again_button.isHidden() and not dialog.print_button.isVisible())
    assert [line.state for line in dialog.copies.lines] == ["成功", "成功"]
    assert printer.sides == [Sides.ONE, Sides.ONE]
    until(lambda: receiver.duty.waiting() == 0)
    assert states(receiver, view) == [
        (1, 1, "void"),
        (1, 2, "printed"),
        (2, 1, "void"),
        (2, 2, "printed"),
    ]
    assert receiver.printing.tickets(view.row.delivery_id)[0].void_reason == VOID_REASONS[0]
    dialog.reject()
    until(lambda: "剩余 3 份（共 5 份）" in view.tickets.left.text())


def test_a_copy_in_doubt_can_be_answered_for_later(
    view: IncomingView, offices: tuple[Office, Office], printer: FakePrinter
) -> None:
    receiver = offices[1]
    dialog = chapter.print_dialog(view)
    printer.fault = Fault.CRUMPLED
    dialog.print_button.click()
    until(lambda: not dialog.print_button.isVisible())
    dialog.reject()
    view.reader.tabs.setCurrentIndex(2)
    until(lambda: "1 份待确认" in view.tickets._numbers.text())
    again = chapter.print_dialog(view)
    assert "还没有确认" in again.problem.text
    assert again.count.maximum() == 4
    again.reject()
    table = view.tickets.table
    table.choose(table.rows.identity(0))
    assert not view.tickets._question.isHidden()
    view.tickets.answer.yes_button.click()
    until(lambda: receiver.printing.tickets(view.row.delivery_id)[0].state is TicketState.PRINTED)
    until(lambda: view.tickets._question.isHidden())


def test_a_printer_that_is_off_takes_no_copy(quiet: IncomingView, printer: FakePrinter) -> None:
    view = quiet
    printer.fault = Fault.OFFLINE
    dialog = chapter.print_dialog(view)
    assert dialog.printer.chip.word == "未连接"
    assert not dialog.print_button.isEnabled()
    printer.fault = Fault.NONE
    until(lambda: dialog.print_button.isEnabled())  # it looks again by itself
    assert dialog.printer.chip.word == "就绪"
    dialog.reject()


def test_without_the_exchange_nothing_is_printed(
    quiet: IncomingView, offices: tuple[Office, Office], printer: FakePrinter, town: Town
) -> None:
    view = quiet
    dialog = chapter.print_dialog(view)
    town.exchange.stop()
    try:
        dialog.print_button.click()
        until(lambda: dialog.problem.isVisible() and dialog.print_button.isEnabled())
        assert printer.paper == []
        copy = copy_dialog(view, dialog)
        copy.purpose.setCurrentText("传阅")
        copy.save_to(town.home)
        until(lambda: copy.problem.isVisible() and copy.progress.isHidden())
        assert not list(town.home.glob("副本*"))
        assert copy.why == "传阅", "what was typed stays"
        copy.reject()
    finally:
        town.exchange.start()
    receiver = offices[1]
    receiver.duty.poll_now()
    until(lambda: receiver.duty.waiting() == 0)
    assert receiver.printing.remaining(view.row.delivery_id) == 5


def copy_dialog(view: IncomingView, before: PrintDialog | None = None) -> CopyDialog:
    if before is not None:
        before.reject()
    view.copy_button.click()
    until(lambda: isinstance(view.dialog, CopyDialog))
    assert isinstance(view.dialog, CopyDialog)
    return view.dialog


def test_a_copy_needs_a_purpose_and_says_where_it_is(
    quiet: IncomingView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = quiet
    dialog = copy_dialog(view)
    assert not dialog.copy_button.isEnabled()
    dialog.purpose.setCurrentText("会议材料")
    assert dialog.copy_button.isEnabled()
    for box in dialog._boxes:
        box.setChecked(False)
    assert not dialog.copy_button.isEnabled(), "nothing is ticked"
    dialog._boxes[0].setChecked(True)
    until(lambda: not dialog.picture.pixmap().isNull())
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=10))
    dialog.save_to(tmp_path)
    until(lambda: dialog.problem.isVisible())
    assert "磁盘空间不足" in dialog.problem.text
    monkeypatch.undo()
    dialog.save_to(tmp_path)
    until(lambda: bool(dialog.saved))
    assert [path.name for path in tmp_path.iterdir()] == [dialog.saved[0].name]
    dialog.reject()
    view.reader.tabs.setCurrentIndex(2)
    until(lambda: any(record.what == "副本" for record in view.tickets.table.rows.rows))
    assert "会议材料" in view.tickets.table.rows.rows[-1].remark


def test_checking_paper(quiet: IncomingView, tmp_path: Path) -> None:
    window = quiet.window()
    assert isinstance(window, MainWindow)
    window.open_page("copy_marks")
    page = window.pages["copy_marks"]
    assert isinstance(page, CheckMarkPage)
    assert not page.check_button.isEnabled()
    page.field.setText("https://example.cn/")
    page.check()
    until(lambda: page.problem.isVisible())
    assert "不是公文交换的验真码" in page.problem.text
    note = tmp_path / "note.png"
    note.write_bytes(b"no picture")
    page.check_picture(note)
    until(lambda: "note.png" in page.problem.text and page.picture_button.isEnabled())
    assert page.result.isHidden()


# -- the dialog by itself -----------------------------------------------------------------------------------


def opened(qtbot: QtBot, quota: PrintQuota, **more: object) -> PrintDialog:
    dialog = PrintDialog(None, incoming(), PrintChance(quota, (READY,), **more))  # type: ignore[arg-type]
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.open()
    settle()
    return dialog


def test_printing_names_the_copy_numbers_and_tells_each_outcome(qtbot: QtBot) -> None:
    dialog = opened(qtbot, PrintQuota(5, 4, 0, (2, 3, 4, 5)))
    dialog.count.setValue(3)
    assert dialog._numbers.text() == "份号 2—4"
    with qtbot.waitSignal(dialog.print_wanted) as wanted:
        dialog.print_button.click()
    assert wanted.args == [3, "HP-1", Sides.BOTH]
    dialog.show_outcomes(
        [
            PrintOutcome("t2", 2, 5, True, "", Path("打印-0001.pdf"), unmarked_pages=1),
            PrintOutcome("t3", 3, 5, False, "打印机缺纸。", None),
        ]
    )
    assert "已打印 1 份，共 2 份" in dialog.headline.text()
    assert "作废" in dialog.problem.text
    assert "没有验真码" in dialog.copies.lines[0].accessibleName()
    assert dialog.again_button.text().startswith("重新打印未打出的 1 份")


def test_numbers_with_gaps_are_listed(qtbot: QtBot) -> None:
    dialog = opened(qtbot, PrintQuota(5, 3, 0, (1, 4, 5)))
    dialog.count.setValue(2)
    assert dialog._numbers.text() == "份号 1、4"


@pytest.mark.parametrize("allowed", [True, False])
def test_nothing_left_to_print_is_explained(qtbot: QtBot, allowed: bool) -> None:
    dialog = opened(qtbot, PrintQuota(5, 0, 0, ()), more_allowed=allowed)
    assert not dialog.print_button.isEnabled()
    assert "用完" in dialog.problem.text
    assert ("申请追加" in dialog.problem.text) is allowed
    assert dialog.more_button.isHidden() is not allowed
