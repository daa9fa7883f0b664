"""Address book, leave, reports, settings, keys: what an office keeps in order."""

from __future__ import annotations

from itertools import count

import shiboken6
from PySide6.QtWidgets import QTableWidgetItem

from client.ui.driving import settle, until
from client.ui.faults.scenes_tracking import WORDS, Open
from client.ui.faults.stage import RECEIVER, Scene, Stage
from client.ui.town import PIN, UNITS
from gongwen_client.services.keys import KeyCard
from gongwen_client.ui.contacts.dialogs import ContactsDialog, GroupDialog, RenameDialog
from gongwen_client.ui.contacts.page import ContactsPage
from gongwen_client.ui.diagnostics.bundle_dialog import BundleDialog
from gongwen_client.ui.diagnostics.fault_dialog import FaultDialog
from gongwen_client.ui.diagnostics.page import DiagnosticsPage
from gongwen_client.ui.keys.dialogs import CustodyDialog, SelfTestDialog
from gongwen_client.ui.preferences.page import PreferencesPage
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.statistics.page import StatisticsPage
from gongwen_protocol.messages import Unit

_numbers = count(1)


def _contacts(stage: Stage, window: MainWindow) -> ContactsPage:
    window.open_page("contacts")
    page = window.pages["contacts"]
    assert isinstance(page, ContactsPage)
    until(lambda: bool(page.table.rows.rows))
    settle()
    return page


def contacts(stage: Stage, window: MainWindow) -> Scene:
    page = _contacts(stage, window)
    page.table.choose(RECEIVER)
    until(lambda: page.card.card is not None)
    page.open_change()
    dialog = page.dialog
    assert isinstance(dialog, ContactsDialog)
    number = f"8800{next(_numbers):04}"
    for place, text in enumerate(("𠮷镇值班室", number, "")):
        dialog.table.setItem(0, place, QTableWidgetItem(text))
    dialog.reason.setText("电话变更")
    return Scene(
        dialog,
        dialog.save,
        lambda: int(any(number in one.phone for one in _unit(stage).contacts)),
        lambda: (dialog.entries(), dialog.reason.text()),
    )


def _unit(stage: Stage) -> Unit:
    unit = stage.receiver.contacts.own_unit()
    assert unit is not None
    return unit


def group(stage: Stage, window: MainWindow) -> Scene:
    page = _contacts(stage, window)
    page.table.choose(UNITS[2][0])
    page.open_group()
    dialog = page.dialog
    assert isinstance(dialog, GroupDialog)
    name = f"𠮷林片区{next(_numbers)}"
    dialog.name.setCurrentText(name)
    return Scene(dialog, dialog.save, lambda: _named(stage, name), dialog.name.currentText)


def _named(stage: Stage, name: str) -> int:
    return sum(one.name == name for one in stage.receiver.contacts.groups())


def rename(stage: Stage, window: MainWindow) -> Scene:
    old, new = f"旧组{next(_numbers)}", f"𠮷林新组{next(_numbers)}"
    stage.receiver.addressing.save_group(old, (UNITS[2][0],))
    page = _contacts(stage, window)
    dialog = RenameDialog(window, stage.receiver, old)
    page._open(dialog)
    dialog.name.setText(new)
    return Scene(dialog, dialog.save, lambda: _named(stage, new), dialog.name.text)


def leave(stage: Stage, window: MainWindow) -> Scene:
    window.open_page("statistics")
    page = window.pages["statistics"]
    assert isinstance(page, StatisticsPage)
    until(lambda: page.found is not None)
    page.open_leave()
    dialog = page.dialog
    assert dialog is not None
    dialog.reason.setText(f"集中休假{next(_numbers)}")
    reason = dialog.reason.text()

    def taken() -> int:
        leaves = stage.witness.get("/v1/leaves").json()["leaves"]
        return sum(one["reason"] == reason for one in leaves)

    return Scene(dialog, dialog.save, taken, dialog.reason.text)


def report(stage: Stage, window: MainWindow) -> Scene:
    window.open_page("diagnostics")
    page = window.pages["diagnostics"]
    assert isinstance(page, DiagnosticsPage)
    until(lambda: not page.view.busy)

    def scene() -> Scene:
        page.view.write_fault()
        dialog = page.view.dialog
        assert isinstance(dialog, FaultDialog)
        dialog.said.setPlainText(said)
        return Scene(
            dialog,
            dialog.send_button.click,
            lambda: sum(
                one.report.said == said and one.view is not None for one in stage.receiver.faults.cases()
            ),
            dialog.said.toPlainText,
            again=scene,
        )

    said = f"{WORDS}{next(_numbers)}"
    return scene()


def bundle(stage: Stage, window: MainWindow) -> Scene:
    window.open_page("diagnostics")
    page = window.pages["diagnostics"]
    assert isinstance(page, DiagnosticsPage)
    until(lambda: not page.view.busy)
    page.view.make_bundle()
    until(lambda: isinstance(page.view.dialog, BundleDialog))
    dialog = page.view.dialog
    assert isinstance(dialog, BundleDialog)
    target = stage.town.home / f"诊断{next(_numbers)}.zip"
    return Scene(dialog, lambda: dialog.save(target), lambda: int(target.exists()), dialog.text.toPlainText)


def preferences(stage: Stage, window: MainWindow) -> Scene:
    window.open_page("settings")
    page = window.pages["settings"]
    assert isinstance(page, PreferencesPage)
    settle()
    wanted = not stage.receiver.preferences.now.sound
    return Scene(
        page,
        lambda: page.change("sound", wanted),
        lambda: int(stage.receiver.preferences.now.sound is wanted),
    )


def self_test(stage: Stage, window: MainWindow) -> Scene:
    card = _card(window)
    window.keys_page.open_self_test(card)
    dialog = window.keys_page.dialog
    assert isinstance(dialog, SelfTestDialog)

    def fill() -> None:
        dialog.entries[0].fields[0].setText(PIN)

    fill()
    return Scene(dialog, dialog.act_button.click, lambda: int(not shiboken6.isValid(dialog)), fill=fill)


def _card(window: MainWindow) -> KeyCard:
    window.open_page("keys")
    until(lambda: window.keys_page.card is not None)
    assert window.keys_page.card is not None
    return window.keys_page.card


def custody(stage: Stage, window: MainWindow) -> Scene:
    window.keys_page.open_custody(_card(window))
    dialog = window.keys_page.dialog
    assert isinstance(dialog, CustodyDialog)
    post = f"𠮷镇档案员{next(_numbers)}"
    dialog.carrier.setText(post)
    return Scene(
        dialog,
        dialog.act_button.click,
        lambda: int(any(one.custody.carrier_holder == post for one in stage.receiver.keys.look().cards)),
        dialog.carrier.text,
    )


OFFICE_SCENES: dict[str, Open] = {
    "ContactsDialog": contacts,
    "GroupDialog": group,
    "RenameDialog": rename,
    "LeaveDialog": leave,
    "FaultDialog": report,
    "BundleDialog": bundle,
    "PreferencesPage": preferences,
    "SelfTestDialog": self_test,
    "CustodyDialog": custody,
}
