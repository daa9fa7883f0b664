"""Dialogs state the consequence, keep the safe button in focus, and let only sound decisions through."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from client.ui.audit import clipped
from client.ui.driving import settle
from client.ui.rows import TITLE, incoming, verification
from fakes.seal_keys import certified_key
from gongwen_client.domain.custody import Custody
from gongwen_client.services.keys import KeyCard
from gongwen_client.token.keys import KeyInfo, KeyRole, KeyState, PinState
from gongwen_client.ui.receive.accept import AcceptPanel
from gongwen_client.ui.receive.return_document import ReturnDialog
from gongwen_client.ui.sealing.pin import PinDialog
from gongwen_client.ui.viewer import report
from gongwen_client.ui.viewer.check_tab import CheckTab
from gongwen_client.ui.viewer.verdict_bar import VerdictBar
from gongwen_client.ui.widgets.basics import label
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.words import VERDICTS
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_protocol.messages import Finding, ReturnReason


def _open(qtbot: QtBot, dialog: Sheet) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.focusWidget() is not None)


def _safe_has_focus(dialog: Sheet) -> bool:
    return dialog.focusWidget() is dialog.findChild(QPushButton, "safe")


def test_accepting_is_only_possible_when_no_check_failed(qtbot: QtBot) -> None:
    good = AcceptPanel(None, incoming(), verification())
    _open(qtbot, good)
    assert _safe_has_focus(good)
    assert "不能撤回" in good.headline.text()
    assert good.accept_button.isEnabled()
    bad = AcceptPanel(None, incoming(), verification("invalid", Finding.FAILED))
    _open(qtbot, bad)
    assert not bad.accept_button.isEnabled()
    assert "不能接收" in bad.problem.text
    doubtful = AcceptPanel(None, incoming(), verification("unknown", Finding.UNKNOWN))
    _open(qtbot, doubtful)
    assert doubtful.accept_button.isEnabled()
    assert "人工确认" in doubtful.problem.text


def test_returning_needs_a_reason_and_the_last_reason_needs_words(qtbot: QtBot) -> None:
    dialog = ReturnDialog(None, incoming())
    _open(qtbot, dialog)
    assert _safe_has_focus(dialog)
    assert not dialog.return_button.isEnabled()
    dialog.choose(ReturnReason.MISDIRECTED)
    assert dialog.return_button.isEnabled()
    dialog.choose(ReturnReason.OTHER)
    assert not dialog.return_button.isEnabled()
    dialog.note.setPlainText("  ")
    assert not dialog.return_button.isEnabled()
    dialog.note.setPlainText("页码错乱")
    with qtbot.waitSignal(dialog.return_wanted) as wanted:
        dialog.return_button.click()
    assert wanted.args == [ReturnReason.OTHER, "页码错乱"]


def _card(custody: Custody | None = None, **pin: object) -> KeyCard:
    signer = certified_key()
    key = KeyInfo(
        key_id="k",
        backend="keyfile",
        token_label="示范秘钥盘",
        serial="GW-1",
        certificate_der=signer.certificate_der,
        seal_der=None,
        algorithm_oid=signer.algorithm_oid,
        role=KeyRole.SIGNING,
        pin=PinState(**pin),  # type: ignore[arg-type]
        min_pin_length=6,
        max_pin_length=16,
    )
    certificate = Certificate.load(signer.certificate_der)
    state = KeyState.PIN_LOCKED if key.pin.locked else KeyState.READY
    return KeyCard(key, key.role, state, None, "", certificate, 900, None, custody or Custody())


def test_the_pin_is_typed_each_time_and_never_left_in_the_field(qtbot: QtBot) -> None:
    dialog = PinDialog(None, _card(tries_left=6), TITLE)
    _open(qtbot, dialog)
    assert dialog.focusWidget() is dialog.pin
    qtbot.keyClicks(dialog.pin, "12345")
    assert not dialog.seal_button.isEnabled()
    qtbot.keyClicks(dialog.pin, "6")
    with qtbot.waitSignal(dialog.entered) as entered:
        dialog.seal_button.click()
    assert entered.args == ["123456"]
    assert dialog.pin.text() == ""
    dialog.explain(KnownError("token.pin_wrong", tries_left=1))
    assert "1 次" in dialog.problem.text
    assert dialog.pin.isEnabled()
    assert not dialog.seal_button.isEnabled()


def test_a_key_that_locks_takes_no_pin_any_more(qtbot: QtBot) -> None:
    dialog = PinDialog(None, _card(tries_left=1, final_try=True), TITLE)
    _open(qtbot, dialog)
    dialog.enter("000000")
    dialog.explain(KnownError("token.pin_locked"))
    dialog.pin.setText("123456")
    assert not dialog.pin.isEnabled()
    assert not dialog.seal_button.isEnabled()


def test_a_pin_of_two_parts_is_typed_by_two_posts(qtbot: QtBot) -> None:
    custody = Custody("印章管理员", "办公室主任", "机要秘书")
    dialog = PinDialog(None, _card(custody), TITLE)
    _open(qtbot, dialog)
    first, second = dialog.entry.fields
    assert "办公室主任" in first.accessibleName()
    assert "机要秘书" in second.accessibleName()
    qtbot.keyClicks(first, "123456")
    assert not dialog.seal_button.isEnabled(), "one post alone does not seal"
    qtbot.keyClick(first, Qt.Key.Key_Return)
    assert dialog.focusWidget() is second
    qtbot.keyClicks(second, "789")
    with qtbot.waitSignal(dialog.entered) as entered:
        qtbot.keyClick(second, Qt.Key.Key_Return)
    assert entered.args == ["123456789"]
    assert not first.text() + second.text()


def test_the_pin_never_touches_the_clipboard(qtbot: QtBot) -> None:
    dialog = PinDialog(None, _card(), TITLE)
    _open(qtbot, dialog)
    QGuiApplication.clipboard().setText("123456")
    qtbot.keyClick(dialog.pin, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(dialog.pin, Qt.Key.Key_Insert, Qt.KeyboardModifier.ShiftModifier)
    assert dialog.pin.text() == ""


@pytest.mark.parametrize(
    ("pin", "words", "usable"),
    [
        ({"tries_left": 1, "final_try": True}, "再输错一次", True),
        ({"tries_left": 3, "low": True}, "还可以再试 3 次", True),
        ({"tries_left": 0, "locked": True}, "已锁定", False),
    ],
)
def test_few_tries_are_told_before_typing(
    qtbot: QtBot, pin: dict[str, object], words: str, usable: bool
) -> None:
    dialog = PinDialog(None, _card(**pin), TITLE)
    qtbot.addWidget(dialog)
    assert words in dialog.problem.text
    assert dialog.pin.isEnabled() is usable


def test_caps_lock_is_noticed(qtbot: QtBot) -> None:
    dialog = PinDialog(None, _card(), TITLE)
    _open(qtbot, dialog)
    qtbot.keyClick(dialog.pin, "A")
    assert dialog.entry._caps.isVisible()
    qtbot.keyClick(dialog.pin, "a")
    assert not dialog.entry._caps.isVisible()


def test_a_number_pad_that_moves_instead_of_writing_is_noticed(qtbot: QtBot) -> None:
    dialog = PinDialog(None, _card(), TITLE)
    _open(qtbot, dialog)
    pad = Qt.KeyboardModifier.KeypadModifier
    qtbot.keyClick(dialog.pin, Qt.Key.Key_Home, pad)
    settle()
    assert dialog.entry._pad.isVisible()
    assert dialog.pin.text() == ""
    assert not clipped(dialog)
    qtbot.keyClick(dialog.pin, Qt.Key.Key_7, pad)
    assert not dialog.entry._pad.isVisible()
    assert dialog.pin.text() == "7"


@pytest.mark.parametrize("verdict", list(VERDICTS))
def test_each_verdict_has_its_bar(qtbot: QtBot, verdict: str) -> None:
    bar = VerdictBar()
    qtbot.addWidget(bar)
    bar.show()
    checked = verification(verdict)
    bar.show_verdict(report.verdict_of(checked), report.headline(checked))
    word, words = bar.words
    assert word == VERDICTS[verdict].word
    assert words.endswith("。")
    assert word in bar.accessibleName()
    tab = CheckTab()
    qtbot.addWidget(tab)
    tab.show_verification(checked)
    texts = [part.accessibleName() for part in tab.findChildren(QWidget)]
    assert any("正文完整" in text for text in texts)
    assert report.first_changed_page(checked) == (2 if verdict == "invalid" else None)


def test_a_dialog_with_too_much_to_say_scrolls_and_keeps_its_buttons(qtbot: QtBot) -> None:
    sheet = Sheet(None, "long", "说明", "要说的比屏幕高。")
    sheet.compact(520)
    for number in range(60):
        sheet.body.addWidget(label(f"第 {number} 段", wrap=True))
    act = sheet.add_action("知道了", sheet.accept)
    _open(qtbot, sheet)
    settle()
    room = sheet.screen().availableGeometry().height()
    assert sheet.height() < room
    sheet.explain(KnownError("exchange.no_network"))
    settle()
    assert sheet.height() < room
    for part in (sheet.headline, sheet.problem, act):
        assert sheet.rect().contains(QRect(part.mapTo(sheet, QPoint()), part.size()))
