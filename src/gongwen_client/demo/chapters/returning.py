"""A copy that somebody altered arrives: 无效, and what changed has a name; it is returned (退文)."""

from __future__ import annotations

from gongwen_client.demo.company import Company, report_of
from gongwen_client.domain.rows import IncomingState
from gongwen_client.practice import forger
from gongwen_client.practice.cast import RECEIVER, SENDER
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_client.ui.receive.return_document import ReturnDialog
from gongwen_protocol.messages import ReturnReason


def play(company: Company) -> None:
    """Handed in past the client's own checks, as only a dishonest sender could."""
    view = _receive_forgery(company)
    return_it(company, view, ReturnReason.BODY_FAULT, "正文与签章不一致，请核对后重新发送。", "return")
    _see_return(company)


def _receive_forgery(company: Company) -> IncomingView:
    player, office, receiver = company.player, company.sender.office, company.receiver.window
    row = office.tracking.sent()[-1]
    original = office.tracking.sent_files(row.document_id).body.path
    altered = company.stage.home / "altered.ofd"
    part = forger.alter(original, altered)
    seals = [mark.fact for mark in office.drafts.get(row.document_id).seals]
    player.turn_to(receiver)
    receiver.open_page("pending")
    before = len(company.undecided())
    forger.hand_in(company.url, SENDER, RECEIVER, altered, row.elements, seals)
    player.wait(lambda: len(company.undecided()) > before, "被改动的副本到达")
    view = company.open_newest()
    report = report_of(view)
    player.scene(receiver, "tampered", "被改动的副本：无效，并指出改动的部分")
    player.check(
        "被改动的副本判为无效并指出改动处",
        report["verdict"] == "invalid" and part in str(report["changed"]),
        verdict=report["verdict"],
        altered=part,
        changed=report["changed"],
    )
    return view


def return_it(company: Company, view: IncomingView, reason: ReturnReason, note: str, name: str) -> None:
    """退文 of the open document; ``name`` is the scene's."""
    player = company.player
    view.open_return()
    dialog = view.dialog
    assert isinstance(dialog, ReturnDialog)
    dialog.choose(reason, note)
    player.scene(
        company.receiver.window, name, "退文：选择原因，附言可填，发文单位立即看到（管理办法第十条）"
    )
    dialog.return_button.click()
    player.wait(lambda: view.row.state is IncomingState.RETURNED and not view.row.pending, "退文")
    player.check("退文", view.row.returned_at is not None, note=note)


def _see_return(company: Company) -> None:
    player, window, tracking = company.player, company.sender.window, company.sender.office.tracking
    player.wait(lambda: bool(tracking.returned()), "发文单位收到退文")
    player.turn_to(window)
    window.open_page("returned_to_us")
    player.wait(lambda: window.list_page("returned_to_us").table.model().rowCount() > 0, "退文列表")
    player.scene(window, "returned", "退文及其原因到达发文单位")
    _row, line = tracking.returned()[0]
    player.check(
        "退文原因到达发文单位",
        line.return_reason == ReturnReason.BODY_FAULT.value,
        reason=line.return_reason,
        note=line.return_note,
    )
