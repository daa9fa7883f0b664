"""Announcements that were believed, and what of ours an outage holds up."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from gongwen_client.domain.notices import Affected, KeptNotice
from gongwen_client.store.database import Database
from gongwen_client.store.messages import read_elements
from gongwen_client.store.times import from_text, to_text
from gongwen_crypto.errors import KnownError
from gongwen_protocol.announcements import SignedNotice
from gongwen_protocol.states import DeliveryState

MOST_AFFECTED = 5000
_AFFECTED = """
SELECT d.document_id, d.elements, d.sent_at, v.unit_code, v.unit_name, v.state,
    json_extract(v.view, '$.paper_since') AS paper_since,
    json_extract(v.view, '$.paper_arrived_at') AS paper_arrived_at
FROM deliveries AS v JOIN documents AS d USING (document_id)
WHERE d.ours = 1
"""


class NoticeTable:
    """Every notice once; none is ever removed or changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, signed: SignedNotice, *, by_file: bool) -> bool:
        """Keep a notice; False when it is here already. Raises KnownError("notice.contradicts") for another
        content under the same number."""
        notice = signed.notice
        with self._database.transaction() as connection:
            row = connection.execute(
                "SELECT view FROM notices WHERE notice_id = ?", (notice.notice_id,)
            ).fetchone()
            if row is not None:
                if SignedNotice.model_validate_json(row[0]).notice != notice:
                    raise KnownError("notice.contradicts", notice=notice.notice_id)
                return False
            connection.execute(
                "INSERT INTO notices (notice_id, issued_at, view, by_file) VALUES (?, ?, ?, ?)",
                (notice.notice_id, to_text(notice.issued_at), signed.model_dump_json(), int(by_file)),
            )
            return True

    def all(self) -> list[KeptNotice]:
        """Oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT view, by_file, read_at FROM notices ORDER BY issued_at, notice_id"
            ).fetchall()
        return [
            KeptNotice(
                SignedNotice.model_validate_json(row["view"]),
                bool(row["by_file"]),
                row["read_at"] is not None,
            )
            for row in rows
        ]

    def mark_read(self, notice_id: str, at: datetime) -> bool:
        """A person has seen it; False when one had before."""
        with self._database.transaction() as connection:
            done = connection.execute(
                "UPDATE notices SET read_at = ? WHERE notice_id = ? AND read_at IS NULL",
                (to_text(at), notice_id),
            )
            return done.rowcount > 0

    def waiting(self) -> list[Affected]:
        """Deliveries of ours that nobody has received, by unit in the order of the directory."""
        return self._affected(
            "AND v.state IN ('delivered', 'viewed', 'verified')"
            " ORDER BY ifnull((SELECT rank FROM units WHERE code = v.unit_code), 999999), d.sent_at LIMIT ?",
            (MOST_AFFECTED,),
        )

    def on_paper(self, since: datetime) -> list[Affected]:
        """Deliveries of ours that went on paper from ``since`` on."""
        found = self._affected(
            "AND json_extract(v.view, '$.paper_since') IS NOT NULL ORDER BY d.sent_at DESC LIMIT ?",
            (MOST_AFFECTED,),
        )
        return [one for one in found if one.paper_since is not None and one.paper_since >= since]

    def _affected(self, condition: str, values: Sequence[object]) -> list[Affected]:
        with self._database.reading() as connection:
            rows = connection.execute(_AFFECTED + condition, tuple(values)).fetchall()
        return [_affected_row(row) for row in rows]


def _affected_row(row: sqlite3.Row) -> Affected:
    elements = read_elements(row["elements"])
    return Affected(
        document_id=row["document_id"],
        title=elements.title,
        doc_number=elements.doc_number,
        unit_code=row["unit_code"],
        unit_name=row["unit_name"],
        state=DeliveryState(row["state"]),
        sent_at=from_text(row["sent_at"]),
        urgency=elements.urgency,
        paper_since=_json_time(row["paper_since"]),
        paper_arrived_at=_json_time(row["paper_arrived_at"]),
    )


def _json_time(text: str | None) -> datetime | None:
    """A moment as messages write it."""
    return None if text is None else datetime.fromisoformat(text)
