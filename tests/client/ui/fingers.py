"""Ten fingers and no mouse: keys go where the focus is, and a person can see where that is."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from client.ui.driving import settle, until
from gongwen_client.services.office import Office
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.viewer.page_view import PageView

ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
_AROUND = 6
_FURTHEST = 60


def focused() -> QWidget:
    """Where the next key goes."""
    here = QApplication.focusWidget()
    assert here is not None, "nothing has the focus"
    return here


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """One key, as the keyboard sends it."""
    QTest.keyClick(QApplication.focusWidget() or QApplication.activeWindow(), key, modifier)
    QApplication.processEvents()


def write(words: str) -> None:
    """Words into the field with the focus."""
    QTest.keyClicks(focused(), words)


def tab_to(name: str) -> QWidget:
    """Tab until the part of this name has the focus."""
    walked = []
    for _ in range(_FURTHEST):
        if focused().objectName() == name:
            assert_seen()
            return focused()
        walked.append(f"{type(focused()).__name__} {focused().objectName()}")
        press(Qt.Key.Key_Tab)
    raise AssertionError(f"Tab never comes to {name}: {walked}")


def _look(window: QWidget, part: QWidget) -> QImage:
    around = QRect(part.mapTo(window, QPoint()), part.size()).adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND)
    return window.grab(around & window.rect()).toImage()


def assert_seen() -> None:
    """The focus stands on something in sight that looks different without it. The paper of a document takes
    the keys that turn its pages and needs no frame."""
    part = focused()
    assert part.isVisible()
    assert part.window() is QApplication.activeWindow(), "the focus is in the window in front"
    if isinstance(part, PageView):
        return
    window = part.window()
    here = _look(window, part)
    part.clearFocus()
    QApplication.processEvents()
    elsewhere = _look(window, part)
    part.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    assert here != elsewhere, f"{type(part).__name__} {part.objectName()} looks the same with the focus"


def in_front(kind: type[QWidget]) -> QWidget:
    """Wait for a window of this kind; its focus can be seen."""
    until(lambda: isinstance(QApplication.activeWindow(), kind) and QApplication.focusWidget() is not None)
    window = QApplication.activeWindow()
    assert window is not None
    settle()
    assert_seen()
    return window


def back_to(window: QWidget) -> None:
    """A dialog has gone: the desktop gives the keys back to its window (this platform may give them to a
    tooltip)."""
    QToolTip.hideText()
    window.activateWindow()
    until(lambda: QApplication.activeWindow() is window and QApplication.focusWidget() is not None)
    settle()
    assert_seen()


def shown(office: Office) -> MainWindow:
    window = MainWindow(office)
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    until(lambda: QApplication.activeWindow() is window)
    settle()
    return window
