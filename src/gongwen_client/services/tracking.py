"""Following sent documents (已发公文、退文、回执)."""

from __future__ import annotations

from gongwen_client.domain.rows import DeliveryRow, IncomingFiles, ReceiptRow, SentRow


class TrackingService:
    """The sender's view."""

    def sent(self) -> list[SentRow]:
        """Newest first."""
        raise NotImplementedError

    def returned(self) -> list[tuple[SentRow, DeliveryRow]]:
        """Deliveries that came back, newest first."""
        raise NotImplementedError

    def board(self, document_id: str) -> list[DeliveryRow]:
        """Status per unit."""
        raise NotImplementedError

    def receipts(self, document_id: str) -> list[ReceiptRow]:
        """Signed receipts with this client's own check of them, in the order of their events."""
        raise NotImplementedError

    def sent_files(self, document_id: str) -> IncomingFiles:
        """Slow. The files as sent."""
        raise NotImplementedError
