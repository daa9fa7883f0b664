"""Paper that goes beside the electronic document: special attachments (特殊附件), and the whole document
(纸质同送), which travels as the first of them under a name that both sides know."""

from __future__ import annotations

from collections.abc import Sequence

from gongwen_client.domain.following import DocumentMore
from gongwen_protocol.actions import SpecialAttachment

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
