"""SQL projections for lists and boards: the exchange's truth plus pending wishes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable

from gongwen_client.domain.rows import Counts, DeliveryRow, IncomingRow, IncomingState, SentRow
from gongwen_client.store.database import Database
from gongwen_client.store.messages import read_elements
from gongwen_client.store.returns import OPEN as OPEN_RETURNS
from gongwen_client.store.search import head_phrases
from gongwen_client.store.times import from_text, optional_time
from gongwen_crypto.errors import KnownError
from gongwen_protocol.messages import DeliveryView, RecipientRole
from gongwen_protocol.states import DeliveryState, DocumentState, overall

LIST_LIMIT = 5000
SEARCH_LIMIT = 500
_OPEN = {
    IncomingState.PENDING.value,
    IncomingState.DOWNLOADING.value,
    IncomingState.LOCKED.value,
    IncomingState.TO_VERIFY.value,
}

INCOMING = """
WITH wish AS (
    SELECT subject, kind FROM intents WHERE state = 'pending' AND kind IN ('accept', 'return')
), refusal AS (
    SELECT subject, last_error FROM intents WHERE state = 'refused' AND kind IN ('accept', 'return')
), incoming AS (
    SELECT v.state, v.delivered_at, v.delivery_id, v.document_id, d.row_id, d.elements, d.sender_name,
        d.sent_at, v.received_at, v.returned_at, v.return_reason, d.size, v.role, v.copies, v.printed,
        v.sender_note, v.replaced_by, v.reminders, v.open_requests, v.handled_by, v.view,
        d.attachments <> '[]' AS attached,
        v.viewed_at IS NULL AND v.opened = 0 AND v.state = 'delivered' AS unread,
        ifnull(wish.kind, '') AS pending,
        ifnull(refusal.last_error, d.obstacle) AS refusal,
        CASE
            WHEN v.state NOT IN ('delivered', 'viewed', 'verified') THEN v.state
            WHEN wish.kind = 'accept' THEN 'received'
            WHEN wish.kind = 'return' THEN 'returned'
            WHEN v.state = 'verified' THEN v.state
            WHEN d.fetch = 2 THEN 'to_verify'
            WHEN d.obstacle <> '' THEN 'locked'
            WHEN d.fetch = 1 THEN 'downloading'
            ELSE 'pending'
        END AS shown
    FROM deliveries AS v
    JOIN documents AS d USING (document_id)
    LEFT JOIN wish ON wish.subject = v.delivery_id
    LEFT JOIN refusal ON refusal.subject = v.delivery_id
    WHERE v.to_us = 1
)
"""

_COUNT_STATES = "SELECT state, count(*) FROM deliveries WHERE to_us = 1 GROUP BY state"
_COUNT_WISHES = """
SELECT kind, count(*) FROM intents JOIN deliveries ON delivery_id = subject
WHERE intents.state = 'pending' AND kind IN ('accept', 'return')
  AND deliveries.state IN ('delivered', 'viewed')
GROUP BY kind
"""

SENT = """
SELECT d.document_id, d.elements, d.sent_at, d.size, count(*) AS total,
    sum(v.state = 'received') AS received, sum(v.state = 'returned') AS returned,
    sum(v.state = 'recalled') AS recalled, sum(v.reminders) AS reminders,
    sum(v.open_requests) AS open_requests, group_concat(DISTINCT v.state) AS states,
    json_extract(d.more, '$.replaces') AS replaces
FROM documents AS d JOIN deliveries AS v USING (document_id)
WHERE d.ours = 1
"""


class RowQueries:
    """Builds the rows of ``domain.rows``; all reading, no writing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def incoming(
        self, states: Collection[IncomingState] | None, *, limit: int = LIST_LIMIT
    ) -> list[IncomingRow]:
        """Deliveries to us, newest first; older ones than the limit are for search."""
        wanted = [state.value for state in (IncomingState if states is None else states)]
        marks = ", ".join("?" * len(wanted))
        # No wish makes a decided delivery undecided: the few undecided ones come from their index.
        narrow = "" if not _OPEN.issuperset(wanted) else "AND state IN ('delivered', 'viewed')"
        return self._incoming(
            f"SELECT * FROM incoming WHERE shown IN ({marks}) {narrow}"  # noqa: S608 (marks only)
            " ORDER BY delivered_at DESC LIMIT ?",
            (*wanted, limit),
        )

    def incoming_one(self, delivery_id: str) -> IncomingRow:
        """Raises KnownError("delivery.not_found")."""
        rows = self._incoming("SELECT * FROM incoming WHERE delivery_id = ?", (delivery_id,))
        if not rows:
            raise KnownError("delivery.not_found", delivery=delivery_id)
        return rows[0]

    def search_incoming(self, text: str) -> list[IncomingRow]:
        """The newest deliveries whose title, number or sender have all words of ``text``."""
        query = " AND ".join(head_phrases(text))
        if not query:
            return []
        return self._incoming(
            "SELECT * FROM incoming WHERE row_id IN"
            " (SELECT rowid FROM search WHERE search MATCH ?) ORDER BY delivered_at DESC LIMIT ?",
            (query, SEARCH_LIMIT),
        )

    def incoming_of(self, document_id: str) -> IncomingRow:
        """Our delivery of a document. Raises KnownError("delivery.not_found")."""
        rows = self._incoming("SELECT * FROM incoming WHERE document_id = ?", (document_id,))
        if not rows:
            raise KnownError("delivery.not_found", delivery=document_id)
        return rows[0]

    def sent(self) -> list[SentRow]:
        """The newest documents of ours at the exchange."""
        with self._database.reading() as connection:
            rows = connection.execute(
                SENT + "GROUP BY d.document_id ORDER BY d.sent_at DESC LIMIT ?", (LIST_LIMIT,)
            ).fetchall()
            return [sent_row(row) for row in rows]

    def sent_one(self, document_id: str) -> SentRow:
        """One document of ours. Raises KnownError("document.not_found")."""
        with self._database.reading() as connection:
            row = connection.execute(SENT + "AND d.document_id = ?", (document_id,)).fetchone()
        if row["document_id"] is None:
            raise KnownError("document.not_found", document=document_id)
        return sent_row(row)

    def returned(self) -> list[tuple[SentRow, DeliveryRow]]:
        """Documents of ours that a unit returned, the newest return first."""
        with self._database.reading() as connection:
            deliveries = connection.execute(
                "SELECT v.* FROM deliveries AS v JOIN documents AS d USING (document_id)"
                " WHERE d.ours = 1 AND v.state = 'returned' ORDER BY v.returned_at DESC"
            ).fetchall()
            return [
                (
                    sent_row(
                        connection.execute(SENT + "AND d.document_id = ?", (row["document_id"],)).fetchone()
                    ),
                    delivery_row(row),
                )
                for row in deliveries
            ]

    def board(self, document_id: str) -> list[DeliveryRow]:
        """All units of one sent document, main recipients first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM deliveries WHERE document_id = ?"
                " ORDER BY role = 'cc', delivered_at, unit_code",
                (document_id,),
            ).fetchall()
            return [delivery_row(row) for row in rows]

    def asking(self) -> list[tuple[SentRow, DeliveryRow]]:
        """Deliveries of ours whose receivers wait for an answer to a request, the oldest delivery first."""
        with self._database.reading() as connection:
            deliveries = connection.execute(
                "SELECT v.* FROM deliveries AS v JOIN documents AS d USING (document_id)"
                " WHERE d.ours = 1 AND v.open_requests > 0 ORDER BY v.delivered_at, v.delivery_id"
            ).fetchall()
        return [(self.sent_one(row["document_id"]), delivery_row(row)) for row in deliveries]

    def counts(self) -> Counts:
        """Numbers beside the navigation."""
        with self._database.reading() as connection:
            states = dict(connection.execute(_COUNT_STATES).fetchall())
            wishes = dict(connection.execute(_COUNT_WISHES).fetchall())
            drafts = dict(connection.execute("SELECT state, count(*) FROM drafts GROUP BY state").fetchall())
            returned = connection.execute(
                f"SELECT count(*) FROM deliveries AS v WHERE {OPEN_RETURNS}"  # noqa: S608 (own words only)
            ).fetchone()[0]
            sent = connection.execute("SELECT count(*) FROM documents WHERE ours = 1").fetchone()[0]
            requests = connection.execute(
                "SELECT ifnull(sum(open_requests), 0) FROM deliveries JOIN documents USING (document_id)"
                " WHERE ours = 1 AND open_requests > 0"
            ).fetchone()[0]
        undecided = states.get(DeliveryState.DELIVERED.value, 0) + states.get(DeliveryState.VIEWED.value, 0)
        return Counts(
            pending=undecided - sum(wishes.values()),
            received=states.get(DeliveryState.RECEIVED.value, 0) + wishes.get("accept", 0),
            returned_to_us=returned,
            drafts=drafts.get(DocumentState.DRAFT.value, 0),
            awaiting_seal=drafts.get(DocumentState.AWAITING_SEAL.value, 0),
            ready=drafts.get(DocumentState.READY.value, 0) + drafts.get(DocumentState.SENDING.value, 0),
            sent=sent,
            open_requests=requests,
        )

    def _incoming(self, query: str, values: Iterable[object]) -> list[IncomingRow]:
        with self._database.reading() as connection:
            rows = connection.execute(INCOMING + query, tuple(values)).fetchall()
            return [incoming_row(row) for row in rows]


def incoming_row(row: sqlite3.Row) -> IncomingRow:
    """A line of ``INCOMING``."""
    return IncomingRow(
        delivery_id=row["delivery_id"],
        document_id=row["document_id"],
        state=IncomingState(row["shown"]),
        elements=read_elements(row["elements"]),
        sender_name=row["sender_name"],
        sent_at=from_text(row["sent_at"]),
        received_at=optional_time(row["received_at"]),
        returned_at=optional_time(row["returned_at"]),
        return_reason=row["return_reason"],
        size=row["size"],
        role=RecipientRole(row["role"]),
        copies=row["copies"],
        printed=row["printed"],
        unread=bool(row["unread"]),
        pending=row["pending"],
        refusal=row["refusal"],
        sender_note=row["sender_note"],
        replaced_by=row["replaced_by"],
        reminders=row["reminders"],
        open_requests=row["open_requests"],
        delivered_at=from_text(row["delivered_at"]),
        handled_by=row["handled_by"],
        receipt_by=json.loads(row["view"]).get("receipt_by", "") if row["view"] else "",
        attached=bool(row["attached"]),
    )


def sent_row(row: sqlite3.Row) -> SentRow:
    """A line of ``SENT``."""
    return SentRow(
        document_id=row["document_id"],
        elements=read_elements(row["elements"]),
        sent_at=from_text(row["sent_at"]),
        received=row["received"],
        returned=row["returned"],
        total=row["total"],
        size=row["size"],
        recalled=row["recalled"],
        reminders=row["reminders"],
        open_requests=row["open_requests"],
        state=overall(DeliveryState(state) for state in row["states"].split(",")),
        replaces=row["replaces"] or "",
    )


def delivery_row(row: sqlite3.Row) -> DeliveryRow:
    """A line of the table of deliveries."""
    times = ("recalled_at", "returned_at", "received_at", "verified_at", "viewed_at", "delivered_at")
    latest = next(row[name] for name in times if row[name])
    return DeliveryRow(
        delivery_id=row["delivery_id"],
        unit_name=row["unit_name"],
        role=RecipientRole(row["role"]),
        copies=row["copies"],
        printed=row["printed"],
        state=DeliveryState(row["state"]),
        at=from_text(latest),
        return_reason=row["return_reason"],
        return_note=row["return_note"],
        handled_by=row["handled_by"],
        unit_code=row["unit_code"],
        sender_note=row["sender_note"],
        replaced_by=row["replaced_by"],
        details=DeliveryView.model_validate_json(row["view"]) if row["view"] else None,
        returned_at=optional_time(row["returned_at"]),
    )
