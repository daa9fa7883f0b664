"""A client that runs for weeks: what is closed is gone, and nothing grows with what was opened before."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from client.ui.driving import bury, settle, until
from client.ui.faults.scenes_books import BOOK_SCENES
from client.ui.faults.scenes_making import MAKING_SCENES
from client.ui.faults.scenes_office import OFFICE_SCENES
from client.ui.faults.scenes_receiving import RECEIVER_SCENES
from client.ui.faults.scenes_tracking import SENDER_SCENES
from client.ui.faults.stage import Scene, Stage, incoming_view, sent_view, unlock
from client.ui.town import Town
from client.ui.windows import compose
from fakes.exchange import PASSWORD
from gongwen_client.domain.rows import IncomingRow, SentRow
from gongwen_client.ui import program
from gongwen_client.ui.shell.rooms import NAMES
from gongwen_client.ui.shell.window import MainWindow

OFTEN = 5


@pytest.fixture(autouse=True)
def _collector_waits() -> Iterator[None]:
    """Nothing is collected by chance: what a test finds as garbage has come from what it did."""
    gc.collect()
    gc.disable()
    yield
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()


@pytest.fixture(scope="module")
def papers(stage: Stage) -> tuple[SentRow, IncomingRow, str, str]:
    """Sent, accepted, a draft and one that is sealed."""
    return stage.sent(), stage.accepted(), stage.draft(), stage.ready()


@pytest.fixture(params=["received", "sent", "sealed", "draft", "compose"])
def opened(
    request: pytest.FixtureRequest, stage: Stage, papers: tuple[SentRow, IncomingRow, str, str]
) -> Iterator[tuple[MainWindow, Callable[[], QWidget]]]:
    """A window, and what opens one kind of document in it."""
    sent, accepted, draft, sealed = papers
    office = stage.receiver if request.param == "received" else stage.sender
    with stage.window(office) as window:

        def draft_view(document: str) -> QWidget:
            window.documents.open_draft(office.drafts.get(document))
            assert window.view is not None
            return window.view

        ways: dict[str, Callable[[], QWidget]] = {
            "received": lambda: incoming_view(window, accepted),
            "sent": lambda: sent_view(window, sent),
            "sealed": lambda: draft_view(sealed),
            "draft": lambda: draft_view(draft),
            "compose": lambda: compose(window),
        }
        yield window, ways[request.param]


def _back(window: MainWindow) -> None:
    """To a list; the document that was open is deleted."""
    settle()
    window.open_page("home")
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # as the program's own loop does
    settle()


def _strays() -> list[QWidget]:
    """Widgets that stand alone without being a window of the program."""
    alone = (one for one in QApplication.topLevelWidgets() if one.parent() is None)
    return [one for one in alone if not isinstance(one, MainWindow)]


def test_a_document_that_was_closed_is_gone(opened: tuple[MainWindow, Callable[[], QWidget]]) -> None:
    window, open_one = opened
    views = []
    for _ in range(OFTEN):
        views.append(weakref.ref(open_one()))
        _back(window)
    assert not _strays()
    gc.collect()
    assert [view() for view in views] == [None] * OFTEN


def test_what_a_document_leaves_to_the_collector_is_not_of_qt(
    opened: tuple[MainWindow, Callable[[], QWidget]],
) -> None:
    """The collector runs on any thread; widgets and models must not end on another one than theirs."""
    window, open_one = opened
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    open_one()
    _back(window)
    gc.collect()
    assert [one for one in gc.garbage if isinstance(one, QObject) and shiboken6.isValid(one)] == []


@pytest.mark.parametrize(
    ("name", "scenes", "of_receiver"),
    [
        ("RemindDialog", SENDER_SCENES, False),
        ("ReturnDialog", RECEIVER_SCENES, True),
        ("PrintDialog", RECEIVER_SCENES, True),
        ("RecipientsDialog", MAKING_SCENES, False),
        ("SealDialog", MAKING_SCENES, False),
        ("EntryDialog", BOOK_SCENES, True),
        ("ContactsDialog", OFFICE_SCENES, True),
    ],
)
def test_a_dialog_that_was_closed_is_gone(
    stage: Stage, name: str, scenes: dict[str, Callable[[Stage, MainWindow], Scene]], of_receiver: bool
) -> None:
    with stage.window(stage.receiver if of_receiver else stage.sender) as window:
        screen = scenes[name](stage, window).screen
        settle()
        gone = weakref.ref(screen)
        screen.close()
        del screen
        _back(window)
        gc.collect()
        assert gone() is None
        assert not _strays()


def test_a_window_that_was_closed_is_gone(stage: Stage) -> None:
    windows = []
    for _ in range(3):
        with stage.window(stage.sender) as window:
            for page in NAMES:
                window.open_page(page)
                settle()
            window.lock()
            settle()
            unlock(window)
            windows.append(weakref.ref(window))
        del window
    gc.collect()
    assert [window() for window in windows] == [None] * 3
    assert QApplication.topLevelWidgets() == []


def test_logging_in_and_out_every_day_leaves_nothing(own_town: Town, qapp: QApplication) -> None:
    office = own_town.logged_in("150600002")
    office.login.log_out()
    shown = program.build(office, "150600002", "clerk")
    shown.show()
    left: list[int] = []
    for _ in range(3):
        office.login.log_in("150600002", "clerk", PASSWORD)
        grant = office.login.session
        assert grant is not None
        assert shown.login is not None
        shown.login.logged_in.emit(grant)
        until(lambda: shown.window is not None)
        settle()
        assert shown.window is not None
        shown.window.log_out()
        until(lambda: shown.login is not None)
        settle()
        left.append(len(QApplication.allWidgets()))
    assert left == left[:1] * 3
    bury(*(one for one in QApplication.topLevelWidgets() if one.parent() is None))
