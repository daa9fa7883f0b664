"""Announcements, contacts with their history, leave, half-days of polling, deadlines of deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.BigInteger()
TEXT_10, TEXT_32, TEXT_64, TEXT_200, TEXT_400 = (sa.String(length) for length in (10, 32, 64, 200, 400))


def upgrade() -> None:
    _units()
    _duty()
    op.add_column("deliveries", sa.Column("due_at", MOMENT, nullable=True))
    op.create_index("deliveries_by_time", "deliveries", ["delivered_at"])
    op.create_index("documents_by_time", "documents", ["sent_at", "sender_code"])
    op.create_table(
        "notices",
        sa.Column("notice_id", TEXT_32, nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("valid_until", MOMENT, nullable=False),
        sa.Column("refers_to", TEXT_32, nullable=True),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("notice_id"),
    )
    op.create_index("ix_notices_issued_at", "notices", ["issued_at"])
    for table in ("contact_records", "leaves", "notices"):
        _refuse_changes(table)


def _units() -> None:
    for column in (
        sa.Column("contacts", sa.Text(), nullable=False, server_default="[]"),
        sa.Column("contacts_confirmed_at", MOMENT, nullable=True),
        sa.Column("size_limit", WHOLE, nullable=False, server_default="0"),
        sa.Column("formats", TEXT_64, nullable=False, server_default=""),
    ):
        op.add_column("units", column)
    op.create_table(
        "contact_records",
        sa.Column("number", WHOLE, autoincrement=False, nullable=False),
        sa.Column("unit_code", TEXT_200, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_account", TEXT_400, nullable=False),
        sa.Column("by_post", TEXT_200, nullable=False),
        sa.Column("reason", TEXT_200, nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("contacts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["units.code"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("contact_records_by_unit", "contact_records", ["unit_code", "number"])


def _duty() -> None:
    op.create_table(
        "leaves",
        sa.Column("number", WHOLE, autoincrement=False, nullable=False),
        sa.Column("unit_code", TEXT_200, nullable=False),
        sa.Column("first", TEXT_10, nullable=False),
        sa.Column("last", TEXT_10, nullable=False),
        sa.Column("reason", TEXT_200, nullable=False),
        sa.Column("by_account", TEXT_400, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["units.code"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("leaves_by_unit", "leaves", ["unit_code", "first"])
    op.create_table(
        "polled_halves",
        sa.Column("half", WHOLE, autoincrement=False, nullable=False),
        sa.Column("unit_code", TEXT_200, nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["units.code"]),
        sa.PrimaryKeyConstraint("half", "unit_code"),
    )
    op.create_index("attended_checks_by_time", "attended_checks", ["recorded_at", "unit_code"])


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
