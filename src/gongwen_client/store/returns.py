"""What was done about returned documents. They are few: one named text holds the notes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from gongwen_client.domain.returns import Handling, ReturnNote
from gongwen_client.domain.rows import DeliveryRow
from gongwen_client.store.database import Database
from gongwen_client.store.notes import Notes
from gongwen_client.store.times import to_text
from gongwen_protocol.states import DeliveryState

_KEPT = f"json_each((SELECT value FROM settings WHERE name = '{Notes.RETURNS}'))"  # noqa: S608 (own words only)
_CLOSED = (
    f"EXISTS (SELECT 1 FROM {_KEPT} AS n WHERE n.key = v.delivery_id"  # noqa: S608 (own words only)
    f" AND json_extract(n.value, '$.how') = '{Handling.CLOSED.value}'"
    " AND json_extract(n.value, '$.returned') = v.returned_at)"
)
OPEN = f"v.to_us = 0 AND v.state = 'returned' AND NOT {_CLOSED}"
"""Of deliveries ``v``: came back, and nobody has done anything about it."""
_SENT_AGAIN = f"v.delivery_id IN (SELECT n.key FROM {_KEPT} AS n)"  # noqa: S608 (own words only)
EVER = f"v.to_us = 0 AND (v.returned_at IS NOT NULL OR {_SENT_AGAIN})"
"""Came back at some time, also what was corrected, turned to paper or sent again since."""


class ReturnNotes:
    """By delivery; a delivery that comes back again is open again."""

    def __init__(self, database: Database) -> None:
        self._notes = Notes(database)
        self._database = database

    def all(self) -> dict[str, ReturnNote]:
        """The last note of each delivery."""
        return {delivery: ReturnNote.model_validate(kept["note"]) for delivery, kept in self._read().items()}

    def add(self, notes: Mapping[str, ReturnNote]) -> None:
        """Keep notes; an earlier one of the same delivery goes."""
        with self._database.transaction():
            kept = self._read()
            for delivery, note in notes.items():
                kept[delivery] = {
                    "how": note.how.value,
                    "returned": to_text(note.returned_at),
                    "note": note.model_dump(mode="json"),
                }
            self._notes.set(Notes.RETURNS, json.dumps(kept, ensure_ascii=False))

    def _read(self) -> dict[str, dict[str, object]]:
        text = self._notes.get(Notes.RETURNS)
        return {} if text is None else dict(json.loads(text))


def handled(row: DeliveryRow, note: ReturnNote | None) -> DeliveryRow:
    """A returned delivery with what was done about it."""
    if row.state is DeliveryState.RETURNED:
        closed = note is not None and note.how is Handling.CLOSED and note.returned_at == row.returned_at
        if not closed:
            return row
        assert note is not None
        return replace(row, handling=Handling.CLOSED, handling_note=note.why)
    if row.state is DeliveryState.PAPER_FALLBACK:
        return replace(row, handling=Handling.ON_PAPER)
    if row.returned_at is None and note is not None:  # sent again: the exchange's view begins anew
        return replace(
            row,
            handling=Handling.RESENT,
            returned_at=note.returned_at,
            return_reason=note.reason,
            return_note=note.note,
        )
    return replace(row, handling=Handling.CORRECTED if row.replaced_by else Handling.CLOSED)
