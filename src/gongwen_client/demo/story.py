"""The main job, told through the real windows: from seal to sealed print, and back as a return."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtWidgets import QWidget

from gongwen_client.demo.player import Player
from gongwen_client.domain.lists import WAITING
from gongwen_client.domain.rows import IncomingRow, IncomingState, ReceiptRow, SentRow
from gongwen_client.practice import forger
from gongwen_client.practice.cast import ACCOUNT, OTHERS, RECEIVER, SENDER, DemoUnit
from gongwen_client.practice.material import Material
from gongwen_client.practice.stage import Desk, Stage
from gongwen_client.services.office import Office
from gongwen_client.ui.compose.page import ComposePage
from gongwen_client.ui.login.window import LoginWindow
from gongwen_client.ui.receive.accept import AcceptPanel
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_client.ui.receive.print_original import PrintDialog
from gongwen_client.ui.receive.return_document import ReturnDialog
from gongwen_client.ui.sending.outgoing_view import OutgoingView
from gongwen_client.ui.sending.sent_view import SentView
from gongwen_client.ui.shell.window import MainWindow
from gongwen_protocol.messages import RecipientRole, ReturnReason
from gongwen_protocol.states import DeliveryState

_COPIES = 3
_WRONG_PIN = "000000"
_View = TypeVar("_View", bound=QWidget)


class Story:
    """Plays both clerks. ``windows`` stay open at the end."""

    def __init__(self, stage: Stage, server_url: str, material: Material, player: Player) -> None:
        self._stage = stage
        self._url = server_url
        self._material = material
        self._player = player
        self.offices: list[Office] = []
        self.windows: list[MainWindow] = []
        self.printed: list[Path] = []

    def play(self) -> None:
        """The whole story. Raises KnownError("demo.stuck") where it cannot go on."""
        sender = self._arrive(self._stage.sender)
        receiver = self._arrive(self._stage.receiver)
        if not self._compose(sender):
            return
        self._seal(sender)
        self._send(sender)
        if self._receive(receiver):
            self._accept(receiver)
            self._print(receiver)
            self._see_receipt(sender)
        self._receive_forgery(receiver)
        self._return(receiver)
        self._see_return(sender)

    # -- both -------------------------------------------------------------------------------------------

    def _arrive(self, desk: Desk) -> MainWindow:
        """Log in for the first time: the initial password must be replaced."""
        player, unit = self._player, desk.unit
        office = self._stage.office(desk, self._url)
        self.offices.append(office)
        office.start()
        login = LoginWindow(office, unit.code, ACCOUNT)
        login.show()
        first = unit is SENDER
        if first:
            self._mistype(login, unit)
        login.fill(unit.code, ACCOUNT, unit.initial_password)
        login.log_in()
        player.wait(lambda: login.password_form.isVisible(), f"{unit.short_name}首次登录")
        login.password_form.fill(unit.password)
        if first:
            player.scene(login, "first-login", "首次登录必须更换初始密码（管理办法第二十条）")
        login.password_form.change()
        player.wait(lambda: _usable(office), f"{unit.short_name}更换密码")
        player.check("首次登录强制更换密码", _usable(office), unit=unit.name)
        login.close()
        window = MainWindow(office)
        window.show()
        self.windows.append(window)
        player.wait(lambda: bool(office.directory.units()), "取得通讯录")
        return window

    def _mistype(self, login: LoginWindow, unit: DemoUnit) -> None:
        login.fill(unit.code, ACCOUNT, "wrong-password")
        login.log_in()
        self._player.wait(lambda: login.problem.isVisible(), "密码错误的提示")
        self._player.scene(login, "wrong-password", "密码不正确：说明原因和下一步，单位和账号保留")

    # -- sender -----------------------------------------------------------------------------------------

    def _compose(self, window: MainWindow) -> bool:
        """Fill in the form and submit for sealing; False when the rules do not let the document go."""
        player = self._player
        player.turn_to(window)
        player.scene(window, "home", "发文单位的主窗口：等待处理的公文、秘钥盘状态、查收记录")
        window.compose()
        player.wait(lambda: isinstance(window.view, ComposePage), "新建发文")
        page = _view(window, ComposePage)
        page.load_body(self._material.body)
        player.wait(lambda: page.draft.body is not None or page.notice.isVisible(), "读入正文")
        if page.draft.body is None:
            return self._refused(window, page.notice.text)
        if self._material.attachments:
            page.add_attachments(list(self._material.attachments))
            player.wait(lambda: len(page.draft.attachments) == len(self._material.attachments), "加附件")
        self._fill_in(page)
        page.pick_recipients()
        player.wait(lambda: page.recipients_dialog is not None, "选择接收单位")
        dialog = page.recipients_dialog
        assert dialog is not None
        dialog.choose(RECEIVER.code, RecipientRole.MAIN)
        dialog.choose(OTHERS[0].code, RecipientRole.MAIN)
        dialog.choose(OTHERS[2].code, RecipientRole.CC)
        player.scene(window, "recipients", "选择主送、抄送单位；未启用的单位说明原因")
        dialog.take_button.click()
        player.wait(lambda: len(page.draft.recipients) == 3, "选定接收单位")
        office = self.offices[0]
        page.copies.set_copies(RECEIVER.code, _COPIES)
        player.wait(lambda: _copies(page) == _COPIES, "填写打印份数")
        blocked = [finding for finding in office.drafts.check(page.draft.document_id) if finding.blocking]
        if blocked:
            return self._refused(window, blocked[0].sentence)
        player.wait(lambda: page.submit_button.isEnabled(), "检查通过")
        player.wait(lambda: page.preview.is_drawn, "画出正文")
        player.scene(window, "compose", "要素由正文预填，正文、附件、接收单位和份数齐全，检查通过")
        player.check("正文要素预填", bool(page.draft.elements.title), title=page.draft.elements.title)
        page.submit()
        player.wait(lambda: isinstance(window.view, OutgoingView), "提交盖章")
        player.check("草稿转入待盖章", office.duty.counts().awaiting_seal == 1)
        return True

    def _refused(self, window: MainWindow, why: str) -> bool:
        """The rules do not let this document go; the story ends with their words."""
        self._player.scene(window, "refused", f"不能发送：{why}")
        self._player.check("本地区规定允许发送", False, why=why)
        return False

    def _fill_in(self, page: ComposePage) -> None:
        """A file that names no title of its own gets one, as a clerk would type it."""
        if page.draft.elements.title or page.draft.body is None:
            return
        page.form.title.setText(self._material.body.stem[:60])
        page.save()
        self._player.wait(lambda: bool(page.draft.elements.title), "填写标题")

    def _seal(self, window: MainWindow) -> None:
        """Without a key, with a wrong PIN, then properly."""
        player, desk = self._player, self._stage.sender
        view = _view(window, OutgoingView)
        player.wait(lambda: view.reader.pages.is_drawn, "画出待盖章公文")
        view.start_sealing()
        flow = view.seal_flow
        assert flow is not None
        player.wait(lambda: flow.dialog is not None and flow.dialog.problem.isVisible(), "提示没有秘钥盘")
        player.scene(window, "no-key", "没有插入秘钥盘：不能盖章，说明怎么做")
        desk.plug_in()
        dialog = flow.dialog
        assert dialog is not None
        player.wait(lambda: dialog.key is not None, "发现插入的秘钥盘")
        player.wait(lambda: dialog.seal_button.isEnabled(), "找到盖章位置")
        player.wait(lambda: dialog.view.is_drawn, "画出盖章预览")
        player.scene(window, "seal", "用印确认：印章下压成文日期，可拖动；说明用印后果")
        dialog.seal_button.click()
        player.wait(lambda: flow.pin_dialog is not None, "要求输入口令")
        pin = flow.pin_dialog
        assert pin is not None
        player.scene(window, "pin", "每次盖章都要输入口令，不保存")
        pin.enter(_WRONG_PIN)
        player.wait(lambda: pin.problem.isVisible(), "口令错误的提示")
        player.scene(window, "wrong-pin", "口令不正确：公文未盖章，说明剩余次数")
        player.check("口令错误时没有盖章", not view.draft.seals)
        pin.enter(SENDER.pin)
        player.wait(lambda: bool(view.draft.seals), "盖章")
        player.wait(lambda: view.reader.pages.is_drawn, "画出盖章后的公文")
        player.scene(window, "sealed", "已盖章，转入待发")
        player.check("盖章（SM2/SM3，GB/T 38540）", len(view.draft.seals) == 1)

    def _send(self, window: MainWindow) -> None:
        player = self._player
        view = _view(window, OutgoingView)
        view.start_sending()
        player.wait(lambda: view.dialog is not None, "发送确认")
        player.scene(window, "send", "发送确认：要素、单位、份数、大小和本地区规定")
        assert view.dialog is not None
        view.dialog.declaration.setChecked(True)  # the circular speaks of secrecy; it was looked through
        view.dialog.send_button.click()
        player.wait(lambda: isinstance(window.view, SentView), "发送")
        player.check("发送后转入已发", len(self.offices[0].tracking.sent()) == 1)

    def _sent(self) -> SentRow:
        return self.offices[0].tracking.sent()[-1]

    def _see_receipt(self, window: MainWindow) -> None:
        player, tracking = self._player, self.offices[0].tracking
        document = self._sent().document_id
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
        view = _view(window, SentView)
        player.wait(lambda: any(_event(row) == "printed" for row in view.receipts), "收到打印回执")
        view.panel.show_tab(1)
        player.wait(lambda: view.reader.pages.is_drawn, "画出已发公文")
        player.scene(window, "receipts", "每一步都有交换中心签名的回执，带时间")
        receipts = tracking.receipts(document)
        player.check(
            "签名回执全部核对有效",
            bool(receipts) and all(row.verified for row in receipts),
            events=[f"{_event(row)} {row.receipt.receipt.at.isoformat()}" for row in receipts],
        )

    def _see_return(self, window: MainWindow) -> None:
        player, tracking = self._player, self.offices[0].tracking
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

    # -- receiver ---------------------------------------------------------------------------------------

    def _receive(self, window: MainWindow) -> bool:
        """Whether the document may be accepted (one that carried a broken seal before ours may not)."""
        player, office = self._player, self.offices[1]
        player.turn_to(window)
        player.wait(lambda: window.toast.isVisible() or window.notifier.has_tray, "收文提醒")
        window.open_page("pending")
        player.wait(lambda: window.list_page("pending").table.model().rowCount() > 0, "待收列表")
        player.scene(window, "notice", "新公文到达：右下角或窗口内提醒，待收列表加粗")
        window.attend()
        player.wait(lambda: office.duty.state().last_attended_check is not None, "人工查收")
        player.check("人工查收由交换中心记时", True, at=str(office.duty.state().last_attended_check))
        view = self._open_pending(window)
        player.scene(window, "verified", "公文与印章，核验结论在版面之外")
        report = _report(view)
        ours = report["signatures"][-1]
        self._show_stamp(view, ours["stamps"][0])
        player.scene(window, "seal-on-page", "印章由签名结构绘出，盖在成文日期上")
        player.check(
            "本单位印章按真实签名、证书链和覆盖范围核验有效",
            ours["verdict"] in ("valid", "warning") and not ours["changed"] and not ours["uncovered"],
            seal=ours["seal"]["name"],
            verdict=ours["verdict"],
            whole_document=report["verdict"],
        )
        return bool(report["verdict"] != "invalid")

    def _show_stamp(self, view: IncomingView, stamp: dict[str, Any]) -> None:
        _left, top, _width, height = stamp["boundary"]
        view.reader.pages.centre_on(stamp["page"] - 1, top + height / 2)
        self._player.wait(lambda: view.reader.pages.is_drawn, "画出盖章页")

    def _undecided(self) -> list[IncomingRow]:
        """Documents that the receiving clerk has neither accepted nor returned."""
        return self.offices[1].incoming.list(WAITING)

    def _open_pending(self, window: MainWindow) -> IncomingView:
        player = self._player
        window.open_page("pending")
        page = window.list_page("pending")
        player.wait(lambda: bool(self._undecided()), "待收公文")
        newest = max(self._undecided(), key=lambda row: row.sent_at)
        player.wait(lambda: page.table.choose(newest.delivery_id), "待收列表")
        page.open_chosen()
        player.wait(lambda: isinstance(window.view, IncomingView), "打开公文")
        view = _view(window, IncomingView)
        player.wait(lambda: view.verification is not None, "核验")
        player.wait(lambda: view.reader.pages.is_drawn, "画出公文")
        view.panel.show_tab(1)
        return view

    def _accept(self, window: MainWindow) -> None:
        player = self._player
        view = _view(window, IncomingView)
        view.open_accept()
        dialog = view.dialog
        assert isinstance(dialog, AcceptPanel)
        player.scene(window, "accept", "核验正文、附件、印章、版式后接收（管理办法第十条）")
        dialog.accept_button.click()
        player.wait(lambda: view.row.state is IncomingState.RECEIVED and not view.row.pending, "接收")
        player.check("接收", view.row.received_at is not None, at=str(view.row.received_at))

    def _print(self, window: MainWindow) -> None:
        player, office = self._player, self.offices[1]
        view = _view(window, IncomingView)
        player.wait(lambda: view.print_button.isEnabled() and view.print_button.isVisible(), "可以打印")
        view.open_print()
        player.wait(lambda: isinstance(view.dialog, PrintDialog), "打印原件")
        dialog = view.dialog
        assert isinstance(dialog, PrintDialog)
        dialog.count.setValue(1)
        player.scene(window, "print", "打印原件：剩余份数、份号、百分之百原大")
        dialog.print_button.click()
        delivery = view.row.delivery_id
        player.wait(lambda: office.printing.remaining(delivery) == _COPIES - 1, "打印第 1 份")
        player.wait(lambda: not dialog.print_button.isVisible(), "打印结果")
        player.rest(0.3)
        player.scene(window, "printed", "第 1 份已打印，剩余份数由交换中心记账")
        folder = self._stage.home / "printed" / self._stage.receiver.unit.short_name
        self.printed = sorted(folder.rglob("*.pdf"))
        ticket = office.printing.tickets(delivery)[0]
        player.check(
            "按号打印原件",
            bool(self.printed) and ticket.copy_number == 1,
            copy=f"份号 {ticket.copy_number}（共 {ticket.copies} 份）",
            state=ticket.state.value,
        )
        dialog.reject()

    def _receive_forgery(self, receiver: MainWindow) -> None:
        """A copy with two characters exchanged arrives: 无效, and what changed has a name."""
        player, office = self._player, self.offices[0]
        row = self._sent()
        original = office.tracking.sent_files(row.document_id).body.path
        altered = self._stage.home / "altered.ofd"
        part = forger.alter(original, altered)
        draft = office.drafts.get(row.document_id)
        seals = [mark.fact for mark in draft.seals]
        player.turn_to(receiver)
        receiver.open_page("pending")
        before = len(self._undecided())
        forger.hand_in(self._url, SENDER, RECEIVER, altered, row.elements, seals)
        player.wait(lambda: len(self._undecided()) > before, "被改动的副本到达")
        view = self._open_pending(receiver)
        report = _report(view)
        player.scene(receiver, "tampered", "被改动的副本：无效，并指出改动的部分")
        player.check(
            "被改动的副本判为无效并指出改动处",
            report["verdict"] == "invalid" and part in str(report["changed"]),
            verdict=report["verdict"],
            altered=part,
            changed=report["changed"],
        )

    def _return(self, window: MainWindow) -> None:
        player = self._player
        view = _view(window, IncomingView)
        view.open_return()
        dialog = view.dialog
        assert isinstance(dialog, ReturnDialog)
        dialog.choose(ReturnReason.BODY_FAULT, "正文与签章不一致，请核对后重新发送。")
        player.scene(window, "return", "退文：选择原因，附言可填")
        dialog.return_button.click()
        player.wait(lambda: view.row.state is IncomingState.RETURNED and not view.row.pending, "退文")
        player.check("退文", view.row.returned_at is not None)


def _usable(office: Office) -> bool:
    grant = office.login.session
    return grant is not None and not grant.must_change_password


def _view(window: MainWindow, kind: type[_View]) -> _View:
    view = window.view
    assert isinstance(view, kind), f"{kind.__name__} is not open"
    return view


def _copies(page: ComposePage) -> int:
    return next(item.copies for item in page.draft.recipients if item.unit_code == RECEIVER.code)


def _report(view: IncomingView) -> dict[str, Any]:
    assert view.verification is not None
    return view.verification.report


def _event(row: ReceiptRow) -> str:
    return row.receipt.receipt.event.value
