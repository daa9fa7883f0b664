"""Units that follow others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("units", sa.Column("successor_code", sa.String(200), nullable=False, server_default=""))
    op.add_column("units", sa.Column("successor_since", sa.String(10), nullable=False, server_default=""))
