"""Work in the background comes back on the GUI thread, or is dropped with its owner."""

from __future__ import annotations

import threading

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from client.ui.driving import settle, until
from gongwen_client.ui.tasks import background, work
from gongwen_crypto.errors import BugError, GongwenError, KnownError


def test_the_answer_comes_on_the_gui_thread(qapp: QApplication) -> None:
    seen: list[tuple[int, int]] = []
    owner = QObject()
    work(owner, threading.get_ident).then(lambda there: seen.append((there, threading.get_ident()))).start()
    until(lambda: seen)
    there, here = seen[0]
    assert here == threading.get_ident()
    assert there != here


def test_an_error_goes_to_its_handler_and_always_comes_first(qapp: QApplication) -> None:
    order: list[str] = []

    def fail() -> None:
        raise KnownError("host.no_printer")

    owner = QObject()
    work(owner, fail).always(lambda: order.append("always")).failed(
        lambda error: order.append(error.code)
    ).start()
    until(lambda: len(order) == 2)
    assert order == ["always", "host.no_printer"]


def test_what_nobody_expected_becomes_a_bug_and_is_shown(
    qapp: QApplication, caplog: pytest.LogCaptureFixture
) -> None:
    shown: list[GongwenError] = []
    background.on_unhandled(shown.append)
    owner = QObject()
    work(owner, lambda: 1 // 0).start()
    until(lambda: shown)
    background.on_unhandled(None)
    assert isinstance(shown[0], BugError)
    assert isinstance(shown[0].__cause__, ZeroDivisionError)
    assert "unexpectedly" in caplog.text


def test_an_answer_after_its_owner_is_dropped(qapp: QApplication) -> None:
    gate, seen = threading.Event(), []
    owner = QObject()
    work(owner, gate.wait).then(seen.append).start()
    shiboken6.delete(owner)
    gate.set()
    settle()
    assert seen == []


def test_stop_waits_for_what_runs_and_may_be_followed_by_more(qapp: QApplication) -> None:
    done: list[int] = []
    owner = QObject()
    work(owner, lambda: 1).then(done.append).start()
    background.stop()
    work(owner, lambda: 2).then(done.append).start()
    until(lambda: 2 in done)
    assert background.idle
