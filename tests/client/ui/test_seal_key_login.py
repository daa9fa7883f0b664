"""A region that wants the unit's seal key at log-in: the window asks for it, and so does the locked one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from client.ui.audit import clipped
from client.ui.driving import settle, until
from client.ui.town import PIN, UNITS, Town
from fakes.exchange import INITIAL_PASSWORD, PASSWORD
from gongwen_client.ui.login.seal_key import SealKeyAtHand
from gongwen_client.ui.login.window import LoginWindow
from gongwen_client.ui.shell.window import MainWindow
from gongwen_protocol.profile import LoginKey, Rule
from gongwen_server.services.exchange import Exchange

CODE = UNITS[1][0]


@pytest.fixture
def strict_town(own_town: Town) -> Town:
    """Its exchange trusts the seal authority and wants a seal key at log-in."""

    def strict(exchange: Exchange) -> Exchange:
        rule = Rule(value=LoginKey.SEAL_KEY, article="第十五条")
        profile = exchange.profile.model_copy(update={"login_key": rule})
        return replace(exchange, profile=profile, trust_folder=own_town.trust)

    own_town.exchange.stop()
    own_town.exchange.adapt = strict
    own_town.exchange.start()
    return own_town


def type_pin(asked: SealKeyAtHand, pin: str) -> None:
    until(lambda: asked.choice is not None and asked.choice.entry is not None)
    assert asked.choice is not None
    assert asked.choice.entry is not None
    asked.choice.entry.fields[0].setText(pin)


def test_the_key_is_asked_for_when_the_exchange_wants_it(strict_town: Town, qtbot: QtBot) -> None:
    office = strict_town.office(CODE, key=False)
    login = LoginWindow(office, CODE, "clerk")
    login.show()
    assert login.seal_key.isHidden()
    login.fill(CODE, "clerk", INITIAL_PASSWORD)
    login.log_in()
    until(lambda: login.seal_key.isVisible())
    assert login.password.text() == INITIAL_PASSWORD, "what was typed stays"
    assert not login.login_button.isEnabled()
    strict_town.plug_key(office.places.keyfiles, CODE)
    office._announcer.tell("keys")
    type_pin(login.seal_key, "000000")
    login.log_in()
    until(lambda: "口令不正确" in login.problem.text)
    type_pin(login.seal_key, PIN)
    login.log_in()
    until(lambda: login.password_form.isVisible())
    login.password_form.fill(PASSWORD)
    login.password_form.change()
    until(lambda: office.login.session is not None and not office.login.session.must_change_password)
    login.close()

    window = MainWindow(office)
    window.show()
    window.lock()
    cover = window._lock
    cover.password.setText(PASSWORD)
    qtbot.keyClick(cover.password, Qt.Key.Key_Return)
    until(lambda: not window._lock.isVisible())  # the same person, the same session: no key

    session = office.login.session
    assert session is not None
    office.login._desk.session.drop(session)
    window._cover.cover(expired=True)
    cover.password.setText(PASSWORD)
    cover.unlock()
    until(lambda: cover.seal_key.isVisible())
    assert cover.password.text() == PASSWORD, "what was typed stays"
    type_pin(cover.seal_key, PIN)
    cover.unlock()
    until(lambda: not window._lock.isVisible())
    window.close()


def test_the_window_grows_for_what_it_has_to_say(town: Town) -> None:
    login = LoginWindow(town.office(CODE, key=False), CODE, "clerk")
    login.show()
    login.fill(CODE, "clerk", "wrong")
    login.log_in()
    until(lambda: login.problem.isVisible())
    settle()
    assert clipped(login) == []
    login.close()


def test_no_key_no_log_in(strict_town: Town) -> None:
    office = strict_town.office(CODE, key=False)
    login = LoginWindow(office, CODE, "clerk")
    login.show()
    login.fill(CODE, "clerk", INITIAL_PASSWORD)
    login.log_in()
    until(lambda: login.seal_key.choice is not None)
    assert "请插入本单位的秘钥盘" in login.problem.text
    assert not login.login_button.isEnabled()
    login.close()
