"""Devices, substitutions, past passwords, challenges and the hand-over of the receipt key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.BigInteger()
TEXT_32, TEXT_64, TEXT_200, TEXT_400 = (sa.String(length) for length in (32, 64, 200, 400))


def upgrade() -> None:
    _devices()
    _accounts()
    _sessions()
    _handovers()


def _devices() -> None:
    op.create_table(
        "devices",
        sa.Column("device_id", TEXT_32, nullable=False),
        sa.Column("unit_code", TEXT_200, nullable=False),
        sa.Column("name", TEXT_200, nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.Column("registered_by", TEXT_400, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_because", TEXT_200, nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["units.code"]),
        sa.PrimaryKeyConstraint("device_id"),
    )
    op.create_index("ix_devices_unit_code", "devices", ["unit_code"], unique=False)
    op.create_table(
        "device_codes",
        sa.Column("code_digest", TEXT_64, nullable=False),
        sa.Column("unit_code", TEXT_200, nullable=False),
        sa.Column("issued_by", TEXT_400, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("replaces", TEXT_32, nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["units.code"]),
        sa.PrimaryKeyConstraint("code_digest"),
    )


def _accounts() -> None:
    op.add_column("accounts", sa.Column("platform", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("accounts", sa.Column("initial_until", MOMENT, nullable=True))
    op.add_column("accounts", sa.Column("last_login_at", MOMENT, nullable=True))
    op.create_table(
        "past_passwords",
        sa.Column("account_id", TEXT_32, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("password_hash", TEXT_200, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"]),
        sa.PrimaryKeyConstraint("account_id", "changed_at"),
    )
    op.create_table(
        "substitutions",
        sa.Column("substitution_id", TEXT_32, nullable=False),
        sa.Column("account_id", TEXT_32, nullable=False),
        sa.Column("substitute_id", TEXT_32, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("consent", TEXT_200, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"]),
        sa.ForeignKeyConstraint(["substitute_id"], ["accounts.account_id"]),
        sa.PrimaryKeyConstraint("substitution_id"),
    )
    op.create_index("ix_substitutions_substitute_id", "substitutions", ["substitute_id"], unique=False)


def _sessions() -> None:
    """Sessions of before knew no device: everybody logs in once more."""
    op.drop_table("sessions")
    op.create_table(
        "sessions",
        sa.Column("token_digest", TEXT_64, nullable=False),
        sa.Column("account_id", TEXT_32, nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("device_id", TEXT_32, nullable=True),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"]),
        sa.ForeignKeyConstraint(["device_id"], ["devices.device_id"]),
        sa.PrimaryKeyConstraint("token_digest"),
    )
    op.create_index("ix_sessions_account_id", "sessions", ["account_id"], unique=False)
    op.create_index("ix_sessions_device_id", "sessions", ["device_id"], unique=False)
    op.add_column("failed_logins", sa.Column("last_at", MOMENT, nullable=False, server_default="0"))
    op.create_table(
        "secrets",
        sa.Column("name", TEXT_64, nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "used_nonces",
        sa.Column("nonce", TEXT_200, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("nonce"),
    )


def _handovers() -> None:
    op.create_table(
        "handovers",
        sa.Column("number", WHOLE, autoincrement=False, nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("certificate_digest", TEXT_64, nullable=False),
        sa.ForeignKeyConstraint(["certificate_digest"], ["certificates.digest"]),
        sa.PrimaryKeyConstraint("number"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER handovers_no_{event.lower()} BEFORE {event} ON handovers "
                "BEGIN SELECT RAISE(ABORT, 'handovers are append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION handovers_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'handovers are append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER handovers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON handovers "
        "EXECUTE FUNCTION handovers_append_only()"
    )
