"""Signed receipts: kept for good, with what this client's own check of them said."""

from __future__ import annotations

from gongwen_client.domain.rows import ReceiptRow
from gongwen_client.store.database import Database
from gongwen_protocol.messages import SignedReceipt


class ReceiptTable:
    """Receipts by the digest of what they state."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, signed: SignedReceipt, digest: str, problem: str) -> bool:
        """False when it was here already. ``problem`` is empty when the signature is right."""
        with self._database.transaction() as connection:
            cursor = connection.execute(
                "INSERT OR IGNORE INTO receipts (digest, sequence, document_id, view, problem)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    digest,
                    signed.receipt.sequence,
                    signed.receipt.document_id,
                    signed.model_dump_json(),
                    problem,
                ),
            )
            return cursor.rowcount == 1

    def of_document(self, document_id: str) -> list[ReceiptRow]:
        """In the order of their events."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT view, problem FROM receipts WHERE document_id = ? ORDER BY sequence", (document_id,)
            ).fetchall()
        return [
            ReceiptRow(SignedReceipt.model_validate_json(row["view"]), not row["problem"], row["problem"])
            for row in rows
        ]
