"""The directory of encryption certificates, checked before it came here."""

from __future__ import annotations

from collections.abc import Sequence

from gongwen_client.store.database import Database
from gongwen_client.store.notes import Notes
from gongwen_protocol.secrecy import EncryptionEntry, EncryptionOrder


class EncryptionTable:
    """Entries in their order, and the head that binds them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._notes = Notes(database)

    def order(self) -> EncryptionOrder:
        """How far the directory was read."""
        text = self._notes.get(Notes.ENCRYPTION)
        return EncryptionOrder() if text is None else EncryptionOrder.model_validate_json(text)

    def append(self, entries: Sequence[EncryptionEntry], order: EncryptionOrder) -> None:
        """Keep more entries, which end at ``order``."""
        first = order.version - len(entries) + 1
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT INTO encryption_entries (sequence, view) VALUES (?, ?)",
                [(number, entry.model_dump_json()) for number, entry in enumerate(entries, first)],
            )
            self._notes.set(Notes.ENCRYPTION, order.model_dump_json())

    def entries(self) -> list[EncryptionEntry]:
        """All, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT view FROM encryption_entries ORDER BY sequence").fetchall()
        return [EncryptionEntry.model_validate_json(row[0]) for row in rows]
