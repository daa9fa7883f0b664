"""The inspector (督查) looks at all units' figures; never at a document."""

from __future__ import annotations

from gongwen_client.demo.company import Company
from gongwen_client.demo.player import PICTURE
from gongwen_client.practice.cast import INSPECTOR, INSPECTOR_INITIAL, INSPECTOR_PASSWORD, SENDER
from gongwen_client.practice.passwords import replace_password
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.statistics.page import RECEIVING, StatisticsPage


def play(company: Company) -> None:
    """On a PC of the inspector's own."""
    player = company.player
    replace_password(company.url, SENDER, INSPECTOR, INSPECTOR_INITIAL, INSPECTOR_PASSWORD)
    office = company.stage.inspection(company.url)
    company.offices.append(office)
    office.start()
    office.login.log_in(SENDER.code, INSPECTOR, INSPECTOR_PASSWORD)
    window = company.inspection = MainWindow(office)
    if player.pictures is not None:
        window.resize(PICTURE)
    window.show()
    window.open_page("statistics")
    page = window.pages["statistics"]
    assert isinstance(page, StatisticsPage)
    player.wait(lambda: page.found is not None, "全部单位的统计")
    assert page.found is not None
    duty = page.found[0]
    player.scene(window, "inspection", "督查：全部单位的值守热力图，谁该查收没有查收，可导出作通报依据")
    player.check("督查看到全部单位", len(duty.units) > len(company.clerks), units=len(duty.units))
    page.tabs.setCurrentIndex(RECEIVING)
    player.scene(window, "inspection-received", "督查：各单位接收及时率，超时多的在前")
    player.check("督查看不到任何公文", not office.incoming.list() and not office.tracking.sent())
