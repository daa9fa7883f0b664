"""Following a sent document: the board with deadlines, urging, calls, taking back, requests, replies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from client.ui.driving import settle, until
from client.ui.files import page_photographed
from client.ui.story import Story
from client.ui.town import PIN, UNITS, Town
from fakes.clock import FakeClock
from gongwen_client.domain.following import DocumentMore
from gongwen_client.services.office import Office
from gongwen_client.ui.sending.sent_view import SentView
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.tasks import background
from gongwen_client.ui.tracking.call import CallDialog
from gongwen_client.ui.tracking.photograph_dialog import PhotographDialog
from gongwen_client.ui.tracking.requests_page import RequestsPage
from gongwen_protocol.actions import Attendance, MeetingCall, MeetingReply, SpecialAttachment
from gongwen_protocol.messages import CheckResult, Finding, Recipient, RecipientRole, ReturnReason
from gongwen_protocol.profile import ReminderLevel

SENDER = UNITS[1][0]
TAKES, RETURNS, ASKS, SILENT, LOOKS = (UNITS[n][0] for n in (2, 3, 5, 7, 8))
TITLE = "示范市发展和改革委员会关于召开重点项目调度会议的紧急通知"


def next_monday() -> datetime:
    """09:12 in Beijing; not in the past, in which the exchange's certificate was not valid yet."""
    today = datetime.now(UTC).date()
    day = today + timedelta(days=7 - today.weekday())
    return datetime(day.year, day.month, day.day, 1, 12, tzinfo=UTC)


def tell(story: Story) -> None:
    """In a town of its own, whose clock runs as the story wants."""
    clock = FakeClock(next_monday())
    town = Town.found(story.town.home / "tracking", clock)
    try:
        _tell(Story(town, story._look, story._size), clock)
    finally:
        background.stop()
        town.stop()


def _tell(story: Story, clock: FakeClock) -> None:
    town = story.town
    sender = town.logged_in(SENDER)
    window = story.window(sender)
    document = send(sender, town.body, clock)
    receivers = {code: town.logged_in(code, key=False) for code in (TAKES, RETURNS, ASKS, LOOKS)}
    for office in receivers.values():
        until(lambda office=office: bool(office.incoming.list()))
    delivery = {code: office.incoming.list()[0].delivery_id for code, office in receivers.items()}
    clock.advance(minutes=35)
    body = sender.boards.document(document).body.digest
    fine = CheckResult(
        body=Finding.OK, attachments=Finding.OK, seal=Finding.OK, layout=Finding.OK, body_digest=body
    )
    receivers[TAKES].incoming.accept(delivery[TAKES], fine)
    reply = MeetingReply(
        attendance=Attendance.ATTENDS, posts=("局长", "办公室主任"), contact="办公室 88880003"
    )
    receivers[TAKES].asking.reply(delivery[TAKES], reply)
    receivers[TAKES].asking.arrived(delivery[TAKES], 0, "完好")
    receivers[RETURNS].incoming.return_document(
        delivery[RETURNS], ReturnReason.ATTACHMENT_FAULT, "附件第 2 页缺失，请补发。", None
    )
    photographs = receivers[ASKS].photographs
    photograph = photographs.take(page_photographed(town.body, town.home))
    picture = photographs.wrapped(delivery[ASKS], photograph)
    receivers[ASKS].asking.more_copies(delivery[ASKS], 2, "打印时卡纸，损坏两份，会议需要纸质件。", picture)
    receivers[LOOKS].incoming.open(delivery[LOOKS])
    sender.followup.remind(document, ReminderLevel.NOTIFY, "请及时查收。", (SILENT,))
    until(lambda: sender.tracking.sent()[0].reminders == 1)
    clock.advance(hours=4)
    sender.duty.poll_now()
    until(lambda: sender.tracking.sent()[0].open_requests == 1 and sender.tracking.sent()[0].received == 1)
    until(lambda: sender.tracking.sent()[0].returned == 1)
    sender.boards.note_call(document, SILENT, "办公室值班", "收发员外出，请其回来后立即接收。")
    board(story, window, document)
    dialogs(story, window)
    requests(story, window)
    window.close()


def send(sender: Office, body: Path, clock: FakeClock) -> str:
    """A document that calls a meeting and has a drawing on paper, to eight units."""
    document = sender.drafts.create().document_id
    draft = sender.drafts.set_body(document, body)
    changed = {"title": TITLE, "doc_number": "示发改电〔2026〕5号", "urgency": "特急"}
    sender.drafts.set_elements(document, draft.elements.model_copy(update=changed))
    codes = [UNITS[n][0] for n in (2, 3, 5, 6, 7, 8, 10, 11)]
    sender.drafts.set_recipients(
        document,
        tuple(
            Recipient(unit_code=code, role=RecipientRole.CC if place > 5 else RecipientRole.MAIN, copies=3)
            for place, code in enumerate(codes)
        ),
    )
    sender.drafts.set_more(
        document,
        DocumentMore(
            special_attachments=(SpecialAttachment(name="项目总平面图（A0）", copies=1, sent_by="机要通信"),),
            meeting=MeetingCall(meeting="重点项目调度会议", reply_by=clock.now() + timedelta(hours=30)),
        ),
    )
    sender.drafts.submit_for_seal(document)
    key = sender.sealing.keys()[0].key_id
    sender.sealing.seal(document, key, PIN, sender.sealing.suggest(document, key))
    sender.sending.send(document)
    until(lambda: bool(sender.tracking.sent()))
    return document


def board(story: Story, window: MainWindow, document: str) -> None:
    """The board with its filters, a unit in full, replies, parts on paper."""
    window.open_page("sent")
    page = window.list_page("sent")
    until(lambda: bool(page.table.rows.rows))
    page.open_chosen()
    view = window.view
    assert isinstance(view, SentView)
    until(lambda: view.followed is not None and view.reader.pages.is_drawn)
    until(lambda: view.followed is not None and bool(view.followed.board.late))
    story.picture(window, "track-document")
    view.show_board()
    view.board.table.choose(next(line.row.delivery_id for line in view.followed.board.late))
    story.picture(window, "track-board")
    view.board.choose("returned")
    view.board.table.selectAll()
    story.picture(window, "track-board-returned")
    view.board.choose("all")
    view.reader.tabs.setCurrentIndex(view.replies_tab)
    story.picture(window, "track-replies")
    view.reader.tabs.setCurrentIndex(view.arrivals_tab)
    story.picture(window, "track-arrivals")
    view.show_board()


def dialogs(story: Story, window: MainWindow) -> None:
    """催办, 撤回, 重发, 转纸质, 通话, 更正, 补发."""
    view = window.view
    assert isinstance(view, SentView)
    assert view.followed is not None
    silent = [line.row for line in view.followed.board.lines if line.row.unit_code == SILENT]
    for name, rows in (
        ("remind", [line.row for line in view.followed.board.lines]),
        ("recall", [line.row for line in view.followed.board.lines]),
        ("resend", [line.row for line in view.followed.board.lines if not line.awaited]),
        ("paper", silent),
        ("call", silent),
    ):
        view.acts_of.open(name, rows)
        settle()
        dialog = view.acts_of.dialogs[-1]
        story.picture(dialog, f"track-{name}")
        if isinstance(dialog, CallDialog):
            dialog.spoken_with.setText("收发员")
        dialog.reject()
    view.acts_of.correct()
    settle()
    story.picture(view.acts_of.dialogs[-1], "track-correct")
    view.acts_of.dialogs[-1].reject()
    view.acts_of.supplement()
    until(lambda: bool(view.acts_of.dialogs))
    story.picture(view.acts_of.dialogs[-1], "track-supplement")
    view.acts_of.dialogs[-1].reject()


def requests(story: Story, window: MainWindow) -> None:
    """The queue of requests and its two answers."""
    window.open_page("requests")
    page = window.pages["requests"]
    assert isinstance(page, RequestsPage)
    until(lambda: bool(page.table.rows.rows))
    page.table.choose(page.table.rows.identity(0))
    story.picture(window, "track-requests")
    page.refuse_button.click()
    assert page.dialog is not None
    story.picture(page.dialog, "track-refuse")
    page.dialog.reject()
    page.grant_button.click()
    assert page.dialog is not None
    story.picture(page.dialog, "track-grant")
    shown = PhotographDialog(page.dialog, window._office, page.table.chosen())
    shown.open()
    until(lambda: shown.pixels is not None)
    story.picture(shown, "track-photograph")
    shown.reject()
    page.dialog.reject()
