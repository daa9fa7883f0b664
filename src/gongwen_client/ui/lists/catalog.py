"""The lists of the navigation: their columns, empty states and rows."""

from __future__ import annotations

from collections.abc import Sequence

from gongwen_client.domain.drafts import Draft
from gongwen_client.domain.rows import DeliveryRow, IncomingRow, IncomingState, SentRow
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.lists.page import ListPage
from gongwen_client.ui.lists.table import Column, RowModel, RowTable
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.states import EmptyState
from gongwen_client.ui.words import StateWord
from gongwen_protocol.states import DocumentState

Returned = tuple[SentRow, DeliveryRow]
_URGENT = {
    "特急": StateWord("特急", "warning", Tone.INVALID),
    "加急": StateWord("加急", "warning", Tone.WARNING),
}
WAITING = (
    IncomingState.PENDING,
    IncomingState.DOWNLOADING,
    IncomingState.LOCKED,
    IncomingState.TO_VERIFY,
)
DECIDED = (
    IncomingState.VERIFIED,
    IncomingState.RECEIVED,
    IncomingState.RECALLED,
    IncomingState.RESENT,
    IncomingState.PAPER_FALLBACK,
)


def _urgency(text: str) -> StateWord | None:
    return _URGENT.get(text)


def _incoming_state(row: IncomingRow) -> StateWord:
    state = words.INCOMING_STATES[row.state]
    return StateWord(f"{state.word}（待送达）", "progress", Tone.INFO) if row.pending else state


def _incoming_matches(row: IncomingRow, text: str) -> bool:
    return any(text in field for field in (row.elements.title, row.elements.doc_number, row.sender_name))


def pending_page(office: Office) -> ListPage:
    """待收公文: what waits for a person, the urgent first, then the newest."""
    columns: Sequence[Column[IncomingRow]] = (
        Column("标题", lambda row: row.elements.title),
        Column(
            "紧急程度",
            lambda row: row.elements.urgency,
            84,
            state=lambda row: _urgency(row.elements.urgency),
            sort=_urgency_rank,
        ),
        Column("文号", lambda row: row.elements.doc_number, 184),
        Column("发送单位", lambda row: row.sender_name, 172),
        Column(
            "发送时间",
            lambda row: words.when(row.sent_at),
            104,
            sort=_sent_at,
            tip=lambda row: words.stamp(row.sent_at),
        ),
        Column(
            "大小", lambda row: words.size(row.size), 76, sort=lambda row: row.size, right=True, quiet=True
        ),
        Column("状态", lambda row: _incoming_state(row).word, 104, state=_incoming_state),
    )
    model = RowModel(columns, lambda row: row.delivery_id, lambda row: row.unread)
    return ListPage(
        "pending",
        "待收公文",
        RowTable(model, "pending_table", "待收公文列表"),
        EmptyState(
            "inbox", "没有待收公文", "其他单位发来的公文会出现在这里。每个工作日上午、下午各查收一次。"
        ),
        lambda: sorted(office.incoming.list(WAITING), key=_urgency_rank),
        _incoming_matches,
    )


def _urgency_rank(row: IncomingRow) -> int:
    return {"特急": 0, "加急": 1}.get(row.elements.urgency, 2)


def _sent_at(row: IncomingRow) -> float:
    return row.sent_at.timestamp()


def received_page(office: Office) -> ListPage:
    """已收公文."""
    columns: Sequence[Column[IncomingRow]] = (
        Column("标题", lambda row: row.elements.title),
        Column("文号", lambda row: row.elements.doc_number, 172),
        Column("发送单位", lambda row: row.sender_name, 180),
        Column(
            "接收时间",
            lambda row: words.when(row.received_at),
            110,
            sort=lambda row: row.received_at.timestamp() if row.received_at else 0.0,
            tip=lambda row: words.stamp(row.received_at),
        ),
        Column(
            "剩余份数", lambda row: f"{row.copies - row.printed} / {row.copies}", 84, sort=_left, right=True
        ),
        Column("状态", lambda row: _incoming_state(row).word, 130, state=_incoming_state),
    )
    model = RowModel(columns, lambda row: row.delivery_id)
    return ListPage(
        "received",
        "已收公文",
        RowTable(model, "received_table", "已收公文列表"),
        EmptyState("received", "还没有已收公文", "核验并接收的公文会出现在这里，可以打印原件。"),
        lambda: office.incoming.list(DECIDED),
        _incoming_matches,
        lambda text: [row for row in office.incoming.search(text) if row.state in DECIDED],
    )


def _left(row: IncomingRow) -> int:
    return row.copies - row.printed


def returned_by_us_page(office: Office) -> ListPage:
    """退文 (收文): what this unit sent back."""
    columns: Sequence[Column[IncomingRow]] = (
        Column("标题", lambda row: row.elements.title),
        Column("文号", lambda row: row.elements.doc_number, 172),
        Column("发送单位", lambda row: row.sender_name, 180),
        Column(
            "退文时间",
            lambda row: words.when(row.returned_at),
            110,
            tip=lambda row: words.stamp(row.returned_at),
        ),
        Column("退文原因", lambda row: words.return_reason(row.return_reason), 180),
        Column("状态", lambda row: _incoming_state(row).word, 130, state=_incoming_state),
    )
    model = RowModel(columns, lambda row: row.delivery_id)
    return ListPage(
        "returned",
        "本单位退文",
        RowTable(model, "returned_table", "本单位退文列表"),
        EmptyState("returned", "没有退文", "核验有误而退回发文单位的公文会出现在这里。"),
        lambda: office.incoming.list((IncomingState.RETURNED,)),
        _incoming_matches,
    )


def _draft_state(row: Draft) -> StateWord:
    if row.refusal:
        return StateWord("未能发送", "invalid", Tone.INVALID)
    return words.DOCUMENT_STATES[row.state]


def _draft_matches(row: Draft, text: str) -> bool:
    return text in row.elements.title or text in row.elements.doc_number


def drafts_page(
    office: Office, name: str, title: str, states: tuple[DocumentState, ...], empty: EmptyState
) -> ListPage:
    """草稿, 待盖章 or 待发公文."""
    columns: Sequence[Column[Draft]] = (
        Column("标题", lambda row: row.elements.title or "（未填标题）"),
        Column("文号", lambda row: row.elements.doc_number, 172),
        Column("文种", lambda row: row.elements.doc_kind, 64, quiet=True),
        Column(
            "接收单位",
            lambda row: f"{len(row.recipients)} 个" if row.recipients else "未选",
            84,
            sort=lambda row: len(row.recipients),
        ),
        Column(
            "更新时间",
            lambda row: words.when(row.updated_at),
            110,
            sort=lambda row: row.updated_at.timestamp(),
            tip=lambda row: words.stamp(row.updated_at),
        ),
        Column("状态", lambda row: _draft_state(row).word, 110, state=_draft_state),
    )
    model = RowModel(columns, lambda row: row.document_id)

    def load() -> list[Draft]:
        return [draft for draft in office.drafts.list() if draft.state in states]

    return ListPage(
        name, title, RowTable(model, f"{name}_table", f"{title}列表"), empty, load, _draft_matches
    )


def sent_page(office: Office) -> ListPage:
    """已发公文 with x / n."""
    columns: Sequence[Column[SentRow]] = (
        Column("标题", lambda row: row.elements.title),
        Column("文号", lambda row: row.elements.doc_number, 172),
        Column("文种", lambda row: row.elements.doc_kind, 64, quiet=True),
        Column(
            "发送时间",
            lambda row: words.when(row.sent_at),
            110,
            sort=lambda row: row.sent_at.timestamp(),
            tip=lambda row: words.stamp(row.sent_at),
        ),
        Column(
            "接收情况",
            lambda row: f"{row.received} / {row.total}",
            84,
            sort=lambda row: row.received / max(1, row.total),
            right=True,
        ),
        Column(
            "退文",
            lambda row: str(row.returned) if row.returned else "",
            56,
            sort=lambda row: row.returned,
            right=True,
        ),
        Column("状态", lambda row: sent_state(row).word, 110, state=sent_state),
    )
    model = RowModel(columns, lambda row: row.document_id)
    return ListPage(
        "sent",
        "已发公文",
        RowTable(model, "sent_table", "已发公文列表"),
        EmptyState("send", "还没有已发公文", "发送出去的公文和各单位的接收情况会出现在这里。"),
        office.tracking.sent,
        lambda row, text: text in row.elements.title or text in row.elements.doc_number,
    )


def sent_state(row: SentRow) -> StateWord:
    """已发, 部分接收 or 全部接收, from the counts."""
    if row.returned:
        return StateWord("有退文", "returned", Tone.INVALID)
    if row.total and row.received == row.total:
        return words.DOCUMENT_STATES[DocumentState.ALL_RECEIVED]
    if row.received:
        return words.DOCUMENT_STATES[DocumentState.PARTLY_RECEIVED]
    return words.DOCUMENT_STATES[DocumentState.SENT]


def returned_to_us_page(office: Office) -> ListPage:
    """退回公文 (发文): what other units sent back to us."""
    columns: Sequence[Column[Returned]] = (
        Column("标题", lambda row: row[0].elements.title),
        Column("文号", lambda row: row[0].elements.doc_number, 172),
        Column("退文单位", lambda row: row[1].unit_name, 168),
        Column(
            "退文时间",
            lambda row: words.when(row[1].at),
            110,
            sort=lambda row: row[1].at.timestamp(),
            tip=lambda row: words.stamp(row[1].at),
        ),
        Column("退文原因", lambda row: words.return_reason(row[1].return_reason), 128),
        Column("附言", lambda row: row[1].return_note, 168, quiet=True),
    )
    model = RowModel(columns, lambda row: row[1].delivery_id)
    return ListPage(
        "returned_to_us",
        "退回公文",
        RowTable(model, "returned_to_us_table", "退回公文列表"),
        EmptyState("returned", "没有被退回的公文", "接收单位退回的公文和原因会出现在这里。"),
        office.tracking.returned,
        lambda row, text: text in row[0].elements.title or text in row[1].unit_name,
    )


def all_pages(office: Office) -> dict[str, ListPage]:
    """Every list by its name, in the navigation's order."""
    pages = (
        pending_page(office),
        received_page(office),
        returned_by_us_page(office),
        drafts_page(
            office,
            "drafts",
            "草稿",
            (DocumentState.DRAFT,),
            EmptyState("draft", "没有草稿", "按 Ctrl+N 新建发文，草稿保存在本机。"),
        ),
        drafts_page(
            office,
            "awaiting_seal",
            "待盖章",
            (DocumentState.AWAITING_SEAL,),
            EmptyState("seal", "没有待盖章的公文", "提交盖章的公文会出现在这里，由印章管理员用印。"),
        ),
        drafts_page(
            office,
            "ready",
            "待发公文",
            (DocumentState.READY, DocumentState.SENDING),
            EmptyState("outbox", "没有待发公文", "盖章后的公文会出现在这里，确认后发送。"),
        ),
        sent_page(office),
        returned_to_us_page(office),
    )
    return {page.objectName(): page for page in pages}
