"""One unit of the board in full: whom to call, what it owes, what happened so far (联系人、办理经过)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtWidgets import QWidget

from gongwen_client.domain.board import BoardLine, Call
from gongwen_client.domain.rows import ReceiptRow
from gongwen_client.ui import words
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.viewer.panel import FactList, Section, step_line
from gongwen_client.ui.widgets.basics import label
from gongwen_client.ui.words import StateWord
from gongwen_protocol.actions import Reminder
from gongwen_protocol.messages import DeliveryView, ReceiptEvent, Unit

_Event = tuple[datetime, StateWord, str]
_STEPS = {
    ReceiptEvent.DELIVERED: StateWord("已送达", "half", Tone.WARNING),
    ReceiptEvent.VIEWED: StateWord("已查看", "eye", Tone.WARNING),
    ReceiptEvent.VERIFIED: StateWord("已核验", "eye", Tone.INFO),
    ReceiptEvent.RECEIVED: StateWord("已接收", "check", Tone.VALID),
    ReceiptEvent.RETURNED: StateWord("已退文", "returned", Tone.INVALID),
    ReceiptEvent.RECALLED: StateWord("已撤回", "back", Tone.NEUTRAL),
    ReceiptEvent.RESENT: StateWord("已重发", "send", Tone.INFO),
    ReceiptEvent.REPLACED: StateWord("已补发更正", "send", Tone.INFO),
    ReceiptEvent.ON_PAPER: StateWord("已转纸质", "file", Tone.NEUTRAL),
    ReceiptEvent.PAPER_ARRIVED: StateWord("纸质已到件", "check", Tone.VALID),
    ReceiptEvent.REPLIED: StateWord("已回执", "receipt", Tone.VALID),
    ReceiptEvent.PRINTED: StateWord("已打印原件", "print", Tone.NEUTRAL),
    ReceiptEvent.COPIED: StateWord("已下载副本", "download", Tone.NEUTRAL),
}


def contact_card(unit: Unit | None, name: str, successor: Unit | None = None) -> QWidget:
    """联系人: telephone, code, place of a unit, and who follows it; a telephone that is missing is said."""
    facts = FactList((("单位", name),))
    facts.add(
        "电话",
        unit.contact if unit and unit.contact else "通讯录中没有登记",
        copied=bool(unit and unit.contact),
    )
    if unit is not None:
        facts.add("所属", unit.region)
        facts.add("编码", unit.code)
        if unit.plates:
            facts.add("其他名称", "、".join(unit.plates))
    if unit is not None and successor is not None:
        facts.add("承接单位", f"{successor.name}（{unit.successor_since} 起）。尚未接收的，请对其补发")
    return Section("联系", facts)


def unit_sections(
    line: BoardLine,
    unit: Unit | None,
    calls: Sequence[Call],
    receipts: Sequence[ReceiptRow],
    now: datetime,
    successor: Unit | None = None,
) -> list[QWidget]:
    """Everything about one unit and this document."""
    row, details = line.row, line.row.details
    facts = FactList(
        (
            ("类别", words.ROLES[row.role]),
            ("打印份数", f"{row.copies} 份，已打印 {row.printed} 份"),
            ("份号", line.ranges),
            ("应收时限", _due(line, now)),
            ("退文原因", words.return_reason(row.return_reason) if row.return_reason else ""),
            ("退文附言", row.return_note),
            ("说明", row.sender_note),
        )
    )
    sections: list[QWidget] = [contact_card(unit, row.unit_name, successor), Section("这份公文", facts)]
    if details is not None and details.requests:
        lines = [
            step_line(terms.REQUEST_STATES[one.state], terms.request(one), _said(one.reason, one.answer))
            for one in details.requests
        ]
        sections.append(Section("申请", *lines))
    events = sorted(
        _events(row.unit_code, details, calls, receipts), key=lambda event: event[0], reverse=True
    )
    lines = [step_line(state, words.when(at, now), note) for at, state, note in events]
    sections.append(Section("办理经过", *(lines or [label("还没有记录", "muted")])))
    return sections


def _due(line: BoardLine, now: datetime) -> str:
    word = terms.due(line, now)
    return f"{word.word}（{words.stamp(line.due_at)[:-3]}）" if word else ""


def _said(reason: str, answer: str) -> str:
    return f"{reason}　答复：{answer}" if answer else reason


def _events(
    unit_code: str, details: DeliveryView | None, calls: Sequence[Call], receipts: Sequence[ReceiptRow]
) -> list[_Event]:
    """Receipts, reminders with their words, calls: by their moments."""
    found: list[_Event] = []
    for one in receipts:
        receipt = one.receipt.receipt
        if receipt.unit_code == unit_code and (step := _STEPS.get(receipt.event)) is not None:
            found.append((receipt.at, step, receipt.by_post))
    reminders: Sequence[Reminder] = details.reminders if details else ()
    found += [(one.at, terms.LEVELS[one.level], f"{one.by_post}：{one.text}") for one in reminders]
    found += [
        (
            call.at,
            StateWord("电话", "phone", Tone.NEUTRAL),
            f"{call.spoken_with}：{call.said}（{call.by_post}登记）",
        )
        for call in calls
        if call.unit_code == unit_code
    ]
    return found
