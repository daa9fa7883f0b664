"""Answering for what arrives: notice that grows louder, half-days, checks beside the page, asking, replying,
ticking, what was taken back or corrected."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from client.ui.chapters.tracking import next_monday
from client.ui.driving import settle, until
from client.ui.files import page_photographed
from client.ui.story import Story
from client.ui.town import PIN, UNITS, Town
from fakes.clock import FakeClock
from gongwen_client.domain.attention import Attention
from gongwen_client.domain.following import DocumentMore
from gongwen_client.domain.rows import IncomingState
from gongwen_client.services.office import Office
from gongwen_client.ui.compose.page import ComposePage
from gongwen_client.ui.receive.deputies import DeputyDialog
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_client.ui.registers.paper_book import PaperBookPage
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.tasks import background
from gongwen_protocol.access import SubstitutionRequest
from gongwen_protocol.actions import (
    Attendance,
    MeetingCall,
    PaperCause,
    PaperRequest,
    SpecialAttachment,
)
from gongwen_protocol.messages import Recipient, RecipientRole, Role
from gongwen_protocol.profile import ReminderLevel

SENDER, RECEIVER = UNITS[1][0], UNITS[4][0]
MEETING = "示范市发展和改革委员会关于召开重点项目调度会议的紧急通知"
PLAIN = "示范市发展和改革委员会关于报送投资计划执行情况的通知"
WRONG = "示范市发展和改革委员会关于印发节能目标任务的通知"
RIGHT = "示范市发展和改革委员会关于印发节能目标任务的通知（更正）"
BEIJING = ZoneInfo("Asia/Shanghai")


def tell(story: Story) -> None:
    """In a town of its own, whose clock runs as the story wants."""
    clock = FakeClock(next_monday())
    town = Town.found(story.town.home / "receiving", clock)
    try:
        _tell(Story(town, story._look, story._size), clock)
    finally:
        background.stop()
        town.stop()


def _tell(story: Story, clock: FakeClock) -> None:
    town = story.town
    sender, receiver = town.logged_in(SENDER), town.logged_in(RECEIVER, key=False)
    substitute(town, clock)
    window = story.window(receiver)
    window.open_page("pending")
    meeting = send(town, sender, MEETING, "特急", more(clock))
    window.attendance.notifier.look()
    until(lambda: len(receiver.incoming.list()) == 1)
    until(lambda: window.attendance.half_days.morning.word != "")
    window.attendance.notifier.look()
    settle()
    window.attendance.show_deputies()
    deputies = window.findChild(DeputyDialog)
    assert deputies is not None
    until(lambda: bool(receiver.deputies.last_known))
    story.picture(deputies, "receive-deputies")
    deputies.reject()
    until(lambda: bool(window.list_page("pending").table.model().rowCount()))
    story.picture(window, "receive-half-days")
    louder(story, window, sender, meeting, clock)
    reading(story, window)
    taken_back(story, window, sender, town)
    window.close()
    sent_on_paper(story, sender)


def more(clock: FakeClock) -> DocumentMore:
    """A meeting, and a drawing on paper."""
    return DocumentMore(
        special_attachments=(
            SpecialAttachment(name="项目总平面图（A0）", copies=1, sent_by="机要通信"),
            SpecialAttachment(name="投资计划表册", copies=2, sent_by="交换站自取"),
        ),
        meeting=MeetingCall(meeting="重点项目调度会议", reply_by=clock.now() + timedelta(hours=30)),
    )


def substitute(town: Town, clock: FakeClock) -> None:
    """Somebody stands in for the clerk this week."""
    exchange = town.exchange
    exchange.add_account(RECEIVER, "zhiban", post="文书", roles=frozenset({Role.COMPOSE}))
    exchange.add_account(RECEIVER, "admin", post="单位系统管理员", roles=frozenset({Role.ADMIN}))
    admin = exchange.log_in(RECEIVER, "admin")
    wanted = SubstitutionRequest(
        unit_code=RECEIVER,
        account="clerk",
        substitute="zhiban",
        since=clock.now() - timedelta(hours=1),
        until=clock.now() + timedelta(days=4),
        consent="办公室主任 批〔2026〕3号",
    )
    assert admin.post("/v1/substitutions", wanted).status_code == 201
    admin.close()


def send(town: Town, sender: Office, title: str, urgency: str = "", wish: DocumentMore | None = None) -> str:
    """A sealed document to the receiver and another unit."""
    document = sender.drafts.create().document_id
    draft = sender.drafts.set_body(document, town.body)
    sender.drafts.add_attachment(document, town.attachment)
    changed = {"title": title, "doc_number": "示发改办〔2026〕15号", "urgency": urgency}
    sender.drafts.set_elements(document, draft.elements.model_copy(update=changed))
    codes = (RECEIVER, UNITS[5][0])
    sender.drafts.set_recipients(
        document, tuple(Recipient(unit_code=code, role=RecipientRole.MAIN, copies=3) for code in codes)
    )
    if wish is not None:
        sender.drafts.set_more(document, wish)
    sender.drafts.submit_for_seal(document)
    key = sender.sealing.keys()[0].key_id
    sender.sealing.seal(document, key, PIN, sender.sealing.suggest(document, key))
    before = len(sender.tracking.sent())
    sender.sending.send(document)
    until(lambda: len(sender.tracking.sent()) > before)
    return document


def louder(story: Story, window: MainWindow, sender: Office, meeting: str, clock: FakeClock) -> None:
    """The banner rises when nobody looks and the sender urges; a half-day runs out."""
    sender.followup.remind(meeting, ReminderLevel.URGE, "会议明天召开，请立即接收并填写回执。", (RECEIVER,))
    until(lambda: sender.tracking.sent()[0].reminders == 1)
    office = window._office
    office.duty.poll_now()
    until(lambda: office.incoming.list()[0].reminders == 1)
    clock.advance(minutes=50)
    window.attendance.notifier.look()
    until(window.attendance.bar.isVisible)
    story.picture(window, "receive-attention")
    window.attendance.attend()
    until(
        lambda: not window.attendance.bar.isVisible() and "已查收" in window.attendance.half_days.morning.word
    )
    seen: list[Attention] = []
    window.attendance.notifier.looked.connect(seen.append)
    day = clock.now().astimezone(BEIJING).date()
    clock.set_wall(
        datetime(day.year, day.month, day.day, 16, 50, tzinfo=BEIJING).astimezone(clock.now().tzinfo)
    )
    office.duty.poll_now()
    window.attendance.notifier.look()
    until(lambda: bool(seen) and window.attendance.bar.isVisible())
    story.picture(window, "receive-overdue")


def reading(story: Story, window: MainWindow) -> None:
    """The document open: notices, checks beside the page, the record, asking and replying."""
    window.open_page("pending")
    page = window.list_page("pending")
    until(lambda: bool(page.table.model().rowCount()))
    page.open_chosen()
    view = window.view
    assert isinstance(view, IncomingView)
    until(lambda: view.verification is not None and view.reader.pages.is_drawn and view.standing is not None)
    story.picture(window, "receive-open")
    view.open_accept()
    story.picture(window, "receive-checks")
    view.dialog.reject()  # type: ignore[union-attr]
    view.panel.show_tab(view._times_tab)
    view.acts_of.prove()
    until(lambda: view.standing is not None and bool(view.standing.proven))
    story.picture(window, "receive-record")
    view.reader.tabs.setCurrentIndex(3)
    story.picture(window, "receive-paper-parts")
    view.acts_of.reply()
    dialog = view.acts_of.dialogs[-1]
    dialog.choose(Attendance.ATTENDS)  # type: ignore[attr-defined]
    dialog.posts.setText("局长、办公室主任")  # type: ignore[attr-defined]
    story.picture(dialog, "receive-reply")
    dialog.act_button.click()  # type: ignore[attr-defined]
    until(lambda: view.standing is not None and view.standing.details.reply is not None)
    view.acts_of.arrived(0)
    story.picture(view.acts_of.dialogs[-1], "receive-arrival")
    view.acts_of.dialogs[-1].reject()
    view.acts_of.ask(copies=True)
    dialog = view.acts_of.dialogs[-1]
    dialog.reason.setPlainText("打印第 3 份时卡纸，损坏 1 份。")  # type: ignore[attr-defined]
    story.picture(dialog, "receive-ask")
    dialog.photograph.take(page_photographed(story.town.body, story.town.home))  # type: ignore[attr-defined]
    until(lambda: dialog.photograph.photograph is not None)  # type: ignore[attr-defined]
    story.picture(dialog, "receive-ask-photograph")
    dialog.photograph.remove()  # type: ignore[attr-defined]
    view.open_return()
    story.picture(view.dialog, "receive-return")  # type: ignore[arg-type]
    view.dialog.reject()  # type: ignore[union-attr]
    dialog.reject()
    view.reader.tabs.setCurrentIndex(0)
    view.open_accept()
    view.dialog.accept_button.click()  # type: ignore[union-attr]
    until(lambda: view.row.state is IncomingState.RECEIVED and not view.row.pending)
    view.acts_of.ask(copies=True)
    dialog = view.acts_of.dialogs[-1]
    until(lambda: bool(dialog.reason.toPlainText()))  # type: ignore[attr-defined]
    dialog.act_button.click()  # type: ignore[attr-defined]
    until(lambda: view.standing is not None and bool(view.standing.open_request))
    story.picture(window, "receive-accepted")
    send_on(story, window, view)


def send_on(story: Story, window: MainWindow, view: IncomingView) -> None:
    """What was received goes on to others as the attachment of a notice."""
    view.forward_button.click()
    until(lambda: isinstance(window.view, ComposePage) and window.view.look is not None)
    story.picture(window, "receive-forward")
    window.open_page("received")


def sent_on_paper(story: Story, sender: Office) -> None:
    """The sender's book of what went by hand or secret post."""
    window = story.window(sender)
    window.open_page("paper_register")
    page = window.pages["paper_register"]
    assert isinstance(page, PaperBookPage)
    until(lambda: bool(page.table.rows.rows))
    story.picture(window, "register-on-paper")
    window.close()


def taken_back(story: Story, window: MainWindow, sender: Office, town: Town) -> None:
    """Recalled while open, corrected, gone on paper."""
    receiver = window._office
    plain = send(town, sender, PLAIN)
    view = opened(window, receiver, plain)
    view.open_return()
    view.dialog.note.setPlainText("附件第 2 页看不清，请核实。")  # type: ignore[union-attr]
    sender.followup.recall(plain, "数据有误，核实后另行发送")
    until(lambda: view.row.state is IncomingState.RECALLED)
    story.picture(view.dialog, "receive-return-recalled")  # type: ignore[arg-type]
    view.dialog.reject()  # type: ignore[union-attr]
    story.picture(window, "receive-recalled")
    wrong = send(town, sender, WRONG)
    until(lambda: any(row.document_id == wrong for row in receiver.incoming.list()))
    right = send(town, sender, RIGHT, "", DocumentMore(replaces=wrong))
    until(lambda: any(row.state is IncomingState.RESENT for row in receiver.incoming.list()))
    opened(window, receiver, wrong)
    story.picture(window, "receive-superseded")
    sender.followup.go_on_paper(
        right, PaperRequest(cause=PaperCause.OUTAGE, carried_by="机要通信", unit_codes=(RECEIVER,))
    )
    until(lambda: any(row.state is IncomingState.PAPER_FALLBACK for row in receiver.incoming.list()))
    opened(window, receiver, right)
    story.picture(window, "receive-on-paper")


def opened(window: MainWindow, office: Office, document: str) -> IncomingView:
    """The view of a document, with everything that is known of it."""
    until(lambda: any(row.document_id == document for row in office.incoming.list()))
    window.documents.open_received(document)
    until(lambda: isinstance(window.view, IncomingView) and window.view.row.document_id == document)
    view = window.view
    assert isinstance(view, IncomingView)
    until(lambda: view.standing is not None and background.idle)
    settle()
    return view
