"""The end of the day: register books, a handover sheet, the statistics."""

from __future__ import annotations

from gongwen_client.demo.company import Clerk, Company
from gongwen_client.practice.cast import RECEIVER, SUCCESSOR, SUCCESSOR_INITIAL, SUCCESSOR_PASSWORD
from gongwen_client.practice.passwords import replace_password
from gongwen_client.ui.handover.dialog import AFTER, TAKE
from gongwen_client.ui.handover.page import HandoverPage
from gongwen_client.ui.registers.book_page import BookPage
from gongwen_client.ui.statistics.page import StatisticsPage


def play(company: Company) -> None:
    """The books fill themselves; the clerk hands over."""
    _book(company, company.receiver, "receive_register", "收文登记簿：由接收自动登记，办理情况可以补记")
    _book(company, company.sender, "send_register", "发文登记簿：发送即登记，份数、单位和签收情况一目了然")
    _hand_over(company)
    _statistics(company)


def _book(company: Company, clerk: Clerk, name: str, told: str) -> None:
    player, window = company.player, clerk.window
    player.turn_to(window)
    window.open_page(name)
    page = window.pages[name]
    assert isinstance(page, BookPage)
    player.wait(lambda: bool(page.table.rows.rows), "登记簿")
    player.scene(window, name.replace("_", "-"), told)
    player.check("登记簿自动登记", bool(page.table.rows.rows), book=name, entries=len(page.table.rows.rows))


def _hand_over(company: Company) -> None:
    player, window = company.player, company.receiver.window
    replace_password(company.url, RECEIVER, SUCCESSOR, SUCCESSOR_INITIAL, SUCCESSOR_PASSWORD)
    player.turn_to(window)
    window.open_page("handover")
    page = window.pages["handover"]
    assert isinstance(page, HandoverPage)
    page.new_button.click()
    player.wait(lambda: page.dialog is not None, "交接清单")
    dialog = page.dialog
    assert dialog is not None
    dialog.from_password.setText(RECEIVER.password)
    dialog.remark.setText("监交人：办公室主任")
    player.scene(window, "handover", "交接清单：未办公文、秘钥盘、打印余份逐项列出，移交人确认")
    dialog.act.click()
    player.wait(lambda: dialog.step == TAKE, "移交人确认")
    dialog.account.setText(SUCCESSOR)
    dialog.to_password.setText(SUCCESSOR_PASSWORD)
    player.wait(dialog.act.isEnabled, "接收人填写")
    dialog.act.click()
    player.wait(lambda: dialog.step == AFTER, "接收人确认")
    player.scene(window, "handed-over", "双方各用自己的账号确认，清单不能再改，可打印签字存档")
    player.check("交接由双方确认", dialog.handover is not None and dialog.handover.complete)
    dialog.reject()


def _statistics(company: Company) -> None:
    player, window = company.player, company.sender.window
    player.turn_to(window)
    window.open_page("statistics")
    page = window.pages["statistics"]
    assert isinstance(page, StatisticsPage)
    player.wait(lambda: page.found is not None, "统计")
    player.scene(window, "statistics", "值守热力图：启用以来每个半日有没有人工查收（管理办法第十一条）")
    assert page.found is not None
    player.check("统计由交换中心提供", bool(page.found[0].units), units=len(page.found[0].units))
