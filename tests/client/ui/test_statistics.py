"""统计 in the window: pictures, tables, keys, files, who sees whose, no network."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from client.ui.chapters.statistics import CLERK, inspector, live, opened
from client.ui.driving import settle, until
from client.ui.town import UNITS, Town
from gongwen_client.services.office import Office
from gongwen_client.ui.registers.print_dialog import PrintSheetsDialog
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.statistics.page import RECEIVING, VOLUME, StatisticsPage, periods
from gongwen_client.ui.tasks import background


@pytest.fixture(scope="module")
def old_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, Office]]:
    """A town that has lived for two months, and the platform's inspector in it."""
    town = Town.found(tmp_path_factory.mktemp("old") / "home")
    live(town, days=60)
    yield town, inspector(town)
    background.stop()
    town.stop()


@pytest.fixture
def page(old_town: tuple[Town, Office]) -> Iterator[StatisticsPage]:
    """The inspector's page."""
    window = MainWindow(old_town[1])
    window.resize(1366, 768)
    window.show()
    yield opened(window)
    window.close()


def test_the_map_is_walked_with_the_keys(page: StatisticsPage, qtbot: QtBot) -> None:
    assert page.found is not None
    duty = page.found[0]
    assert len(duty.units) == len(UNITS)
    page.pictures.heat_map.setFocus()
    page.pictures.heat_map.go_to(0, 0)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(page.pictures.heat_map, key)
    said = page.pictures.heat_map.accessibleDescription()
    assert said == page.said.text() == page.pictures.heat_map.describe(2, 1)
    assert said.startswith(duty.units[1].unit_name)
    assert f"{duty.days[1].day.month}月{duty.days[1].day.day}日" in said
    qtbot.keyClick(page.pictures.heat_map, Qt.Key.Key_End)
    assert page.pictures.heat_map.chosen == page.pictures.heat_map.describe(2 * len(duty.days) - 1, 1)
    assert page.pictures.heat_map.describe(-1, 0) == page.pictures.heat_map.describe(0, 10_000) == ""


def test_tables_say_what_pictures_show(page: StatisticsPage) -> None:
    assert page.found is not None
    duty, figures = page.found
    page.show_table(table=True)
    assert page.pictures.duty_table.isVisible()
    rows = {row.unit_code: row for row in page.pictures.duty_table.rows.rows}
    assert all(rows[unit.unit_code].cells == unit.cells for unit in duty.units)
    for tab, table in ((RECEIVING, page.pictures.received_table), (VOLUME, page.pictures.volume_table)):
        page.tabs.setCurrentIndex(tab)
        assert table.isVisible()
    assert sum(row[1].delivered for row in page.pictures.received_table.rows.rows) == sum(
        month.delivered for unit in figures.units for month in unit.months
    )
    page.show_table(table=False)
    page.tabs.setCurrentIndex(0)


def test_files(page: StatisticsPage, tmp_path: Path) -> None:
    for tab, names in ((0, ("map.pdf", "map.xlsx", "map.csv")), (RECEIVING, ("figures.pdf", "figures.xlsx"))):
        page.tabs.setCurrentIndex(tab)
        for name in names:
            page.export(tmp_path / name)
            until(lambda name=name: name in page.notice.text and (tmp_path / name).exists())
    assert (tmp_path / "map.pdf").read_bytes().startswith(b"%PDF")
    page.export(tmp_path / "figures.doc")
    until(lambda: "export.format_unknown" in page.notice.text)
    year = date.today().year
    page.write_report(year, tmp_path / "report.txt")
    until(lambda: "report.txt" in page.notice.text)
    text = (tmp_path / "report.txt").read_text("utf-8-sig")
    assert f"{year}年电子公文交换系统应用情况总结（草稿）" in text
    assert "及时接收率" in text
    assert "各单位情况" in text
    page.tabs.setCurrentIndex(0)


def test_what_is_in_sight_is_printed(page: StatisticsPage) -> None:
    for tab, title in ((0, "值守情况图"), (RECEIVING, "公文接收和发送统计表")):
        page.tabs.setCurrentIndex(tab)
        page.print_button.click()
        dialog = page.dialog
        assert isinstance(dialog, PrintSheetsDialog)
        until(dialog.print_button.isEnabled)
        dialog.print_button.click()
        until(lambda title=title: page.notice.text.startswith(f"{title}已存为"))
        until(lambda: page.dialog is None)
    page.tabs.setCurrentIndex(0)


def test_a_clerk_sees_the_own_unit_and_no_title(old_town: tuple[Town, Office]) -> None:
    town, _ = old_town
    office = town.logged_in(CLERK, key=False)
    window = MainWindow(office)
    window.show()
    page = opened(window)
    assert page.found is not None
    assert [unit.unit_code for unit in page.found[0].units] == [CLERK]
    assert not page.leave_button.isVisible()
    assert "关于" not in page.found[1].model_dump_json()
    window.close()


def test_without_the_exchange_what_was_counted_stays(old_town: tuple[Town, Office]) -> None:
    town, office = old_town
    window = MainWindow(office)
    window.show()
    page = opened(window)
    before = page.found
    town.exchange.stop()
    page.ask()
    until(lambda: "network.unreachable" in page.notice.text)
    assert page.found == before
    assert page.pictures.heat_map.isVisible()
    window.close()
    window = MainWindow(office)  # one that is opened only now shows what was told last, with its time
    window.show()
    window.open_page("statistics")
    again = window.pages["statistics"]
    assert isinstance(again, StatisticsPage)
    until(lambda: again.found is not None and "network.unreachable" in again.notice.text)
    assert again.found == before
    assert before is not None
    assert f"{before[1].first:%m-%d} 至 {before[1].last:%m-%d}" in again.counted.text()
    page = again
    town.exchange.start()
    until(lambda: office.duty.state().connection.name == "ONLINE")
    page.ask()
    until(lambda: not page.notice.isVisible())
    window.close()
    settle()


def test_periods_are_whole() -> None:
    found = {name: (first, last) for name, first, last in periods(date(2026, 1, 5))}
    assert found["上月"] == (date(2025, 12, 1), date(2025, 12, 31))
    assert found["本季度"] == (date(2026, 1, 1), date(2026, 1, 5))
    assert found["去年"] == (date(2025, 1, 1), date(2025, 12, 31))
