"""The exchange really stops: work goes on here, a notice is verified here, and later all arrives once."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QLabel

from gongwen_client.demo.company import Clerk, Company
from gongwen_client.demo.letters import DUTY
from gongwen_client.domain.rows import Connection, IncomingState
from gongwen_client.ui.notices.page import NoticesPage
from gongwen_client.ui.receive.accept import AcceptPanel
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_protocol.announcements import SUFFIX
from gongwen_protocol.messages import ReceiptEvent
from gongwen_protocol.states import DocumentState

_TITLE = "交换中心机房检修停机通知"
_TEXT = "因机房供电线路检修，交换中心需要停机。停机前后盖章发送的公文不会丢失，恢复后自动送达。"


def play(company: Company) -> None:
    """Begins with a document open at the receiver that is not decided yet."""
    key = company.stage.home / "notice-key"
    company.stage.exchange.delegate_notices(key)
    company.stage.exchange.stop()
    for clerk in (company.sender, company.receiver):
        _wait_for(company, clerk, Connection.OFFLINE)
    accepted = _accept_offline(company)
    file = _read_notice(company, key)
    sent = _send_offline(company)
    company.stage.exchange.start()
    company.stage.exchange.end_outage(file)
    for clerk in (company.sender, company.receiver):
        clerk.office.duty.poll_now()
        _wait_for(company, clerk, Connection.ONLINE)
    _all_arrived_once(company, accepted, sent)


def _wait_for(company: Company, clerk: Clerk, connection: Connection) -> None:
    duty = clerk.office.duty
    company.player.wait(lambda: duty.state().connection is connection, f"联络状态变为 {connection.value}")


def _accept_offline(company: Company) -> str:
    """接收 without the exchange: the wish is kept. Returns the document's id."""
    player, window = company.player, company.receiver.window
    view = company.shown(company.receiver, IncomingView)
    view.open_accept()
    dialog = view.dialog
    assert isinstance(dialog, AcceptPanel)
    dialog.accept_button.click()
    player.wait(lambda: view.standing is not None and bool(view.standing.waiting), "离线接收")
    player.turn_to(window)
    player.scene(window, "offline-accept", "交换中心停机：已下载的公文照常阅读、核验、接收，联网后自动送出")
    player.check("停机时接收不丢失，只说明一次", bool(view.row.pending) and not view.wishes.texts)
    return view.row.document_id


def _read_notice(company: Company, key: Path) -> Path:
    """A notice that came by e-mail or USB stick; its file."""
    player, window = company.player, company.receiver.window
    file = company.stage.home / f"停机通知{SUFFIX}"
    company.stage.exchange.sign_outage(key, _TITLE, _TEXT, file)
    window.open_page("notices")
    page = window.pages["notices"]
    assert isinstance(page, NoticesPage)
    page.board.open_file(file)
    player.wait(lambda: "已由本机核实" in page.board.notice.text, "核实停机通知")

    def is_shown() -> bool:
        title = page.board.detail.findChild(QLabel, "notice_title")
        return isinstance(title, QLabel) and _TITLE in title.text()

    player.wait(is_shown, "显示停机通知")
    player.scene(window, "outage-notice", "停机通知文件由本机核实签名，不需要联网（管理办法第十三条）")
    player.check("停机通知由本机核实", "签名正确" in page.board.notice.text)
    return file


def _send_offline(company: Company) -> str:
    """盖章 and 发送 without the exchange. Returns the document's id."""
    player, window, office = company.player, company.sender.window, company.sender.office
    document = company.hand_in(DUTY)
    window.open_page("ready")
    window.documents.open_draft(office.drafts.get(document))
    view = window.view
    player.wait(
        lambda: window.view is view and office.duty.state().connection is not Connection.ONLINE, "离线"
    )
    player.rest(0.6)
    player.turn_to(window)
    player.scene(window, "offline-send", "停机时照常盖章、发送：公文留在本机“发送中”，恢复后自动送达")
    player.check("停机时发送不丢失", office.drafts.get(document).state is DocumentState.SENDING)
    return document


def _all_arrived_once(company: Company, accepted: str, sent: str) -> None:
    player = company.player
    player.wait(lambda: company.is_sent(sent), "恢复后送达")
    delivery = company.delivery_of(accepted).delivery_id
    incoming, tracking = company.receiver.office.incoming, company.sender.office.tracking

    def received() -> bool:
        row = incoming.get(delivery)
        return row.state is IncomingState.RECEIVED and not row.pending

    player.wait(received, "恢复后接收")
    company.delivery_of(sent)

    def receipts() -> int:
        found = [row.receipt.receipt for row in tracking.receipts(accepted)]
        return len([one for one in found if one.event is ReceiptEvent.RECEIVED])

    player.wait(lambda: receipts() > 0, "接收回执到达发文单位")
    window = company.receiver.window
    company.open_newest()
    player.wait(lambda: "恢复通知" in window.notices.strip.text, "恢复通知到达")
    player.scene(window, "after-outage", "恢复运行：恢复通知到达，停机时发出的公文送达，只有一份")
    deliveries = [row for row in incoming.list() if row.document_id == sent]
    documents = [row for row in tracking.sent() if row.document_id == sent]
    player.check(
        "恢复后全部送达且只有一次",
        len(deliveries) == len(documents) == receipts() == 1,
        deliveries=len(deliveries),
        documents=len(documents),
        receipts_of_acceptance=receipts(),
    )
