"""Driving windows: let the event loop run until something holds."""

from __future__ import annotations

import faulthandler
from collections.abc import Callable

from PySide6.QtCore import QEvent, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from gongwen_client.ui.tasks import background

_LIMIT_MS = 60_000
_LOOK_MS = 10


def until(condition: Callable[[], object], limit_ms: int = _LIMIT_MS) -> None:
    """Run the event loop until ``condition`` holds; fail after ``limit_ms``."""
    if condition():
        return
    loop = QEventLoop()
    came: list[bool] = []
    look, limit = QTimer(), QTimer()

    def see() -> None:
        if condition():
            came.append(True)
            loop.quit()

    look.timeout.connect(see)
    limit.timeout.connect(loop.quit)
    limit.setSingleShot(True)
    look.start(_LOOK_MS)
    limit.start(limit_ms)
    loop.exec()
    look.stop()
    limit.stop()
    if not came:
        faulthandler.dump_traceback()
        raise AssertionError("the awaited state did not come")


def settle() -> None:
    """Let what is under way in the background finish and be shown."""
    QApplication.processEvents()
    until(lambda: background.idle)
    for _ in range(3):
        QApplication.processEvents()


def bury(*windows: QWidget) -> None:
    """Nothing of these closed windows stays: a main window left to itself keeps 45 MB."""
    for window in windows:
        window.deleteLater()
        QApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
