"""新建发文 → 盖章 → 发送: without a key, with a wrong PIN, then properly."""

from __future__ import annotations

from gongwen_client.demo.company import Company
from gongwen_client.practice.cast import OTHERS, RECEIVER, SENDER
from gongwen_client.ui.compose.page import ComposePage
from gongwen_client.ui.compose.recipients_dialog import RecipientsDialog
from gongwen_client.ui.sending.outgoing_view import OutgoingView
from gongwen_client.ui.sending.sent_view import SentView
from gongwen_protocol.messages import RecipientRole

COPIES = 3
_WRONG_PIN = "000000"


def play(company: Company) -> bool:
    """False when the rules do not let the document go; the story ends with their words."""
    if not _compose(company):
        return False
    _seal(company)
    _send(company)
    return True


def _compose(company: Company) -> bool:
    """Fill in the form and submit for sealing; False when the rules do not let the document go."""
    player = company.player
    window = company.sender.window
    player.turn_to(window)
    window.documents.compose()
    player.wait(lambda: isinstance(window.view, ComposePage), "新建发文")
    page = company.shown(company.sender, ComposePage)
    page.load_body(company.material.body)
    player.wait(lambda: page.draft.body is not None or page.notice.isVisible(), "读入正文")
    if page.draft.body is None:
        return _refused(company, page.notice.text)
    if company.material.attachments:
        page.add_attachments(list(company.material.attachments))
        player.wait(lambda: len(page.draft.attachments) == len(company.material.attachments), "加附件")
    _fill_in(company, page)
    page.addressees.pick()
    player.wait(lambda: page.addressees.dialog is not None, "选择接收单位")
    dialog = page.addressees.dialog
    assert isinstance(dialog, RecipientsDialog)
    dialog.choose(RECEIVER.code, RecipientRole.MAIN)
    dialog.choose(OTHERS[0].code, RecipientRole.MAIN)
    dialog.choose(OTHERS[2].code, RecipientRole.CC)
    player.scene(window, "recipients", "选择主送、抄送单位；未启用的单位说明原因")
    dialog.take_button.click()
    player.wait(lambda: len(page.draft.recipients) == 3, "选定接收单位")
    office = company.sender.office
    page.addressees.copies.set_copies(RECEIVER.code, COPIES)
    player.wait(lambda: _copies(page) == COPIES, "填写打印份数")
    blocked = [finding for finding in office.drafts.check(page.draft.document_id) if finding.blocking]
    if blocked:
        return _refused(company, blocked[0].sentence)
    player.wait(lambda: page.submit_button.isEnabled(), "检查通过")
    player.wait(lambda: page.preview.is_drawn, "画出正文")
    player.scene(window, "compose", "要素由正文预填，正文、附件、接收单位和份数齐全，检查通过")
    player.check("正文要素预填", bool(page.draft.elements.title), title=page.draft.elements.title)
    page.submit()
    player.wait(lambda: isinstance(window.view, OutgoingView), "提交盖章")
    player.check("草稿转入待盖章", office.duty.counts().awaiting_seal == 1)
    return True


def _refused(company: Company, why: str) -> bool:
    """The rules do not let this document go; the story ends with their words."""
    company.player.scene(company.sender.window, "refused", f"不能发送：{why}")
    company.player.check("本地区规定允许发送", False, why=why)
    return False


def _fill_in(company: Company, page: ComposePage) -> None:
    """A file that names no title of its own gets one, as a clerk would type it."""
    if page.draft.elements.title or page.draft.body is None:
        return
    page.form.title.setText(company.material.body.stem[:60])
    page.save()
    company.player.wait(lambda: bool(page.draft.elements.title), "填写标题")


def _seal(company: Company) -> None:
    """Without a key, with a wrong PIN, then properly."""
    player, desk = company.player, company.sender.desk
    window = company.sender.window
    view = company.shown(company.sender, OutgoingView)
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


def _send(company: Company) -> None:
    player = company.player
    window = company.sender.window
    view = company.shown(company.sender, OutgoingView)
    view.start_sending()
    player.wait(lambda: view.dialog is not None, "发送确认")
    player.scene(window, "send", "发送确认：要素、单位、份数、大小和本地区规定")
    assert view.dialog is not None
    view.dialog.declaration.setChecked(True)  # the circular speaks of secrecy; it was looked through
    view.dialog.send_button.click()
    player.wait(lambda: isinstance(window.view, SentView), "发送")
    player.check("发送后转入已发", len(company.sender.office.tracking.sent()) == 1)


def _copies(page: ComposePage) -> int:
    return next(item.copies for item in page.draft.recipients if item.unit_code == RECEIVER.code)
