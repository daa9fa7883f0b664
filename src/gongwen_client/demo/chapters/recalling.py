"""An urgent document that nobody receives: the sender urges (催办), finds a mistake and recalls it (撤回)."""

from __future__ import annotations

from gongwen_client.demo.company import Company
from gongwen_client.demo.letters import MEETING
from gongwen_client.domain.rows import IncomingState
from gongwen_client.practice.cast import RECEIVER
from gongwen_client.ui.tracking.remind import RemindDialog
from gongwen_client.ui.tracking.taking_back import RecallDialog

_EDUCATION, _WATER = 0, 1


def play(company: Company) -> None:
    """The receiver even has it open when it is taken back."""
    document = company.post(MEETING, (_EDUCATION, _WATER))
    _urge(company, document)
    _recall(company, document)


def _urge(company: Company, document: str) -> None:
    player, window = company.player, company.sender.window
    row = company.delivery_of(document)
    view = company.open_sent(document)
    assert view.followed is not None
    view.board.table.choose(row.delivery_id)
    player.scene(window, "board", "接收情况：每个单位的状态、应收时限、联系电话和办理经过")
    view.acts_of.open("remind", [line.row for line in view.followed.board.lines])
    dialog = view.acts_of.dialogs[-1]
    assert isinstance(dialog, RemindDialog)
    assert dialog.act_button is not None
    button = dialog.act_button
    player.wait(button.isEnabled, "可以催办")
    player.scene(window, "urge", "催办：对方客户端立即提示，交换中心留下签名记录（管理办法第九条）")
    button.click()
    incoming = company.receiver.office.incoming
    player.wait(lambda: incoming.get(row.delivery_id).reminders == 1, "收文单位收到催办")
    opened = company.open_newest()
    player.wait(lambda: opened.standing is not None and opened.standing.row.reminders == 1, "显示催办")
    player.scene(company.receiver.window, "urged", "收文单位：打开的公文上方是催办的内容和时间")
    player.check("催办到达收文单位", opened.row.reminders == 1)


def _recall(company: Company, document: str) -> None:
    player, window = company.player, company.sender.window
    incoming = company.receiver.office.incoming
    delivery = company.delivery_of(document).delivery_id
    view = company.open_sent(document)
    assert view.followed is not None
    view.acts_of.open("recall", [line.row for line in view.followed.board.lines])
    dialog = view.acts_of.dialogs[-1]
    assert isinstance(dialog, RecallDialog)
    assert dialog.act_button is not None
    button = dialog.act_button
    dialog.reason.setPlainText("会议时间有误，核实后另行通知。")
    player.wait(button.isEnabled, "可以撤回")
    player.scene(window, "recall", "撤回：只能撤回尚未接收的，写明原因（管理办法第十条）")
    button.click()
    player.wait(lambda: incoming.get(delivery).state is IncomingState.RECALLED, "撤回到达收文单位")
    tracking = company.sender.office.tracking

    def all_recalled() -> bool:
        return all(row.state.value == "recalled" for row in tracking.board(document))

    company.follow(view, all_recalled, "全部撤回")
    player.scene(window, "recalled-board", "发文单位：已向各单位撤回")
    player.turn_to(company.receiver.window)
    opened = company.receiver.window.view
    player.wait(lambda: incoming.get(delivery).state is IncomingState.RECALLED, "撤回")
    player.rest(0.5)
    player.scene(company.receiver.window, "recalled", "收文单位：打开着的公文立即收起，只留撤回原因")
    shown = getattr(opened, "row", None)
    player.check(
        "接收前撤回",
        shown is not None and shown.state is IncomingState.RECALLED,
        unit=RECEIVER.name,
        units=len(tracking.board(document)),
    )
