"""Drives the real windows like a person: waits for what should happen, takes pictures, notes checks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPoint, QSize
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from gongwen_crypto.errors import KnownError

PICTURE = QSize(1366, 768)
"""Of the main windows when pictures are taken: the commonest screen in offices."""
_PATIENCE = 90.0
_TURN_MS = 20
_SHADE = QColor(29, 35, 41, 70)


@dataclass
class Player:
    """``pace`` seconds pass after each scene when people watch; pictures go to ``pictures`` when given."""

    pictures: Path | None
    pace: float = 0.0
    scenes: list[dict[str, object]] = field(default_factory=list)
    checks: list[dict[str, object]] = field(default_factory=list)

    def turn_to(self, window: QWidget) -> None:
        """Bring a clerk's window to the front for those who watch."""
        if self.pace:
            window.raise_()
            window.activateWindow()

    def wait(self, happened: Callable[[], bool], what: str, seconds: float = _PATIENCE) -> None:
        """Let the program run until ``happened``. Raises KnownError("demo.stuck") naming ``what``."""
        deadline = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > deadline:
                raise KnownError("demo.stuck", what=what)
            self._turn()

    def rest(self, seconds: float) -> None:
        """Let the program run for a while."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._turn()

    def scene(self, window: QWidget, name: str, told: str) -> None:
        """A moment of the story: numbered picture of ``window`` with the dialogs over it, and a pause."""
        self.rest(0.15)
        number = len(self.scenes) + 1
        entry: dict[str, object] = {"number": number, "name": name, "told": told}
        if self.pictures is not None:
            file = f"{number:02d}-{name}.png"
            self.pictures.mkdir(parents=True, exist_ok=True)
            picture_of(window).save(str(self.pictures / file))
            entry["picture"] = file
        self.scenes.append(entry)
        self.rest(self.pace)

    def check(self, name: str, good: bool, **facts: object) -> None:
        """Note a check for the report; a failed one does not stop the story."""
        self.checks.append({"check": name, "ok": bool(good), **facts})

    @property
    def all_good(self) -> bool:
        """Whether every check so far held."""
        return all(bool(entry["ok"]) for entry in self.checks)

    def _turn(self) -> None:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, _TURN_MS)
        time.sleep(_TURN_MS / 4000)


def picture_of(window: QWidget) -> QPixmap:
    """The window as a person sees it, its open dialogs above it."""
    picture = window.grab()
    painter = QPainter(picture)
    for dialog in _dialogs(window):
        painter.fillRect(window.rect(), _SHADE)
        painter.drawPixmap(_place(window, dialog), dialog.grab())
    painter.end()
    return picture


def _dialogs(window: QWidget) -> list[QDialog]:
    """Visible dialogs of the window, outermost first."""
    found = [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]
    return sorted(found, key=lambda dialog: _depth(dialog, window))


def _depth(dialog: QWidget, window: QWidget) -> int:
    depth, parent = 0, dialog.parentWidget()
    while parent is not None and parent is not window:
        depth, parent = depth + 1, parent.parentWidget()
    return depth


def _place(window: QWidget, dialog: QDialog) -> QPoint:
    rest = window.size() - dialog.size()
    return QPoint(max(0, rest.width() // 2), max(0, rest.height() // 2))
