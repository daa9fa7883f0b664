"""Thousands of random steps through the windows: nothing breaks, Qt says nothing."""

from __future__ import annotations

import random
import sys
from types import TracebackType

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QSpinBox,
    QTabBar,
    QWidget,
)

from client.ui.driving import settle, until
from client.ui.town import PIN, UNITS, Town
from gongwen_client.services.office import Office
from gongwen_client.ui.lists.table import RowTable
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.tasks import background
from gongwen_protocol.messages import Recipient, RecipientRole

STEPS = 3000
_KEYS = (
    Qt.Key.Key_Escape,
    Qt.Key.Key_Tab,
    Qt.Key.Key_Return,
    Qt.Key.Key_F5,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Down,
    Qt.Key.Key_Up,
)
_LEFT_ALONE = {"user"}  # its menu would log the monkey out


class Monkey:
    """Does what it sees: the topmost dialog first, else the window."""

    def __init__(self, window: MainWindow, seed: int) -> None:
        self._window = window
        self._chance = random.Random(seed)

    def step(self) -> str:
        """One random act; its name."""
        place = self._place()
        if isinstance(place, QFileDialog):
            place.reject()
            return "file dialog closed"
        if self._chance.random() < 0.2:
            key = self._chance.choice(_KEYS)
            QTest.keyClick(place.focusWidget() or place, key)
            return f"key {key.name}"
        parts = [part for part in place.findChildren(QWidget) if self._usable(part)]
        if not parts:
            return "nothing to do"
        part = self._chance.choice(parts)
        self._use(part)
        return f"{type(part).__name__} {part.objectName() if part else ''}"

    def _place(self) -> QWidget:
        dialogs = [dialog for dialog in self._window.findChildren(QDialog) if dialog.isVisible()]
        return dialogs[-1] if dialogs else self._window

    def _usable(self, part: QWidget) -> bool:
        kinds = (QAbstractButton, QLineEdit, QComboBox, QSpinBox, QTabBar, RowTable)
        if not isinstance(part, kinds) or part.objectName() in _LEFT_ALONE:
            return False
        return part.isVisible() and part.isEnabled()

    def _use(self, part: QWidget) -> None:
        if isinstance(part, QAbstractButton):
            part.click()
        elif isinstance(part, QLineEdit):
            part.setText(self._chance.choice(("关于", PIN, "000000", "", "示府办发〔2026〕1号")))
        elif isinstance(part, QComboBox) and part.count():
            part.setCurrentIndex(self._chance.randrange(part.count()))
        elif isinstance(part, QSpinBox):
            part.setValue(self._chance.randint(0, 9))
        elif isinstance(part, QTabBar) and part.count():
            part.setCurrentIndex(self._chance.randrange(part.count()))
        elif isinstance(part, RowTable) and part.rows.rows:
            part.selectRow(self._chance.randrange(len(part.rows.rows)))
            QTest.keyClick(part, Qt.Key.Key_Return)


def _send_some(office: Office, town: Town, to: str) -> None:
    key = office.sealing.keys()[0].key_id
    for _ in range(3):
        document = office.drafts.create().document_id
        office.drafts.set_body(document, town.body)
        office.drafts.set_recipients(document, (Recipient(unit_code=to, role=RecipientRole.MAIN, copies=9),))
        office.drafts.submit_for_seal(document)
        office.sealing.seal(document, key, PIN, office.sealing.suggest(document, key))
        office.sending.send(document)
    until(lambda: len(office.tracking.sent()) == 3)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_monkey_breaks_nothing(
    own_town: Town, qapp: QApplication, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken: list[BaseException] = []

    def note(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        broken.append(error)

    monkeypatch.setattr(sys, "excepthook", note)
    sender, receiver = own_town.logged_in(UNITS[0][0]), own_town.logged_in(UNITS[1][0])
    _send_some(sender, own_town, UNITS[1][0])
    window = MainWindow(receiver)
    window.show()
    until(lambda: len(window.pages["pending"].table.rows.rows) == 3)
    monkey = Monkey(window, seed)
    for number in range(STEPS):
        done = monkey.step()
        qapp.processEvents()
        if number % 7 == 0:
            settle()
        assert not broken, f"step {number}: {done}: {broken[0]!r}"
        assert window.isVisible(), f"step {number}: {done} closed the window"
    settle()
    window.close()
    background.stop()
