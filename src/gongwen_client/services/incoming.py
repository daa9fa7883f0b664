"""Receiving documents: read, verify, accept, return (接收、退文)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from gongwen_client.domain.rows import IncomingFiles, IncomingRow, IncomingState
from gongwen_protocol.messages import CheckResult, ReturnReason
from gongwen_protocol.sentences import Sentence


@dataclass(frozen=True)
class Verification:
    """``report`` is gongwen_docs.verify Report.to_json(); ``checks`` the four checks of Ordos art. 10;
    ``sentences`` say what was noticed, worst first."""

    report: dict[str, object]
    checks: CheckResult
    sentences: tuple[Sentence, ...]


class IncomingService:
    """Deliveries to this unit."""

    def list(self, states: Collection[IncomingState] | None = None) -> list[IncomingRow]:
        """Newest first."""
        raise NotImplementedError

    def get(self, delivery_id: str) -> IncomingRow:
        """Raises KnownError("delivery.not_found")."""
        raise NotImplementedError

    def files(self, delivery_id: str) -> IncomingFiles:
        """Slow. Download what is missing, check digests."""
        raise NotImplementedError

    def open(self, delivery_id: str) -> IncomingFiles:
        """Slow. As ``files``, and note that a person viewed the document."""
        raise NotImplementedError

    def verify(self, delivery_id: str) -> Verification:
        """Slow. Body, attachments, seals and layout (Ordos art. 10)."""
        raise NotImplementedError

    def accept(self, delivery_id: str, checks: CheckResult) -> IncomingRow:
        """Accept (接收)."""
        raise NotImplementedError

    def return_document(
        self, delivery_id: str, reason: ReturnReason, note: str, checks: CheckResult | None
    ) -> IncomingRow:
        """Return (退文); ``note`` is required with OTHER."""
        raise NotImplementedError

    def search(self, text: str) -> list[IncomingRow]:
        """By title, number or sender."""
        raise NotImplementedError
