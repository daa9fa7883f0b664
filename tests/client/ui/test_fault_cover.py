"""Dialogs that only show, dialogs about keys and passwords, and the wizard: covered with the window, brought
back as they were, in their place whatever the names are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from client.ui.driving import settle, until
from client.ui.faults.enduring import explained, fits, notices
from client.ui.faults.stage import SENDER, TITLE, Stage, Trouble, unlock
from client.ui.windows import disk_full
from fakes.exchange import PASSWORD
from fakes.printer import Fault
from gongwen_client.domain.registers import Book
from gongwen_client.ui.archive.check_dialog import CheckDialog
from gongwen_client.ui.contacts.dialogs import HistoryDialog
from gongwen_client.ui.contacts.page import ContactsPage
from gongwen_client.ui.first_run.window import FirstRunWindow
from gongwen_client.ui.keys.encryption_key import ImportKeyDialog
from gongwen_client.ui.login.password import PasswordDialog
from gongwen_client.ui.notices.page import NoticesDialog
from gongwen_client.ui.preferences.page import PreferencesPage
from gongwen_client.ui.registers.seal_ledger import SealLedgerPage, UseDialog
from gongwen_client.ui.sealing.pin import PinDialog
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.widgets.dialog import Sheet

Shower = Callable[[Stage, MainWindow], Sheet]


@pytest.fixture(scope="module", autouse=True)
def _something_to_show(stage: Stage) -> None:
    stage.ready()
    registers = stage.sender.registers
    registers.add_paper(Book.SENT, registers.today(), {"unit": "示范市𠮷镇", "title": TITLE})


def use(stage: Stage, window: MainWindow) -> Sheet:
    window.open_page("seal_ledger")
    page = window.pages["seal_ledger"]
    assert isinstance(page, SealLedgerPage)
    until(lambda: bool(page.table.rows.rows))
    page.table.selectRow(0)
    page.open_chosen()
    assert isinstance(page.dialog, UseDialog)
    return page.dialog


def history(stage: Stage, window: MainWindow) -> Sheet:
    stage.sender.contacts.change([("𠮷镇值班室", "88001234", "𠮷𡈽" * 50)], "电话变更")
    window.open_page("contacts")
    page = window.pages["contacts"]
    assert isinstance(page, ContactsPage)
    page.open_history()
    until(lambda: page.dialog is not None)
    assert isinstance(page.dialog, HistoryDialog)
    return page.dialog


def terminal(stage: Stage, window: MainWindow) -> Sheet:
    window.open_page("settings")
    page = window.pages["settings"]
    assert isinstance(page, PreferencesPage)
    settle()
    page.computer.show_terminal()
    assert page.computer.dialog is not None
    return page.computer.dialog


def check(stage: Stage, window: MainWindow) -> Sheet:
    dialog = CheckDialog(window, stage.sender, stage.town.documents)
    dialog.open()
    until(dialog.busy.isHidden)
    return dialog


def import_key(stage: Stage, window: MainWindow) -> Sheet:
    window.open_page("keys")
    window.keys_page.open_import()
    dialog = window.keys_page.dialog
    assert isinstance(dialog, ImportKeyDialog)
    dialog.file.setText(f"/media/{TITLE}.gwenc")
    return dialog


def password(stage: Stage, window: MainWindow) -> Sheet:
    dialog = PasswordDialog(window, stage.sender)
    dialog.open()
    return dialog


def announcements(stage: Stage, window: MainWindow) -> Sheet:
    dialog = NoticesDialog(window, stage.sender)
    dialog.open()
    return dialog


SHOWERS: dict[str, Shower] = {
    "UseDialog": use,
    "HistoryDialog": history,
    "TerminalDialog": terminal,
    "CheckDialog": check,
    "ImportKeyDialog": import_key,
    "PasswordDialog": password,
    "NoticesDialog": announcements,
}


@pytest.mark.parametrize("trouble", [Trouble.SESSION_ENDED, Trouble.KEY_OUT])
@pytest.mark.parametrize("name", SHOWERS)
def test_what_only_shows_is_covered_and_comes_back(
    stage: Stage, qapp: object, name: str, trouble: Trouble
) -> None:
    with stage.window(stage.sender) as window:
        dialog = SHOWERS[name](stage, window)
        with stage.trouble(trouble, stage.sender):
            until(window._lock.isVisible)
            assert not dialog.isVisible()
        unlock(window)
        assert dialog.isVisible()


@pytest.mark.parametrize("name", SHOWERS)
def test_long_and_rare_names_fit(stage: Stage, qapp: object, name: str) -> None:
    with stage.window(stage.sender) as window:
        fits(SHOWERS[name](stage, window))


def test_a_pin_that_was_being_typed_is_forgotten_when_the_window_is_covered(
    stage: Stage, qapp: object
) -> None:
    """Whoever locks the window leaves no secret in it; everything else comes back."""
    with stage.window(stage.sender) as window:
        card = stage.sender.keys.look().cards[0]
        dialog = PinDialog(window, card, TITLE)
        dialog.open()
        dialog.pin.setText("1357")
        fits(dialog)
        window.lock()
        assert not dialog.isVisible()
        assert dialog.pin.text() == ""
        unlock(window)
        assert dialog.isVisible()


def test_a_key_file_that_is_none_is_explained(stage: Stage, qapp: object, tmp_path: Path) -> None:
    rubbish = tmp_path / "𠮷镇.gwenc"
    rubbish.write_bytes(b"no parcel")
    with stage.window(stage.sender) as window:
        dialog = import_key(stage, window)
        assert isinstance(dialog, ImportKeyDialog)
        for path in (rubbish, tmp_path / "没有这个文件.gwenc"):
            dialog.file.setText(str(path))
            dialog.password.setText("some words")
            dialog.act_button.click()
            until(lambda: explained(dialog))
            fits(dialog)
            assert dialog.file.text() == str(path)
            dialog.problem.clear()


def test_a_password_is_changed_after_all_faults(stage: Stage, qapp: object) -> None:
    stage.unhandled.clear()
    new = "another secret 3"
    with stage.window(stage.sender) as window:
        dialog = password(stage, window)
        assert isinstance(dialog, PasswordDialog)
        done: list[object] = []
        dialog.form.changed.connect(done.append)

        def change() -> None:
            dialog.form.problem.clear()
            dialog.form.old.setText(PASSWORD)
            dialog.form.fill(new)
            dialog.form.change()

        for trouble in (Trouble.NO_NETWORK, Trouble.REFUSED, Trouble.OUT_OF_ORDER):
            with stage.trouble(trouble, stage.sender):
                change()
                until(lambda: explained(dialog))
                fits(dialog)
                assert dialog.form.new.text() == new, "what was typed stays"
        with disk_full():
            change()
            until(lambda: explained(dialog) or bool(done))
        if not done:
            change()
        until(lambda: bool(done))
    assert not stage.unhandled, stage.unhandled


def test_the_wizard_without_network_key_or_printer(stage: Stage, qapp: object) -> None:
    office = stage.sender
    put_back = stage.pull_key(office)
    stage.printer.reset()
    wizard = FirstRunWindow(office.places.config, lambda _address: office, office)
    wizard.show()
    exchange, key, printer = wizard.exchange, wizard.key, wizard.printer
    with stage.trouble(Trouble.NO_NETWORK, office):
        wizard._stack.setCurrentWidget(exchange)
        exchange.begin(office)
        exchange.test()
        until(exchange.test_button.isEnabled)
        assert exchange.card.isVisible() or explained(exchange)
    wizard._stack.setCurrentWidget(key)
    key.begin(office)
    until(lambda: any("没有识别到秘钥盘" in text for text in notices(key)))
    assert not key.test_button.isEnabled()
    put_back()
    until(key.test_button.isEnabled)
    receiver = stage.receiver
    wizard._stack.setCurrentWidget(printer)
    printer.begin(receiver)
    until(lambda: printer.printer.count() > 0)
    for fault in (Fault.OFFLINE, Fault.NO_PAPER):
        stage.printer.fault = fault
        printer.print()
        until(lambda: bool(notices(printer)))
        until(printer.print_button.isEnabled)
        assert not printer.ready
    stage.printer.reset()
    printer.print()
    until(printer.exact.isVisible)
    wizard.blockSignals(True)
    wizard.close()
    settle()
    assert SENDER in str(office.places.data)
