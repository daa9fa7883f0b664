"""An outgoing document on the sender's PC, from first word to hand-over to the exchange."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from gongwen_client.domain.draft_record import DraftRecord
from gongwen_client.domain.following import DocumentMore
from gongwen_protocol.messages import Elements, Recipient, SealFact
from gongwen_protocol.states import DocumentState


@dataclass(frozen=True)
class LocalFile:
    """A file kept in the client's own folder; ``path`` stays valid while the draft lives."""

    name: str
    path: Path
    size: int
    digest: str


@dataclass(frozen=True)
class SealMark:
    """A seal on the body: put on it on this PC, or brought along by a joint document (``key_serial`` is then
    empty). ``stamped_at`` is the time of its time stamp, ``unstamped`` the code of why the one that the rules
    want is missing."""

    seal_name: str
    seal_id: str
    signature_id: str
    key_serial: str
    sealed_at: datetime
    stamped_at: datetime | None = None
    unstamped: str = ""

    @property
    def own(self) -> bool:
        """Whether it was put on here."""
        return bool(self.key_serial)

    @property
    def fact(self) -> SealFact:
        """What the exchange's record says of it."""
        return SealFact(
            seal_name=self.seal_name,
            seal_id=self.seal_id,
            signature_id=self.signature_id,
            stamped_at=self.stamped_at,
        )


@dataclass(frozen=True)
class StampPlace:
    """Where a seal goes: page from 0, box in mm from the page's top left. ``confident`` is False when no
    date line was found and the place is a guess to be looked at."""

    page_index: int
    x: float
    y: float
    width: float
    height: float
    confident: bool = True


@dataclass(frozen=True)
class Draft:
    """An outgoing document. ``state`` is draft, awaiting_seal, ready, sending or voided; a refused send goes
    back to ready with ``refusal`` filled in (code and sentence), and nothing typed is lost."""

    document_id: str
    state: DocumentState
    elements: Elements
    body: LocalFile | None
    attachments: tuple[LocalFile, ...]
    recipients: tuple[Recipient, ...]
    seals: tuple[SealMark, ...]
    updated_at: datetime
    refusal: str = ""
    upload_progress: float = 0.0
    more: DocumentMore = field(default_factory=DocumentMore)
    record: DraftRecord = field(default_factory=DraftRecord)

    @property
    def size(self) -> int:
        """Bytes of body and attachments together."""
        return sum(file.size for file in (self.body, *self.attachments) if file is not None)


@dataclass(frozen=True)
class Hit:
    """Something noticed on a page: what the text says, where (page from 0; box x, y, width, height in
    mm from the page's top left), and why it matters."""

    code: str
    page_index: int
    text: str
    box_mm: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class DraftFinding:
    """One line of the check list before sealing or sending. ``blocking`` ones must be mended first."""

    code: str
    sentence: str
    blocking: bool
    hits: tuple[Hit, ...] = field(default=())


# A message demands a title; a draft may still lack one.
NO_ELEMENTS = Elements.model_construct(
    title="", doc_number="", doc_kind="通知", issuer="", issue_date="", urgency="", main_text="", cc_text=""
)


def draft_for(document_id: str, now: datetime) -> Draft:
    """An empty draft."""
    return Draft(
        document_id=document_id,
        state=DocumentState.DRAFT,
        elements=NO_ELEMENTS,
        body=None,
        attachments=(),
        recipients=(),
        seals=(),
        updated_at=now,
    )
