"""Help for every page, the guide's pictures, locking by itself, settings, the wizard and the rehearsal."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel
from pytestqt.qtbot import QtBot

from client.ui.chapters.help import TICKET
from client.ui.driving import settle, until
from client.ui.town import UNITS, Town
from fakes.clock import FakeClock
from fakes.exchange import PASSWORD
from gongwen_client.host.places import Places
from gongwen_client.services.help import topic_of, topics
from gongwen_client.services.office import Office
from gongwen_client.ui import program
from gongwen_client.ui.compose.page import ComposePage
from gongwen_client.ui.diagnostics.fault_dialog import FaultDialog
from gongwen_client.ui.diagnostics.page import DiagnosticsPage
from gongwen_client.ui.preferences.guard import LockGuard
from gongwen_client.ui.preferences.page import PreferencesPage
from gongwen_client.ui.safety import Safety
from gongwen_client.ui.settings import FILE_NAME, read_settings
from gongwen_client.ui.shell.lock import LockPage
from gongwen_client.ui.shell.navigation import GROUPS
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.starting import Starting
from gongwen_client.ui.training.stripe import TITLE, TrainingStripe
from gongwen_crypto.errors import KnownError
from gongwen_protocol.articles import article_text, articles_of
from gongwen_protocol.profile import Citations, RegionProfile, load_profile

ROOT = Path(__file__).resolve().parents[3]
GUIDE = ROOT / "docs" / "guide"
CLERK = UNITS[3][0]


# -- what is written ---------------------------------------------------------------------------------------


def test_every_page_of_the_navigation_has_help() -> None:
    pages = {entry.page for _, entries in GROUPS for entry in entries}
    pages |= {page for _, entries in GROUPS for entry in entries for page in getattr(entry, "also", ())}
    assert not {page for page in pages if topic_of(page) is None}


@pytest.mark.parametrize("name", [topic.name for topic in topics()])
def test_a_topic_is_well_made(name: str) -> None:
    topic = topic_of(name)
    assert topic is not None
    assert topic.title
    assert len(topic.text) > 40
    assert "！" not in topic.text
    known = set(RegionProfile.model_fields) | set(Citations.model_fields)
    assert set(topic.rules) <= known


def test_no_two_topics_claim_one_place() -> None:
    places = [place for topic in topics() for place in topic.shown]
    assert len(places) == len(set(places))


@pytest.mark.parametrize(("profile_id", "count"), [("ordos-2018", 24), ("jiangmen-2008", 41)])
def test_every_citation_of_a_region_has_its_words(profile_id: str, count: int) -> None:
    profile = load_profile(profile_id)
    assert len(articles_of(profile_id)[profile.rule_short_name]) == count
    rules = {name for name, value in profile if hasattr(value, "article")} | set(Citations.model_fields)
    for rule in sorted(rules):
        cited = profile.article_of(rule)
        if cited.startswith((profile.rule_short_name, "工作方案")):
            assert article_text(profile_id, cited), f"{rule}: {cited}"


def _pictures() -> object:
    path = ROOT / "tests" / "tools" / "guide_pictures.py"
    spec = importlib.util.spec_from_file_location("guide_pictures", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = before
    return module


def test_every_picture_of_the_guide_is_there_and_small() -> None:
    wanted = {
        (page.parent / target).resolve()
        for page in GUIDE.glob("*.md")
        for target in re.findall(r"!\[[^\]]+\]\(([^)]+\.png)\)", page.read_text("utf-8"))
    }
    assert wanted
    assert wanted == {path.resolve() for path in (GUIDE / "images").glob("*.png")}
    most = _pictures().MOST_BYTES  # type: ignore[attr-defined]
    assert not [path.name for path in wanted if path.stat().st_size > most]


def test_every_page_of_the_guide_can_be_reached() -> None:
    index = (GUIDE / "README.md").read_text("utf-8")
    assert not [
        page.name for page in GUIDE.glob("*.md") if page.name != "README.md" and page.name not in index
    ]


# -- the windows -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def office(town: Town) -> Office:
    return town.logged_in(CLERK, key=False)


@pytest.fixture
def window(office: Office, qtbot: QtBot) -> MainWindow:
    made = MainWindow(office)
    qtbot.addWidget(made)
    made.show()
    settle()
    return made


def test_help_follows_the_pages(window: MainWindow, qtbot: QtBot) -> None:
    office = window._office
    safety = Safety(window, office, None)
    window.open_page("sent")
    safety.help.open()
    panel = safety.help.panel
    assert panel.title.text() == "已发公文"
    assert "管理办法第九条" in panel.text.toPlainText()
    assert "发文单位" in panel.text.toPlainText()
    window.navigation.chosen.emit("drafts")
    assert panel.title.text() == "草稿"
    panel.search.setText("口令")
    assert panel.found.count() >= 3
    panel.search.setText("没有这样的词")
    assert panel.found.count() == 0
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert not safety.help.dock.isVisible()
    window.documents.compose()
    until(lambda: isinstance(window.view, ComposePage))
    safety.help.open()
    assert panel.title.text() == "制作公文"


def test_a_dialog_has_its_help_beside_it(window: MainWindow) -> None:
    safety = Safety(window, window._office, None)
    page = window.pages["diagnostics"]
    assert isinstance(page, DiagnosticsPage)
    page.view.write_fault()
    assert isinstance(page.view.dialog, FaultDialog)
    safety.help.open()
    assert safety.help.beside is not None
    assert safety.help.beside.panel.title.text() == "诊断"
    safety.help.beside.close()
    page.view.dialog.reject()


def test_nobody_at_the_desk_locks_the_window_and_nothing_typed_is_lost(
    window: MainWindow, qtbot: QtBot
) -> None:
    office = window._office
    clock = FakeClock()
    guard = LockGuard(window, office, clock.monotonic)
    lock = window.findChild(LockPage)
    assert lock is not None
    page = window.pages["diagnostics"]
    assert isinstance(page, DiagnosticsPage)
    page.view.write_fault()
    dialog = page.view.dialog
    assert isinstance(dialog, FaultDialog)
    dialog.said.setPlainText("写了一半")
    clock.advance(minutes=9)
    guard.look()
    assert not lock.isVisible()
    qtbot.keyClick(dialog.contact, Qt.Key.Key_1)  # a sign of life begins the time anew
    clock.advance(minutes=9)
    guard.look()
    assert not lock.isVisible()
    clock.advance(minutes=1)
    guard.look()
    assert lock.isVisible()
    assert not dialog.isVisible()
    lock.password.setText(PASSWORD)
    lock.unlock()
    until(lambda: not lock.isVisible())
    assert dialog.isVisible()
    assert dialog.said.toPlainText() == "写了一半"
    assert dialog.contact.text() == "1"
    dialog.reject()


def test_a_key_that_is_pulled_out_locks_where_it_is_wanted(own_town: Town, qtbot: QtBot) -> None:
    office = own_town.logged_in(CLERK)
    made = MainWindow(office)
    qtbot.addWidget(made)
    made.show()
    guard = LockGuard(made, office)
    until(lambda: guard._keys)
    lock = made.findChild(LockPage)
    assert lock is not None
    key = next(office.places.keyfiles.glob("*.gwkey"))
    away = key.rename(key.with_suffix(".away"))
    until(lambda: not guard._keys)
    assert not lock.isVisible()  # not wanted so far
    office.preferences.change(lock_on_key_removal=True)
    away.rename(key)
    until(lambda: guard._keys)
    key.unlink()
    until(lock.isVisible)


def test_every_window_of_the_rehearsal_says_so_also_while_it_is_locked(
    office: Office, town: Town, qtbot: QtBot
) -> None:
    window = MainWindow(office)
    qtbot.addWidget(window)
    Safety(window, office, TICKET)
    window.show()
    viewer = window.viewers.open(town.body)
    assert [one.windowTitle()[:4] for one in (window, viewer)] == [TITLE, TITLE]
    window.lock()
    stripe = window.menuWidget()
    assert isinstance(stripe, TrainingStripe)
    assert stripe.isVisible()
    viewer.close()
    window.close()


def test_settings_are_kept_at_once(window: MainWindow) -> None:
    page = window.pages["settings"]
    assert isinstance(page, PreferencesPage)
    window.open_page("settings")
    box = page.fields["idle_minutes"]
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(0)
    box.activated.emit(0)
    settle()
    assert window._office.preferences.now.idle_minutes == 5
    window._office.preferences.change(idle_minutes=10)
    said = " ".join(part.accessibleName() for part in page.about.facts.findChildren(QLabel))
    assert "鄂府办发〔2018〕131号" in said
    assert "2018年12月5日" in said


def test_earlier_notice_and_single_sides_are_settings(window: MainWindow) -> None:
    page, office = window.pages["settings"], window._office
    assert isinstance(page, PreferencesPage)
    window.open_page("settings")
    usual = office.attention.look().gap
    for name in ("earlier_notice", "both_sides"):
        box = page.fields[name]
        assert isinstance(box, QCheckBox)
        box.click()
        settle()
    assert office.attention.look().gap == usual / 2
    assert not office.preferences.now.both_sides
    steps = " ".join(part.text() for part in page.findChildren(QLabel))
    assert "特急 8、30 分钟；加急 15、60 分钟；平件 30、120 分钟" in steps
    office.preferences.change(earlier_notice=False, both_sides=True)


def test_a_full_disk_says_so_and_keeps_the_old_setting(window: MainWindow) -> None:
    page = window.pages["settings"]
    assert isinstance(page, PreferencesPage)
    service = window._office.preferences
    real, service._path = service._path, Path("/proc/no-such-place/preferences.json")
    page.change("sound", False)
    settle()
    assert page.notice.isVisibleTo(page)
    assert service.now.sound is True
    service._path = real


def test_a_report_is_not_lost_by_closing_its_dialog(window: MainWindow) -> None:
    page = window.pages["diagnostics"]
    assert isinstance(page, DiagnosticsPage)
    page.view.write_fault()
    dialog = page.view.dialog
    assert isinstance(dialog, FaultDialog)
    dialog.send()
    assert dialog.problem.isVisible()  # nothing was said yet
    dialog.said.setPlainText("打印机不出纸" + "𠮷" * 2)
    dialog.reject()
    settle()
    page.view.write_fault()
    again = page.view.dialog
    assert isinstance(again, FaultDialog)
    assert again.said.toPlainText() == "打印机不出纸𠮷𠮷"
    again.send()
    until(lambda: bool(window._office.faults.cases()))
    settle()


# -- starting ----------------------------------------------------------------------------------------------


def test_the_wizard_writes_the_settings_and_is_taken_up_again(
    town: Town, tmp_path: Path, qtbot: QtBot
) -> None:
    places = Places.below(tmp_path / "pc")
    places.prepare()
    starting = Starting(places, None)
    starting.begin()
    wizard = starting.wizard
    assert wizard is not None
    qtbot.addWidget(wizard)
    wizard.exchange.address.setText("not an address/with path")
    wizard.exchange.test()
    until(lambda: wizard.exchange.notice.isVisible())
    assert not wizard.next_button.isEnabled()
    wizard.exchange.address.setText(town.exchange.url)
    wizard.exchange.test()
    until(lambda: wizard.exchange.fingerprint.isVisible())
    assert not wizard.next_button.isEnabled()  # not before the fingerprint was compared
    wizard.exchange.agreed.setChecked(True)
    wizard.forward()
    until(lambda: wizard.page is wizard.device)
    assert town.exchange.url in (places.config / FILE_NAME).read_text("utf-8")
    wizard.device.code.setText("WRONG")
    wizard.device.register()
    until(lambda: wizard.device.notice.isVisible())
    wizard.later()
    wizard.blockSignals(True)
    wizard.close()
    starting.stop()
    again = Starting(places, read_settings(places))
    again.begin()
    assert again.wizard is not None
    assert again.wizard.page is again.wizard.key
    again.wizard.close()  # now the log-in comes
    assert again.program is not None
    assert again.program.login is not None
    assert again.program.login.isVisible()
    again.program.login.blockSignals(True)
    again.program.login.close()
    settle()
    again.stop()


def test_locked_settings_are_read_from_the_file(tmp_path: Path) -> None:
    places = Places.below(tmp_path)
    places.prepare()
    path = places.config / FILE_NAME
    path.write_text('server_url = "https://x"\n[locked]\nidle_minutes = 5\nreason = "统一要求"\n', "utf-8")
    locks = read_settings(places).office.locks
    assert (locks.values, locks.reason) == ({"idle_minutes": 5}, "统一要求")
    path.write_text('server_url = "https://x"\n[locked]\nidle_minutes = "5"\n', "utf-8")
    with pytest.raises(KnownError, match=r"ui\.bad_settings"):
        read_settings(places)


def test_the_size_of_texts_is_known_before_the_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Places.below(tmp_path)
    places.prepare()
    (places.config / "preferences.json").write_text('{"scale": 130}')
    monkeypatch.delenv("QT_SCALE_FACTOR", raising=False)
    program._scale(places)
    assert os.environ.pop("QT_SCALE_FACTOR") == "1.3"
