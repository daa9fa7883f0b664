"""收发记录: what happened to a delivery, by whose statement, with which proof (Ordos art. 11)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtWidgets import QWidget

from gongwen_client.domain.rows import ReceiptRow
from gongwen_client.ui import words
from gongwen_client.ui.receive.standing import Standing
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.tracking.unit_card import contact_card
from gongwen_client.ui.viewer.panel import FactList, Section, step_line
from gongwen_client.ui.widgets.basics import button, holder, label, row
from gongwen_client.ui.words import StateWord
from gongwen_protocol.duties import office_time
from gongwen_protocol.messages import ReceiptEvent

_SHAPES = {
    ReceiptEvent.DELIVERED: ("bell", Tone.INFO),
    ReceiptEvent.VIEWED: ("eye", Tone.INFO),
    ReceiptEvent.VERIFIED: ("eye", Tone.INFO),
    ReceiptEvent.RECEIVED: ("check", Tone.VALID),
    ReceiptEvent.RETURNED: ("returned", Tone.INVALID),
    ReceiptEvent.RECALLED: ("back", Tone.INVALID),
    ReceiptEvent.PRINTED: ("print", Tone.NEUTRAL),
    ReceiptEvent.PRINT_VOIDED: ("stop", Tone.WARNING),
    ReceiptEvent.COPIED: ("download", Tone.NEUTRAL),
    ReceiptEvent.NOTIFIED: ("bell", Tone.INFO),
    ReceiptEvent.URGED: ("clock", Tone.WARNING),
    ReceiptEvent.SUPERVISED: ("warning", Tone.INVALID),
}
_WORDS = {ReceiptEvent.DELIVERED: "已送达并通知"}


def timeline(standing: Standing, prove: Callable[[], object]) -> list[QWidget]:
    """The sender's contact, the times that count, and every event with its receipt, the newest first."""
    proven = standing.proven
    receipts = [one for one in standing.receipts if _ours(one, standing)]
    events = [_event(one, standing, one.receipt.receipt.sequence in proven) for one in reversed(receipts)]
    head = [_proof_line(receipts, proven, prove)] if receipts else []
    return [
        Section("时间", _times(standing)),
        Section("记录", *head, *(events or [label("还没有回执，联网后自动取得", "muted")])),
        contact_card(standing.sender, standing.row.sender_name),
    ]


def _ours(one: ReceiptRow, standing: Standing) -> bool:
    receipt = one.receipt.receipt
    return receipt.delivery_id in (None, standing.row.delivery_id)


def _times(standing: Standing) -> FactList:
    """Sent, delivered, seen, received, each with the working time since delivery; the deadline."""
    row, details, now = standing.row, standing.details, standing.now
    delivered = details.delivered_at

    def after(moment: datetime | None) -> str:
        if moment is None:
            return ""
        spent = office_time(standing.rules, standing.calendar, delivered, moment)
        return f"{words.stamp(moment)}\n送达后 {terms.span(spent)}"

    facts = FactList(
        (
            ("发送", words.stamp(row.sent_at)),
            ("送达通知", words.stamp(delivered)),
            ("首次查看", after(details.viewed_at) or "还没有查看"),
            ("接收", after(details.received_at)),
            ("退文", after(details.returned_at)),
        )
    )
    if standing.due_at is not None:
        ended = details.received_at or details.returned_at
        by = ended or now
        late = office_time(standing.rules, standing.calendar, standing.due_at, by)
        said = f"超过 {terms.span(late)}" if by > standing.due_at else ("按时" if ended else "未到")
        facts.add("应收时限", f"{words.stamp(standing.due_at)}\n{said}")
    return facts


def _proof_line(
    receipts: Sequence[ReceiptRow], proven: frozenset[int], prove: Callable[[], object]
) -> QWidget:
    count = sum(one.receipt.receipt.sequence in proven for one in receipts)
    bad = sum(not one.verified for one in receipts)
    if bad:
        said = label(f"{bad} 份回执的签名核对不上，请联系平台管理员。", wrap=True, tone=Tone.INVALID.value)
    else:
        whole = f"{len(receipts)} 份回执签名有效，{count} 份已在存证日志中证实"
        said = label(whole, "small", wrap=True)
    line = row(gap=Space.INSIDE)
    line.addWidget(said, 1)
    if count < len(receipts):
        line.addWidget(button("核对存证", prove, kind="link", name="prove"))
    return holder(line)


def _event(one: ReceiptRow, standing: Standing, proven: bool) -> QWidget:
    receipt = one.receipt.receipt
    word = _WORDS.get(receipt.event, words.RECEIPT_EVENTS[receipt.event])
    if receipt.copy_number:
        word = f"{word}，份号 {receipt.copy_number}"
    shape, tone = _SHAPES.get(receipt.event, ("receipt", Tone.NEUTRAL))
    if not one.verified:
        shape, tone = "invalid", Tone.INVALID
    proof = "存证日志已证实" if proven else "签名有效" if one.verified else "签名无效"
    note = " · ".join(part for part in (receipt.by_post, f"回执 {receipt.sequence}", proof) if part)
    line = step_line(StateWord(word, shape, tone), words.stamp(receipt.at), note)
    line.setToolTip(f"回执序号 {receipt.sequence}，前一回执摘要 {receipt.previous}")
    return line
