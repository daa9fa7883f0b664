"""Archiving (归档): what is due, packages made and made again, packages checked."""

from __future__ import annotations

from datetime import datetime

from gongwen_client.domain.archive import ArchiveCounts, ArchiveDue, ArchiveRow
from gongwen_client.domain.registers import local_day
from gongwen_client.services.desk import Desk
from gongwen_protocol.profile import Archiving


class ArchiveService:
    """Packages of documents for the unit's archive."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def rules(self) -> Archiving:
        """By when, and for how long. The national rules before the first contact with the exchange."""
        signed = self._desk.store.rules.in_force()
        return Archiving() if signed is None else signed.archives

    def counts(self, now: datetime) -> ArchiveCounts:
        """How many documents wait, are due within 30 days, are overdue: numbers for a tile."""
        return self._desk.store.archive.counts(local_day(now), self.rules().within_months)

    def due(self, now: datetime, first: int = 0, count: int = 200) -> ArchiveDue:
        """The reminder list: what is not archived yet, the most urgent first."""
        store, today = self._desk.store, local_day(now)
        rows = [
            ArchiveRow(store.registers.entry(entry_id), due_on, (due_on - today).days)
            for entry_id, due_on in store.archive.due(self.rules().within_months, first, count)
        ]
        return ArchiveDue(self.counts(now), tuple(rows))
