"""Every page of the navigation while network, exchange, session, key or disk fail: what is kept here stays in
sight, what had to be asked is explained in its place, and the next look is well again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from client.ui.driving import settle, until
from client.ui.faults.enduring import explained, fits, notices
from client.ui.faults.stage import Stage, Trouble, unlock
from gongwen_client.ui.shell.navigation import GROUPS
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.statistics.page import StatisticsPage
from gongwen_client.ui.theme.tokens import Tone

PAGES = [
    "find",
    *(page for _title, entries in GROUPS for entry in entries for page in (entry.page, *entry.also)),
]


@pytest.fixture(scope="module", autouse=True)
def _something_to_show(stage: Stage) -> None:
    stage.draft()
    stage.ready()
    stage.sent()


@pytest.fixture
def window(stage: Stage, qapp: object) -> Iterator[MainWindow]:
    with stage.window(stage.sender) as opened:
        yield opened


@pytest.mark.parametrize("trouble", [one for one in Trouble if one is not Trouble.LOST_ANSWERS])
def test_a_page_says_what_is_wrong_and_is_well_again(
    stage: Stage, window: MainWindow, trouble: Trouble
) -> None:
    stage.unhandled.clear()
    before = {name: _look(window, name) for name in PAGES}
    with stage.trouble(trouble, stage.sender):
        if trouble is Trouble.KEY_OUT:
            until(window._lock.isVisible)
        for name in PAGES:
            _look(window, name)
        if trouble is Trouble.NO_NETWORK:
            page = _statistics(window)
            page.ask()
            until(lambda: explained(page))
    if trouble in (Trouble.SESSION_ENDED, Trouble.KEY_OUT):
        until(window._lock.isVisible)
        unlock(window)
    until(lambda: window.banner.connection.word == "在线")
    _statistics(window).ask()
    settle()
    for name in PAGES:
        assert _look(window, name) == before[name], f"{name} still says what was wrong"
    assert not stage.unhandled, stage.unhandled


def test_long_and_rare_names_fit_on_every_page(window: MainWindow) -> None:
    for name in PAGES:
        _look(window, name)
        fits(window)


def _look(window: MainWindow, name: str) -> list[str]:
    """Open a page as a person does; what its notices say that is no good news."""
    window.open_page(name)
    settle()
    return notices(window.pages[name], (Tone.INVALID, Tone.WARNING))


def _statistics(window: MainWindow) -> StatisticsPage:
    """What they show is the exchange's: without it there is a sentence in its place."""
    window.open_page("statistics")
    page = window.pages["statistics"]
    assert isinstance(page, StatisticsPage)
    return page
