"""Encrypted content: directory of encryption certificates, ciphers of files, envelopes of documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.BigInteger()
TEXT_32, TEXT_64, TEXT_200 = (sa.String(length) for length in (32, 64, 200))


def upgrade() -> None:
    op.add_column("documents", sa.Column("end_to_end", WHOLE, nullable=False, server_default="0"))
    op.add_column("files", sa.Column("plain_digest", TEXT_64, nullable=False, server_default=""))
    op.add_column("files", sa.Column("plain_size", WHOLE, nullable=False, server_default="0"))
    op.create_table(
        "encryption_entries",
        sa.Column("sequence", WHOLE, autoincrement=False, nullable=False),
        sa.Column("unit_code", TEXT_200, nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("head", TEXT_64, nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
    )
    op.create_index("encryption_entries_by_unit", "encryption_entries", ["unit_code", "sequence"])
    op.create_table(
        "envelopes",
        sa.Column("document_id", TEXT_32, nullable=False),
        sa.Column("unit_code", TEXT_200, nullable=False),
        sa.Column("certificate_digest", TEXT_64, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"]),
        sa.PrimaryKeyConstraint("document_id", "unit_code"),
    )
    _append_only("encryption_entries")


def _append_only(table: str) -> None:
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
