"""More originals are asked for and granted; a copy without seal is taken (脱密下载)."""

from __future__ import annotations

from gongwen_client.demo.chapters.sending import COPIES
from gongwen_client.demo.company import Company
from gongwen_client.ui.copying.download import CopyDialog
from gongwen_client.ui.receive.asking import AskDialog
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_client.ui.tracking.answering import GrantDialog
from gongwen_client.ui.tracking.requests_page import RequestsPage

_MORE = 2
_PRINT_RECORDS = 2


def play(company: Company) -> None:
    """At the accepted document, which is still open."""
    _ask(company)
    _grant(company)
    _see_more(company)
    _take_copy(company)


def _ask(company: Company) -> None:
    player, window = company.player, company.receiver.window
    view = company.shown(company.receiver, IncomingView)
    player.turn_to(window)
    player.wait(lambda: view.standing is not None, "取得本公文的办理情况")
    view.acts_of.ask(copies=True)
    dialog = view.acts_of.dialogs[-1]
    assert isinstance(dialog, AskDialog)
    assert dialog.act_button is not None
    dialog.count.setValue(_MORE)
    dialog.reason.setPlainText("会议需要纸质件，核定份数不够。")
    player.scene(window, "ask-copies", "申请追加打印份数：写明原因，由发文单位答复")
    dialog.act_button.click()
    player.wait(lambda: view.standing is not None and bool(view.standing.open_request), "申请送交")


def _grant(company: Company) -> None:
    player, window, office = company.player, company.sender.window, company.sender.office
    player.turn_to(window)
    player.wait(lambda: bool(office.boards.open_requests()), "发文单位看到申请")
    window.open_page("requests")
    page = window.pages["requests"]
    assert isinstance(page, RequestsPage)
    asked = office.boards.open_requests()[0].request
    player.wait(lambda: page.table.choose(asked.request_id), "待答复申请")
    player.scene(window, "requests", "待答复申请：接收单位、份数和原因")
    page.grant_button.click()
    dialog = page.dialog
    assert isinstance(dialog, GrantDialog)
    assert dialog.act_button is not None
    player.scene(window, "grant-copies", "同意追加：新的份号接着已有的份号")
    dialog.act_button.click()
    player.wait(lambda: not office.boards.open_requests(), "答复申请")


def _see_more(company: Company) -> None:
    player, window, office = company.player, company.receiver.window, company.receiver.office
    view = company.shown(company.receiver, IncomingView)
    delivery = view.row.delivery_id
    player.turn_to(window)
    player.wait(lambda: office.incoming.get(delivery).copies == COPIES + _MORE, "追加的份数到达")
    view.refresh()
    view.reader.tabs.setCurrentIndex(_PRINT_RECORDS)
    player.wait(lambda: f"共 {COPIES + _MORE} 份" in view.tickets.left.text(), "打印记录")
    player.scene(window, "more-copies", "打印记录：每一份的份号、状态和打印人；剩余份数已增加")
    left = office.printing.remaining(delivery)
    player.check("追加打印份数经发文单位同意", left == COPIES + _MORE - 1, remaining=left, granted=_MORE)
    view.reader.tabs.setCurrentIndex(0)


def _take_copy(company: Company) -> None:
    player, window, office = company.player, company.receiver.window, company.receiver.office
    view = company.shown(company.receiver, IncomingView)
    player.wait(lambda: view.copy_button.isVisible() and view.copy_button.isEnabled(), "可以下载副本")
    view.copy_button.click()
    player.wait(lambda: isinstance(view.dialog, CopyDialog), "下载副本")
    dialog = view.dialog
    assert isinstance(dialog, CopyDialog)
    dialog.purpose.setCurrentIndex(0)
    player.wait(lambda: not dialog.picture.pixmap().isNull(), "预览副本")
    player.scene(window, "copy", "脱密下载副本：填写用途，带“副本”水印、不带电子签章")
    folder = company.stage.home / "副本"
    folder.mkdir()
    dialog.save_to(folder)
    player.wait(lambda: bool(dialog.saved), "保存副本")
    player.scene(window, "copy-saved", "副本已保存，交换中心已登记用途")
    taken = office.printing.copies_taken(view.row.delivery_id)
    player.check(
        "副本由交换中心登记",
        bool(taken) and all(path.is_file() for path in dialog.saved),
        files=len(dialog.saved),
    )
    dialog.reject()
