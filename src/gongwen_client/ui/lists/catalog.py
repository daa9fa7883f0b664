"""The lists of the navigation: their columns, states, acts and what they say when they are empty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gongwen_client.domain.drafts import Draft
from gongwen_client.domain.lists import DECIDED, WAITING, Follow, ListName, SortKey
from gongwen_client.domain.returns import Handling
from gongwen_client.domain.rows import DeliveryRow, IncomingRow, IncomingState, SentRow
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.lists import cells
from gongwen_client.ui.lists.cells import Clock
from gongwen_client.ui.lists.conditions import Choice
from gongwen_client.ui.lists.documents import DocumentList
from gongwen_client.ui.lists.plan import ListPlan, RowAct
from gongwen_client.ui.lists.table import Column
from gongwen_client.ui.widgets.states import EmptyState
from gongwen_protocol.messages import Elements
from gongwen_protocol.states import DeliveryState, DocumentState

__all__ = ["DECIDED", "WAITING", "list_page", "sent_state"]

Returned = tuple[SentRow, DeliveryRow]
sent_state = cells.sent_state
_NO_TITLE = "（未填标题）"


def _elements(row: Any) -> Elements:
    return row[0].elements if isinstance(row, tuple) else row.elements  # type: ignore[no-any-return]


_TITLE: Column[Any] = Column("标题", lambda row: _elements(row).title or _NO_TITLE, key=SortKey.TITLE)
_URGENCY: Column[Any] = Column(
    "紧急程度",
    lambda row: _elements(row).urgency,
    68,
    state=lambda row: cells.urgency(_elements(row).urgency),
    key=SortKey.URGENCY,
)


def _number(width: int = 178) -> Column[Any]:
    return Column("文号", lambda row: _elements(row).doc_number, width, key=SortKey.NUMBER)


def _kind(*, hidden: bool = False) -> Column[Any]:
    return Column(
        "类型", lambda row: _elements(row).doc_kind, 60, quiet=True, key=SortKey.KIND, hidden=hidden
    )


def _size(*, hidden: bool = False) -> Column[Any]:
    return Column(
        "大小",
        lambda row: words.size(row.size),
        76,
        right=True,
        quiet=True,
        key=SortKey.SIZE,
        hidden=hidden,
    )


def _reminders() -> Column[Any]:
    return Column(
        "催办次数",
        lambda row: str(row.reminders) if row.reminders else "",
        68,
        state=lambda row: cells.reminders(row.reminders),
        key=SortKey.REMINDERS,
    )


def _incoming_choices(states: Sequence[IncomingState]) -> tuple[Choice, ...]:
    return tuple(Choice(state.value, words.INCOMING_STATES[state].word) for state in states)


def _pending(now: Clock) -> ListPlan:
    """待收公文: what waits for a person; the urgent first, then the newest."""
    return ListPlan(
        ListName.PENDING,
        "待收公文",
        (
            _TITLE,
            Column(
                "紧急程度",
                lambda row: shown.word if (shown := cells.pressing(row)) else "",
                100,
                state=cells.pressing,
                key=SortKey.URGENCY,
            ),
            _number(182),
            _kind(hidden=True),
            Column("发送单位", lambda row: row.sender_name, 156, key=SortKey.UNIT, most=260),
            cells.time_column("发送时间", lambda row: row.sent_at, SortKey.TIME, 96),
            cells.due_column(now),
            _size(hidden=True),
            Column(
                "状态",
                lambda row: cells.incoming_state(row).word,
                92,
                state=cells.incoming_state,
                key=SortKey.STATE,
            ),
        ),
        EmptyState(
            "inbox", "没有待收公文", "其他单位发来的公文会出现在这里。每个工作日上午、下午各查收一次。"
        ),
        states=_incoming_choices(WAITING),
        units="发送单位",
        unread=True,
        acts=(
            RowAct("accept", "核验并接收…", "accept"),
            RowAct("return", "退文…", "returned", danger=True),
        ),
    )


def _printable(row: IncomingRow) -> bool:
    return row.state in (IncomingState.RECEIVED, IncomingState.VERIFIED) and not row.pending


def _received_for_good(row: IncomingRow) -> bool:
    return row.state is IncomingState.RECEIVED and not row.pending


def _received() -> ListPlan:
    """已收公文."""
    return ListPlan(
        ListName.RECEIVED,
        "已收公文",
        (
            _TITLE,
            _number(174),
            _kind(hidden=True),
            Column("发送单位", lambda row: row.sender_name, 170, key=SortKey.UNIT, most=260),
            cells.time_column("发送时间", lambda row: row.sent_at, SortKey.TIME, 100, hidden=True),
            cells.time_column("接收时间", lambda row: row.received_at, SortKey.DONE, 104),
            Column("接收方式", cells.received_by, 80),
            Column("收文编号", lambda row: row.register_number, 86),
            Column("签收人", lambda row: row.handled_by, 84, quiet=True, hidden=True),
            Column(
                "剩余份数",
                lambda row: f"{row.copies - row.printed} / {row.copies}",
                80,
                right=True,
                key=SortKey.COPIES,
            ),
            _size(hidden=True),
            Column(
                "状态",
                lambda row: cells.incoming_state(row).word,
                116,
                state=cells.incoming_state,
                key=SortKey.STATE,
            ),
        ),
        EmptyState("received", "还没有已收公文", "核验并接收的公文会出现在这里，可以打印原件。"),
        states=_incoming_choices(DECIDED),
        units="发送单位",
        acts=(
            RowAct("print", "打印原件…", "print", fits=_printable),
            RowAct("copy", "下载副本…", "download", fits=_printable),
            RowAct("forward", "转发…", "send", fits=_received_for_good),
            RowAct("register", "登记承办…", "register", fits=_received_for_good),
            RowAct(
                "archive",
                "归档…",
                "folder",
                many=True,
                fits=lambda row: _received_for_good(row) and not row.archived,
            ),
        ),
    )


def _returned_by_us() -> ListPlan:
    """退文 (收文): what this unit sent back."""
    return ListPlan(
        ListName.RETURNED,
        "本单位退文",
        (
            _TITLE,
            _number(),
            Column("发送单位", lambda row: row.sender_name, 180, key=SortKey.UNIT, most=260),
            cells.time_column("退文时间", lambda row: row.returned_at, SortKey.DONE, 110),
            Column(
                "退文原因",
                lambda row: words.return_reason(row.return_reason),
                180,
                key=SortKey.REASON,
            ),
            Column(
                "状态",
                lambda row: cells.incoming_state(row).word,
                130,
                state=cells.incoming_state,
                key=SortKey.STATE,
            ),
        ),
        EmptyState("returned", "没有退文", "核验有误而退回发文单位的公文会出现在这里。"),
        units="发送单位",
    )


def _drafts(name: ListName, title: str, empty: EmptyState, acts: Sequence[RowAct]) -> ListPlan:
    """草稿, 待盖章 or 待发公文."""
    columns: tuple[Column[Draft], ...] = (
        _TITLE,
        _URGENCY,
        _number(),
        Column("文种", lambda row: row.elements.doc_kind, 64, quiet=True, key=SortKey.KIND),
        Column(
            "接收单位",
            lambda row: f"{len(row.recipients)} 个" if row.recipients else "未选",
            84,
            key=SortKey.RECIPIENTS,
        ),
        Column("拟稿人", cells.author, 76, quiet=True),
        Column("盖章进度", cells.sealing, 128, key=SortKey.PROGRESS),
        cells.time_column("更新时间", lambda row: row.updated_at, SortKey.TIME, 104),
        Column(
            "状态", lambda row: cells.draft_state(row).word, 116, state=cells.draft_state, key=SortKey.STATE
        ),
    )
    return ListPlan(name, title, columns, empty, acts=acts, hint="查找标题、文号、正文")


def _sent(now: Clock) -> ListPlan:
    """已发公文 with x / n and the unit that is waited for longest."""
    return ListPlan(
        ListName.SENT,
        "已发公文",
        (
            _TITLE,
            _URGENCY,
            _number(178),
            _kind(hidden=True),
            cells.time_column("发送时间", lambda row: row.sent_at, SortKey.TIME, 96),
            Column("接收单位", cells.units, 168, quiet=True, hidden=True),
            Column("接收情况", cells.progress, 72, right=True, tip=cells.units, key=SortKey.PROGRESS),
            Column("最早未收", cells.waiting, 144, tip=cells.waiting_tip, key=SortKey.WAITING, most=280),
            cells.due_column(now),
            _reminders(),
            _size(hidden=True),
            Column("状态", lambda row: sent_state(row).word, 100, state=sent_state, key=SortKey.STATE),
        ),
        EmptyState("send", "还没有已发公文", "发送出去的公文和各单位的接收情况会出现在这里。"),
        states=(
            Choice(Follow.OPEN.value, "未收齐"),
            Choice(Follow.OVERDUE.value, "超过时限未收"),
            Choice(Follow.RETURNED.value, "有退文"),
            Choice(Follow.REQUESTED.value, "有申请待答复"),
            Choice(Follow.COMPLETE.value, "全部接收"),
        ),
        units="接收单位",
        acts=(
            RowAct("urge", "催办…", "urge", many=True, fits=lambda row: row.waiting > 0),
            RowAct("register", "登记签收和办结…", "register"),
            RowAct("archive", "归档…", "folder", many=True),
        ),
    )


def _came_back(row: Returned) -> bool:
    return row[1].state is DeliveryState.RETURNED


def _open_return(row: Returned) -> bool:
    return row[1].handling is Handling.OPEN


def _returned_to_us() -> ListPlan:
    """退回公文 (发文): what other units sent back to us."""
    columns: tuple[Column[Returned], ...] = (
        _TITLE,
        _number(),
        Column("退文单位", lambda row: row[1].unit_name, 168, key=SortKey.UNIT, most=260),
        cells.time_column("退文时间", lambda row: row[1].returned_at, SortKey.TIME, 104),
        Column("退文原因", lambda row: words.return_reason(row[1].return_reason), 128, key=SortKey.REASON),
        Column("附言", lambda row: row[1].return_note, 168, quiet=True, most=420),
        Column(
            "处理状态",
            lambda row: cells.return_handling(row).word,
            112,
            state=cells.return_handling,
            tip=lambda row: row[1].handling_note or cells.return_handling(row).word,
            key=SortKey.STATE,
        ),
    )
    return ListPlan(
        ListName.RETURNED_TO_US,
        "退回公文",
        columns,
        EmptyState("returned", "没有被退回的公文", "接收单位退回的公文和原因会出现在这里。"),
        states=(Choice(Handling.OPEN.value, "待处理"), Choice(Follow.COMPLETE.value, "已处理")),
        units="退文单位",
        acts=(
            RowAct("resend", "重发…", "send", fits=_came_back),
            RowAct("correct", "补发更正…", "draft", fits=_came_back),
            RowAct("close_return", "作废（不再发送）…", "stop", many=True, fits=_open_return),
        ),
    )


def _changeable(row: Draft) -> bool:
    return row.state is not DocumentState.SENDING


_DISCARD = RowAct("discard", "删除…", "trash", many=True, danger=True, fits=_changeable)


def all_plans(now: Clock) -> tuple[ListPlan, ...]:
    """Every list, in the navigation's order; deadlines go by ``now``, the exchange's clock."""
    return (
        _pending(now),
        _received(),
        _returned_by_us(),
        _drafts(
            ListName.DRAFTS,
            "草稿",
            EmptyState("draft", "没有草稿", "按 Ctrl+N 新建发文，草稿保存在本机。"),
            (_DISCARD,),
        ),
        _drafts(
            ListName.AWAITING_SEAL,
            "待盖章",
            EmptyState("seal", "没有待盖章的公文", "提交盖章的公文会出现在这里，由印章管理员用印。"),
            (RowAct("take_back", "退回修改", "back", many=True), _DISCARD),
        ),
        _drafts(
            ListName.READY,
            "待发公文",
            EmptyState("outbox", "没有待发公文", "盖章后的公文会出现在这里，确认后发送。"),
            (_DISCARD,),
        ),
        _sent(now),
        _returned_to_us(),
    )


def list_page(office: Office, name: ListName) -> DocumentList:
    """The page of a list."""
    [plan] = (plan for plan in all_plans(office.boards.now) if plan.name is name)
    return DocumentList(office, plan)
