"""Handing a sealed document to the exchange (发送)."""

from __future__ import annotations

from gongwen_client.domain.drafts import Draft


class SendingService:
    """Writes one intent; the engine does the rest."""

    def send(self, document_id: str) -> Draft:
        """State becomes sending. Raises KnownError/RefusedError when something is missing."""
        raise NotImplementedError

    def retry(self, document_id: str) -> Draft:
        """Try a waiting send again at once."""
        raise NotImplementedError
