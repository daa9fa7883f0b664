"""回执: the exchange's signed statements about a document, each with this client's own check."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from gongwen_client.domain.rows import ReceiptRow
from gongwen_client.ui import words
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.disclosure import Disclosure
from gongwen_client.ui.viewer.panel import step_line
from gongwen_client.ui.widgets.basics import column, holder, label, rule
from gongwen_client.ui.words import StateWord
from gongwen_protocol.messages import ReceiptEvent
from gongwen_protocol.sentences import sentence

SIGNED = StateWord("签名有效", "valid", Tone.VALID)
NOT_SIGNED = StateWord("签名无效", "invalid", Tone.INVALID)
_TONES = {
    ReceiptEvent.RECEIVED: Tone.VALID,
    ReceiptEvent.PRINTED: Tone.VALID,
    ReceiptEvent.RETURNED: Tone.INVALID,
    ReceiptEvent.PRINT_VOIDED: Tone.WARNING,
}
_AT_ONCE = 60


def receipt_lines(receipts: Sequence[ReceiptRow]) -> list[QWidget]:
    """Newest first; of very many those after the newest open on demand, except those that do not hold."""
    if not receipts:
        return [label("还没有回执", "muted")]
    bad = [line for line in receipts if not line.verified]
    state = NOT_SIGNED if bad else SIGNED
    whole = f"{len(bad)} 份回执的签名无效" if bad else f"{len(receipts)} 份回执，签名全部有效"
    head = step_line(StateWord("", state.shape, state.tone), whole, "由交换中心签发，与本公文摘要逐份核对")
    ordered = [*bad, *(line for line in reversed(receipts) if line.verified)]
    lines = [head, rule(), *(receipt_line(line) for line in ordered[:_AT_ONCE])]
    if rest := ordered[_AT_ONCE:]:

        def build() -> QWidget:
            return holder(column(*(receipt_line(line) for line in rest), gap=12))

        lines.append(Disclosure(f"还有 {len(rest)} 份回执", build))
    return lines


def receipt_line(line: ReceiptRow) -> QWidget:
    """One statement."""
    receipt = line.receipt.receipt
    state = SIGNED if line.verified else NOT_SIGNED
    event = words.RECEIPT_EVENTS[receipt.event]
    if receipt.copy_number:
        event = f"{event}，份号 {receipt.copy_number}"
    reason = words.return_reason(receipt.reason) if receipt.reason else ""
    problem = sentence(line.problem).what if line.problem else ""
    parts = (words.stamp(receipt.at), receipt.by_post, reason, problem)
    note = " · ".join(part for part in parts if part)
    tone = _TONES.get(receipt.event, Tone.NEUTRAL)
    result = step_line(StateWord(event, state.shape, state.tone), receipt.unit_name, note, tone=tone)
    result.setToolTip(f"回执序号 {receipt.sequence}，前一回执摘要 {receipt.previous}")
    return result
