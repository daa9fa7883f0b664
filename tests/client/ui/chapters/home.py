"""首页 and the lists: an ordinary morning, a day that went wrong, narrowing, several rows, export."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from client.ui.driving import settle, until
from client.ui.story import Story
from client.ui.town import PIN, UNITS
from gongwen_client.domain.day import Day, DayFact, Tallies, Task, TaskKind
from gongwen_client.domain.lists import Follow
from gongwen_client.domain.notices import NoticeCard, NoticeState
from gongwen_client.services.office import Office
from gongwen_client.ui.home.page import HomePage
from gongwen_client.ui.lists.conditions import Conditions
from gongwen_client.ui.lists.documents import DocumentList
from gongwen_client.ui.lists.find_page import FindPage
from gongwen_client.ui.shell.window import MainWindow
from gongwen_protocol.announcements import Notice, NoticeKind, Outage, OutageService
from gongwen_protocol.messages import Recipient, RecipientRole, ReturnReason

SENDER, RECEIVER, THIRD = UNITS[13][0], UNITS[5][0], UNITS[4][0]
SENDER_NAME = UNITS[13][1]
_CHINA = timezone(timedelta(hours=8))
LONG = (
    "示范市人民政府办公室转发市应急管理局等部门" + "关于进一步加强汛期值班值守和信息报送工作" * 8 + "的通知"
)
PLAN = (
    ("示范市人民政府办公室关于召开防汛工作会议的紧急通知", "示府办发电〔2026〕33号", "特急", "通知"),
    ("示范市人民政府办公室关于报送2026年重点项目进展情况的函", "示府办函〔2026〕86号", "", "函"),
    ("示范市人民政府办公室关于印发政务公开要点的通知", "示府办发〔2026〕13号", "加急", "通知"),
    ("示范市人民政府关于表彰节水先进集体的决定", "示府发〔2026〕21号", "", "决定"),
    (LONG[:200], "示府办发〔2026〕14号", "", "通知"),
    ("示范市人民政府办公室关于𠮷林巷历史建筑保护范围的批复", "示府办复〔2026〕7号", "", "批复"),
)


def tell(story: Story) -> None:
    """Sender and receiver, each with a first page and lists."""
    sender = story.town.logged_in(SENDER)
    receiver = story.town.logged_in(RECEIVER)
    send(story, sender, len(PLAN))
    prepare(story, sender)
    until(lambda: set(ours(receiver)) >= {one[0] for one in PLAN})
    answer(ours(receiver), receiver)
    window = story.window(receiver)
    look_at_home(story, window)
    look_at_pending(story, window)
    window.close()
    window = story.window(sender)
    look_at_sent(story, window)
    look_at_drafts(story, window)
    find_everywhere(story, window)
    window.close()


def send(story: Story, sender: Office, count: int) -> None:
    """So many documents of the plan, to two units."""
    key = sender.sealing.keys()[0].key_id
    before = len(sender.tracking.sent())
    for number in range(count):
        document = compose(story, sender, number)
        sender.drafts.submit_for_seal(document)
        sender.sealing.seal(document, key, PIN, sender.sealing.suggest(document, key))
        sender.sending.send(document)
    until(lambda: len(sender.tracking.sent()) == before + count)


def compose(story: Story, sender: Office, number: int) -> str:
    """A filled draft."""
    title, doc_number, urgency, kind = PLAN[number]
    document = sender.drafts.create().document_id
    draft = sender.drafts.set_body(document, story.town.body)
    changed = {"title": title, "doc_number": doc_number, "urgency": urgency, "doc_kind": kind}
    sender.drafts.set_elements(document, draft.elements.model_copy(update=changed))
    recipients = tuple(
        Recipient(unit_code=code, role=RecipientRole.MAIN, copies=2) for code in (RECEIVER, THIRD)
    )
    sender.drafts.set_recipients(document, recipients)
    return document


def prepare(story: Story, sender: Office) -> None:
    """Drafts on their way."""
    for number in (1, 3, 4):
        compose(story, sender, number)
    sender.drafts.submit_for_seal(compose(story, sender, 2))
    ready = compose(story, sender, 5)
    key = sender.sealing.keys()[0].key_id
    sender.drafts.submit_for_seal(ready)
    sender.sealing.seal(ready, key, PIN, sender.sealing.suggest(ready, key))


def ours(receiver: Office) -> dict[str, str]:
    """Title → delivery of what this chapter sent: others of the town send under the same titles."""
    return {
        row.elements.title: row.delivery_id
        for row in receiver.incoming.list()
        if row.sender_name == SENDER_NAME
    }


def answer(rows: dict[str, str], receiver: Office) -> None:
    """One accepted, one returned, the others wait."""
    accepted, returned = rows[PLAN[3][0]], rows[PLAN[1][0]]
    receiver.incoming.open(accepted)
    receiver.incoming.accept(accepted, receiver.incoming.verify(accepted).checks)
    receiver.incoming.return_document(returned, ReturnReason.MISDIRECTED, "应发市发展和改革委员会。", None)
    until(lambda: not receiver.duty.waiting())


def look_at_home(story: Story, window: MainWindow) -> None:
    """The day as it is; days of other kinds; nothing to do."""
    home = window.home
    until(lambda: home.day is not None and bool(home.tasks))
    story.picture(window, "home")
    assert home.day is not None
    show(home, hard_day(home.day))
    story.picture(window, "home-hard-day")
    show(home, quiet_day(home.day))
    story.picture(window, "home-quiet-day")


def show(home: HomePage, day: Day) -> None:
    """Show a day that is not today."""
    settle()
    home.show_day(day)


def hard_day(day: Day) -> Day:
    """A working afternoon before a holiday in a region with a cut-off; much is late."""
    now = datetime(2026, 9, 24, 14, 52, tzinfo=_CHINA)
    tasks = (
        _task(
            TaskKind.RECEIVE,
            "pending",
            PLAN[0][0],
            "特急",
            now - timedelta(hours=5),
            now - timedelta(hours=3),
        ),
        _task(
            TaskKind.RECEIVE,
            "pending",
            PLAN[2][0],
            "加急",
            now - timedelta(hours=2),
            now + timedelta(minutes=50),
        ),
        _task(
            TaskKind.RECEIVE, "pending", LONG[:200], "", now - timedelta(hours=1), now + timedelta(hours=3)
        ),
        _task(TaskKind.ANSWER_RETURN, "returned_to_us", PLAN[1][0], "", now - timedelta(hours=4)),
        _task(TaskKind.ANSWER_REQUEST, "sent", PLAN[3][0], "", now - timedelta(days=1), count=2),
        _task(
            TaskKind.URGE, "sent", PLAN[3][0], "", now - timedelta(days=3), now - timedelta(days=2), count=7
        ),
        _task(TaskKind.SEAL, "awaiting_seal", PLAN[5][0], "", now - timedelta(hours=1), count=12),
        _task(TaskKind.SEND, "ready", PLAN[4][0], "", now - timedelta(minutes=9), count=93),
    )
    return replace(
        day,
        now=now,
        workday=True,
        name="",
        known=True,
        checks=replace(day.checks, morning_wanted=1, afternoon_wanted=1),
        check_times=(),
        cutoff=now.replace(hour=15, minute=30),
        tasks=tuple(sorted(tasks, key=lambda task: task.order(now))),
        more_tasks=23,
        tallies=Tallies(12, 9, 3, 2, 1, 214, 1, 2, 6),
        facts=(
            DayFact(now.date().replace(day=25), now.date().replace(day=27), "中秋节", worked=False),
            DayFact(
                now.date().replace(month=10, day=1),
                now.date().replace(month=10, day=7),
                "国庆节",
                worked=False,
            ),
            DayFact(
                now.date().replace(month=10, day=10),
                now.date().replace(month=10, day=10),
                "调休上班",
                worked=True,
            ),
        ),
        next_workday=now.date().replace(day=28),
        notices=(
            notice("9月26日晚平台停机维护两小时", now - timedelta(hours=1), outage=True),
            notice("关于国庆节期间公文交换值守安排的公告", now - timedelta(days=1), read=True),
        ),
    )


def notice(title: str, at: datetime, *, outage: bool = False, read: bool = False) -> NoticeCard:
    """An announcement, or an outage to come."""
    facts = Outage(
        begins=at + timedelta(days=2),
        services=(OutageService.ALL,),
        measures="改用纸质。",
        contact="值班电话",
    )
    said = Notice(
        notice_id="0" * 32,
        exchange="示范市电子公文交换中心",
        kind=NoticeKind.OUTAGE if outage else NoticeKind.ANNOUNCEMENT,
        title=title,
        text=title,
        issued_at=at,
        issued_by="平台管理员",
        valid_until=at + timedelta(days=30),
        outage=facts if outage else None,
    )
    return NoticeCard(said, NoticeState.CURRENT, by_file=False, read=read)


def quiet_day(day: Day) -> Day:
    """A working day on which all is done."""
    now = datetime(2026, 11, 24, 16, 5, tzinfo=_CHINA)
    return replace(
        day,
        now=now,
        workday=True,
        name="",
        checks=replace(day.checks, morning_wanted=1, afternoon_wanted=1),
        check_times=(now.replace(hour=9, minute=12), now.replace(hour=14, minute=40), now.replace(hour=15)),
        cutoff=None,
        tasks=(),
        more_tasks=0,
        tallies=Tallies(),
        facts=(),
        next_workday=now.date() + timedelta(days=1),
    )


def _task(
    kind: TaskKind,
    page: str,
    title: str,
    urgency: str,
    since: datetime,
    due: datetime | None = None,
    count: int = 0,
) -> Task:
    unit = "示范市人民政府办公室" if kind is TaskKind.RECEIVE else "示范市水利局"
    return Task(
        kind, page, f"{kind}{title}", title, unit, urgency, since, due, count, kind is TaskKind.RECEIVE
    )


def look_at_pending(story: Story, window: MainWindow) -> None:
    """The list, narrowed, searched, its menus."""
    window.open_page("pending")
    page = _list(window, "pending")
    until(lambda: len(page.table.rows.rows) >= len(PLAN) - 2)
    story.picture(window, "pending")
    page.narrow_button.click()
    settle()
    page.conditions.show_conditions(Conditions(period="今天", urgency="特急"))
    until(lambda: {row.elements.urgency for row in page.table.rows.rows} == {"特急"})
    story.picture(window, "pending-narrowed")
    page.conditions.show_conditions(Conditions())
    page.narrow_button.click()
    until(lambda: len(page.table.rows.rows) >= len(PLAN) - 2)
    menu = page.row_menu()
    menu.popup(window.mapToGlobal(window.rect().center()))
    story.picture(menu, "row-menu")
    menu.close()
    menu = page.table.column_menu()
    menu.popup(window.mapToGlobal(window.rect().center()))
    story.picture(menu, "column-menu")
    menu.close()
    page.search.setText("没有这样的公文")
    until(lambda: not page.table.isVisible())
    story.picture(window, "pending-nothing-found")
    window.open_page("received")
    until(lambda: bool(_list(window, "received").table.rows.rows))
    story.picture(window, "received")
    window.open_page("returned")
    until(lambda: bool(_list(window, "returned").table.rows.rows))
    story.picture(window, "returned")


def look_at_sent(story: Story, window: MainWindow) -> None:
    """What was sent and is not received by all; urging several."""
    window.open_list("sent", Follow.OPEN.value)
    page = _list(window, "sent")
    until(lambda: bool(page.table.rows.rows))
    page.table.selectAll()
    story.picture(window, "sent-several")
    page.act(page.plan.acts[0])
    acts = window.acts
    until(lambda: acts.dialog is not None)
    assert acts.dialog is not None
    story.picture(acts.dialog, "urge-several")
    acts.dialog.reject()
    window.open_page("returned_to_us")
    until(lambda: bool(_list(window, "returned_to_us").table.rows.rows))
    story.picture(window, "returned-to-us")


def look_at_drafts(story: Story, window: MainWindow) -> None:
    """Drafts; deleting several; a list as a file."""
    window.open_page("drafts")
    page = _list(window, "drafts")
    until(lambda: len(page.table.rows.rows) >= 3)
    page.table.selectAll()
    page.act(page.plan.acts[0])
    acts = window.acts
    until(lambda: acts.dialog is not None)
    assert acts.dialog is not None
    story.picture(acts.dialog, "discard-several")
    acts.dialog.reject()
    done: list[object] = []
    page.exported.connect(done.append)
    page.export(story.town.home / "草稿.xlsx")
    until(lambda: bool(done))
    story.picture(window, "exported")
    for name in ("awaiting_seal", "ready"):
        window.open_page(name)
        until(lambda name=name: bool(_list(window, name).table.rows.rows))
        story.picture(window, name.replace("_", "-"))


def find_everywhere(story: Story, window: MainWindow) -> None:
    """One question over all lists and books."""
    window.open_page("find")
    page = window.pages["find"]
    assert isinstance(page, FindPage)
    page.search.setText("通知")
    until(lambda: page.table.isVisible() and bool(page.table.rows.rows))
    story.picture(window, "find")


def _list(window: MainWindow, name: str) -> DocumentList:
    page = window.pages[name]
    assert isinstance(page, DocumentList)
    return page
