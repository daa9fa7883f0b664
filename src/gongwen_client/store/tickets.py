"""Print tickets as the exchange last described them, and which of them this PC took."""

from __future__ import annotations

from gongwen_client.domain.rows import TicketRow
from gongwen_client.store.database import Database
from gongwen_client.store.times import to_text
from gongwen_crypto.errors import KnownError
from gongwen_protocol.messages import PrintTicket
from gongwen_protocol.states import TicketState

# A copy only ever goes on: of two views the one that is further is the newer, whatever the clocks say.
_FURTHER = """
INSERT INTO tickets (ticket_id, delivery_id, copy_number, attempt, state, changed_at, view)
VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (ticket_id) DO UPDATE SET state = excluded.state,
changed_at = excluded.changed_at, view = excluded.view
WHERE state = 'reserved' AND excluded.state <> 'reserved'
OR state = 'spooled' AND excluded.state IN ('printed', 'void')
"""

# What the exchange counts too, told here at once: its view of the delivery comes with a later poll.
_PRINTED = """
UPDATE deliveries SET printed = max(printed, (
    SELECT count(*) FROM tickets WHERE delivery_id = :delivery AND state = 'printed'
)) WHERE delivery_id = :delivery
"""


class TicketTable:
    """Numbered copies and this PC's print jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def apply(self, ticket: PrintTicket) -> bool:
        """Write the exchange's view; an older one than the stored one is ignored (False)."""
        with self._database.transaction() as connection:
            cursor = connection.execute(
                _FURTHER,
                (
                    ticket.ticket_id,
                    ticket.delivery_id,
                    ticket.copy_number,
                    ticket.attempt,
                    ticket.state.value,
                    to_text(ticket.changed_at),
                    ticket.model_dump_json(),
                ),
            )
            newer = cursor.rowcount == 1
            if newer and ticket.state is TicketState.PRINTED:
                connection.execute(_PRINTED, {"delivery": ticket.delivery_id})
            return newer

    def get(self, ticket_id: str) -> PrintTicket:
        """Raises KnownError("print.ticket_unknown")."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT view FROM tickets WHERE ticket_id = ?", (ticket_id,)).fetchone()
        if row is None:
            raise KnownError("print.ticket_unknown", ticket=ticket_id)
        return PrintTicket.model_validate_json(row[0])

    def of_delivery(self, delivery_id: str) -> list[TicketRow]:
        """All attempts at all copies, in order."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT t.view, i.kind FROM tickets AS t LEFT JOIN intents AS i"
                " ON i.subject = t.ticket_id AND i.state = 'pending' AND i.kind IN ('settle', 'void')"
                " WHERE t.delivery_id = ? ORDER BY t.copy_number, t.attempt",
                (delivery_id,),
            ).fetchall()
        return [_row(PrintTicket.model_validate_json(view), kind) for view, kind in rows]

    def taken(self, delivery_id: str) -> int:
        """Copies that are printed, being printed or in doubt."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT count(DISTINCT copy_number) FROM tickets WHERE delivery_id = ? AND state <> ?",
                (delivery_id, TicketState.VOID.value),
            ).fetchone()
            return int(row[0])

    def open(self) -> list[PrintTicket]:
        """Copies that are reserved, or of which nobody has said yet whether they came out."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT view FROM tickets WHERE state IN ('reserved', 'spooled') ORDER BY changed_at"
            ).fetchall()
            return [PrintTicket.model_validate_json(row[0]) for row in rows]

    def note_job(self, ticket_id: str, stage: str, place: str = "") -> None:
        """``reserved``, ``spooling`` (from here on the printer may have it) or ``finished``."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO print_jobs (ticket_id, stage, place) VALUES (?, ?, ?)"
                " ON CONFLICT (ticket_id) DO UPDATE SET stage = excluded.stage, place = excluded.place",
                (ticket_id, stage, place),
            )

    def jobs(self, stage: str) -> list[str]:
        """Tickets of this PC whose job is at ``stage``."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT ticket_id FROM print_jobs WHERE stage = ? ORDER BY rowid", (stage,)
            ).fetchall()
            return [str(row[0]) for row in rows]


def _row(ticket: PrintTicket, wish: str | None) -> TicketRow:
    wanted = {"settle": TicketState.PRINTED, "void": TicketState.VOID}
    return TicketRow(
        ticket_id=ticket.ticket_id,
        copy_number=ticket.copy_number,
        copies=ticket.copies,
        attempt=ticket.attempt,
        state=wanted.get(wish or "", ticket.state),
        changed_at=ticket.changed_at,
        printer=ticket.printer,
        void_reason=ticket.void_reason,
        by_post=ticket.by_post,
    )
