"""Small rules about drafts that several services ask."""

from __future__ import annotations

import contextlib
from pathlib import Path

from gongwen_client.domain.drafts import Draft, LocalFile
from gongwen_client.render import RenderPool
from gongwen_crypto.errors import KnownError
from gongwen_protocol.decisions import SendFacts

LONGEST_TITLE = 200
_SIGNATURES = {b"PK\x03\x04": "OFD", b"%PDF-": "PDF"}
_LONGEST = 5


def body_format(path: Path) -> str:
    """OFD, PDF or empty, by the first bytes; nothing is parsed here."""
    try:
        with path.open("rb") as source:
            start = source.read(_LONGEST)
    except OSError:
        return ""
    return next((name for magic, name in _SIGNATURES.items() if start.startswith(magic)), "")


def require_files(draft: Draft) -> LocalFile:
    """The body; all files of the draft are where they should be.

    Raises KnownError: draft.no_body, draft.file_gone.
    """
    if draft.body is None:
        raise KnownError("draft.no_body")
    for file in (draft.body, *draft.attachments):
        if not file.path.is_file() or file.path.stat().st_size != file.size:
            raise KnownError("draft.file_gone", name=file.name)
    return draft.body


def require_title(draft: Draft) -> None:
    """Raises KnownError: draft.no_title, draft.title_too_long."""
    if not draft.elements.title.strip():
        raise KnownError("draft.no_title")
    if len(draft.elements.title) > LONGEST_TITLE:
        raise KnownError("draft.title_too_long", longest=LONGEST_TITLE)


def send_facts(draft: Draft, body: LocalFile) -> SendFacts:
    """What the region's rules look at."""
    elements, files = draft.elements, (body, *draft.attachments)
    return SendFacts(
        body_format=body_format(body.path),
        size=sum(file.size for file in files),
        urgency=elements.urgency,
        texts=(elements.title, elements.doc_number, elements.doc_kind, *(file.name for file in files)),
        copies=tuple(recipient.copies for recipient in draft.recipients),
    )


def remove_file(render: RenderPool, path: Path) -> None:
    """Delete a file that a worker may have open (Windows would refuse)."""
    with contextlib.suppress(KnownError):
        render.forget(path)
    path.unlink(missing_ok=True)
