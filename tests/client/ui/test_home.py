"""首页 on a real office: numbers, what comes first, where tiles and tasks lead, days without a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QSettings, Qt
from pytestqt.qtbot import QtBot

from client.ui.chapters.home import LONG, PLAN, RECEIVER, SENDER, compose, notice, send
from client.ui.driving import settle, until
from client.ui.story import Story
from client.ui.town import Town
from gongwen_client.domain.day import TaskKind
from gongwen_client.services.office import Office
from gongwen_client.ui.lists.documents import DocumentList
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_client.ui.shell.navigation import Navigation
from gongwen_client.ui.shell.window import MainWindow

SENT = 3


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Story, Office, Office]]:
    """Sender and receiver; three documents wait, one of them of the highest urgency."""
    from gongwen_client.ui.tasks import background

    town = Town.found(tmp_path_factory.mktemp("home") / "town")
    story = Story(town, lambda _widget, _name: None, (1366, 768))
    sender, receiver = town.logged_in(SENDER), town.logged_in(RECEIVER)
    send(story, sender, SENT)
    until(lambda: len(receiver.incoming.list()) == SENT)
    yield story, sender, receiver
    background.stop()
    town.stop()


@pytest.fixture
def window(morning: tuple[Story, Office, Office]) -> Iterator[MainWindow]:
    """The receiver's window at its first page."""
    opened = morning[0].window(morning[2])
    until(lambda: opened.home.day is not None and len(opened.home.tasks) == SENT)
    yield opened
    opened.close()
    settle()


def test_the_first_page_is_the_first_and_the_urgent_stand_first(window: MainWindow) -> None:
    home = window.home
    assert window.page == "home"
    assert home.tasks[0].task.title == PLAN[0][0]
    assert {line.task.kind for line in home.tasks} == {TaskKind.RECEIVE}
    assert home.tiles["pending"].number.text() == str(SENT)
    assert home.tiles["ready"].number.text() == "0"
    assert "待收 3 份" in home.tiles["pending"].accessibleName()


def test_a_task_opens_its_document(window: MainWindow) -> None:
    window.home.tasks[0].click()
    until(lambda: isinstance(window.view, IncomingView))
    assert window.view.row.elements.title == PLAN[0][0]  # type: ignore[union-attr]
    assert window.page == "pending"


def test_a_tile_opens_its_list_narrowed(window: MainWindow) -> None:
    home = window.home
    until(lambda: home.tiles["to_verify"].number.text() == str(SENT))
    home.tiles["to_verify"].click()
    page = window.pages["pending"]
    assert isinstance(page, DocumentList)
    until(lambda: "state" in page.chips.chips)
    assert window.page == "pending"
    window.open_page("home")
    home.tiles["pending"].click()
    settle()
    assert not page.chips.chips, "the tile of all shows all"


def test_the_keyboard_walks_over_tasks_and_tiles(window: MainWindow, qtbot: QtBot) -> None:
    home = window.home
    window.activateWindow()
    home.take_focus()
    until(lambda: home.tasks[0].hasFocus())
    qtbot.keyClick(home.tasks[0], Qt.Key.Key_Down)
    assert home.tasks[1].hasFocus()
    qtbot.keyClick(home.tasks[1], Qt.Key.Key_Up)
    qtbot.keyClick(home.tasks[0], Qt.Key.Key_Up)
    assert home.tasks[0].hasFocus()
    home.tiles["pending"].setFocus()
    qtbot.keyClick(home.tiles["pending"], Qt.Key.Key_Right)
    assert home.tiles["to_verify"].hasFocus()
    home.tasks[0].setFocus()
    qtbot.keyClick(home.tasks[0], Qt.Key.Key_Space)
    until(lambda: isinstance(window.view, IncomingView))


def test_notices_lead_to_their_page(window: MainWindow) -> None:
    home = window.home
    settle()
    assert home.day is not None
    home.show_day(replace(home.day, notices=(notice("停机通知", home.day.now, outage=True),)))
    line = home.news.body.itemAt(0).widget()
    assert "停机通知" in line.accessibleName()
    line.click()  # type: ignore[attr-defined]
    assert window.page == "notices"


def test_an_attended_check_is_seen_at_once(window: MainWindow) -> None:
    before = len(window.home.day.check_times)  # type: ignore[union-attr]
    window.home.attend_button.click()
    until(lambda: len(window.home.day.check_times) > before)  # type: ignore[union-attr]


def test_a_refresh_keeps_the_focus_on_the_same_task(window: MainWindow) -> None:
    home = window.home
    window.activateWindow()
    home.tasks[1].setFocus()
    kept = home.tasks[1].task.identity
    assert home.day is not None
    home.show_day(replace(home.day, tasks=tuple(reversed(home.day.tasks))))
    assert next(line for line in home.tasks if line.task.identity == kept).hasFocus()
    home.show_day(replace(home.day, tasks=home.day.tasks[:1]))
    assert home.tasks[0].hasFocus(), "with its task gone the focus goes to the first"


def test_drafts_on_their_way_and_titles_of_any_length(
    morning: tuple[Story, Office, Office],
) -> None:
    story, sender, _receiver = morning
    window = story.window(sender)
    sender.drafts.submit_for_seal(compose(story, sender, 4))
    until(lambda: any(line.task.kind is TaskKind.SEAL for line in window.home.tasks))
    line = next(line for line in window.home.tasks if line.task.kind is TaskKind.SEAL)
    assert line.task.title == LONG[:200]
    assert line.width() <= window.width()
    until(lambda: window.home.tiles["open_sent"].number.text() == str(SENT))
    assert window.home.tiles["overdue"].number.text() == "0"
    window.close()


def test_the_text_of_a_document_is_found_after_a_person_looked_at_it(window: MainWindow) -> None:
    page = window.pages["pending"]
    assert isinstance(page, DocumentList)
    window.home.tasks[0].click()
    until(lambda: isinstance(window.view, IncomingView) and window.view.verification is not None)
    words = "秘钥盘"  # in the circular's text, in no title
    window.open_page("pending")
    page.search.setText(words)
    until(lambda: page.model.rowCount() == 1 or bool(page.reload()))
    assert "正文" in page.model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_without_the_exchange_the_first_page_still_tells(own_town: Town, qtbot: QtBot) -> None:
    office = own_town.logged_in(RECEIVER)
    until(lambda: office.duty.state().last_heartbeat is not None)
    own_town.exchange.stop()
    window = MainWindow(office)
    qtbot.addWidget(window)
    window.show()
    until(lambda: window.home.day is not None)
    assert not window.home.notice.isVisible()
    assert window.home.tiles["pending"].number.text() == "0"


def test_folded_groups_stay_folded_and_count_what_is_urgent(qtbot: QtBot, tmp_path: object) -> None:
    navigation = Navigation()
    qtbot.addWidget(navigation)
    navigation.resize(208, 1400)
    navigation.show()
    settle()
    assert all(group.open for group in navigation.groups), "there is room for all"
    incoming = next(group for group in navigation.groups if group.title == "收文")
    incoming.lines[0].show_value(4)
    incoming.head.click()
    assert not incoming.open
    assert "4 件待办" in incoming.head.accessibleName()
    settings = QSettings(f"{tmp_path}/layout.ini", QSettings.Format.IniFormat)
    navigation.remember(settings)
    other = Navigation()
    qtbot.addWidget(other)
    other.restore(settings)
    assert not next(group for group in other.groups if group.title == "收文").open


def test_in_a_low_window_the_group_in_use_is_never_folded_away(qtbot: QtBot) -> None:
    navigation = Navigation()
    qtbot.addWidget(navigation)
    navigation.resize(208, 380)
    navigation.show()
    settle()
    assert not all(group.open for group in navigation.groups)
    last = navigation.groups[-1]
    navigation.mark(last.lines[0].entry.page)
    assert last.open
    last.lines[0].setFocus()
    qtbot.keyClick(last.lines[0], Qt.Key.Key_Left)
    assert not last.open, "a person may fold it"
    qtbot.keyClick(last.head, Qt.Key.Key_Right)
    qtbot.keyClick(last.head, Qt.Key.Key_Down)
    assert last.open
    navigation.resize(208, 1400)
    settle()
    assert all(group.open for group in navigation.groups)
