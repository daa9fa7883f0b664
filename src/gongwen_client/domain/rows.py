"""Rows that lists and panels show: the server's truth plus the clerk's own pending intents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from gongwen_client.domain.drafts import LocalFile
from gongwen_client.domain.returns import Handling
from gongwen_protocol.messages import DeliveryView, Elements, RecipientRole, SignedReceipt
from gongwen_protocol.states import DeliveryState, DocumentState, TicketState


class IncomingState(StrEnum):
    """What a receiving clerk sees (待收 下载中 未能解密 待核验 已核验 已接收 已退文 已撤回 已补发
    已转纸质)."""

    PENDING = "pending"
    DOWNLOADING = "downloading"
    LOCKED = "locked"
    TO_VERIFY = "to_verify"
    VERIFIED = "verified"
    RECEIVED = "received"
    RETURNED = "returned"
    RECALLED = "recalled"
    RESENT = "resent"
    PAPER_FALLBACK = "paper_fallback"


@dataclass(frozen=True)
class IncomingRow:
    """One delivery to this unit. ``pending`` names an intent that has not reached the exchange yet
    ("accept", "return"); the row then already shows the wanted state. ``due_at``: by when it is to be
    received (lists of what waits tell it); ``receipt_by``: which first use was the receipt, empty:
    acceptance. ``register_number`` is its 收文编号, once it has one."""

    delivery_id: str
    document_id: str
    state: IncomingState
    elements: Elements
    sender_name: str
    sent_at: datetime
    received_at: datetime | None
    returned_at: datetime | None
    return_reason: str
    size: int
    role: RecipientRole
    copies: int
    printed: int
    unread: bool
    pending: str = ""
    refusal: str = ""
    sender_note: str = ""
    replaced_by: str = ""
    reminders: int = 0
    open_requests: int = 0
    delivered_at: datetime | None = None
    handled_by: str = ""
    receipt_by: str = ""
    attached: bool = False
    due_at: datetime | None = None
    register_number: str = ""
    archived: bool = False


@dataclass(frozen=True)
class SentRow:
    """A sent document with its x / n. ``waiting`` units have not received it; the one that it reached first
    is ``waiting_unit``, since ``waiting_since`` (最早未收). ``due_at``: by when they are to. ``units``: the
    first ones that it went to, 主送 before 抄送."""

    document_id: str
    elements: Elements
    sent_at: datetime
    received: int
    returned: int
    total: int
    size: int
    recalled: int = 0
    reminders: int = 0
    open_requests: int = 0
    state: DocumentState = DocumentState.SENT
    replaces: str = ""
    waiting: int = 0
    waiting_unit: str = ""
    waiting_since: datetime | None = None
    due_at: datetime | None = None
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeliveryRow:
    """One unit on the sender's status board. ``details``: all that the exchange said of it (reminders,
    requests, copy ranges, arrivals, reply). ``handling``: what was done about its return."""

    delivery_id: str
    unit_name: str
    role: RecipientRole
    copies: int
    printed: int
    state: DeliveryState
    at: datetime
    return_reason: str
    return_note: str
    handled_by: str
    unit_code: str = ""
    sender_note: str = ""
    replaced_by: str = ""
    details: DeliveryView | None = None
    returned_at: datetime | None = None
    handling: Handling = Handling.OPEN
    handling_note: str = ""


@dataclass(frozen=True)
class ReceiptRow:
    """A receipt with the client's own check of its signature and of the digest it names."""

    receipt: SignedReceipt
    verified: bool
    problem: str


@dataclass(frozen=True)
class TicketRow:
    """One numbered copy."""

    ticket_id: str
    copy_number: int
    copies: int
    attempt: int
    state: TicketState
    changed_at: datetime
    printer: str
    void_reason: str
    by_post: str = ""


@dataclass(frozen=True)
class PrintQuota:
    """How many originals a delivery may still become; ``next_numbers`` are the copy numbers (份号) that come
    next, ``in_doubt`` counts those of which a person has to say whether they came out."""

    copies: int
    left: int
    in_doubt: int
    next_numbers: tuple[int, ...]


@dataclass(frozen=True)
class CopyTaken:
    """A download of copies (脱密下载) that the exchange put on record."""

    at: datetime
    by_post: str
    purpose: str


@dataclass(frozen=True)
class IncomingFiles:
    """Where the downloaded, digest-checked files are."""

    body: LocalFile
    attachments: tuple[LocalFile, ...]


@dataclass(frozen=True)
class PrintOutcome:
    """What became of one numbered copy; ``place`` is the PDF when no printer was there. A copy that is
    neither ``printed`` nor ``in_doubt`` is void, and its number can be printed again. ``unmarked_pages`` had
    no room for the mark of the copy."""

    ticket_id: str
    copy_number: int
    copies: int
    printed: bool
    problem: str
    place: Path | None
    in_doubt: bool = False
    unmarked_pages: int = 0


@dataclass(frozen=True)
class TrialPrint:
    """What became of a test sheet: it came out, or nobody knows (``in_doubt``), or ``problem`` says why not.
    ``place`` is the PDF of the printer of files."""

    printed: bool
    in_doubt: bool
    problem: str
    place: Path | None


@dataclass(frozen=True)
class Counts:
    """Numbers beside the navigation."""

    pending: int
    received: int
    returned_to_us: int
    drafts: int
    awaiting_seal: int
    ready: int
    sent: int
    open_requests: int = 0
    notices: int = 0
    """Current ones that nobody here has read."""


class Connection(StrEnum):
    """How the last conversation with the exchange ended."""

    ONLINE = "online"
    OFFLINE = "offline"
    SESSION_EXPIRED = "session_expired"


@dataclass(frozen=True)
class Duty:
    """The status bar: heartbeat (machine) and attended check (person) are never merged."""

    connection: Connection
    last_heartbeat: datetime | None
    last_attended_check: datetime | None
    next_poll: datetime | None
    server_time_offset: float
    problem: str = ""
