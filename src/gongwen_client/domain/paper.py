"""Paper that goes beside the electronic document: special attachments (特殊附件), and the whole document
(纸质同送), which travels as the first of them under a name that both sides know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gongwen_client.domain.following import DocumentMore
from gongwen_protocol.actions import PaperShare, SpecialAttachment

WHOLE_DOCUMENT = "公文纸质件（与电子件同送）"


def paper_beside(more: DocumentMore) -> SpecialAttachment | None:
    """How many sheets of the whole document each unit gets on paper, and how; None: electronically only."""
    return next((one for one in more.special_attachments if one.name == WHOLE_DOCUMENT), None)


def listed(more: DocumentMore) -> tuple[SpecialAttachment, ...]:
    """The special attachments proper."""
    return tuple(one for one in more.special_attachments if one.name != WHOLE_DOCUMENT)


def with_paper(more: DocumentMore, beside: SpecialAttachment | None) -> DocumentMore:
    """Change the whole document's paper."""
    attachments = (() if beside is None else (beside,)) + listed(more)
    return more.model_copy(update={"special_attachments": attachments})


def with_listed(more: DocumentMore, attachments: Sequence[SpecialAttachment]) -> DocumentMore:
    """Change the special attachments proper."""
    beside = paper_beside(more)
    return more.model_copy(
        update={"special_attachments": (() if beside is None else (beside,)) + tuple(attachments)}
    )


def shared_out(part: SpecialAttachment, copies: Mapping[str, int]) -> SpecialAttachment:
    """The part with these numbers by unit; what is the number of all is not written down."""
    own = {code: number for code, number in copies.items() if number != part.copies}
    shares = tuple(PaperShare(unit_code=code, copies=number) for code, number in own.items())
    return part.model_copy(update={"shares": shares})


def share_words(part: SpecialAttachment) -> str:
    """每单位 2 份（其中 3 个单位另定份数）."""
    own = f"（其中 {len(part.shares)} 个单位另定份数）" if part.shares else ""
    return f"每单位 {part.copies} 份{own}"


def sheets(parts: Sequence[SpecialAttachment], unit_codes: Sequence[str]) -> int:
    """How many pieces of paper go to these units altogether."""
    return sum(number for part in parts for number in numbers_of(part, unit_codes).values())


def numbers_of(part: SpecialAttachment, unit_codes: Sequence[str]) -> dict[str, int]:
    """What each of many units gets of a part."""
    own = {one.unit_code: one.copies for one in part.shares}
    return {code: own.get(code, part.copies) for code in unit_codes}
