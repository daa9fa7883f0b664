"""One application with the product's look; a town of real offices; nothing left running."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from client.ui.driving import bury, settle
from client.ui.faults.stage import Stage
from client.ui.town import Town
from client.ui.windows import shown_window
from gongwen_client.render import RenderPool
from gongwen_client.services.local import LocalDocuments
from gongwen_client.services.office import Office
from gongwen_client.ui import program
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.tasks import background
from gongwen_client.ui.viewer.window import Viewers

_HARMLESS = (  # the offscreen platform says so
    "This plugin does not support propagateSizeHints()",
    "This plugin does not support raise()",
    "This plugin does not support grabbing the keyboard",
)


@pytest.fixture(scope="session")
def qapp() -> Iterator[QApplication]:
    """The application as the program makes it (pytest-qt uses it, too)."""
    yield program.application()
    background.stop()


@pytest.fixture(autouse=True)
def _quiet_qt(qapp: QApplication) -> Iterator[None]:
    """A warning of Qt fails the test; windows and background work end with it."""
    said: list[str] = []

    def note(kind: QtMsgType, _context: object, text: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and text not in _HARMLESS:
            said.append(text)

    before = qInstallMessageHandler(note)
    yield
    qapp.closeAllWindows()
    settle()
    bury(*(one for one in qapp.topLevelWidgets() if one.parent() is None))
    qInstallMessageHandler(before)
    assert not said


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """An exchange, an authority, units: one town for the tests of a file, so that no file finds the
    passwords, documents or offices that another one left."""
    founded = Town.found(tmp_path_factory.mktemp("town") / "home")
    yield founded
    background.stop()
    founded.stop()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Two clerks whose network, exchange, session, key and disk go wrong on command, for one file."""
    built = Stage.build(tmp_path_factory.mktemp("stage") / "home")
    yield built
    built.stop()


@pytest.fixture
def own_town(tmp_path: Path) -> Iterator[Town]:
    """A town for one test alone."""
    founded = Town.found(tmp_path / "home")
    yield founded
    background.stop()
    founded.stop()


@pytest.fixture(scope="module")
def pool() -> Iterator[RenderPool]:
    """Render workers for files of this PC."""
    pool = RenderPool()
    yield pool
    settle()
    pool.stop()


@pytest.fixture
def viewers(pool: RenderPool, tmp_path: Path) -> Iterator[Viewers]:
    """Viewer windows that know no root certificate."""
    viewers = Viewers(LocalDocuments(pool, tmp_path / "no-roots"))
    yield viewers
    viewers.close_all()
    settle()


@pytest.fixture
def window(office: Office, qapp: QApplication) -> Iterator[MainWindow]:
    """The main window of the file's ``office``."""
    with shown_window(office) as opened:
        yield opened
