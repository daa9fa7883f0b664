"""Register books, archive and handover: what an office writes down."""

from __future__ import annotations

from itertools import count

from client.ui.driving import settle, until
from client.ui.faults.scenes_tracking import Open
from client.ui.faults.stage import Scene, Stage
from fakes.exchange import PASSWORD
from gongwen_client.domain.handover import Handover
from gongwen_client.domain.registers import Book, RegisterEntry, RegisterQuery
from gongwen_client.ui.archive.dialog import ArchiveDialog
from gongwen_client.ui.archive.leave_out import LeaveOutDialog
from gongwen_client.ui.archive.page import ArchivePage
from gongwen_client.ui.handover.dialog import HandoverDialog
from gongwen_client.ui.handover.page import HandoverPage
from gongwen_client.ui.registers.book_page import BookPage
from gongwen_client.ui.registers.entry_dialog import EntryDialog
from gongwen_client.ui.registers.paper_dialog import PaperDialog
from gongwen_client.ui.registers.print_dialog import PrintSheetsDialog
from gongwen_client.ui.shell.window import MainWindow

_numbers = count(1)


def _book(stage: Stage, window: MainWindow) -> BookPage:
    window.open_page("receive_register")
    page = window.pages["receive_register"]
    assert isinstance(page, BookPage)
    until(lambda: page.part is not None)
    settle()
    return page


def _entries(stage: Stage) -> list[RegisterEntry]:
    registers = stage.receiver.registers
    return list(registers.page(RegisterQuery(Book.RECEIVED, registers.today().year), 0, 200).entries)


def paper(stage: Stage, window: MainWindow) -> Scene:
    page = _book(stage, window)
    page.add_paper()
    dialog = page.dialog
    assert isinstance(dialog, PaperDialog)
    title = f"关于𠮷镇第{next(_numbers)}项工作的通知"
    for key, text in (
        ("unit", "示范市人大常委会办公室"),
        ("doc_number", "示人办〔2026〕7号"),
        ("title", title),
    ):
        dialog.form.fill(key, text)
    settle()
    return Scene(
        dialog,
        dialog.enter_button.click,
        lambda: sum(one.text("title") == title for one in _entries(stage)),
        lambda: dialog.form.values,
    )


def entry(stage: Stage, window: MainWindow) -> Scene:
    row = stage.accepted()
    page = _book(stage, window)
    mine = stage.receiver.registers.of_delivery(row.delivery_id)
    assert mine is not None
    dialog = EntryDialog(window, stage.receiver, mine)
    page._show(dialog)
    settle()
    dialog.form.fill("office", "𠮷镇水利站")
    return Scene(
        dialog,
        dialog.save_button.click,
        lambda: int(stage.receiver.registers.entry(mine.entry_id).text("office") == "𠮷镇水利站"),
        lambda: dialog.form.values,
    )


def print_book(stage: Stage, window: MainWindow) -> Scene:
    stage.printer.reset()
    stage.receiver.registers.add_paper(
        Book.RECEIVED,
        stage.receiver.registers.today(),
        {"unit": "示范市人大常委会办公室", "title": f"关于{'𠮷镇' * 90}的通知"},
    )
    page = _book(stage, window)
    page.print_book()
    dialog = page.dialog
    assert isinstance(dialog, PrintSheetsDialog)
    until(dialog.print_button.isEnabled)
    return Scene(
        dialog,
        dialog.print_button.click,
        lambda: len(stage.printer.paper),
        lambda: dialog.printers.currentData(),
    )


def _archive(stage: Stage, window: MainWindow) -> tuple[ArchivePage, RegisterEntry]:
    row = stage.accepted()
    mine = stage.receiver.registers.of_delivery(row.delivery_id)
    assert mine is not None
    window.open_page("archive")
    page = window.pages["archive"]
    assert isinstance(page, ArchivePage)
    return page, mine


def archive(stage: Stage, window: MainWindow) -> Scene:
    page, mine = _archive(stage, window)
    folder = stage.town.home / f"archive-{mine.entry_id}"
    folder.mkdir(exist_ok=True)
    dialog = ArchiveDialog(window, stage.receiver, [mine], again=False)
    page._show(dialog)
    until(lambda: bool(dialog.period.count()))
    dialog.folder.setText(str(folder))
    dialog.fonds.setText("Z109")
    return Scene(
        dialog,
        dialog.archive_button.click,
        lambda: int(
            stage.receiver.archive.item(mine.entry_id) is not None and bool(list(folder.glob("*.zip")))
        ),
        lambda: (dialog.folder.text(), dialog.fonds.text()),
    )


def leave_out(stage: Stage, window: MainWindow) -> Scene:
    page, mine = _archive(stage, window)
    dialog = LeaveOutDialog(window, stage.receiver, mine)
    page._show(dialog)
    dialog.reason.setText("不在本单位归档范围内")
    archive = stage.receiver.archive

    def left_out() -> int:
        due = archive.due(stage.receiver.boards.now(), 0, 500).rows
        return int(all(one.entry.entry_id != mine.entry_id for one in due))

    return Scene(dialog, dialog.leave_button.click, left_out, dialog.reason.text)


def handover(stage: Stage, window: MainWindow) -> Scene:
    window.open_page("handover")
    page = window.pages["handover"]
    assert isinstance(page, HandoverPage)
    page.prepare()
    until(lambda: page.dialog is not None)
    dialog = page.dialog
    assert isinstance(dialog, HandoverDialog)
    dialog.remark.setText("监交人：办公室主任")
    dialog.from_password.setText(PASSWORD)

    def given() -> list[Handover]:
        return stage.receiver.handover.all()

    return Scene(
        dialog,
        dialog.give,
        lambda: len(given()),
        dialog.remark.text,
        lambda: dialog.from_password.setText(PASSWORD),
    )


BOOK_SCENES: dict[str, Open] = {
    "registers.PaperDialog": paper,
    "EntryDialog": entry,
    "PrintSheetsDialog": print_book,
    "ArchiveDialog": archive,
    "LeaveOutDialog": leave_out,
    "HandoverDialog": handover,
}
