"""Reading what went out on paper; the clerk's own words about it are one named text."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from gongwen_client.domain.following import DocumentMore
from gongwen_client.domain.paper_track import PaperLine, PaperWords, lines_of
from gongwen_client.store.database import Database
from gongwen_client.store.messages import read_elements
from gongwen_client.store.notes import Notes
from gongwen_client.store.rows import delivery_row
from gongwen_client.store.times import from_text

_ON_PAPER = """
SELECT v.*, d.sent_at, d.elements, d.more FROM documents AS d JOIN deliveries AS v USING (document_id)
WHERE d.ours = 1 AND v.to_us = 0
  AND (json_array_length(d.more, '$.special_attachments') > 0 OR v.state = 'paper_fallback')
ORDER BY d.sent_at, v.rowid
"""


class PaperTrack:
    """Oldest first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._notes = Notes(database)

    def lines(self) -> list[PaperLine]:
        """Everything of paper that was ever sent."""
        written = self._written()
        with self._database.reading() as connection:
            rows = connection.execute(_ON_PAPER).fetchall()
        return [
            replace(line, words=PaperWords(**written[line.key])) if line.key in written else line
            for row in rows
            for line in lines_of(
                read_elements(row["elements"]),
                DocumentMore.model_validate_json(row["more"]),
                from_text(row["sent_at"]),
                delivery_row(row),
            )
        ]

    def write(self, key: str, words: PaperWords) -> None:
        """Keep what the clerk wrote about a line."""
        with self._database.transaction():
            written = {**self._written(), key: asdict(words)}
            self._notes.set(Notes.PAPER_TRACK, json.dumps(written, ensure_ascii=False))

    def _written(self) -> dict[str, dict[str, str]]:
        text = self._notes.get(Notes.PAPER_TRACK)
        return {} if text is None else dict(json.loads(text))
