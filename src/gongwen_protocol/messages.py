"""Messages between client and exchange (HTTP + JSON, all under ``/v1``).

Every mutating call carries the header ``Idempotency-Key``; a repeat gets the byte-identical first answer,
the same key with another body is refused with ``request.key_reused``. Times are UTC and the server's.
Digests are SM3, lower-case hexadecimal. Sizes are bytes.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from gongwen_protocol.states import DeliveryState, TicketState

IDEMPOTENCY_HEADER = "Idempotency-Key"
UPLOAD_OFFSET_HEADER = "Upload-Offset"

# A moment without its time zone is none: it cannot be compared with another.
Moment = AwareDatetime
Size = Annotated[int, Field(ge=0, le=1 << 40)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
# Control characters in names forge log lines and registers, and PostgreSQL cannot keep NUL.
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
LongText = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]


class Message(BaseModel):
    """Base of all messages: immutable, unknown fields refused. Errors never repeat what was in a field, for
    it may be a password; nor does the text of a message with a secret in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


# -- errors -----------------------------------------------------------------------------------------------


class Problem(Message):
    """Body of every answer outside 2xx; ``sentence`` is already in words for the person."""

    code: str
    sentence: str
    facts: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    reference: str = Field(description="the server's log reference of this request")


# -- session and directory --------------------------------------------------------------------------------


class Role(StrEnum):
    """What an account may do (制作 盖章 发送 接收 打印 管理)."""

    COMPOSE = "compose"
    SEAL = "seal"
    SEND = "send"
    RECEIVE = "receive"
    PRINT = "print"
    ADMIN = "admin"


class LoginRequest(Message):
    """POST /v1/session."""

    unit_code: ShortText
    account: ShortText
    password: Annotated[str, StringConstraints(max_length=256), Field(repr=False)]


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
    server_time: Moment


class PasswordChange(Message):
    """POST /v1/session/password; answers a fresh SessionGrant."""

    old_password: Annotated[str, StringConstraints(max_length=256), Field(repr=False)]
    new_password: Annotated[str, StringConstraints(min_length=8, max_length=256), Field(repr=False)]


class Unit(Message):
    """A unit of the directory, GET /v1/directory → Directory."""

    code: str
    name: str
    short_name: str = ""
    region: str = ""
    rank: int = 0
    enabled: bool = True
    contact: str = Field("", description="telephone of the post, no personal name")


class Directory(Message):
    """All units, in rank order."""

    units: tuple[Unit, ...]


class ServerInfo(Message):
    """GET /v1/server (no session needed): who this exchange is."""

    name: str
    version: str
    certificate: str = Field(description="base64 DER certificate of the receipt-signing key")
    server_time: Moment
    profile_id: str
    max_document_size: int | None


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
    copies: Annotated[int, Field(ge=0, le=9999)]


class FileReference(Message):
    """A completed upload by its digest."""

    name: ShortText
    digest: Digest
    size: Size


class SealFact(Message):
    """One seal on the body as the sender's client saw it: lets a removed signature be noticed."""

    seal_name: str
    seal_id: str
    signature_id: str


class Elements(Message):
    """Elements of an official document; field names follow the glossary, codes GB/T 33480."""

    title: ShortText
    doc_number: str = ""
    doc_kind: str = "通知"
    issuer: str = ""
    issue_date: str = Field("", description="成文日期, ISO date")
    urgency: str = Field("", description="empty, 加急 or 特急")
    main_text: str = Field("", description="主送机关 as printed")
    cc_text: str = Field("", description="抄送机关 as printed")


class SendRequest(Message):
    """POST /v1/documents. ``document_id`` is the sender's UUID: the document keeps it for ever."""

    document_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    elements: Elements
    body: FileReference
    attachments: tuple[FileReference, ...] = ()
    recipients: Annotated[tuple[Recipient, ...], Field(min_length=1)]
    seals: tuple[SealFact, ...] = ()
    profile_id: str


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
    handled_by: str = Field("", description="post that accepted or returned")


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


class SyncAnswer(Message):
    """GET /v1/sync?cursor=N: everything that changed for this unit since N. The call is a heartbeat, never
    an attended check. ``more`` asks for another call at once."""

    cursor: int
    more: bool
    server_time: Moment
    documents: tuple[DocumentView, ...]
    tickets: tuple[PrintTicket, ...]
    receipts: tuple[SignedReceipt, ...]


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
    RECEIVED = "received"
    RETURNED = "returned"
    PRINTED = "printed"
    PRINT_VOIDED = "print_voided"


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
