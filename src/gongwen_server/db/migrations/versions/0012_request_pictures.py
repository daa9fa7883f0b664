"""Photographs that come with requests for copies or a resending."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("requests", sa.Column("pictured", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "request_pictures",
        sa.Column("request_id", sa.String(32), sa.ForeignKey("requests.request_id"), primary_key=True),
        sa.Column("certificate", sa.String(64), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
    )
