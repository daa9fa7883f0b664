"""Small rules about drafts that several services ask."""

from __future__ import annotations

from pathlib import Path

from gongwen_client.domain.drafts import Draft, LocalFile
from gongwen_crypto.errors import KnownError

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
