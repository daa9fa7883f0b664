"""Following a sent document through the real windows against a real exchange."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from client.services.test_boards import MANY, wide
from client.ui.driving import settle, until
from client.ui.town import PIN, UNITS, Town
from gongwen_client.domain.board import Board, Deadlines
from gongwen_client.domain.drafts import Draft
from gongwen_client.domain.following import DocumentMore
from gongwen_client.domain.intents import IntentKind
from gongwen_client.domain.rows import DeliveryRow
from gongwen_client.services.office import Office
from gongwen_client.ui.sending.sent_view import SentView
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.tasks import background
from gongwen_client.ui.tracking.answering import GrantDialog, RefuseDialog
from gongwen_client.ui.tracking.board import BoardPanel
from gongwen_client.ui.tracking.call import CallDialog
from gongwen_client.ui.tracking.remind import RemindDialog
from gongwen_client.ui.tracking.requests_page import RequestsPage
from gongwen_client.ui.tracking.taking_back import PaperDialog, RecallDialog, ResendDialog
from gongwen_protocol.actions import Attendance, MeetingCall, MeetingReply, PaperCause, SpecialAttachment
from gongwen_protocol.calendar import WorkCalendar
from gongwen_protocol.messages import Recipient, RecipientRole, ReturnReason
from gongwen_protocol.profile import ReminderLevel, load_profile
from gongwen_protocol.states import DeliveryState, RequestState

SENDER, FIRST, SECOND, LATE = (UNITS[n][0] for n in (1, 2, 3, 5))
TITLE = "关于𠮷林河防汛工作的通知" * 8 + "尾"


@dataclass
class Sent:
    """A sent document at both ends."""

    office: Office
    receiver: Office
    view: SentView
    document: str
    delivery: str

    def state(self, code: str) -> DeliveryState:
        rows = self.office.tracking.board(self.document)
        return next(row.state for row in rows if row.unit_code == code)

    def dialog(self) -> object:
        return self.view.acts_of.dialogs[-1]


@pytest.fixture(scope="module")
def offices(town: Town) -> tuple[Office, Office]:
    return town.logged_in(SENDER), town.logged_in(FIRST, key=False)


@pytest.fixture
def window(offices: tuple[Office, Office], qtbot: QtBot) -> Iterator[MainWindow]:
    opened = MainWindow(offices[0])
    opened.show()
    settle()
    yield opened
    opened.close()
    background.stop()


def send(office: Office, town: Town, more: DocumentMore | None = None) -> str:
    """Without a seal: what follows on it is the same."""
    document = office.drafts.create().document_id
    draft = office.drafts.set_body(document, town.body)
    office.drafts.set_elements(document, draft.elements.model_copy(update={"title": TITLE[:200]}))
    office.drafts.set_recipients(
        document,
        tuple(Recipient(unit_code=code, role=RecipientRole.MAIN, copies=2) for code in (FIRST, SECOND)),
    )
    if more is not None:
        office.drafts.set_more(document, more)
    office.drafts.submit_for_seal(document)
    key = office.sealing.keys()[0].key_id
    office.sealing.seal(document, key, PIN, office.sealing.suggest(document, key))
    office.sending.send(document)
    until(lambda: any(row.document_id == document for row in office.tracking.sent()))
    return document


@pytest.fixture
def sent(offices: tuple[Office, Office], window: MainWindow, town: Town) -> Sent:
    office, receiver = offices
    drawing = SpecialAttachment(name="图纸", sent_by="机要通信")
    document = send(
        office, town, DocumentMore(special_attachments=(drawing,), meeting=MeetingCall(meeting="防汛会议"))
    )
    until(lambda: any(row.document_id == document for row in receiver.incoming.list()))
    row = next(row for row in office.tracking.sent() if row.document_id == document)
    window.documents.open_sent(row)
    view = window.view
    assert isinstance(view, SentView)
    until(lambda: view.followed is not None)
    view.show_board()
    settle()
    return Sent(office, receiver, view, document, receiver.incoming.of_document(document).delivery_id)


def test_the_board_shows_filters_sorts_and_reminds_the_chosen(sent: Sent) -> None:
    view = sent.view
    assert view.board.filters["awaited"].text() == "未收 2"
    assert view.reader.tabs.tabText(view.board_tab) == "接收 0/2"
    assert view.title.text() == TITLE[:200]
    first = next(line.row for line in view.followed.board.lines if line.row.unit_code == FIRST)  # type: ignore[union-attr]
    view.board.table.choose(first.delivery_id)
    assert "示范市教育局" in "".join(label.text() for label in view.panel.findChildren(QLabel))
    view.board.remind_button.click()
    dialog = sent.dialog()
    assert isinstance(dialog, RemindDialog)
    until(lambda: bool(dialog.reach.able))
    assert [row.unit_code for row in dialog.reach.able] == [FIRST]
    assert dialog.level is ReminderLevel.NOTIFY
    dialog.choose(ReminderLevel.SUPERVISE)
    until(lambda: "remind.urge_first" in "".join(one.text() for one in dialog.findChildren(QLabel)))
    assert not dialog.act_button.isEnabled()  # type: ignore[union-attr]
    dialog.choose(ReminderLevel.URGE)
    until(lambda: dialog.act_button.isEnabled())  # type: ignore[union-attr]
    dialog.text.setPlainText("请尽快接收")
    dialog.act_button.click()  # type: ignore[union-attr]
    until(
        lambda: next(line for line in view.followed.board.lines if line.row.unit_code == FIRST).reminders == 1
    )  # type: ignore[union-attr]
    until(lambda: sent.receiver.incoming.get(sent.delivery).reminders == 1)
    assert sent.receiver.incoming.details(sent.delivery).reminders[0].text == "请尽快接收"


def test_recalled_with_a_reason_and_kept_words(sent: Sent) -> None:
    view = sent.view
    view.board.acts["recall"].trigger()
    dialog = sent.dialog()
    assert isinstance(dialog, RecallDialog)
    until(lambda: len(dialog.reach.able) == 2)
    assert not dialog.act_button.isEnabled()  # type: ignore[union-attr]
    dialog.reason.setPlainText("印发日期有误")
    dialog.reject()
    until(lambda: sent.office.notepad.kept("recall_dialog", sent.document) == {"reason": "印发日期有误"})
    settle()
    view.board.acts["recall"].trigger()
    again = sent.dialog()
    assert isinstance(again, RecallDialog)
    until(lambda: again.reason.toPlainText() == "印发日期有误" and bool(again.reach.able))
    again.act_button.click()  # type: ignore[union-attr]
    until(lambda: sent.state(FIRST) is DeliveryState.RECALLED)
    until(lambda: sent.office.notepad.kept("recall_dialog", sent.document) == {})
    until(lambda: view.board.filters["closed"].text() == "其他 2")


def test_resent_after_a_return(sent: Sent) -> None:
    sent.receiver.incoming.return_document(
        sent.delivery, ReturnReason.ATTACHMENT_FAULT, "附件第 2 页缺失", None
    )
    view = sent.view
    until(lambda: view.board.filters["returned"].isVisible())
    view.board.choose("returned")
    view.board.table.selectAll()
    assert not view.board.remind_button.isEnabled()
    assert "附件第 2 页缺失" in "".join(label.text() for label in view.panel.findChildren(QLabel))
    view.board.acts["resend"].trigger()
    dialog = sent.dialog()
    assert isinstance(dialog, ResendDialog)
    until(lambda: len(dialog.reach.able) == 1)
    dialog.reason.setPlainText("经核实附件完整")
    dialog.act_button.click()  # type: ignore[union-attr]
    until(lambda: sent.receiver.incoming.details(sent.delivery).round == 2)


def test_gone_on_paper_with_whom(sent: Sent) -> None:
    view = sent.view
    row = next(line.row for line in view.followed.board.lines if line.row.unit_code == SECOND)  # type: ignore[union-attr]
    view.acts_of.open("paper", [row])
    dialog = sent.dialog()
    assert isinstance(dialog, PaperDialog)
    until(lambda: bool(dialog.reach.able))
    assert not dialog.act_button.isEnabled()  # type: ignore[union-attr]
    dialog.choose(PaperCause.OUTAGE)
    dialog.carried_by.setText("机要通信")
    dialog.act_button.click()  # type: ignore[union-attr]
    until(lambda: sent.state(SECOND) is DeliveryState.PAPER_FALLBACK)
    until(lambda: view.arrivals is not None and len(view.arrivals.parts) == 3)


def test_a_call_is_noted_and_never_changed(sent: Sent) -> None:
    view = sent.view
    row = view.followed.board.lines[0].row  # type: ignore[union-attr]
    view.acts_of.open("call", [row])
    dialog = sent.dialog()
    assert isinstance(dialog, CallDialog)
    dialog.spoken_with.setText("收发员")
    assert not dialog.act_button.isEnabled()  # type: ignore[union-attr]
    dialog.said.setPlainText("下午 3 点前接收")
    dialog.at.setDateTime(dialog.at.dateTime().addDays(1))
    dialog.act_button.click()  # type: ignore[union-attr]
    until(lambda: "call.in_future" in dialog.problem.text)
    assert dialog.said.toPlainText() == "下午 3 点前接收"
    dialog.at.setDateTime(dialog.at.dateTime().addDays(-1))
    dialog.act_button.click()  # type: ignore[union-attr]
    until(lambda: [call.said for call in sent.office.boards.calls(sent.document)] == ["下午 3 点前接收"])
    until(lambda: view.followed is not None and view.followed.board.lines[0].calls == 1)


def test_requests_are_above_the_paper_in_the_queue_and_answered(sent: Sent, window: MainWindow) -> None:
    sent.receiver.asking.more_copies(sent.delivery, 3, "卡纸")
    view = sent.view
    until(lambda: bool(view.requests.requests))
    assert view.requests.requests[0].request.count == 3
    until(lambda: window._office.duty.counts().open_requests == 1)
    window.open_page("requests")
    page = window.pages["requests"]
    assert isinstance(page, RequestsPage)
    until(lambda: bool(page.table.rows.rows))
    page.table.choose(page.table.rows.identity(0))
    page.grant_button.click()
    dialog = page.dialog
    assert isinstance(dialog, GrantDialog)
    dialog.count.setValue(2)
    dialog.act_button.click()  # type: ignore[union-attr]
    until(lambda: sent.receiver.incoming.get(sent.delivery).copies == 4)
    until(lambda: not page.table.rows.rows)
    sent.receiver.asking.once_more(sent.delivery, "看不清")
    until(lambda: bool(page.table.rows.rows))
    page.table.choose(page.table.rows.identity(0))
    page.open_chosen()
    opened = window.view
    assert isinstance(opened, SentView)
    until(lambda: opened.board.table.chosen() is not None and bool(opened.requests.requests))
    opened.requests.answer_wanted.emit(opened.requests.requests[0], False)
    refuse = opened.acts_of.dialogs[-1]
    assert isinstance(refuse, RefuseDialog)
    assert not refuse.act_button.isEnabled()  # type: ignore[union-attr]
    refuse.reason.setPlainText("请先退文")
    refuse.act_button.click()  # type: ignore[union-attr]

    def answered() -> bool:
        requests = sent.receiver.incoming.details(sent.delivery).requests
        return requests[-1].state is RequestState.REFUSED and requests[-1].answer == "请先退文"

    until(answered)


def test_what_the_exchange_refuses_comes_back_with_its_reason(sent: Sent) -> None:
    office, document = sent.office, sent.document
    office.followup.remind(document, ReminderLevel.NOTIFY, "请查收")
    until(lambda: sent.receiver.incoming.get(sent.delivery).reminders == 1)
    office.followup.remind(document, ReminderLevel.URGE, "请尽快")
    view = sent.view
    until(lambda: "没有成功" in "".join(view.wishes.texts))
    assert "管理办法第九条" in view.wishes.texts[0]
    wish = office.followup.refused([document])[0]
    assert wish.kind is IntentKind.REMIND
    view.wishes._put_aside(wish)
    until(lambda: not view.wishes.texts)
    assert office.followup.refusals(document) == []


def test_without_the_exchange_a_wish_is_kept_and_said(sent: Sent, town: Town) -> None:
    town.exchange.stop()
    sent.office.followup.recall(sent.document, "误发", (SECOND,))
    view = sent.view
    until(lambda: "撤回已登记" in "".join(view.wishes.texts))
    town.exchange.start()
    sent.office.duty.poll_now()
    until(lambda: sent.state(SECOND) is DeliveryState.RECALLED)
    until(lambda: not view.wishes.texts)


def test_supplement_correction_and_replies(sent: Sent, window: MainWindow, tmp_path: Path) -> None:
    view, receiver = sent.view, sent.receiver
    view.acts_of.supplement()
    until(lambda: bool(view.acts_of.dialogs))
    dialog = view.acts_of.dialogs[-1]
    dialog.choose(LATE)  # type: ignore[attr-defined]
    dialog.take_button.click()  # type: ignore[attr-defined]
    until(lambda: view.followed is not None and len(view.followed.board.lines) == 3)
    receiver.asking.reply(sent.delivery, MeetingReply(attendance=Attendance.ATTENDS, posts=("局长",)))
    receiver.asking.arrived(sent.delivery, 0, "完好")
    until(lambda: view.replies is not None and "已回 1 个：参加 1" in view.replies._sum.text())
    until(lambda: view.arrivals is not None and "到件 1 件" in view.arrivals._sum.text())
    written: list[Path] = []
    view.acts_of.exported.connect(written.append)
    view.acts_of.write_replies(tmp_path / "回执.csv")
    view.acts_of.write_board(tmp_path / "接收情况.csv")
    until(lambda: len(written) == 2)
    replies = list(csv.reader((tmp_path / "回执.csv").read_text("utf-8-sig").splitlines()))
    assert any(row[:3] == ["1", "示范市教育局", "参加"] and row[3] == "局长" for row in replies)
    assert "示范市教育局" in (tmp_path / "接收情况.csv").read_text("utf-8-sig")
    drafts: list[Draft] = []
    view.edit_wanted.connect(drafts.append)
    view.acts_of.correct()
    view.acts_of.dialogs[-1].act_button.click()  # type: ignore[attr-defined]
    until(lambda: bool(drafts))
    assert drafts[0].more.replaces == sent.document
    until(lambda: window.view is not view)


def test_two_thousand_units_are_filtered_and_stay_chosen(qtbot: QtBot) -> None:
    now = datetime.now(UTC)
    document = wide("f" * 32, now)
    deadlines = Deadlines(load_profile("ordos-2018"), WorkCalendar(), "加急", now)
    rows = [
        DeliveryRow(
            one.delivery_id,
            one.unit_name,
            one.role,
            one.copies,
            one.printed,
            one.state,
            one.delivered_at,
            "",
            "",
            "收发员",
            one.unit_code,
            details=one,
        )
        for one in document.deliveries
    ]
    board = Board(tuple(deadlines.line(row) for row in rows), now, 4, "管理办法第九条")
    panel = BoardPanel()
    qtbot.addWidget(panel)
    panel.show()
    panel.show_board(board)
    assert len(panel.reached()) == len(board.awaited), "without a choice: all that have not received"
    panel.choose("returned")
    panel.table.selectAll()
    chosen = [line.row.delivery_id for line in panel.table.all_chosen()]
    assert len(chosen) == sum(row.state is DeliveryState.RETURNED for row in rows)
    panel.show_board(board)
    assert [line.row.delivery_id for line in panel.table.all_chosen()] == chosen
    panel.choose("all")
    panel.search.setText("第1999号")
    assert panel.table.model().rowCount() == 1
    panel.search.setText("没有这个单位")
    assert panel.table.model().rowCount() == 0
    assert panel.filters["all"].text() == f"全部 {MANY}"


def test_urging_one_document_from_its_list_opens_its_own_form(sent: Sent, window: MainWindow) -> None:
    window.open_page("sent")
    page = window.list_page("sent")
    until(lambda: bool(page.table.model().rowCount()))
    assert page.table.choose(sent.document)
    act = next(act for act in page.plan.acts if act.name == "urge")  # type: ignore[union-attr]
    page.act(act)  # type: ignore[union-attr]
    until(lambda: window.acts.dialog is not None)
    dialog = window.acts.dialog
    assert isinstance(dialog, RemindDialog)
    until(lambda: bool(dialog.reach.able))
    dialog.act_button.click()  # type: ignore[union-attr]
    until(lambda: window.acts.dialog is None)
    until(lambda: sent.office.tracking.sent_one(sent.document).reminders > 0)
