"""Nothing that is typed is lost: kill, full disk, ended session, long titles."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from client.ui.driving import settle, until
from client.ui.town import UNITS, Town
from client.ui.windows import compose, disk_full
from fakes.exchange import PASSWORD
from gongwen_client.services.office import Office
from gongwen_client.store import Store
from gongwen_client.ui.compose.autosave import AFTER_MS
from gongwen_client.ui.shell.window import MainWindow

HOME = UNITS[0][0]
TYPIST = Path(__file__).with_name("typist.py")
LONG = "关于" + "𠮷林片区防汛抗旱" * 24 + "等工作的通知"  # 200 characters, 24 of them outside the basic plane


@pytest.fixture(scope="module")
def office(town: Town) -> Office:
    made = town.logged_in(HOME)
    until(lambda: bool(made.directory.units()))
    return made


def test_what_was_typed_two_seconds_ago_survives_a_kill(own_town: Town, tmp_path: Path) -> None:
    office = own_town.office(HOME, key=False)
    document = office.drafts.create().document_id
    home = own_town.home / f"pc-{HOME}"
    office.stop()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(TYPIST), str(home), own_town.exchange.url, document]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as typist:
        assert typist.stdout is not None
        promised = [typist.stdout.readline() for _ in range(40)]
        os.kill(typist.pid, signal.SIGKILL)
        promised += typist.stdout.read().split()
    store = Store(next(home.rglob("gongwen.db")), home)
    kept = store.drafts.get(document).elements.title
    store.close()
    assert _number(kept) >= _number(promised[-1]), "what was typed two seconds before the kill is on disk"


def _number(title: str) -> int:
    return int("".join(char for char in title if char.isdecimal()))


def test_whoever_types_without_pause_is_saved_all_the_same(window: MainWindow, office: Office) -> None:
    page = compose(window)
    saved: list[object] = []
    page.autosave.saved.connect(saved.append)
    numbers = count(1)
    hand = QTimer()
    hand.timeout.connect(lambda: page.form.title.setText(f"第{next(numbers)}稿"))
    hand.start(20)
    until(lambda: len(saved) >= 2)
    assert hand.isActive(), "still typing"
    hand.stop()
    assert AFTER_MS <= 1000
    until(lambda: not page.unsaved)
    assert office.drafts.get(page.draft.document_id).elements.title == page.form.title.text()


def test_a_full_disk_is_said_the_words_stay_and_are_saved_when_there_is_room(
    window: MainWindow, office: Office
) -> None:
    page = compose(window)
    with disk_full():
        page.form.title.setText(LONG)
        until(lambda: page.notice.isVisible())
        assert "磁盘" in page.notice.text
        assert page.form.title.text() == LONG
        assert page.unsaved
    until(lambda: not page.unsaved)
    assert office.drafts.get(page.draft.document_id).elements.title == LONG
    assert not page.notice.isVisible()


def test_two_hundred_characters_beyond_the_basic_plane_are_kept_and_fit(
    window: MainWindow, office: Office
) -> None:
    page = compose(window)
    assert len(LONG) == 200
    page.form.title.setText(LONG)
    page.save()
    until(lambda: not page.unsaved)
    settle()
    assert office.drafts.get(page.draft.document_id).elements.title == LONG
    assert "draft.title_too_long" not in {finding.code for finding in page.findings}
    page.form.title.setText(LONG + "长")
    page.save()
    until(lambda: "draft.title_too_long" in {finding.code for finding in page.findings})
    assert page.form.title.text() == LONG + "长", "too long is said, not cut"


def test_pasted_lines_become_one(window: MainWindow, qtbot: QtBot) -> None:
    page = compose(window)
    mime = page.form.title.createMimeDataFromSelection()
    mime.setText("关于做好\n防汛工作的通知\n")
    page.form.title.insertFromMimeData(mime)
    assert page.form.title.text() == "关于做好 防汛工作的通知"


def test_a_session_that_ends_while_one_types_costs_nothing(
    window: MainWindow, office: Office, town: Town
) -> None:
    page = compose(window)
    page.form.title.setText("写到一半")
    session = office.login.session
    assert session is not None
    office.login._desk.session.drop(session)
    page.form.doc_number.setText("示府办发〔2026〕7号")
    until(lambda: not page.unsaved)
    kept = office.drafts.get(page.draft.document_id).elements
    assert (kept.title, kept.doc_number) == ("写到一半", "示府办发〔2026〕7号")
    office.login.log_in(HOME, "clerk", PASSWORD)
