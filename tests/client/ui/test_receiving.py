"""Answering for what arrives, through the real windows against a real exchange."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from client.ui.driving import settle, until
from client.ui.town import PIN, UNITS, Town
from client.ui.windows import shown_window
from fakes.desk import DeskPc
from fakes.exchange import ALL_ROLES, PASSWORD
from gongwen_client.domain.attention import Attention, Step, Waiting, attention
from gongwen_client.domain.following import DocumentMore
from gongwen_client.domain.rows import IncomingState
from gongwen_client.services.office import Office
from gongwen_client.ui.receive.accept import AcceptPanel
from gongwen_client.ui.receive.asking import AskDialog, ReplyDialog
from gongwen_client.ui.receive.attention_bar import AttentionBar
from gongwen_client.ui.receive.deputies import DeputyDialog
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_client.ui.receive.notifier import Notifier
from gongwen_client.ui.receive.return_document import ReturnDialog
from gongwen_client.ui.shell.window import MainWindow
from gongwen_protocol.actions import Attendance, MeetingCall, SpecialAttachment
from gongwen_protocol.calendar import WorkCalendar
from gongwen_protocol.messages import ReceiptEvent, Recipient, RecipientRole, ReturnReason, Role
from gongwen_protocol.profile import load_profile
from gongwen_protocol.states import RequestState

SENDER, RECEIVER, STRANGER = (UNITS[n][0] for n in (4, 6, 7))
BEIJING = ZoneInfo("Asia/Shanghai")
ORDOS = load_profile("ordos-2018")


@pytest.fixture(scope="module")
def offices(town: Town) -> tuple[Office, Office]:
    """The receiver's clerk may also administer the unit."""
    town.exchange.add_account(RECEIVER, "both", roles=frozenset({*ALL_ROLES, Role.ADMIN}))
    town.exchange.add_account(RECEIVER, "other", post="文书")
    return town.logged_in(SENDER), town.logged_in(RECEIVER, key=False)


@pytest.fixture
def window(offices: tuple[Office, Office], qtbot: QtBot) -> Iterator[MainWindow]:
    with shown_window(offices[1]) as opened:
        yield opened


def send(town: Town, office: Office, title: str, more: DocumentMore | None = None) -> str:
    document = office.drafts.create().document_id
    draft = office.drafts.set_body(document, town.body)
    office.drafts.set_elements(document, draft.elements.model_copy(update={"title": title}))
    office.drafts.set_recipients(
        document, (Recipient(unit_code=RECEIVER, role=RecipientRole.MAIN, copies=2),)
    )
    if more is not None:
        office.drafts.set_more(document, more)
    office.drafts.submit_for_seal(document)
    key = office.sealing.keys()[0].key_id
    office.sealing.seal(document, key, PIN, office.sealing.suggest(document, key))
    office.sending.send(document)
    return document


def opened(window: MainWindow, document: str) -> IncomingView:
    """The view with all that is known of the document."""
    office = window._office
    until(lambda: any(row.document_id == document for row in office.incoming.list()))
    window.documents.open_received(document)
    until(lambda: isinstance(window.view, IncomingView) and window.view.row.document_id == document)
    view = window.view
    assert isinstance(view, IncomingView)
    until(lambda: view.standing is not None and view.verification is not None)
    return view


# -- notice ---------------------------------------------------------------------------------------------


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def noticed(now: str, *waiting: Waiting, checks: tuple[str, ...] = ("2026-11-23T08:40",)) -> Attention:
    return attention(ORDOS, WorkCalendar(), waiting, [local(text) for text in checks], local(now))


FRESH = Waiting("d1", "关于防汛工作的通知", "市水利局", "", local("2026-11-23T09:00"), unread=True)


def test_new_documents_are_told_once_and_ring_louder_until_somebody_looks(
    offices: tuple[Office, Office], window: MainWindow
) -> None:
    notifier = Notifier(offices[1], window)
    notifier.sound = False
    told: list[str] = []
    rang: list[Step] = []
    notifier.told.connect(told.append)
    notifier.rang.connect(rang.append)
    notifier.show_attention(noticed("2026-11-23T08:50"))
    assert (told, rang) == ([], [])
    notifier.show_attention(noticed("2026-11-23T09:01", FRESH))
    notifier.show_attention(noticed("2026-11-23T09:02", FRESH))
    assert told == ["市水利局 发来《关于防汛工作的通知》"]
    assert rang == [Step.NEW]
    notifier.show_attention(noticed("2026-11-23T09:31", FRESH))
    notifier.show_attention(noticed("2026-11-23T11:05", FRESH))
    assert rang == [Step.NEW, Step.AGAIN, Step.URGENT]
    second = replace(FRESH, delivery_id="d2")
    notifier.show_attention(noticed("2026-11-23T22:00", FRESH, second, checks=()))
    assert len(rang) == 3, "nothing rings at night"
    assert len(told) == 2, "the tray and the window say it all the same"


def test_the_banner_rises_goes_and_can_wait(qtbot: QtBot) -> None:
    bar = AttentionBar()
    qtbot.addWidget(bar)
    bar.show_attention(noticed("2026-11-23T09:31", FRESH))
    assert not bar.isVisible()
    late = noticed("2026-11-23T11:05", FRESH, checks=())
    bar.show_attention(late)
    assert bar.isVisible()
    assert "急需接收" in bar.text
    bar.put_off()
    bar.show_attention(late)
    assert not bar.isVisible()
    bar.show_attention(noticed("2026-11-23T11:06", FRESH, replace(FRESH, delivery_id="d2"), checks=()))
    assert bar.isVisible(), "something new is urgent"
    bar.show_attention(noticed("2026-11-23T12:30", FRESH, checks=()))
    assert not bar.isVisible(), "no banner at noon"
    bar.show_attention(noticed("2026-11-24T11:00", FRESH))
    assert "已超过应收时限" in bar.text
    bar.take_in_hand("d1")
    assert not bar.isVisible(), "somebody has it open"
    bar.take_in_hand("")
    assert bar.isVisible()


def test_a_half_day_without_a_look_is_said_and_checked_from_the_banner(qtbot: QtBot) -> None:
    bar = AttentionBar()
    qtbot.addWidget(bar)
    bar.show_attention(noticed("2026-11-23T11:10", checks=()))
    assert "上午还没有人工查收，请在 12:00 前查收 1 次" in bar.text
    assert "管理办法第十一条" in bar.text
    with qtbot.waitSignal(bar.check_wanted):
        bar.check_button.click()
    assert not bar.isVisible()


def test_a_look_stamps_the_half_day(window: MainWindow) -> None:
    clocks = window._office.attention.look().clocks
    window.attendance.attend()
    now = window._office.attention.now().astimezone(BEIJING)
    half = (
        window.attendance.half_days.morning
        if now.hour < 12 and clocks.workday
        else window.attendance.half_days.afternoon
    )
    until(lambda: "已查收" in half.word)


# -- a document that is open ----------------------------------------------------------------------------


def test_an_ended_session_in_the_middle_of_a_return_loses_no_word(
    window: MainWindow, offices: tuple[Office, Office], town: Town
) -> None:
    view = opened(window, send(town, offices[0], "会话过期时正在退文的通知"))
    view.open_return()
    dialog = view.dialog
    assert isinstance(dialog, ReturnDialog)
    dialog.choose(ReturnReason.OTHER, "附件第 2 页看不清")
    window._cover.cover(expired=True)
    assert not dialog.isVisible(), "a dialog over the covered window would bar the password field"
    window._lock.password.setText(PASSWORD)
    window._lock.unlock()
    until(dialog.isVisible)
    assert dialog.note.toPlainText() == "附件第 2 页看不清"
    until(lambda: bool(offices[1].notepad.kept("return_dialog", view.row.delivery_id)))
    dialog.return_button.click()
    until(lambda: view.row.state is IncomingState.RETURNED and not view.row.pending)
    until(lambda: not offices[1].notepad.kept("return_dialog", view.row.delivery_id))
    assert offices[1].incoming.details(view.row.delivery_id).return_note == "附件第 2 页看不清"


def test_recalled_while_it_is_open_and_resent(
    window: MainWindow, offices: tuple[Office, Office], town: Town
) -> None:
    sender = offices[0]
    document = send(town, sender, "打开时被撤回的通知")
    view = opened(window, document)
    view.open_accept()
    panel = view.dialog
    assert isinstance(panel, AcceptPanel)
    until(lambda: any(row.document_id == document for row in sender.tracking.sent()))
    sender.followup.recall(document, "数据有误")
    until(lambda: view.row.state is IncomingState.RECALLED)
    assert "delivery.recalled" in panel.problem.text
    assert not panel.accept_button.isEnabled()
    assert "数据有误" in view.notes.texts[0]
    assert view.attachments.names == ()
    panel.later_button.click()
    sender.followup.resend(document, "核实无误，请重新接收", (RECEIVER,))
    until(lambda: view.row.state in (IncomingState.TO_VERIFY, IncomingState.PENDING))
    until(lambda: any("第 2 次发送" in text and "核实无误" in text for text in view.notes.texts))


def test_superseded_by_a_corrected_one_which_one_click_opens(
    window: MainWindow, offices: tuple[Office, Office], town: Town
) -> None:
    sender = offices[0]
    old = send(town, sender, "有误的通知")
    view = opened(window, old)
    until(lambda: any(row.document_id == old for row in sender.tracking.sent()))
    new = send(town, sender, "更正后的通知", DocumentMore(replaces=old))
    until(lambda: view.row.state is IncomingState.RESENT)
    assert "不再有效" in view.notes.texts[0]
    act = window.findChild(object, "open_corrected")
    assert act is not None
    act.click()  # type: ignore[attr-defined]
    until(lambda: isinstance(window.view, IncomingView) and window.view.row.document_id == new)
    corrected = window.view
    assert isinstance(corrected, IncomingView)
    until(lambda: any("更正" in text for text in corrected.notes.texts))


def test_checks_stand_beside_the_page_with_what_was_found(
    window: MainWindow, offices: tuple[Office, Office], town: Town
) -> None:
    view = opened(window, send(town, offices[0], "核验在页面一侧的通知"))
    view.open_accept()
    panel = view.dialog
    assert isinstance(panel, AcceptPanel)
    assert panel.isVisible()
    assert not view.panel.isVisible()
    assert view.reader.isVisible(), "the page can be read meanwhile"
    texts = "".join(label.text() for label in panel.findChildren(QLabel))
    assert all(check in texts for check in ("正文完整", "附件完整", "印章有效", "版式有效"))
    panel.later_button.click()
    until(view.panel.isVisible)
    assert view.row.state is IncomingState.TO_VERIFY
    view.open_accept()
    panel = view.dialog
    assert isinstance(panel, AcceptPanel)
    panel.accept_button.click()
    until(lambda: view.row.state is IncomingState.RECEIVED)
    until(lambda: view.panel.isVisible() and view.dialog is None)


def test_what_is_no_document_is_said_and_goes_back(window: MainWindow, town: Town, tmp_path: Path) -> None:
    stranger = DeskPc(tmp_path / "pc", town.exchange.url)
    stranger.start()
    stranger.log_in(STRANGER)
    draft = stranger.ready_draft(RECEIVER, title="打不开的通知")
    stranger.sending.send(draft.document_id)
    office = window._office
    until(lambda: any(row.document_id == draft.document_id for row in office.incoming.list()))
    window.documents.open_received(draft.document_id)
    until(lambda: isinstance(window.view, IncomingView))
    view = window.view
    assert isinstance(view, IncomingView)
    until(lambda: view.verification is not None)
    view.open_accept()
    panel = view.dialog
    assert isinstance(panel, AcceptPanel)
    assert not panel.accept_button.isEnabled()
    assert "请退文" in panel.problem.text
    panel.return_button.click()
    dialog = view.dialog
    assert isinstance(dialog, ReturnDialog)
    assert dialog.reason is ReturnReason.BODY_FAULT
    dialog.return_button.click()
    until(lambda: view.row.state is IncomingState.RETURNED)
    stranger.stop()


def test_asking_ticking_and_replying(window: MainWindow, offices: tuple[Office, Office], town: Town) -> None:
    call = MeetingCall(meeting="防汛会议", reply_by=datetime.now(UTC) + timedelta(days=1))
    more = DocumentMore(
        special_attachments=(SpecialAttachment(name="图纸", sent_by="机要通信"),), meeting=call
    )
    view = opened(window, send(town, offices[0], "要回执的会议通知", more))
    delivery, office = view.row.delivery_id, offices[1]
    view.acts_of.ask(copies=True)
    ask = view.acts_of.dialogs[-1]
    assert isinstance(ask, AskDialog)
    assert not ask.act_button.isEnabled()  # type: ignore[union-attr]
    ask.reason.setPlainText("卡纸")
    ask.act_button.click()  # type: ignore[union-attr]
    until(lambda: any("等待发文单位答复" in text for text in view.notes.texts))
    view.acts_of.ask(copies=True)
    again = view.acts_of.dialogs[-1]
    assert isinstance(again, AskDialog)
    again.reason.setPlainText("还要一份")
    again.act_button.click()  # type: ignore[union-attr]
    until(lambda: "request.still_open" in again.problem.text)
    assert again.reason.toPlainText() == "还要一份"
    again.reject()
    view.acts_of.withdraw(view.standing.open_request)  # type: ignore[union-attr]
    until(lambda: office.incoming.details(delivery).requests[0].state is RequestState.WITHDRAWN)
    view.acts_of.reply()
    reply = view.acts_of.dialogs[-1]
    assert isinstance(reply, ReplyDialog)
    reply.choose(Attendance.SENDS_DEPUTY)
    assert not reply.act_button.isEnabled()  # type: ignore[union-attr]
    reply.posts.setText("办公室主任，防汛科科长")
    reply.act_button.click()  # type: ignore[union-attr]
    until(lambda: office.incoming.details(delivery).reply is not None)
    assert office.incoming.details(delivery).reply.posts == ("办公室主任", "防汛科科长")  # type: ignore[union-attr]
    view.acts_of.arrived(0)
    view.acts_of.dialogs[-1].act_button.click()  # type: ignore[attr-defined]
    until(lambda: len(office.incoming.details(delivery).arrivals) == 1)
    until(
        lambda: any(
            one.receipt.receipt.event is ReceiptEvent.ATTACHMENT_ARRIVED for one in view.standing.receipts
        )
    )  # type: ignore[union-attr]
    view.acts_of.prove()
    until(lambda: view.standing is not None and len(view.standing.proven) == len(view.standing.receipts))


def test_a_reply_that_comes_too_late_is_refused_with_its_reason(
    window: MainWindow, offices: tuple[Office, Office], town: Town
) -> None:
    call = MeetingCall(meeting="已开的会议", reply_by=datetime.now(UTC) - timedelta(hours=1))
    view = opened(window, send(town, offices[0], "已经截止的会议通知", DocumentMore(meeting=call)))
    assert any("会议回执已截止" in text for text in view.notes.texts)
    view.acts_of.reply()
    reply = view.acts_of.dialogs[-1]
    assert isinstance(reply, ReplyDialog)
    reply.choose(Attendance.ABSENT)
    reply.act_button.click()  # type: ignore[union-attr]
    until(lambda: "会议回执没有成功" in "".join(view.wishes.texts))
    assert "meeting.too_late" in view.wishes.texts[0]


def test_who_stands_in_is_shown_and_announced_by_the_administrator(
    offices: tuple[Office, Office], town: Town, qtbot: QtBot
) -> None:
    dialog = DeputyDialog(None, offices[1])
    qtbot.addWidget(dialog)
    dialog.open()
    settle()
    assert dialog.act_button is None, "a clerk sees it only"
    dialog.reject()
    admin = town.office(RECEIVER, key=False)
    admin.login.log_in(RECEIVER, "both", "initial secret 1")
    admin.login.change_password("initial secret 1", PASSWORD)
    dialog = DeputyDialog(None, admin)
    qtbot.addWidget(dialog)
    dialog.open()
    until(lambda: dialog.holder.count() == 3)
    dialog.holder.setCurrentIndex(dialog.holder.findData("clerk"))
    dialog.substitute.setCurrentIndex(dialog.substitute.findData("other"))
    dialog.consent.setText("办公室主任 批〔2026〕3号")
    dialog.until.setDateTime(dialog.since.dateTime().addDays(3))
    assert dialog.act_button is not None
    dialog.act_button.click()
    until(lambda: [one.substitute_post for one in admin.deputies.last_known] == ["文书"])
    until(lambda: dialog.problem.isVisible())
    admin.deputies.end(admin.deputies.last_known[0].substitution_id)
    dialog.reload()
    until(lambda: admin.deputies.last_known == ())
    dialog.reject()
