"""How Alembic runs our migrations: always on the connection that it is handed."""

from __future__ import annotations

from alembic import context

from gongwen_server.db.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
