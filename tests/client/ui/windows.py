"""A main window for a test, what is composed in it, and a disk that takes no more."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager

from client.ui.driving import bury, settle, until
from gongwen_client.services.office import Office
from gongwen_client.ui.compose.page import ComposePage
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.tasks import background


@contextmanager
def shown_window(office: Office) -> Iterator[MainWindow]:
    """The window of a logged-in office; nothing of it is under way afterwards."""
    opened = MainWindow(office)
    opened.show()
    settle()
    yield opened
    opened.close()
    background.stop()
    bury(opened)


def compose(window: MainWindow) -> ComposePage:
    """The form of a new draft."""
    before = window.view
    window.documents.compose()
    until(lambda: isinstance(window.view, ComposePage) and window.view is not before)
    assert isinstance(window.view, ComposePage)
    settle()
    return window.view


@contextmanager
def disk_full() -> Iterator[None]:
    """Nothing can be written in this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
