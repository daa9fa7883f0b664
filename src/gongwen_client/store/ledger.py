"""The ledger of seal uses (用印台账; 《电子印章管理办法》: who sealed what, when, is kept)."""

from __future__ import annotations

import sqlite3

from gongwen_client.domain.seal_ledger import (
    EntrySignature,
    Head,
    LedgerEntry,
    LedgerStep,
    SignerKind,
)
from gongwen_client.store.database import Database


class SealLedger:
    """Entries of the chain. They are only added; triggers keep them from being changed or removed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def head(self) -> Head:
        """The newest link."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT sequence, digest FROM seal_ledger ORDER BY sequence DESC LIMIT 1"
            ).fetchone()
            return Head() if row is None else Head(row["sequence"], row["digest"])

    def chain(self) -> str:
        """Digest of the first entry, which tells this ledger from others; empty while there is none."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT digest FROM seal_ledger WHERE sequence = 1").fetchone()
            return "" if row is None else str(row["digest"])

    def append(self, entry: LedgerEntry) -> bool:
        """Add an entry; False when it does not follow the newest one (another program was faster)."""
        signature = entry.signature
        assert signature is not None, "an entry is signed before it is kept"
        with self._database.transaction() as connection:
            if self.head() != Head(entry.sequence - 1, entry.previous):
                return False
            connection.execute(
                "INSERT INTO seal_ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    entry.sequence,
                    entry.use_id,
                    entry.step.value,
                    entry.body,
                    entry.previous,
                    entry.digest,
                    signature.kind.value,
                    signature.signer,
                    signature.algorithm_oid,
                    signature.value,
                ),
            )
        return True

    def entries(self) -> list[LedgerEntry]:
        """All entries, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT * FROM seal_ledger ORDER BY sequence").fetchall()
            return [_entry(row) for row in rows]

    def open_uses(self) -> list[str]:
        """Uses that began and have no end, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT use_id FROM seal_ledger GROUP BY use_id HAVING count(*) = 1 AND min(step) = 'begun'"
                " ORDER BY min(sequence)"
            ).fetchall()
            return [str(row[0]) for row in rows]

    def count_begun(self, year: int) -> int:
        """How many uses the year has so far."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT count(*) FROM seal_ledger WHERE step = 'begun'"
                " AND CASE WHEN json_valid(body) THEN json_extract(body, '$.year') = ? END",
                (year,),
            ).fetchone()
            return int(row[0])


def _entry(row: sqlite3.Row) -> LedgerEntry:
    return LedgerEntry(
        sequence=row["sequence"],
        use_id=row["use_id"],
        step=LedgerStep(row["step"]),
        body=row["body"],
        previous=row["previous"],
        digest=row["digest"],
        signature=EntrySignature(
            SignerKind(row["signer_kind"]), row["signer"], row["signature"], row["algorithm"]
        ),
    )
