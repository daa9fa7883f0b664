"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.BigInteger()
TEXT_16, TEXT_32, TEXT_64, TEXT_200 = (sa.String(length) for length in (16, 32, 64, 200))

# Evidence is added to, never changed: the database itself refuses (and the chain would show it).
_APPEND_ONLY = ("receipts", "certificates")


def upgrade() -> None:
    _evidence_heads()
    _who()
    _documents()
    _evidence()
    _tickets()
    for table in _APPEND_ONLY:
        _refuse_changes(table)


def _refuse_changes(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} are append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"EXECUTE FUNCTION {table}_append_only()"
    )


def _evidence_heads() -> None:
    op.create_table(
        "certificates",
        sa.Column("digest", TEXT_64, nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "ledger",
        sa.Column("ledger_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("receipt_sequence", WHOLE, nullable=False),
        sa.Column("receipt_digest", TEXT_64, nullable=False),
        sa.Column("change_sequence", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("ledger_id"),
    )


def _who() -> None:
    op.create_table(
        "units",
        sa.Column("code", TEXT_200, nullable=False),
        sa.Column("name", TEXT_200, nullable=False),
        sa.Column("short_name", TEXT_200, nullable=False),
        sa.Column("region", TEXT_200, nullable=False),
        sa.Column("rank", WHOLE, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("contact", TEXT_200, nullable=False),
        sa.Column("heartbeat_at", MOMENT, nullable=True),
        sa.Column("attended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("code"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "accounts",
        sa.Column("account_id", TEXT_32, nullable=False),
        sa.Column("unit_code", TEXT_200, nullable=False),
        sa.Column("name", TEXT_200, nullable=False),
        sa.Column("post", TEXT_200, nullable=False),
        sa.Column("roles", TEXT_200, nullable=False),
        sa.Column("password_hash", TEXT_200, nullable=False),
        sa.Column("password_changed_at", MOMENT, nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["units.code"]),
        sa.PrimaryKeyConstraint("account_id"),
        sa.UniqueConstraint("unit_code", "name"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_digest", TEXT_64, nullable=False),
        sa.Column("account_id", TEXT_32, nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"]),
        sa.PrimaryKeyConstraint("token_digest"),
    )
    op.create_index("ix_sessions_account_id", "sessions", ["account_id"], unique=False)
    op.create_table(
        "failed_logins",
        sa.Column("unit_code", TEXT_200, nullable=False),
        sa.Column("account", TEXT_200, nullable=False),
        sa.Column("source", TEXT_64, nullable=False),
        sa.Column("failures", WHOLE, nullable=False),
        sa.Column("blocked_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("unit_code", "account", "source"),
    )
    op.create_table(
        "attended_checks",
        sa.Column("check_id", TEXT_32, nullable=False),
        sa.Column("unit_code", TEXT_200, nullable=False),
        sa.Column("by_post", TEXT_200, nullable=False),
        sa.Column("looked_at", MOMENT, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["units.code"]),
        sa.PrimaryKeyConstraint("check_id"),
    )
    op.create_index("attended_checks_by_unit", "attended_checks", ["unit_code", "recorded_at"], unique=False)


def _documents() -> None:
    op.create_table(
        "uploads",
        sa.Column("upload_id", TEXT_32, nullable=False),
        sa.Column("unit_code", TEXT_200, nullable=False),
        sa.Column("length", WHOLE, nullable=False),
        sa.Column("digest", TEXT_64, nullable=False),
        sa.Column("state", TEXT_16, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["units.code"]),
        sa.PrimaryKeyConstraint("upload_id"),
    )
    op.create_index("uploads_by_digest", "uploads", ["unit_code", "digest"], unique=False)
    op.create_table(
        "documents",
        sa.Column("document_id", TEXT_32, nullable=False),
        sa.Column("sender_code", TEXT_200, nullable=False),
        sa.Column("sender_name", TEXT_200, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("elements", sa.Text(), nullable=False),
        sa.Column("seals", sa.Text(), nullable=False),
        sa.Column("profile_id", TEXT_64, nullable=False),
        sa.Column("body_digest", TEXT_64, nullable=False),
        sa.ForeignKeyConstraint(["sender_code"], ["units.code"]),
        sa.PrimaryKeyConstraint("document_id"),
    )
    op.create_index("ix_documents_sender_code", "documents", ["sender_code"], unique=False)
    op.create_table(
        "files",
        sa.Column("document_id", TEXT_32, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("name", TEXT_200, nullable=False),
        sa.Column("digest", TEXT_64, nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"]),
        sa.PrimaryKeyConstraint("document_id", "position"),
    )
    op.create_index("ix_files_digest", "files", ["digest"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("delivery_id", TEXT_32, nullable=False),
        sa.Column("document_id", TEXT_32, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("unit_code", TEXT_200, nullable=False),
        sa.Column("unit_name", TEXT_200, nullable=False),
        sa.Column("role", TEXT_16, nullable=False),
        sa.Column("copies", WHOLE, nullable=False),
        sa.Column("printed", WHOLE, nullable=False),
        sa.Column("state", TEXT_16, nullable=False),
        sa.Column("delivered_at", MOMENT, nullable=False),
        sa.Column("viewed_at", MOMENT, nullable=True),
        sa.Column("received_at", MOMENT, nullable=True),
        sa.Column("returned_at", MOMENT, nullable=True),
        sa.Column("return_reason", TEXT_32, nullable=False),
        sa.Column("return_note", sa.Text(), nullable=False),
        sa.Column("handled_by", TEXT_200, nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"]),
        sa.ForeignKeyConstraint(["unit_code"], ["units.code"]),
        sa.PrimaryKeyConstraint("delivery_id"),
        sa.UniqueConstraint("document_id", "unit_code"),
    )
    op.create_index("ix_deliveries_unit_code", "deliveries", ["unit_code"], unique=False)


def _evidence() -> None:
    op.create_table(
        "receipts",
        sa.Column("sequence", WHOLE, autoincrement=False, nullable=False),
        sa.Column("document_id", TEXT_32, nullable=False),
        sa.Column("delivery_id", TEXT_32, nullable=True),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("certificate_digest", TEXT_64, nullable=False),
        sa.ForeignKeyConstraint(["certificate_digest"], ["certificates.digest"]),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.delivery_id"]),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"]),
        sa.PrimaryKeyConstraint("sequence"),
    )
    op.create_index("receipts_by_document", "receipts", ["document_id", "sequence"], unique=False)
    op.create_table(
        "changes",
        sa.Column("sequence", WHOLE, autoincrement=False, nullable=False),
        sa.Column("unit_code", TEXT_200, nullable=False),
        sa.Column("kind", TEXT_16, nullable=False),
        sa.Column("reference", TEXT_32, nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["units.code"]),
        sa.PrimaryKeyConstraint("sequence"),
    )
    op.create_index("changes_by_unit", "changes", ["unit_code", "sequence"], unique=False)
    op.create_table(
        "answers",
        sa.Column("unit_code", TEXT_200, nullable=False),
        sa.Column("key", TEXT_200, nullable=False),
        sa.Column("request_digest", TEXT_64, nullable=False),
        sa.Column("status", WHOLE, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["units.code"]),
        sa.PrimaryKeyConstraint("unit_code", "key"),
    )


def _tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("ticket_id", TEXT_32, nullable=False),
        sa.Column("delivery_id", TEXT_32, nullable=False),
        sa.Column("copy_number", WHOLE, nullable=False),
        sa.Column("attempt", WHOLE, nullable=False),
        sa.Column("printer", TEXT_200, nullable=False),
        sa.Column("state", TEXT_16, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("void_reason", TEXT_200, nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.delivery_id"]),
        sa.PrimaryKeyConstraint("ticket_id"),
        sa.UniqueConstraint("delivery_id", "copy_number", "attempt"),
    )
    op.create_index(
        "tickets_live_once",
        "tickets",
        ["delivery_id", "copy_number"],
        unique=True,
        sqlite_where=sa.text("state <> 'void'"),
        postgresql_where=sa.text("state <> 'void'"),
    )
