"""印章与秘钥盘: what is plugged in is shown as it is, and its dialogs do what they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from client.ui.audit import clipped, nameless
from client.ui.driving import until
from client.ui.town import PIN, UNITS, Town
from fakes.seal_keys import write_key_file
from gongwen_client.domain.custody import Custody
from gongwen_client.services.keys import role_of
from gongwen_client.services.office import Office
from gongwen_client.token.keyfile import create_key_file, read_key_file
from gongwen_client.token.keyfile_backend import KeyFileBackend
from gongwen_client.token.keys import KeyRole, KeyState
from gongwen_client.ui.keys.dialogs import ChangePinDialog, CustodyDialog, SelfTestDialog
from gongwen_client.ui.keys.facts import days_left, in_brief, warning
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.tasks import background
from gongwen_client.ui.theme.tokens import Tone
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.issue import Subject, Usage, issue
from gongwen_crypto.software import SoftwareSigner


def add_key(town: Town, office: Office, name: str, serial: str, days: int, unit: str = "") -> Path:
    """A key without a seal whose certificate ends in ``days``."""
    now = datetime.now(UTC)
    signer = SoftwareSigner.generate()
    subject, until_ = Subject(name, unit or name_of(office)), now + timedelta(days=days, hours=1)
    usage = Usage.SIGNING
    certificate = issue(town.root, subject, signer.public_key, usage, now - timedelta(days=400), until_)
    path = office.places.keyfiles / f"{serial}.gwkey"
    create_key_file(path, signer.pair.private, certificate, None, PIN, label=name, serial=serial)
    return path


@pytest.fixture(scope="module")
def key_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town for the tests of this file."""
    founded = Town.found(tmp_path_factory.mktemp("keys") / "home")
    yield founded
    background.stop()
    founded.stop()


@pytest.fixture(scope="module")
def _office(key_town: Town) -> Office:
    return key_town.logged_in(UNITS[0][0])


@pytest.fixture
def office(_office: Office) -> Iterator[Office]:
    """The office with its own key plugged in and as it was made, and no other."""
    folder = _office.places.keyfiles
    own = {path: path.read_bytes() for path in folder.glob("*.gwkey")}
    yield _office
    for path in folder.glob("*.gwkey"):
        path.unlink()
    for path, content in own.items():
        path.write_bytes(content)


def name_of(office: Office) -> str:
    session = office.login.session
    assert session is not None
    return session.unit_name


@pytest.fixture
def window(office: Office, qtbot: QtBot) -> MainWindow:
    made = MainWindow(office)
    qtbot.addWidget(made)
    made.show()
    made.open_page("keys")
    until(lambda: made.keys_page.list.count() == 1)
    return made


def test_a_key_is_shown_with_its_seal_read_by_a_worker(office: Office, window: MainWindow) -> None:
    page = window.keys_page
    card = page.panel.card
    assert card is not None
    assert card.state is KeyState.READY
    assert card.face is not None
    assert (card.face.name, card.face.lists_certificate) == (name_of(office), True)
    assert card.face.picture_png.startswith(b"\x89PNG")
    assert card.driver is not None
    assert not nameless(window)
    assert not clipped(window)


def test_each_state_is_told_with_what_to_do(key_town: Town, office: Office, window: MainWindow) -> None:
    add_key(key_town, office, f"{name_of(office)}验证印章", "V", 21)
    add_key(key_town, office, "示范市大数据管理局", "F", 500, unit="示范市大数据管理局")
    add_key(key_town, office, name_of(office), "X", -3)
    locked = add_key(key_town, office, name_of(office), "L", 500)
    locked.write_bytes(replace(read_key_file(locked), tries_left=0).to_json())
    window.look_for_keys()
    until(lambda: window.keys_page.list.count() == 5)
    cards = {card.key.serial: card for card in office.keys.look().cards}
    assert {serial: card.state for serial, card in cards.items() if serial in "VFXL"} == {
        "V": KeyState.EXPIRING,
        "F": KeyState.FOREIGN,
        "X": KeyState.EXPIRED,
        "L": KeyState.PIN_LOCKED,
    }
    assert cards["V"].role is KeyRole.VERIFICATION
    assert [card.key.serial for card in office.keys.verifying()] == ["V"]
    for serial, words in (("V", "还有 21 天"), ("X", "已过期"), ("L", "锁定"), ("F", "大数据管理局")):
        said = warning(cards[serial])
        assert said is not None
        assert words in said[0]


def test_the_end_of_a_certificate_is_told_in_three_steps(office: Office) -> None:
    card = office.keys.look().cards[0]
    told = {days: warning(replace(card, days_left=days)) for days in (120, 60, 20, 3)}
    assert told[120] is None
    assert [one[2] for one in told.values() if one] == [Tone.INFO, Tone.WARNING, Tone.INVALID]
    assert "还有 3 天到期" in told[3][0]  # type: ignore[index]
    assert in_brief(replace(card, days_left=60)).endswith("证书还有 60 天到期")
    assert "到期" not in in_brief(replace(card, days_left=400))


def test_a_self_test_asks_for_the_pin_once_and_is_remembered(office: Office, window: MainWindow) -> None:
    page = window.keys_page
    assert page.card is not None
    page.open_self_test(page.card)
    dialog = page.dialog
    assert isinstance(dialog, SelfTestDialog)
    dialog.entries[0].fields[0].setText("000000")
    dialog.act_button.click()
    until(lambda: "5 次" in dialog.problem.text)
    assert not dialog.act_button.isEnabled(), "the PIN has to be typed again"
    dialog.entries[0].fields[0].setText(PIN)
    dialog.act_button.click()
    until(lambda: page.dialog is None)
    until(lambda: page.panel.card is not None and page.panel.card.key.self_test is not None)
    memory = (office.places.data / "self_tests.json").read_text()
    assert "keyfile:GW-" in memory
    assert PIN not in memory


def test_a_pin_is_changed_when_it_was_typed_twice_alike(office: Office, window: MainWindow) -> None:
    page = window.keys_page
    assert page.card is not None
    key_id = page.card.key.key_id
    page.open_change_pin(page.card)
    dialog = page.dialog
    assert isinstance(dialog, ChangePinDialog)

    def type_all(*pins: str) -> None:
        for entry, pin in zip(dialog.entries, pins, strict=True):
            entry.fields[0].setText(pin)
        dialog.act_button.click()

    type_all(PIN, "neu-48213", "neu-48214")
    assert "不一致" in dialog.problem.text
    type_all(PIN, "neu-48213", "neu-48213")
    until(lambda: page.dialog is None)
    assert office.tokens.sign(key_id, "neu-48213", b"m")


def test_custody_is_written_down_by_post(office: Office, window: MainWindow) -> None:
    page = window.keys_page
    assert page.card is not None
    page.open_custody(page.card)
    dialog = page.dialog
    assert isinstance(dialog, CustodyDialog)
    dialog.carrier.setText("印章管理员")
    dialog.pin.setText(" 办公室主任 ")
    dialog.act_button.click()
    until(lambda: page.panel.card is not None and page.panel.card.custody.split)
    assert office.keys.custody(page.card.key.serial) == Custody("印章管理员", "办公室主任", "")


def test_what_cannot_be_used_is_named(office: Office, window: MainWindow) -> None:
    (office.places.keyfiles / "broken.gwkey").write_text("{}")
    window.look_for_keys()
    until(lambda: "broken.gwkey" in window.keys_page.notice.text)
    assert window.keys_page.list.count() == 1


def test_no_key_says_what_to_do(office: Office, window: MainWindow) -> None:
    for path in office.places.keyfiles.glob("*.gwkey"):
        path.unlink()
    window.look_for_keys()
    until(lambda: window.keys_page._empty.isVisible())
    window.keys_page.take_focus()


def test_days_are_counted_in_words() -> None:
    assert [days_left(days) for days in (30, 0, -2)] == ["还有 30 天到期", "今天到期", "已过期 2 天"]


def test_the_drivers_word_on_a_keys_purpose_stands(tmp_path: Path) -> None:
    write_key_file(tmp_path / "one.gwkey", PIN)
    key = KeyFileBackend([tmp_path]).survey().keys[0]
    certificate = Certificate.load(key.certificate_der)
    for role in KeyRole:
        assert role_of(replace(key, role=role), certificate, None) is role
