"""Messages between client and exchange (HTTP + JSON, all under ``/v1``).

Every mutating call carries the header ``Idempotency-Key``; a repeat gets the byte-identical first answer,
the same key with another body is refused with ``request.key_reused``. Times are UTC and the server's.
Digests are SM3, lower-case hexadecimal. Sizes are bytes.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, PositiveInt, StringConstraints

from gongwen_protocol.access import KeyAnswer
from gongwen_protocol.actions import (
    ArrivalTick,
    CopyRange,
    MeetingCall,
    MeetingReply,
    Reminder,
    RequestView,
    SpecialAttachment,
)
from gongwen_protocol.announcements import SignedNotice
from gongwen_protocol.basics import Copies as Copies
from gongwen_protocol.basics import Digest as Digest
from gongwen_protocol.basics import Id as Id
from gongwen_protocol.basics import LongText as LongText
from gongwen_protocol.basics import Message as Message
from gongwen_protocol.basics import Moment as Moment
from gongwen_protocol.basics import ShortText as ShortText
from gongwen_protocol.basics import Size as Size
from gongwen_protocol.checkpoints import SignedCheckpoint
from gongwen_protocol.contacts import UnitContact
from gongwen_protocol.handover import SignedHandover
from gongwen_protocol.profile import DeviceBinding, LoginKey
from gongwen_protocol.roles import Role as Role
from gongwen_protocol.secrecy import Cipher, Envelope
from gongwen_protocol.states import DeliveryState, TicketState

IDEMPOTENCY_HEADER = "Idempotency-Key"
UPLOAD_OFFSET_HEADER = "Upload-Offset"


# -- errors -----------------------------------------------------------------------------------------------


class Problem(Message):
    """Body of every answer outside 2xx; ``sentence`` is already in words for the person."""

    code: str
    sentence: str
    facts: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    reference: str = Field(description="the server's log reference of this request")


# -- session and directory --------------------------------------------------------------------------------


class LoginRequest(Message):
    """POST /v1/session. ``answer``: to a challenge, where the region wants a key besides the password."""

    unit_code: ShortText
    account: ShortText
    password: Annotated[str, StringConstraints(max_length=256), Field(repr=False)]
    answer: KeyAnswer | None = None


class SessionGrant(Message):
    """A bearer token (header ``Authorization: Bearer``). While ``must_change_password`` only
    POST /v1/session/password is allowed (Ordos art. 20, Jiangmen art. 16)."""

    token: str = Field(repr=False)
    expires_at: Moment
    must_change_password: bool
    unit_code: str
    unit_name: str
    account: str
    post: str = Field(description="the person's post, e.g. 收发员")
    roles: tuple[Role, ...]
    profile_id: str
    profile_version: PositiveInt = 1
    server_time: Moment
    device_id: str = Field("", description="the PC that the session is bound to, empty: to none")
    password_expires_at: Moment | None = None
    idle_seconds: int = Field(0, description="a session that is silent for so long ends; 0: at its hour only")
    elsewhere: int = Field(0, description="other PCs on which this account works now")


class PasswordChange(Message):
    """POST /v1/session/password; answers a fresh SessionGrant."""

    old_password: Annotated[str, StringConstraints(max_length=256), Field(repr=False)]
    new_password: Annotated[str, StringConstraints(min_length=8, max_length=256), Field(repr=False)]


class Unit(Message):
    """A unit of the directory, GET /v1/directory → Directory."""

    code: str
    name: str
    short_name: str = ""
    region: str = Field("", description="path from the top, e.g. 江门市/新会区")
    rank: int = 0
    enabled: bool = True
    contact: str = Field("", description="telephone of the post, no personal name")
    plates: tuple[ShortText, ...] = Field((), description="other names on its door (挂牌机构)")
    batch: int = Field(0, description="roll-out batch, 0: none")
    enabled_from: str = Field("", description="ISO date from which it takes part, empty: always")
    successor_code: str = Field("", description="unit that follows it (renamed, merged, abolished)")
    successor_since: str = Field(
        "", description="ISO date from which the successor is addressed in its place"
    )
    contacts: tuple[UnitContact, ...] = ()
    contacts_confirmed: Moment | None = None


class UnitGroup(Message):
    """Units that are often addressed together (常用分组)."""

    name: ShortText
    unit_codes: tuple[str, ...]


class Directory(Message):
    """All units, in rank order, and the groups of the exchange."""

    units: tuple[Unit, ...]
    groups: tuple[UnitGroup, ...] = ()


class UnitReadiness(Message):
    """Whether a unit will take notice of what is sent to it now. Days are whole days left of its seal
    certificate, below zero when it has ended, absent when the exchange does not know it."""

    unit_code: str
    enabled: bool
    last_check: Moment | None = None
    last_heartbeat: Moment | None = None
    certificate_days: int | None = None
    size_limit: int | None = Field(None, description="bytes of a document that it can take, absent: any")
    formats: tuple[str, ...] = Field(
        (), description="formats of bodies that it can take, empty: the region's"
    )


class Readiness(Message):
    """GET /v1/readiness."""

    server_time: Moment
    units: tuple[UnitReadiness, ...]


class ServerInfo(Message):
    """GET /v1/server (no session needed): who this exchange is."""

    name: str
    version: str
    certificate: str = Field(description="base64 DER certificate of the receipt-signing key")
    server_time: Moment
    profile_id: str
    profile_version: PositiveInt = 1
    max_document_size: int | None
    device_binding: DeviceBinding = DeviceBinding.OFF
    login_key: LoginKey = LoginKey.NONE
    handovers: tuple[SignedHandover, ...] = ()


# -- uploads (resumable; names after the IETF draft's careful creation) -----------------------------------


class UploadRequest(Message):
    """POST /v1/uploads. The digest is of the whole file and is checked at completion."""

    length: Size
    digest: Digest


class UploadState(Message):
    """Answer to POST, HEAD (headers) and PATCH. ``offset`` bytes are on disk (fsynced)."""

    upload_id: str
    offset: int
    length: int
    complete: bool


# -- documents --------------------------------------------------------------------------------------------


class RecipientRole(StrEnum):
    """主送 or 抄送."""

    MAIN = "main"
    CC = "cc"


class Recipient(Message):
    """One addressed unit with its number of original prints (打印份数)."""

    unit_code: ShortText
    role: RecipientRole
    copies: Copies


class FileReference(Message):
    """A file by its digest. Where ``cipher`` is given, that is what was uploaded and is kept; ``digest`` and
    ``size`` are the content's in either case, and what receipts are bound to."""

    name: ShortText
    digest: Digest
    size: Size
    cipher: Cipher | None = None

    @property
    def stored(self) -> Cipher:
        """What the exchange keeps of it."""
        return self.cipher or Cipher(digest=self.digest, size=self.size)


class SealFact(Message):
    """One seal on the body as the sender's client saw it: lets a removed signature be noticed."""

    seal_name: str
    seal_id: str
    signature_id: str
    stamped_at: Moment | None = Field(None, description="time of its time stamp, where it carries one")


INFO_MATERIAL = "信息资料"
"""``Elements.doc_kind`` of 公文信息资料 (Ordos art. 2): no number, and no seal where the region says so."""


class Elements(Message):
    """Elements of an official document; field names follow the glossary. Their keys after GB/T 33480 are in
    ``gongwen_protocol.metadata``."""

    title: ShortText
    identifier: str = Field("", description="公文标识 (GB/T 33477), checked where it is given")
    doc_number: str = ""
    doc_kind: str = "通知"
    issuer: str = ""
    issue_date: str = Field("", description="成文日期, ISO date")
    urgency: str = Field("", description="empty, 加急 or 特急")
    main_text: str = Field("", description="主送机关 as printed")
    cc_text: str = Field("", description="抄送机关 as printed")
    signer: str = Field("", description="签发人, as printed")
    attachment_note: str = Field("", description="附件说明 as printed")
    remark: str = Field("", description="附注")
    print_office: str = Field("", description="印发机关")
    print_date: str = Field("", description="印发日期, ISO date")
    release_level: str = Field("", description="发布层次")


class SealLedgerHead(Message):
    """Where the sending PC's ledger of seal uses (用印台账) stands: the exchange witnesses it, so that one
    written anew shows."""

    chain: Digest = Field(description="digest of the ledger's first entry: which ledger it is")
    sequence: PositiveInt
    digest: Digest = Field(description="of the newest entry")


class SendRequest(Message):
    """POST /v1/documents. ``document_id`` is the sender's UUID: the document keeps it for ever.

    ``end_to_end``: every file has its cipher, and there is an envelope for each recipient, for the sender and
    for the escrow key where the region demands it."""

    document_id: Id
    elements: Elements
    body: FileReference
    attachments: tuple[FileReference, ...] = ()
    recipients: Annotated[tuple[Recipient, ...], Field(min_length=1)]
    seals: tuple[SealFact, ...] = ()
    profile_id: str
    profile_version: PositiveInt = 1
    replaces: Id | None = Field(None, description="the sender's earlier document that this one corrects")
    special_attachments: tuple[SpecialAttachment, ...] = ()
    meeting: MeetingCall | None = None
    seal_ledger: SealLedgerHead | None = None
    end_to_end: bool = False
    envelopes: tuple[Envelope, ...] = ()
    seen: SignedCheckpoint | None = Field(None, description="the log as the sender was shown it")


class SupplementRequest(Message):
    """POST /v1/documents/{id}/supplement (补发): the same document to units that were left out; with their
    envelopes where it is encrypted."""

    recipients: Annotated[tuple[Recipient, ...], Field(min_length=1)]
    envelopes: tuple[Envelope, ...] = ()


class DeliveryView(Message):
    """The state of one delivery as both sides may see it."""

    delivery_id: str
    document_id: str
    unit_code: str
    unit_name: str
    role: RecipientRole
    copies: int
    printed: int
    state: DeliveryState
    delivered_at: Moment
    viewed_at: Moment | None = None
    received_at: Moment | None = None
    returned_at: Moment | None = None
    return_reason: str = ""
    return_note: str = ""
    handled_by: str = Field("", description="post that decided last")
    revision: int = Field(0, description="grows with each change: of two views the higher is the newer")
    round: int = Field(1, description="2 after the first resending")
    verified_at: Moment | None = None
    receipt_by: str = Field("", description="which first use was the receipt, empty: acceptance")
    recalled_at: Moment | None = None
    replaced_by: str = Field("", description="the corrected document that took its place")
    paper_since: Moment | None = None
    paper_arrived_at: Moment | None = None
    sender_note: str = Field("", description="the sender's reason of a recall, resending or turn to paper")
    ranges: tuple[CopyRange, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    requests: tuple[RequestView, ...] = ()
    arrivals: tuple[ArrivalTick, ...] = ()
    reply: MeetingReply | None = None


class DocumentView(Message):
    """A sent document with the deliveries the reader may see: all for the sender, its own for a receiver."""

    document_id: str
    sender_code: str
    sender_name: str
    sent_at: Moment
    elements: Elements
    body: FileReference
    attachments: tuple[FileReference, ...]
    seals: tuple[SealFact, ...]
    profile_id: str
    deliveries: tuple[DeliveryView, ...]
    profile_version: PositiveInt = 1
    replaces: Id | None = None
    special_attachments: tuple[SpecialAttachment, ...] = ()
    meeting: MeetingCall | None = None
    seen: SignedCheckpoint | None = Field(None, description="the log as the sender was shown it")


class SyncAnswer(Message):
    """GET /v1/sync?cursor=N&tree=M: everything that changed for this unit since N. The call is a heartbeat,
    never an attended check. ``more`` asks for another call at once. ``consistency`` proves that the log of
    ``checkpoint`` only grew since its first M leaves."""

    cursor: int
    more: bool
    server_time: Moment
    documents: tuple[DocumentView, ...]
    tickets: tuple[PrintTicket, ...]
    receipts: tuple[SignedReceipt, ...]
    checkpoint: SignedCheckpoint | None = None
    consistency: tuple[Digest, ...] = ()
    notices: tuple[SignedNotice, ...] = ()


class ChangeNotice(Message):
    """GET /v1/changes?cursor=N&wait=S: answered as soon as the unit has to hear of something beyond N, at
    the latest after S seconds. ``crowded``: too many wait; ask again in ``again_in`` seconds. Where many hear
    of something at once, each is told to fetch it ``again_in`` seconds later: another time for each."""

    changed: bool
    again_in: float = 0.0
    crowded: bool = False


# -- deliveries: POST /v1/deliveries/{id}/view | accept | return ------------------------------------------


class Finding(StrEnum):
    """The four checks of Ordos art. 10 as the receiving client saw them."""

    OK = "ok"
    WARNING = "warning"
    UNKNOWN = "unknown"
    FAILED = "failed"


class CheckResult(Message):
    """What the receiver's client verified before a person decided."""

    body: Finding
    attachments: Finding
    seal: Finding
    layout: Finding
    body_digest: Digest


class AcceptRequest(Message):
    """Accepting binds the receiver to the digest it verified."""

    checks: CheckResult


class ReturnReason(StrEnum):
    """Reasons of the 退文 dialog, in its order."""

    BODY_FAULT = "body_fault"
    ATTACHMENT_FAULT = "attachment_fault"
    SEAL_FAULT = "seal_fault"
    LAYOUT_FAULT = "layout_fault"
    MISDIRECTED = "misdirected"
    CLASSIFIED = "classified"
    OTHER = "other"


class ReturnRequest(Message):
    """``note`` is required with OTHER."""

    reason: ReturnReason
    note: LongText = ""
    checks: CheckResult | None = None


# -- print ledger: POST /v1/deliveries/{id}/tickets, POST /v1/tickets/{id}/spool | settle | void ------------


class TicketRequest(Message):
    """Reserve ``count`` numbered copies at once; all or none."""

    count: Annotated[int, Field(ge=1, le=999)] = 1
    printer: ShortText


class PrintStatement(Message):
    """What a 验证印章 key signs before originals are printed (Jiangmen art. 34)."""

    delivery_id: str
    document_id: str
    document_digest: Digest
    tickets: Annotated[tuple[str, ...], Field(min_length=1, max_length=999)]
    copy_numbers: tuple[int, ...]
    printer: ShortText
    key_serial: ShortText
    at: Moment


class TicketSettle(Message):
    """Body that settles a copy; empty where the region wants no 验证印章. ``certificate`` (DER) and
    ``signature`` (DER, over the statement's canonical bytes) are base64."""

    statement: PrintStatement | None = None
    certificate: Annotated[str, Field(max_length=16384)] = ""
    signature: Annotated[str, Field(max_length=2048)] = ""


class TimeStamp(Message):
    """GET /v1/time-stamps/{imprint}: a token (RFC 3161) over an SM3 digest. ``token`` is base64 DER."""

    token: Annotated[str, Field(max_length=32768)]
    at: Moment


class TicketVoid(Message):
    """Why a copy did not come out. The server re-issues its number."""

    reason: ShortText


class PrintTicket(Message):
    """The right to print copy ``copy_number`` of ``copies`` once; ``attempt`` counts re-issues."""

    ticket_id: str
    delivery_id: str
    document_id: str
    copy_number: int
    copies: int
    attempt: int
    printer: str
    state: TicketState
    changed_at: Moment
    void_reason: str = ""
    by_post: str = ""
    """Who asked for the copy; empty for copies from before this was kept."""
    mark: str = ""
    """Text of the 验真码 for this copy, in the answer to its spooling where the region prints marks."""


class TicketGrant(Message):
    """Answer to a TicketRequest."""

    tickets: tuple[PrintTicket, ...]


# -- duty -------------------------------------------------------------------------------------------------


class AttendedCheck(Message):
    """POST /v1/attended-checks: a person looked at the inbox (Ordos art. 11); answers AttendedCheckAnswer."""

    looked_at: Moment


class AttendedCheckAnswer(Message):
    """The server's time is the one that counts."""

    recorded_at: Moment


# -- receipts ---------------------------------------------------------------------------------------------


class ReceiptEvent(StrEnum):
    """What the exchange states."""

    SENT = "sent"
    DELIVERED = "delivered"
    VIEWED = "viewed"
    VERIFIED = "verified"
    RECEIVED = "received"
    RETURNED = "returned"
    PRINTED = "printed"
    PRINT_VOIDED = "print_voided"
    COPIED = "copied"
    RECALLED = "recalled"
    RESENT = "resent"
    REPLACED = "replaced"
    NOTIFIED = "notified"
    URGED = "urged"
    SUPERVISED = "supervised"
    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REPLIED = "replied"
    ON_PAPER = "on_paper"
    PAPER_ARRIVED = "paper_arrived"
    ATTACHMENT_ARRIVED = "attachment_arrived"


class Receipt(Message):
    """A statement of the exchange, always bound to the digest of the document's body."""

    sequence: int
    event: ReceiptEvent
    document_id: str
    body_digest: Digest
    unit_code: str
    unit_name: str
    at: Moment
    by_post: str
    delivery_id: str | None = None
    copy_number: int | None = None
    reason: str | None = None
    said: Digest | None = Field(None, description="SM3 of the canonical message that this event carries")
    previous: str = Field(description="SM3 of the canonical bytes of the receipt before it, or 64 zeros")


class SignedReceipt(Message):
    """``signature``: base64 DER SM2 signature over ``canonical_bytes(receipt)`` by the exchange's key."""

    receipt: Receipt
    signature: str
    certificate: str = Field(description="base64 DER of the signing certificate")


class ReceiptList(Message):
    """GET /v1/documents/{id}/receipts (both sides: what concerns them)."""

    receipts: tuple[SignedReceipt, ...]


SyncAnswer.model_rebuild()
