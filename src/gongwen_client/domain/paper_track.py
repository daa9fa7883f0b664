"""送文登记簿: everything of paper that goes out beside or instead of electronic documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from gongwen_client.domain.following import DocumentMore
from gongwen_client.domain.registers import local_day
from gongwen_client.domain.rows import DeliveryRow
from gongwen_protocol.messages import Elements
from gongwen_protocol.states import DeliveryState

WHOLE = "公文纸质件"
_NOTHING_SENT = (DeliveryState.RECALLED, DeliveryState.RESENT, DeliveryState.RETURNED)


@dataclass(frozen=True)
class PaperWords:
    """What the clerk writes by hand: 封号 of the envelope, 备注."""

    envelope: str = ""
    remark: str = ""


@dataclass(frozen=True)
class PaperLine:
    """One thing of paper to one unit. ``key`` names it for good; ``arrived_at`` and ``arrived_by`` are the
    receiver's own word, through the exchange."""

    key: str
    day: date
    unit: str
    title: str
    doc_number: str
    name: str
    copies: int
    way: str
    arrived_at: datetime | None
    arrived_by: str
    words: PaperWords = PaperWords()

    def matches(self, text: str) -> bool:
        """Whether a word stands in what a person would look for."""
        texts = (self.unit, self.title, self.doc_number, self.name, self.way, self.arrived_by)
        return any(text in one for one in (*texts, self.words.envelope, self.words.remark))


def lines_of(
    elements: Elements, more: DocumentMore, sent_at: datetime, row: DeliveryRow
) -> Iterator[PaperLine]:
    """The paper of one delivery: the document where it went on by paper, and its special attachments."""
    details = row.details
    ticks = {tick.position: tick for tick in details.arrivals} if details else {}
    pieces: list[tuple[int | None, str, int, str, datetime]] = []
    if row.state is DeliveryState.PAPER_FALLBACK:
        since = details.paper_since if details and details.paper_since else sent_at
        pieces.append((None, WHOLE, row.copies, row.sender_note, since))
    if row.state not in _NOTHING_SENT:
        pieces += [
            (number, one.name, copies, one.sent_by, sent_at)
            for number, one in enumerate(more.special_attachments)
            if (copies := one.copies_for(row.unit_code))
        ]
    for place, name, copies, way, at in pieces:
        tick = ticks.get(place)
        yield PaperLine(
            key=f"{row.delivery_id}/{'' if place is None else place}",
            day=local_day(at),
            unit=row.unit_name,
            title=elements.title,
            doc_number=elements.doc_number,
            name=name,
            copies=copies,
            way=way,
            arrived_at=tick.at if tick else None,
            arrived_by=tick.by_post if tick else "",
        )
