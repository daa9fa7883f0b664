"""What follows on a sent document, versions of the rules, and the Merkle log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.BigInteger()
TEXT_10, TEXT_16, TEXT_32, TEXT_64, TEXT_200 = (sa.String(length) for length in (10, 16, 32, 64, 200))

_APPEND_ONLY = ("profiles", "audit", "log_leaves", "log_nodes", "checkpoints")


def upgrade() -> None:
    _units()
    _documents()
    _deliveries()
    _requests()
    _log()
    for table in _APPEND_ONLY:
        _refuse_changes(table)


def _units() -> None:
    op.add_column("units", sa.Column("plates", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("units", sa.Column("batch", WHOLE, nullable=False, server_default="0"))
    op.add_column("units", sa.Column("enabled_from", TEXT_10, nullable=False, server_default=""))
    op.add_column("units", sa.Column("certificate_until", MOMENT, nullable=True))
    op.create_table(
        "unit_groups",
        sa.Column("name", TEXT_200, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _documents() -> None:
    op.add_column("documents", sa.Column("profile_version", WHOLE, nullable=False, server_default="1"))
    op.add_column("documents", sa.Column("replaces", TEXT_32, nullable=True))
    op.add_column(
        "documents", sa.Column("special_attachments", sa.Text(), nullable=False, server_default="[]")
    )
    op.add_column("documents", sa.Column("meeting", sa.Text(), nullable=False, server_default=""))


def _deliveries() -> None:
    for name in ("revision", "round"):
        op.add_column("deliveries", sa.Column(name, WHOLE, nullable=False, server_default="1"))
    for name in ("verified_at", "recalled_at", "paper_since", "paper_arrived_at"):
        op.add_column("deliveries", sa.Column(name, MOMENT, nullable=True))
    for name in ("receipt_by", "replaced_by"):
        op.add_column("deliveries", sa.Column(name, TEXT_32, nullable=False, server_default=""))
    for name in ("sender_note", "reply"):
        op.add_column("deliveries", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "copy_ranges",
        sa.Column("delivery_id", TEXT_32, nullable=False),
        sa.Column("first", WHOLE, nullable=False),
        sa.Column("last", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.delivery_id"]),
        sa.PrimaryKeyConstraint("delivery_id", "first"),
    )
    # Documents of the first version numbered the copies of each unit from 1: their tickets say so.
    op.execute(
        "INSERT INTO copy_ranges (delivery_id, first, last) "
        "SELECT delivery_id, 1, copies FROM deliveries WHERE copies > 0"
    )
    op.create_table(
        "reminders",
        sa.Column("reminder_id", TEXT_32, nullable=False),
        sa.Column("delivery_id", TEXT_32, nullable=False),
        sa.Column("level", TEXT_16, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_post", TEXT_200, nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.delivery_id"]),
        sa.PrimaryKeyConstraint("reminder_id"),
    )
    op.create_index("reminders_by_delivery", "reminders", ["delivery_id", "at"], unique=False)


def _requests() -> None:
    op.create_table(
        "requests",
        sa.Column("request_id", TEXT_32, nullable=False),
        sa.Column("delivery_id", TEXT_32, nullable=False),
        sa.Column("kind", TEXT_16, nullable=False),
        sa.Column("count", WHOLE, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", TEXT_16, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by", TEXT_200, nullable=False),
        sa.Column("granted", WHOLE, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_by", TEXT_200, nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.delivery_id"]),
        sa.PrimaryKeyConstraint("request_id"),
    )
    op.create_index("requests_by_delivery", "requests", ["delivery_id", "asked_at"], unique=False)
    op.create_table(
        "arrivals",
        sa.Column("delivery_id", TEXT_32, nullable=False),
        sa.Column("position", WHOLE, autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_post", TEXT_200, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.delivery_id"]),
        sa.PrimaryKeyConstraint("delivery_id", "position"),
    )


def _signed() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("certificate_digest", TEXT_64, nullable=False),
    )


def _log() -> None:
    op.add_column("ledger", sa.Column("audit_sequence", WHOLE, nullable=False, server_default="0"))
    op.add_column("ledger", sa.Column("tree_size", WHOLE, nullable=False, server_default="0"))
    op.create_table(
        "profiles",
        sa.Column("profile_id", TEXT_64, nullable=False),
        sa.Column("version", WHOLE, autoincrement=False, nullable=False),
        *_signed(),
        sa.ForeignKeyConstraint(["certificate_digest"], ["certificates.digest"]),
        sa.PrimaryKeyConstraint("profile_id", "version"),
    )
    op.create_table(
        "audit",
        sa.Column("sequence", WHOLE, autoincrement=False, nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
    )
    op.create_table(
        "log_leaves",
        sa.Column("position", WHOLE, autoincrement=False, nullable=False),
        sa.Column("kind", TEXT_16, nullable=False),
        sa.Column("sequence", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("kind", "sequence"),
    )
    op.create_table(
        "log_nodes",
        sa.Column("number", WHOLE, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "checkpoints",
        sa.Column("size", WHOLE, autoincrement=False, nullable=False),
        *_signed(),
        sa.ForeignKeyConstraint(["certificate_digest"], ["certificates.digest"]),
        sa.PrimaryKeyConstraint("size"),
    )


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
