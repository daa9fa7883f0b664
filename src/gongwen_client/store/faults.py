"""Fault reports of this PC, and those of other PCs of the unit as the exchange tells them."""

from __future__ import annotations

from datetime import datetime

from gongwen_client.domain.faults import FaultCase
from gongwen_client.store.database import Database
from gongwen_client.store.times import from_text, to_text
from gongwen_protocol.faults import FaultReport, FaultView

_NEWEST = 200


class FaultTable:
    """One row for each report."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, report: FaultReport, now: datetime) -> None:
        """Keep what was written; doing it again changes nothing."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO faults (ticket_id, written_at, report) VALUES (?, ?, ?)",
                (report.ticket_id, to_text(now), report.model_dump_json()),
            )

    def apply(self, view: FaultView) -> bool:
        """Keep what the exchange says; False when that was known."""
        report = FaultReport(
            ticket_id=view.ticket_id,
            kind=view.kind,
            said=view.said,
            happened_at=view.happened_at,
            contact=view.contact,
            facts=view.facts,
        )
        text = view.model_dump_json()
        with self._database.transaction() as connection:
            self.add(report, view.handed_in_at)
            done = connection.execute(
                "UPDATE faults SET view = ? WHERE ticket_id = ? AND view <> ?", (text, view.ticket_id, text)
            )
            return done.rowcount > 0

    def list(self) -> list[FaultCase]:
        """The newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM faults ORDER BY written_at DESC LIMIT ?", (_NEWEST,)
            ).fetchall()
        return [
            FaultCase(
                FaultReport.model_validate_json(row["report"]),
                from_text(row["written_at"]),
                FaultView.model_validate_json(row["view"]) if row["view"] else None,
            )
            for row in rows
        ]
