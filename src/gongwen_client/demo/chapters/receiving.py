"""到件 → 核验 → 接收 → 打印原件, and the receipts of it at the sender."""

from __future__ import annotations

from typing import Any

from gongwen_client.demo.chapters.sending import COPIES
from gongwen_client.demo.company import Company, report_of
from gongwen_client.domain.rows import IncomingState
from gongwen_client.ui.receive.accept import AcceptPanel
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_client.ui.receive.print_original import PrintDialog
from gongwen_client.ui.sending.sent_view import SentView
from gongwen_protocol.states import DeliveryState


def play(company: Company) -> bool:
    """Whether the document was accepted (one that carried a broken seal before ours may not be)."""
    if not _receive(company):
        return False
    _accept(company)
    _print(company)
    _see_receipt(company)
    return True


def _receive(company: Company) -> bool:
    """Whether the document may be accepted (one that carried a broken seal before ours may not)."""
    player, office = company.player, company.receiver.office
    window = company.receiver.window
    player.turn_to(window)
    player.wait(lambda: window.toast.isVisible() or window.attendance.notifier.has_tray, "收文提醒")
    window.open_page("pending")
    player.wait(lambda: window.list_page("pending").table.model().rowCount() > 0, "待收列表")
    player.scene(window, "notice", "新公文到达：右下角或窗口内提醒，待收列表加粗")
    window.attendance.attend()
    player.wait(lambda: office.duty.state().last_attended_check is not None, "人工查收")
    player.check("人工查收由交换中心记时", True, at=str(office.duty.state().last_attended_check))
    view = company.open_newest()
    player.scene(window, "verified", "公文与印章，核验结论在版面之外")
    report = report_of(view)
    ours = report["signatures"][-1]
    _show_stamp(company, view, ours["stamps"][0])
    player.scene(window, "seal-on-page", "印章由签名结构绘出，盖在成文日期上")
    player.check(
        "本单位印章按真实签名、证书链和覆盖范围核验有效",
        ours["verdict"] in ("valid", "warning") and not ours["changed"] and not ours["uncovered"],
        seal=ours["seal"]["name"],
        verdict=ours["verdict"],
        whole_document=report["verdict"],
    )
    return bool(report["verdict"] != "invalid")


def _show_stamp(company: Company, view: IncomingView, stamp: dict[str, Any]) -> None:
    _left, top, _width, height = stamp["boundary"]
    view.reader.pages.centre_on(stamp["page"] - 1, top + height / 2)
    company.player.wait(lambda: view.reader.pages.is_drawn, "画出盖章页")


def _accept(company: Company) -> None:
    player = company.player
    window = company.receiver.window
    view = company.shown(company.receiver, IncomingView)
    view.open_accept()
    dialog = view.dialog
    assert isinstance(dialog, AcceptPanel)
    player.scene(window, "accept", "核验正文、附件、印章、版式后接收（管理办法第十条）")
    dialog.accept_button.click()
    player.wait(lambda: view.row.state is IncomingState.RECEIVED and not view.row.pending, "接收")
    player.check("接收", view.row.received_at is not None, at=str(view.row.received_at))


def _print(company: Company) -> None:
    player, office = company.player, company.receiver.office
    window = company.receiver.window
    view = company.shown(company.receiver, IncomingView)
    player.wait(lambda: view.print_button.isEnabled() and view.print_button.isVisible(), "可以打印")
    view.open_print()
    player.wait(lambda: isinstance(view.dialog, PrintDialog), "打印原件")
    dialog = view.dialog
    assert isinstance(dialog, PrintDialog)
    dialog.count.setValue(1)
    player.scene(window, "print", "打印原件：剩余份数、份号、百分之百原大")
    dialog.print_button.click()
    delivery = view.row.delivery_id
    player.wait(lambda: office.printing.remaining(delivery) == COPIES - 1, "打印第 1 份")
    player.wait(lambda: not dialog.print_button.isVisible(), "打印结果")
    player.rest(0.3)
    player.scene(window, "printed", "第 1 份已打印，剩余份数由交换中心记账")
    folder = company.stage.home / "printed" / company.stage.receiver.unit.short_name
    company.printed = sorted(folder.rglob("*.pdf"))
    ticket = office.printing.tickets(delivery)[0]
    player.check(
        "按号打印原件",
        bool(company.printed) and ticket.copy_number == 1,
        copy=f"份号 {ticket.copy_number}（本单位共 {ticket.copies} 份）",
        state=ticket.state.value,
    )
    dialog.reject()


def _see_receipt(company: Company) -> None:
    player, tracking = company.player, company.sender.office.tracking
    window = company.sender.window
    document = company.sender.office.tracking.sent()[-1].document_id
    player.turn_to(window)

    def received() -> bool:
        return any(row.state is DeliveryState.RECEIVED for row in tracking.board(document))

    player.wait(received, "发文单位得知已接收")
    window.open_page("sent")
    player.wait(lambda: window.list_page("sent").table.model().rowCount() > 0, "已发列表")
    player.scene(window, "sent-list", "已发公文：接收情况 x/n")
    window.list_page("sent").table.selectRow(0)
    window.list_page("sent").open_chosen()
    player.wait(lambda: isinstance(window.view, SentView), "打开已发公文")
    view = company.shown(company.sender, SentView)
    player.wait(
        lambda: any(row.receipt.receipt.event.value == "printed" for row in view.receipts), "收到打印回执"
    )
    view.panel.show_tab(1)
    player.wait(lambda: view.reader.pages.is_drawn, "画出已发公文")
    player.scene(window, "receipts", "每一步都有交换中心签名的回执，带时间")
    receipts = tracking.receipts(document)
    player.check(
        "签名回执全部核对有效",
        bool(receipts) and all(row.verified for row in receipts),
        events=[
            f"{row.receipt.receipt.event.value} {row.receipt.receipt.at.isoformat()}" for row in receipts
        ],
    )
