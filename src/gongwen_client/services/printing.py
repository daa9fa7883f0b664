"""Printing originals under the exchange's ledger of numbered copies (打印原件)."""

from __future__ import annotations

from gongwen_client.domain.rows import PrintOutcome, TicketRow


class PrintService:
    """reserve → spool → settle, or void with a reason."""

    def printers(self) -> list[str]:
        """Names of the printers of this PC; printing to PDF is always the last."""
        raise NotImplementedError

    def remaining(self, delivery_id: str) -> int:
        """Copies that may still be printed."""
        raise NotImplementedError

    def tickets(self, delivery_id: str) -> list[TicketRow]:
        """All numbered copies, with their state."""
        raise NotImplementedError

    def print_original(self, delivery_id: str, count: int, printer: str) -> list[PrintOutcome]:
        """Slow. Print the next ``count`` copies."""
        raise NotImplementedError

    def resolve(self, ticket_id: str, printed: bool) -> None:
        """A person says what became of a copy in doubt: it came out (settled) or not (void)."""
        raise NotImplementedError
