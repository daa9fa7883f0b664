"""All tables of the exchange. Codes of units are keys for ever; names are copied where they are history."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gongwen_server.db.columns import Instant, Whole

Code = String(200)
Identifier = String(32)
DigestText = String(64)


class Base(DeclarativeBase):
    """Common metadata."""

    type_annotation_map = {int: Whole, datetime: Instant, bytes: LargeBinary}  # noqa: RUF012 - SQLAlchemy's form


# -- who --------------------------------------------------------------------------------------------------


class UnitRow(Base):
    """A unit of the directory. ``heartbeat_at``: its machine polled; ``attended_at``: a person looked."""

    __tablename__ = "units"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    short_name: Mapped[str] = mapped_column(String(200), default="")
    region: Mapped[str] = mapped_column(String(200), default="")
    rank: Mapped[int] = mapped_column(default=0)
    enabled: Mapped[bool] = mapped_column(default=True)
    contact: Mapped[str] = mapped_column(String(200), default="")
    plates: Mapped[str] = mapped_column(Text, default="[]")  # other names on its door, JSON
    batch: Mapped[int] = mapped_column(default=0)
    enabled_from: Mapped[str] = mapped_column(String(10), default="")
    successor_code: Mapped[str] = mapped_column(Code, default="")  # empty: nobody follows it
    successor_since: Mapped[str] = mapped_column(String(10), default="")
    certificate_until: Mapped[datetime | None]  # end of its seal certificate, where it is known
    contacts: Mapped[str] = mapped_column(Text, default="[]")  # posts and their telephones, JSON
    contacts_confirmed_at: Mapped[datetime | None]
    size_limit: Mapped[int] = mapped_column(default=0)  # bytes of a document it can take; 0: any
    formats: Mapped[str] = mapped_column(
        String(64), default=""
    )  # it can take, by blanks; empty: the region's
    heartbeat_at: Mapped[datetime | None]
    attended_at: Mapped[datetime | None]


class ContactRecordRow(Base):
    """What the contacts of a unit became, or that they were confirmed. Rows are never changed or removed."""

    __tablename__ = "contact_records"
    __table_args__ = (Index("contact_records_by_unit", "unit_code", "number"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("units.code"))
    at: Mapped[datetime]
    by_account: Mapped[str] = mapped_column(String(400))
    by_post: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(200))
    confirmed: Mapped[bool]
    contacts: Mapped[str] = mapped_column(Text)


class LeaveRow(Base):
    """A unit is excused from its looks on these days (ISO dates). Rows are never changed or removed."""

    __tablename__ = "leaves"
    __table_args__ = (Index("leaves_by_unit", "unit_code", "first"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("units.code"))
    first: Mapped[str] = mapped_column(String(10))
    last: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(200))
    by_account: Mapped[str] = mapped_column(String(400))
    at: Mapped[datetime]


class GroupRow(Base):
    """Units that are often addressed together. ``members``: their codes, JSON."""

    __tablename__ = "unit_groups"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    position: Mapped[int]
    members: Mapped[str] = mapped_column(Text)


class AccountRow(Base):
    """One person's account, known by post. ``password_hash`` is an argon2id string."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("unit_code", "name"),)

    account_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("units.code"))
    name: Mapped[str] = mapped_column(String(200))
    post: Mapped[str] = mapped_column(String(200))
    roles: Mapped[str] = mapped_column(String(200))  # values of Role, separated by blanks
    password_hash: Mapped[str] = mapped_column(String(200))
    password_changed_at: Mapped[datetime]
    must_change_password: Mapped[bool] = mapped_column(default=True)
    enabled: Mapped[bool] = mapped_column(default=True)
    platform: Mapped[bool] = mapped_column(default=False)  # administers all units
    initial_until: Mapped[datetime | None]  # end of a one-time password
    last_login_at: Mapped[datetime | None]


class PastPasswordRow(Base):
    """An earlier password of an account (argon2id string), so that it is not taken again."""

    __tablename__ = "past_passwords"

    account_id: Mapped[str] = mapped_column(Identifier, ForeignKey("accounts.account_id"), primary_key=True)
    changed_at: Mapped[datetime] = mapped_column(primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(200))


class SubstitutionRow(Base):
    """Somebody stands in for an account's holder, with dates and the head's consent."""

    __tablename__ = "substitutions"

    substitution_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    account_id: Mapped[str] = mapped_column(Identifier, ForeignKey("accounts.account_id"))
    substitute_id: Mapped[str] = mapped_column(Identifier, ForeignKey("accounts.account_id"), index=True)
    since: Mapped[datetime]
    until: Mapped[datetime]
    consent: Mapped[str] = mapped_column(String(200))
    ended_at: Mapped[datetime | None]


class DeviceRow(Base):
    """A PC of a unit: its public key (SubjectPublicKeyInfo). Rows stay when it is revoked."""

    __tablename__ = "devices"

    device_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("units.code"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    public_key: Mapped[bytes]
    registered_at: Mapped[datetime]
    registered_by: Mapped[str] = mapped_column(String(400))
    last_seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str] = mapped_column(String(200), default="")


class DeviceCodeRow(Base):
    """A one-time code that registers a PC, by its SM3 value. ``replaces``: a device, or empty."""

    __tablename__ = "device_codes"

    code_digest: Mapped[str] = mapped_column(DigestText, primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("units.code"))
    issued_by: Mapped[str] = mapped_column(String(400))
    expires_at: Mapped[datetime]
    replaces: Mapped[str] = mapped_column(Identifier, default="")


class SecretRow(Base):
    """Secrets that all processes of the exchange share, by name."""

    __tablename__ = "secrets"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[bytes]


class UsedNonceRow(Base):
    """A challenge that was answered: it is not answered again. Swept once it has expired."""

    __tablename__ = "used_nonces"

    nonce: Mapped[str] = mapped_column(String(200), primary_key=True)
    expires_at: Mapped[datetime]


class SessionRow(Base):
    """A login. The token itself is never stored, only its SM3 value. ``device_id``: the PC it is bound to."""

    __tablename__ = "sessions"

    token_digest: Mapped[str] = mapped_column(DigestText, primary_key=True)
    account_id: Mapped[str] = mapped_column(Identifier, ForeignKey("accounts.account_id"), index=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    device_id: Mapped[str | None] = mapped_column(Identifier, ForeignKey("devices.device_id"), index=True)
    last_seen_at: Mapped[datetime]


class FailedLoginRow(Base):
    """Wrong passwords of one account name from one source address since its last success there."""

    __tablename__ = "failed_logins"

    unit_code: Mapped[str] = mapped_column(Code, primary_key=True)
    account: Mapped[str] = mapped_column(String(200), primary_key=True)
    source: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    blocked_until: Mapped[datetime | None]
    last_at: Mapped[datetime]


class AttendedCheckRow(Base):
    """A person of the unit looked at the inbox (Ordos art. 11). Never written by polling."""

    __tablename__ = "attended_checks"
    __table_args__ = (
        Index("attended_checks_by_unit", "unit_code", "recorded_at"),
        Index("attended_checks_by_time", "recorded_at", "unit_code"),
    )

    check_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("units.code"))
    by_post: Mapped[str] = mapped_column(String(200))
    looked_at: Mapped[datetime]  # the client's word
    recorded_at: Mapped[datetime]  # the server's time: the one that counts


class PolledHalfRow(Base):
    """The machine of a unit polled in a half-day, numbered as ``services.half_days`` does. One row, however
    often it polled."""

    __tablename__ = "polled_halves"

    half: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("units.code"), primary_key=True)


# -- what -------------------------------------------------------------------------------------------------


class UploadRow(Base):
    """An announced file of a unit. Its offset is the length of the part file itself, never a column."""

    __tablename__ = "uploads"
    __table_args__ = (Index("uploads_by_digest", "unit_code", "digest"),)

    upload_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("units.code"))
    length: Mapped[int]
    digest: Mapped[str] = mapped_column(DigestText)
    state: Mapped[str] = mapped_column(String(16))  # open, complete
    created_at: Mapped[datetime]


class DocumentRow(Base):
    """A sent document. ``elements`` and ``seals`` are the JSON of their messages."""

    __tablename__ = "documents"
    __table_args__ = (Index("documents_by_time", "sent_at", "sender_code"),)

    document_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    sender_code: Mapped[str] = mapped_column(Code, ForeignKey("units.code"), index=True)
    sender_name: Mapped[str] = mapped_column(String(200))
    sent_at: Mapped[datetime]
    elements: Mapped[str] = mapped_column(Text)
    seals: Mapped[str] = mapped_column(Text)
    profile_id: Mapped[str] = mapped_column(String(64))
    profile_version: Mapped[int]
    body_digest: Mapped[str] = mapped_column(DigestText)
    replaces: Mapped[str | None] = mapped_column(Identifier)
    special_attachments: Mapped[str] = mapped_column(Text, default="[]")  # JSON
    meeting: Mapped[str] = mapped_column(Text, default="")  # JSON of the call, or empty
    end_to_end: Mapped[int] = mapped_column(default=0)  # 1: files are ciphers, readers have envelopes
    seen: Mapped[str] = mapped_column(Text, default="")  # JSON of the checkpoint that the sender had seen


class FileRow(Base):
    """A file of a document: position 0 is the body, then the attachments in their order. ``digest`` and
    ``size`` are the blob's; those of an encrypted file's content are ``plain_digest`` and ``plain_size``."""

    __tablename__ = "files"

    document_id: Mapped[str] = mapped_column(
        Identifier, ForeignKey("documents.document_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(DigestText, index=True)
    size: Mapped[int]
    plain_digest: Mapped[str] = mapped_column(DigestText, default="")  # empty: the blob is the content
    plain_size: Mapped[int] = mapped_column(default=0)


class EncryptionRow(Base):
    """An entry of the directory of encryption certificates as canonical bytes; ``head`` binds it and all
    before it. Rows are never changed or removed."""

    __tablename__ = "encryption_entries"
    __table_args__ = (Index("encryption_entries_by_unit", "unit_code", "sequence"),)

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_code: Mapped[str] = mapped_column(Code)
    statement: Mapped[bytes]
    head: Mapped[str] = mapped_column(DigestText)


class EnvelopeRow(Base):
    """The content keys of a document, wrapped for one reader (a unit, or the escrow key)."""

    __tablename__ = "envelopes"

    document_id: Mapped[str] = mapped_column(
        Identifier, ForeignKey("documents.document_id"), primary_key=True
    )
    unit_code: Mapped[str] = mapped_column(Code, primary_key=True)
    certificate_digest: Mapped[str] = mapped_column(DigestText)
    sealed: Mapped[bytes]


class DeliveryRow(Base):
    """One unit's side of a document."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("document_id", "unit_code"),
        Index("deliveries_by_time", "delivered_at"),
    )

    delivery_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    document_id: Mapped[str] = mapped_column(Identifier, ForeignKey("documents.document_id"))
    position: Mapped[int]
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("units.code"), index=True)
    unit_name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    copies: Mapped[int]
    printed: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(16))
    delivered_at: Mapped[datetime]
    due_at: Mapped[datetime | None]  # to be received by then; as it was when it was delivered
    viewed_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str] = mapped_column(String(32), default="")
    return_note: Mapped[str] = mapped_column(Text, default="")
    handled_by: Mapped[str] = mapped_column(String(200), default="")
    revision: Mapped[int] = mapped_column(default=1)
    round: Mapped[int] = mapped_column(default=1)
    verified_at: Mapped[datetime | None]
    receipt_by: Mapped[str] = mapped_column(String(32), default="")
    recalled_at: Mapped[datetime | None]
    replaced_by: Mapped[str] = mapped_column(String(32), default="")
    paper_since: Mapped[datetime | None]
    paper_arrived_at: Mapped[datetime | None]
    sender_note: Mapped[str] = mapped_column(Text, default="")
    reply: Mapped[str] = mapped_column(Text, default="")  # JSON of the latest meeting reply, or empty


class CopyRangeRow(Base):
    """Consecutive copy numbers (份号) of a delivery; within a document no number is given twice."""

    __tablename__ = "copy_ranges"

    delivery_id: Mapped[str] = mapped_column(
        Identifier, ForeignKey("deliveries.delivery_id"), primary_key=True
    )
    first: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class ReminderRow(Base):
    """通知, 催办 or 督办 of one unit."""

    __tablename__ = "reminders"
    __table_args__ = (Index("reminders_by_delivery", "delivery_id", "at"),)

    reminder_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    delivery_id: Mapped[str] = mapped_column(Identifier, ForeignKey("deliveries.delivery_id"))
    level: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_post: Mapped[str] = mapped_column(String(200))


class RequestRow(Base):
    """What a receiver asked of the sender (Jiangmen art. 37), with the answer."""

    __tablename__ = "requests"
    __table_args__ = (Index("requests_by_delivery", "delivery_id", "asked_at"),)

    request_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    delivery_id: Mapped[str] = mapped_column(Identifier, ForeignKey("deliveries.delivery_id"))
    kind: Mapped[str] = mapped_column(String(16))
    count: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(200))
    granted: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(String(200), default="")
    pictured: Mapped[bool] = mapped_column(default=False)


class RequestPictureRow(Base):
    """The photograph that came with a request: base64 as it was said; goes with the document's contents."""

    __tablename__ = "request_pictures"

    request_id: Mapped[str] = mapped_column(Identifier, ForeignKey("requests.request_id"), primary_key=True)
    certificate: Mapped[str] = mapped_column(DigestText, default="")
    data: Mapped[str] = mapped_column(Text)


class ArrivalRow(Base):
    """A special attachment came by paper. ``position`` in the document's list; -1: the document itself."""

    __tablename__ = "arrivals"

    delivery_id: Mapped[str] = mapped_column(
        Identifier, ForeignKey("deliveries.delivery_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    by_post: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text)


class TicketRow(Base):
    """The right to print one numbered copy once. At most one live ticket per number: the index says so."""

    __tablename__ = "tickets"
    __table_args__ = (
        UniqueConstraint("delivery_id", "copy_number", "attempt"),
        Index(
            "tickets_live_once",
            "delivery_id",
            "copy_number",
            unique=True,
            sqlite_where=text("state <> 'void'"),
            postgresql_where=text("state <> 'void'"),
        ),
    )

    ticket_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    delivery_id: Mapped[str] = mapped_column(Identifier, ForeignKey("deliveries.delivery_id"))
    copy_number: Mapped[int]
    attempt: Mapped[int]
    printer: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    changed_at: Mapped[datetime]
    void_reason: Mapped[str] = mapped_column(String(200), default="")
    statement_digest: Mapped[str] = mapped_column(DigestText, default="")  # of the 验证印章, where one came
    by_post: Mapped[str] = mapped_column(String(200), default="")  # empty: from before this was kept


class PrintStatementRow(Base):
    """What a 验证印章 signed about printed originals, by SM3 of its canonical bytes. Append-only."""

    __tablename__ = "print_statements"

    digest: Mapped[str] = mapped_column(DigestText, primary_key=True)
    delivery_id: Mapped[str] = mapped_column(Identifier, ForeignKey("deliveries.delivery_id"))
    statement: Mapped[bytes]
    certificate: Mapped[bytes]
    signature: Mapped[bytes]
    received_at: Mapped[datetime]


# -- evidence ---------------------------------------------------------------------------------------------


class LedgerRow(Base):
    """The single row that every accepted change locks: heads of the receipt chain and of the changes."""

    __tablename__ = "ledger"

    ledger_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    receipt_sequence: Mapped[int]
    receipt_digest: Mapped[str] = mapped_column(DigestText)
    change_sequence: Mapped[int]
    audit_sequence: Mapped[int] = mapped_column(default=0)
    tree_size: Mapped[int] = mapped_column(default=0)


class SealLedgerHeadRow(Base):
    """Where a PC's ledger of seal uses stood when it sent a document. ``fault``: it does not continue what
    was witnessed before. Append-only."""

    __tablename__ = "seal_ledger_heads"
    __table_args__ = (Index("seal_ledger_heads_by_chain", "unit_code", "chain", "sequence"),)

    document_id: Mapped[str] = mapped_column(
        Identifier, ForeignKey("documents.document_id"), primary_key=True
    )
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("units.code"))
    chain: Mapped[str] = mapped_column(DigestText)
    sequence: Mapped[int]
    digest: Mapped[str] = mapped_column(DigestText)
    fault: Mapped[str] = mapped_column(String(16), default="")
    at: Mapped[datetime]


class CertificateRow(Base):
    """A certificate of the receipt key, present or past (DER), by the SM3 value of its bytes."""

    __tablename__ = "certificates"

    digest: Mapped[str] = mapped_column(DigestText, primary_key=True)
    der: Mapped[bytes]


class HandoverRow(Base):
    """One key of the exchange's statements handed over to the next. Rows are never changed or removed."""

    __tablename__ = "handovers"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    statement: Mapped[bytes]
    signature: Mapped[bytes]
    certificate_digest: Mapped[str] = mapped_column(DigestText, ForeignKey("certificates.digest"))


class ReceiptRow(Base):
    """A receipt as signed: ``statement`` holds its canonical bytes. Rows are never changed or removed."""

    __tablename__ = "receipts"
    __table_args__ = (Index("receipts_by_document", "document_id", "sequence"),)

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document_id: Mapped[str] = mapped_column(Identifier, ForeignKey("documents.document_id"))
    delivery_id: Mapped[str | None] = mapped_column(Identifier, ForeignKey("deliveries.delivery_id"))
    statement: Mapped[bytes]
    signature: Mapped[bytes]
    certificate_digest: Mapped[str] = mapped_column(DigestText, ForeignKey("certificates.digest"))


class ProfileRow(Base):
    """A version of the region's rules as it was signed. Documents keep theirs; rows are never changed."""

    __tablename__ = "profiles"

    profile_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    statement: Mapped[bytes]
    signature: Mapped[bytes]
    certificate_digest: Mapped[str] = mapped_column(DigestText, ForeignKey("certificates.digest"))


class AuditRow(Base):
    """An act of administration: ``statement`` is its canonical form and a leaf of the log."""

    __tablename__ = "audit"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    statement: Mapped[bytes]


class LeafRow(Base):
    """Which receipt or act of administration is leaf ``position`` of the log."""

    __tablename__ = "log_leaves"
    __table_args__ = (UniqueConstraint("kind", "sequence"),)

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))  # receipt, audit
    sequence: Mapped[int]


class NodeRow(Base):
    """A node of the Merkle tree by its in-order number; complete subtrees only, so none ever changes."""

    __tablename__ = "log_nodes"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes]


class CheckpointRow(Base):
    """A signed checkpoint of the log."""

    __tablename__ = "checkpoints"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    statement: Mapped[bytes]
    signature: Mapped[bytes]
    certificate_digest: Mapped[str] = mapped_column(DigestText, ForeignKey("certificates.digest"))


class NoticeRow(Base):
    """An announcement as it was signed (JSON of its message). Rows are never changed or removed; what ends
    one is another."""

    __tablename__ = "notices"

    notice_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    issued_at: Mapped[datetime] = mapped_column(index=True)
    valid_until: Mapped[datetime]
    refers_to: Mapped[str | None] = mapped_column(Identifier)
    signed: Mapped[bytes]


class RestorationRow(Base):
    """A signed statement that the exchange was restored from a backup. Rows are never changed or removed."""

    __tablename__ = "restorations"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    statement: Mapped[bytes]
    signature: Mapped[bytes]
    certificate_digest: Mapped[str] = mapped_column(DigestText, ForeignKey("certificates.digest"))


class OaClientRow(Base):
    """An office system that acts for a unit. Its secret is never stored, only its SM3 value (256 random bits
    need no slow hash)."""

    __tablename__ = "oa_clients"

    client_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("units.code"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    scopes: Mapped[str] = mapped_column(String(200))  # values of OaScope, separated by blanks
    secret_digest: Mapped[str] = mapped_column(DigestText)
    per_minute: Mapped[int]
    enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class FaultRow(Base):
    """A unit's report of a fault. ``handler_code``: the unit whose administrators answer; none: the
    platform's. ``facts``: results of the client's checks, JSON."""

    __tablename__ = "faults"
    __table_args__ = (Index("faults_by_unit", "unit_code", "handed_in_at"),)

    ticket_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("units.code"))
    by_post: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16))
    said: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(String(200), default="")
    facts: Mapped[str] = mapped_column(Text, default="[]")
    happened_at: Mapped[datetime]
    handed_in_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    handler_code: Mapped[str | None] = mapped_column(Code, ForeignKey("units.code"))
    handled_by: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[str] = mapped_column(String(200), default="")
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class ChangeRow(Base):
    """What a unit has to hear of, in the order in which it became true."""

    __tablename__ = "changes"
    __table_args__ = (Index("changes_by_unit", "unit_code", "sequence"),)

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("units.code"))
    kind: Mapped[str] = mapped_column(String(16))  # document, ticket, receipt, notice
    reference: Mapped[str] = mapped_column(Identifier)


class AnswerRow(Base):
    """The first answer to an idempotency key of a unit, kept for ever and repeated byte by byte."""

    __tablename__ = "answers"

    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("units.code"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    request_digest: Mapped[str] = mapped_column(DigestText)
    status: Mapped[int] = mapped_column(default=0)
    body: Mapped[bytes] = mapped_column(default=b"")
    answered_at: Mapped[datetime]
