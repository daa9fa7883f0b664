"""What every screen has to endure: the act is done under a trouble, its words are read where it was done,
nothing typed is lost, and when the trouble is over it has been done once."""

from __future__ import annotations

import re
from collections.abc import Collection

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QWidget

from client.ui.audit import clipped, nameless
from client.ui.driving import settle, until
from client.ui.faults.stage import TITLE, Scene, Stage, Trouble, unlock
from gongwen_client.services.office import Office
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.note_line import NoteLine
from gongwen_client.ui.widgets.notice import Notice

SCREEN = QSize(1366, 768)
CODE = re.compile(r"[a-z]+\.[a-z_]+|第[一二三四五六七八九十百]+条")
_CHINESE = re.compile(r"[\u4e00-\u9fff]{4,}[^a-z]*[。，]")
_WAITS = ("已登记", "等待", "自动完成", "自动送出", "连上即送出", "自动发送")


def notices(place: QWidget, tones: Collection[Tone] = tuple(Tone)) -> list[str]:
    """What notices of these tones say in sight: above a list, in a dialog, over the paper."""
    wanted = {tone.value for tone in tones}
    return [
        part.accessibleName()
        for part in (*place.findChildren(Notice), *place.findChildren(NoteLine))
        if part.property("tone") in wanted and part.isVisible() and part.accessibleName()
    ]


def explained(place: QWidget) -> bool:
    """Whether a Chinese sentence with its code or article says in sight that something went wrong."""
    said = notices(place, (Tone.INVALID, Tone.WARNING))
    return any(CODE.search(text) and _CHINESE.search(text) for text in said)


def waiting(place: QWidget) -> bool:
    """Whether it is said that the act is on record and will be done by itself."""
    return any(word in text for text in notices(place) for word in _WAITS)


_TO_BE_REPEATED = (Trouble.REFUSED, Trouble.DISK_FULL)
Run = tuple[Trouble, ...]
RUNS: tuple[Run, ...] = (
    (Trouble.KEY_OUT, Trouble.DISK_FULL, Trouble.NO_NETWORK),
    (Trouble.REFUSED, Trouble.SESSION_ENDED),
    (Trouble.OUT_OF_ORDER, Trouble.LOST_ANSWERS),
)
"""One after the other as long as it has not been done: what waits by itself comes last."""


def fits(screen: QWidget) -> None:
    """Names of 182 characters with rare ones leave everything in its place on the smallest screen: nothing is
    cut without its whole text in a tooltip, and the dialog is no larger than the screen."""
    settle()
    troubles = [*clipped(screen), *nameless(screen), *_cut(screen)]
    assert not troubles, "\n".join(troubles)
    assert screen.window().height() <= SCREEN.height(), f"{screen.window().height()} px high"
    assert screen.window().width() <= SCREEN.width(), f"{screen.window().width()} px wide"


def _cut(screen: QWidget) -> list[str]:
    """Parts that begin with the title and have the rest of it nowhere."""
    beginning = TITLE[:20]
    return [
        f"{part.text()!r} is cut"
        for part in screen.findChildren(QLabel)
        if part.isVisible() and beginning in part.text() and TITLE not in f"{part.text()}{part.toolTip()}"
    ]


def endure(stage: Stage, window: MainWindow, office: Office, scene: Scene, troubles: Run) -> None:
    """Do the act under each trouble, then without any."""
    before, typed = scene.done(), scene.typed()
    fits(scene.screen)
    for trouble in troubles:
        scene = _under(stage, window, office, scene, trouble, before)
        if trouble is Trouble.LOST_ANSWERS and scene.open:
            continue  # who got no answer asks once more
        if scene.done() > before or not scene.open:
            break  # it was done, or is on record and will be
        assert scene.typed() == typed, f"what was typed is gone after {trouble.value}"
        scene.fill()
    else:
        scene.fill()
        scene.act()
    until(lambda: scene.done() == before + 1)
    office.duty.poll_now()
    settle()
    assert scene.done() == before + 1, "done twice"
    assert not stage.unhandled, stage.unhandled


def _under(
    stage: Stage, window: MainWindow, office: Office, scene: Scene, trouble: Trouble, before: int
) -> Scene:
    """The screen after the trouble is over."""
    with stage.trouble(trouble, office):
        if trouble is Trouble.KEY_OUT:
            until(window._lock.isVisible)
        else:
            scene.act()
            _answered(window, scene, trouble, before)
            settle()
            if scene.open and scene.done() == before:
                fits(scene.screen)
    if trouble in (Trouble.SESSION_ENDED, Trouble.KEY_OUT):
        until(window._lock.isVisible)
        assert not scene.open, "a screen over the covered window would bar the password"
        unlock(window)
    settle()
    if trouble in _TO_BE_REPEATED and not scene.open and scene.done() == before and scene.again is not None:
        return scene.again()
    return scene


def _answered(window: MainWindow, scene: Scene, trouble: Trouble, before: int) -> None:
    """Wait until the person has been told, or it was done all the same: not everything needs the exchange."""
    if trouble is Trouble.SESSION_ENDED:
        until(window._lock.isVisible)
        return
    until(
        lambda: (
            scene.done() > before
            or explained(scene.screen if scene.open else window)
            or (not scene.open and waiting(window))
        )
    )
    if trouble is Trouble.REFUSED and not scene.open:  # on record first, refused in its time
        until(lambda: scene.done() > before or explained(window))
