"""统计: a clerk's own figures, an inspector's of all units, pictures and the tables behind them."""

from __future__ import annotations

from datetime import timedelta

from client.ui.driving import until
from client.ui.story import Story
from client.ui.town import NOT_ENABLED, UNITS, Town
from fakes.exchange import INITIAL_PASSWORD, PASSWORD
from fakes.history import History
from gongwen_client.services.office import Office
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.statistics.page import RECEIVING, VOLUME, StatisticsPage
from gongwen_client.ui.tasks import background
from gongwen_protocol.messages import Role
from gongwen_server.services import administration

CLERK = UNITS[2][0]


def tell(story: Story) -> None:
    """In a town of its own, which has lived for some months."""
    town = Town.found(story.town.home / "statistics")
    try:
        live(town)
        _tell(Story(town, story._look, story._size))
    finally:
        background.stop()
        town.stop()


def live(town: Town, days: int = 150) -> None:
    """Some months of looks and documents."""
    today = town.exchange.exchange.clock.now().date()
    units = [(code, name) for code, name, _region in UNITS if code != NOT_ENABLED]
    History(town.exchange.exchange, units).live(today - timedelta(days=days), today, 3, 6)


def inspector(town: Town) -> Office:
    """The platform's inspector, logged in."""
    administration.add_account(
        town.exchange.exchange,
        UNITS[0][0],
        "inspector",
        post="督查人员",
        roles=frozenset({Role.INSPECT}),
        initial_password=INITIAL_PASSWORD,
        platform=True,
    )
    office = town.office(UNITS[0][0], key=False)
    office.login.log_in(UNITS[0][0], "inspector", INITIAL_PASSWORD)
    office.login.change_password(INITIAL_PASSWORD, PASSWORD)
    return office


def opened(window: MainWindow) -> StatisticsPage:
    """The page with its figures."""
    window.open_page("statistics")
    page = window.pages["statistics"]
    assert isinstance(page, StatisticsPage)
    until(lambda: page.found is not None)
    return page


def _tell(story: Story) -> None:
    window = story.window(inspector(story.town))
    page = opened(window)
    page.pictures.heat_map.setFocus()
    page.pictures.heat_map.go_to(40, 3)
    story.picture(window, "statistics-heat-map")
    page.show_table(table=True)
    story.picture(window, "statistics-heat-map-table")
    page.show_table(table=False)
    page.tabs.setCurrentIndex(RECEIVING)
    story.picture(window, "statistics-received")
    page.show_table(table=True)
    story.picture(window, "statistics-received-table")
    page.show_table(table=False)
    page.period.setCurrentIndex(4)
    before = page.found
    page.ask()
    until(lambda: page.found is not before)
    page.tabs.setCurrentIndex(VOLUME)
    story.picture(window, "statistics-volume")
    page.open_leave()
    assert page.dialog is not None
    story.picture(page.dialog, "statistics-leave")
    page.dialog.reject()
    window.close()
    own = story.window(story.town.logged_in(CLERK, key=False))
    page = opened(own)
    story.picture(own, "statistics-own")
    story.town.exchange.stop()
    page.ask()
    until(lambda: page.notice.isVisible())
    story.picture(own, "statistics-offline")
    own.close()
    story.town.exchange.start()
