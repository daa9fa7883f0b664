"""What cells of the lists say: urgency, deadlines, ways of receiving, progress of sealing and sending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from gongwen_client.domain.draft_record import Step
from gongwen_client.domain.drafts import Draft
from gongwen_client.domain.lists import SortKey
from gongwen_client.domain.returns import Handling
from gongwen_client.domain.rows import DeliveryRow, IncomingRow, IncomingState, SentRow
from gongwen_client.host.clock import to_local
from gongwen_client.ui import words
from gongwen_client.ui.lists.table import Column
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.words import StateWord
from gongwen_protocol.states import DocumentState

URGENT = {
    "特急": StateWord("特急", "warning", Tone.INVALID),
    "加急": StateWord("加急", "warning", Tone.WARNING),
}
HANDLINGS = {
    Handling.OPEN: StateWord("待处理", "returned", Tone.INVALID),
    Handling.RESENT: StateWord("已重发", "send", Tone.INFO),
    Handling.CORRECTED: StateWord("已补发更正", "check", Tone.VALID),
    Handling.ON_PAPER: StateWord("已转纸质", "file", Tone.NEUTRAL),
    Handling.CLOSED: StateWord("已作废", "stop", Tone.NEUTRAL),
}
Clock = Callable[[], datetime]
"""The present moment by the exchange's clock: a PC whose own is wrong must not hide what is overdue."""
_SOON = timedelta(hours=2)
_RECEIVED_BY = {
    "": "核验接收",
    "original_print": "打印原件",
    "copy_download": "下载副本",
    "oa_read": "OA 读取",
}


def time_column(
    title: str,
    moment: Callable[[Any], datetime | None],
    key: SortKey,
    width: int = 104,
    *,
    hidden: bool = False,
) -> Column[Any]:
    """今天 09:12 in the cell, the full stamp as its tip and in files."""

    def full(row: Any) -> str:
        at = moment(row)
        return "" if at is None else words.stamp(at)

    def shown(row: Any) -> str:
        at = moment(row)
        return "" if at is None else words.when(at)

    return Column(title, shown, width, tip=full, full=full, key=key, hidden=hidden)


def urgency(text: str) -> StateWord | None:
    """Urgent documents have shape, word and colour; the others nothing."""
    return URGENT.get(text)


def pressing(row: IncomingRow) -> StateWord | None:
    """What makes a waiting document pressing: its urgency, and how often its sender asked."""
    urgent = URGENT.get(row.elements.urgency)
    if not row.reminders:
        return urgent
    if urgent is None:
        return StateWord(f"催办 {row.reminders} 次", "urge", Tone.WARNING)
    return StateWord(f"{urgent.word} 催 {row.reminders}", urgent.shape, urgent.tone)


def day_and_time(moment: datetime, now: datetime) -> str:
    """今天 17:30, 明天 09:00, 11-25 10:00; local time."""
    local, today = to_local(moment), to_local(now).date()
    if local.date() == today + timedelta(days=1):
        return f"明天 {local:%H:%M}"
    return words.when(moment, now)


def due(moment: datetime | None, now: datetime, until: str = "") -> StateWord | None:
    """A deadline: passed, near, or still far; None where there is none. ``until`` follows the time: 前."""
    if moment is None:
        return None
    if moment < now:
        return StateWord(f"已超 {_long(now - moment)}", "warning", Tone.INVALID)
    tone = Tone.WARNING if moment - now <= _SOON else Tone.NEUTRAL
    return StateWord(f"{day_and_time(moment, now)}{until}", "clock", tone)


def _long(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return f"{max(1, minutes)} 分钟"
    if minutes < 24 * 60:
        return f"{minutes // 60} 小时"
    return f"{minutes // (24 * 60)} 天"


def due_column(now: Clock) -> Column[Any]:
    """应收时限, by the region's hours or its cut-off on the calendar of working days."""

    def state(row: Any) -> StateWord | None:
        return due(row.due_at, now())

    def text(row: Any) -> str:
        shown = state(row)
        return shown.word if shown else ""

    def full(row: Any) -> str:
        return words.stamp(row.due_at) if row.due_at else ""

    return Column("应收时限", text, 112, state=state, tip=full, full=full, key=SortKey.DUE)


def incoming_state(row: IncomingRow) -> StateWord:
    """The row's state; a wish that the exchange has not heard of yet says so."""
    state = words.INCOMING_STATES[row.state]
    if row.archived:
        return StateWord("已归档", "folder", Tone.NEUTRAL)
    return StateWord(f"{state.word}（待送达）", "progress", Tone.INFO) if row.pending else state


def received_by(row: IncomingRow) -> str:
    """接收方式: which use was the receipt (Jiangmen art. 36), else the acceptance."""
    if row.state is not IncomingState.RECEIVED or row.pending:
        return ""
    return _RECEIVED_BY.get(row.receipt_by, row.receipt_by)


def draft_state(row: Draft) -> StateWord:
    """草稿, 待盖章, 待发, 发送中; a refused one says so."""
    if row.refusal:
        return StateWord("未能发送", "invalid", Tone.INVALID)
    if row.state is DocumentState.SENDING and row.upload_progress:
        return StateWord(f"发送中 {row.upload_progress:.0%}", "progress", Tone.INFO)
    return words.DOCUMENT_STATES[row.state]


def author(row: Draft) -> str:
    """拟稿人: the post that began it, or handed it over."""
    hand = row.record.author or row.record.steps.get(Step.COMPOSE)
    return hand.post if hand else ""


def sealing(row: Draft) -> str:
    """盖章进度: seals on the body, those of other units of a joint document apart."""
    own = sum(mark.own for mark in row.seals)
    others = len(row.seals) - own
    if others:
        return f"联合 {others} · 本单位 {own}" if own else f"联合 {others} · 待本单位"
    return f"已盖 {own} 枚" if own else "未盖章"


def sent_state(row: SentRow) -> StateWord:
    """What became of a sent document; what calls for an answer first."""
    if row.open_requests:
        return StateWord("有申请待答复", "info", Tone.WARNING)
    if row.returned:
        return StateWord("有退文", "returned", Tone.INVALID)
    return words.DOCUMENT_STATES[row.state]


def progress(row: SentRow) -> str:
    """x / n: units that have received it."""
    return f"{row.received} / {row.total}"


def units(row: SentRow) -> str:
    """联网接收单位: the first ones and how many."""
    names = "、".join(row.units)
    return names if len(row.units) == row.total else f"{names}等 {row.total} 个单位"


def waiting(row: SentRow) -> str:
    """最早未收: the unit that has been waited for longest."""
    if not row.waiting:
        return ""
    return row.waiting_unit if row.waiting == 1 else f"{row.waiting_unit}等 {row.waiting} 个"


def waiting_tip(row: SentRow) -> str:
    """The same with the time."""
    return f"{waiting(row)}，{words.stamp(row.waiting_since)} 送达" if row.waiting else ""


def return_handling(pair: tuple[SentRow, DeliveryRow]) -> StateWord:
    """处理状态 of a returned document."""
    return HANDLINGS[pair[1].handling]


def reminders(count: int) -> StateWord | None:
    """How often a sender asked: a number with the shape of urging."""
    return StateWord(f"{count} 次", "urge", Tone.WARNING) if count else None
