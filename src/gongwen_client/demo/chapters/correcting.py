"""A document with a mistake is returned (退文); its sender corrects it (更正)."""

from __future__ import annotations

from gongwen_client.demo.chapters.returning import return_it
from gongwen_client.demo.company import Company
from gongwen_client.demo.letters import REPORT, REPORT_CORRECTED
from gongwen_client.ui.compose.page import ComposePage
from gongwen_client.ui.sending.outgoing_view import OutgoingView
from gongwen_client.ui.tracking.correcting import CorrectDialog
from gongwen_protocol.messages import ReturnReason

_EDUCATION = 0


def play(company: Company) -> None:
    """The correction stays open at the receiver, not yet decided."""
    wrong = company.post(REPORT, (_EDUCATION,))
    company.delivery_of(wrong)
    view = company.open_newest()
    note = "报送时限与年度考核安排不一致，请核实后更正。"
    return_it(company, view, ReturnReason.OTHER, note, "return-for-correction")
    _correct(company, wrong)
    _receive_correction(company, wrong)


def _correct(company: Company, wrong: str) -> None:
    player, window, tracking = company.player, company.sender.window, company.sender.office.tracking
    player.wait(lambda: any(line.return_note for line in tracking.board(wrong)), "发文单位收到退文")
    view = company.open_sent(wrong)
    view.acts_of.correct()
    dialog = view.acts_of.dialogs[-1]
    assert isinstance(dialog, CorrectDialog)
    assert dialog.act_button is not None
    player.scene(window, "correct", "更正：要素和接收单位照抄，发出后原公文在未接收单位处失效")
    dialog.act_button.click()
    player.wait(lambda: isinstance(window.view, ComposePage), "更正公文的草稿")
    page = company.shown(company.sender, ComposePage)
    page.load_body(REPORT_CORRECTED.write(company.stage.home / "letters"))
    player.wait(lambda: page.draft.body is not None, "读入更正后的正文")
    page.form.title.setText(REPORT_CORRECTED.title)
    page.form.doc_number.setText(REPORT_CORRECTED.doc_number)
    page.save()
    player.wait(lambda: page.draft.elements.title == REPORT_CORRECTED.title, "填写标题")
    player.wait(lambda: page.submit_button.isEnabled() and page.preview.is_drawn, "检查通过")
    player.scene(window, "correction", "更正公文：接收单位已照抄，换上更正后的正文")
    page.submit()
    player.wait(lambda: isinstance(window.view, OutgoingView), "提交盖章")
    company.seal_and_send(page.draft.document_id)


def _receive_correction(company: Company, wrong: str) -> None:
    player, office = company.player, company.sender.office

    def correction() -> str:
        sent = office.tracking.sent()
        found = (row.document_id for row in sent if row.elements.title == REPORT_CORRECTED.title)
        return next(found, "")

    player.wait(lambda: bool(correction()), "发送更正公文")
    company.delivery_of(correction())
    company.open_newest()
    player.scene(company.receiver.window, "corrected", "收文单位：更正公文上方指明它代替哪一份")
    player.wait(
        lambda: any(row.state.value == "resent" for row in office.tracking.board(wrong)), "原公文失效"
    )
    replaces = office.boards.document(correction()).more.replaces
    player.check("更正公文代替原公文", replaces == wrong, title=REPORT_CORRECTED.title)
