"""What goes with a document beyond its elements and files, as drafts and lists keep it."""

from __future__ import annotations

from gongwen_protocol.actions import MeetingCall, SpecialAttachment
from gongwen_protocol.basics import Id, Message
from gongwen_protocol.messages import DocumentView


class DocumentMore(Message):
    """``replaces``: the sender's earlier document that this one corrects; ``special_attachments`` go by
    paper; ``meeting`` asks for replies."""

    replaces: Id | None = None
    special_attachments: tuple[SpecialAttachment, ...] = ()
    meeting: MeetingCall | None = None


def document_more(document: DocumentView) -> DocumentMore:
    """The same of a document at the exchange."""
    return DocumentMore(
        replaces=document.replaces,
        special_attachments=document.special_attachments,
        meeting=document.meeting,
    )
