"""Copy numbers (份号): within a document each is given once, in ranges per unit; later ones continue."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gongwen_protocol.actions import CopyRange
from gongwen_server.db.database import insert_many
from gongwen_server.db.tables import CopyRangeRow, DeliveryRow


def numbers_of(session: Session, delivery_id: str) -> list[int]:
    """All copy numbers of a delivery, in order."""
    rows = session.scalars(
        select(CopyRangeRow).where(CopyRangeRow.delivery_id == delivery_id).order_by(CopyRangeRow.first)
    )
    return [number for row in rows for number in CopyRange(first=row.first, last=row.last).numbers]


def issue_ranges(session: Session, document_id: str, wanted: Iterable[tuple[str, int]]) -> None:
    """Give each delivery its number of copies, from the document's first free number on."""
    last = session.scalar(
        select(func.max(CopyRangeRow.last))
        .join(DeliveryRow, DeliveryRow.delivery_id == CopyRangeRow.delivery_id)
        .where(DeliveryRow.document_id == document_id)
    )
    following = (last or 0) + 1
    rows = []
    for delivery_id, count in wanted:
        if count:
            rows.append({"delivery_id": delivery_id, "first": following, "last": following + count - 1})
            following += count
    insert_many(session, CopyRangeRow, rows)
