"""What of the registers went to the archive, under which number, and how often it was exported."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date, datetime, timedelta

from gongwen_client.domain.archive import (
    SOON_DAYS,
    ArchiveCounts,
    ArchiveExport,
    ArchiveItem,
)
from gongwen_client.store.database import Database
from gongwen_client.store.times import from_text, optional_time, to_text

# Documents on paper only are archived as paper. A month's end stays one: 30 November and three months are
# the last of February.
_WAITING = """
WITH waiting AS (
    SELECT e.entry_id, ifnull(json_extract(e.fields, '$.completed_on'), e.entered_on) AS done
    FROM register_entries AS e LEFT JOIN archive_items AS a USING (entry_id)
    WHERE e.subject IS NOT NULL AND e.cancelled = '' AND json_extract(e.fields, '$.not_archived') IS NULL
      AND ifnull(a.archived_at, '') = ''
), due AS (
    SELECT entry_id,
        min(date(done, :months), date(done, 'start of month', :months, '+1 month', '-1 day')) AS due_on
    FROM waiting
)
"""


class ArchiveTable:
    """Numbers are given once and stay with their entry."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self, today: date, months: int) -> ArchiveCounts:
        """How many wait, are due soon, are overdue."""
        values = {
            "months": f"+{months} months",
            "today": today.isoformat(),
            "soon": (today + timedelta(days=SOON_DAYS)).isoformat(),
        }
        with self._database.reading() as connection:
            row = connection.execute(
                f"{_WAITING} SELECT count(*),"  # noqa: S608 (a constant)
                " ifnull(sum(due_on BETWEEN :today AND :soon), 0),"
                " ifnull(sum(due_on < :today), 0) FROM due",
                values,
            ).fetchone()
        return ArchiveCounts(*row)

    def due(self, months: int, first: int, count: int) -> list[tuple[int, date]]:
        """(entry, last day) of what waits, the most urgent first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"{_WAITING} SELECT entry_id, due_on FROM due"  # noqa: S608 (a constant)
                " ORDER BY due_on, entry_id LIMIT :count OFFSET :first",
                {"months": f"+{months} months", "count": count, "first": first},
            ).fetchall()
        return [(int(row[0]), date.fromisoformat(row[1])) for row in rows]

    def archived(self, first: int, count: int) -> tuple[list[int], int]:
        """Entries that went to the archive, newest first, and how many there are."""
        with self._database.reading() as connection:
            total = connection.execute(
                "SELECT count(*) FROM archive_items WHERE archived_at <> ''"
            ).fetchone()
            rows = connection.execute(
                "SELECT entry_id FROM archive_items WHERE archived_at <> ''"
                " ORDER BY archived_at DESC, entry_id DESC LIMIT ? OFFSET ?",
                (count, first),
            ).fetchall()
        return [int(row[0]) for row in rows], int(total[0])

    def give_number(
        self, entry_id: int, year: int, period: str, code_of: Callable[[int], str]
    ) -> ArchiveItem:
        """The item of an entry; a new one gets the next number of its year and period."""
        with self._database.transaction() as connection:
            known = self._item(connection, entry_id)
            if known is not None:
                return known
            number = connection.execute(
                "SELECT ifnull(max(number), 0) + 1 FROM archive_items WHERE year = ? AND period = ?",
                (year, period),
            ).fetchone()[0]
            connection.execute(
                "INSERT INTO archive_items (entry_id, year, period, number, code) VALUES (?, ?, ?, ?, ?)",
                (entry_id, year, period, number, code_of(number)),
            )
            made = self._item(connection, entry_id)
            assert made is not None
            return made

    def item(self, entry_id: int) -> ArchiveItem | None:
        """The item of an entry."""
        with self._database.reading() as connection:
            return self._item(connection, entry_id)

    def note_export(self, entry_id: int, at: datetime, by_post: str, place: str, digest: str) -> None:
        """A package was made whole: the entry is archived from its first one on."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO archive_exports (entry_id, at, by_post, place, digest) VALUES (?, ?, ?, ?, ?)",
                (entry_id, to_text(at), by_post, place, digest),
            )
            connection.execute(
                "UPDATE archive_items SET archived_at = ? WHERE entry_id = ? AND archived_at = ''",
                (to_text(at), entry_id),
            )

    def exports(self, entry_id: int) -> list[ArchiveExport]:
        """All exports of an entry, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT at, by_post, place, digest FROM archive_exports WHERE entry_id = ?"
                " ORDER BY export_id",
                (entry_id,),
            ).fetchall()
        return [ArchiveExport(from_text(row[0]), *row[1:]) for row in rows]

    @staticmethod
    def _item(connection: sqlite3.Connection, entry_id: int) -> ArchiveItem | None:
        row = connection.execute("SELECT * FROM archive_items WHERE entry_id = ?", (entry_id,)).fetchone()
        if row is None:
            return None
        return ArchiveItem(
            row["entry_id"],
            row["year"],
            row["period"],
            row["number"],
            row["code"],
            optional_time(row["archived_at"] or None),
        )
