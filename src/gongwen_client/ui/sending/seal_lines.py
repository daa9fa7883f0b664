"""盖章情况: who has sealed a document as what, and who is still to."""

from __future__ import annotations

from gongwen_client.domain.draft_record import Step
from gongwen_client.domain.drafts import Draft, SealMark
from gongwen_client.ui import words
from gongwen_client.ui.viewer.panel import FactList, Section, card
from gongwen_protocol.states import DocumentState

LEAD, JOINING = "主办", "协办"


def seal_sections(draft: Draft) -> list[Section]:
    """One for each seal on the document, in their order, and one for this unit's while it is missing. The
    first unit to seal is the lead one of a joint document (联合行文)."""
    joint = len(draft.seals) > 1 or any(not mark.own for mark in draft.seals)
    sections = [
        Section("盖章", card(_facts(draft, mark, _part(place) if joint else "")))
        for place, mark in enumerate(draft.seals)
    ]
    if draft.state is DocumentState.AWAITING_SEAL and not any(mark.own for mark in draft.seals):
        waiting = FactList((("盖章状态", "待盖章"), ("盖章类型", _part(len(draft.seals)) if joint else "")))
        sections.append(Section("本单位盖章", card(waiting)))
    return sections


def _part(place: int) -> str:
    return JOINING if place else LEAD


def _facts(draft: Draft, mark: SealMark, part: str) -> FactList:
    hand = draft.record.steps.get(Step.SEAL) if mark.own else None
    return FactList(
        (
            ("印章", mark.seal_name),
            ("盖章人", hand.post if hand else ""),
            ("盖章类型", part),
            ("盖章状态", "已盖章"),
            ("盖章时间", words.stamp(mark.sealed_at)),
            ("秘钥盘", mark.key_serial),
        )
    )
