"""Composing an outgoing document (拟稿)."""

from __future__ import annotations

from pathlib import Path

from gongwen_client.domain.drafts import Draft, DraftFinding
from gongwen_protocol.messages import Elements, Recipient
from gongwen_protocol.states import DocumentState


class DraftService:
    """Drafts live on this PC only; every change is on disk when the call returns."""

    def create(self) -> Draft:
        """A new, empty draft."""
        raise NotImplementedError

    def get(self, document_id: str) -> Draft:
        """Raises KnownError("draft.not_found")."""
        raise NotImplementedError

    def list(self, state: DocumentState | None = None) -> list[Draft]:
        """Newest first; all states of drafts unless one is named."""
        raise NotImplementedError

    def set_body(self, document_id: str, path: Path) -> Draft:
        """Slow. Copy the file in, examine it, prefill empty elements."""
        raise NotImplementedError

    def add_attachment(self, document_id: str, path: Path) -> Draft:
        """Slow. Copy the file in."""
        raise NotImplementedError

    def remove_attachment(self, document_id: str, name: str) -> Draft:
        """Take an attachment out of the draft."""
        raise NotImplementedError

    def set_elements(self, document_id: str, elements: Elements) -> Draft:
        """Replace the elements."""
        raise NotImplementedError

    def set_recipients(self, document_id: str, recipients: tuple[Recipient, ...]) -> Draft:
        """Replace the addressed units."""
        raise NotImplementedError

    def check(self, document_id: str) -> tuple[DraftFinding, ...]:
        """Slow. What must or should be mended before sealing and sending."""
        raise NotImplementedError

    def submit_for_seal(self, document_id: str) -> Draft:
        """Hand the draft to the seal custodian (待盖章)."""
        raise NotImplementedError

    def discard(self, document_id: str) -> None:
        """Remove a draft and its files."""
        raise NotImplementedError
