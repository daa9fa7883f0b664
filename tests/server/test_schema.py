"""The migrations make exactly the tables that the code uses."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from gongwen_server.db.database import Database, sqlite_url
from gongwen_server.db.migrate import newest_revision, upgrade
from gongwen_server.db.tables import Base


def test_migrations_and_tables_agree(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "fresh.db"))
    upgrade(database)
    upgrade(database)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert context.get_current_revision() == newest_revision()
        assert compare_metadata(context, Base.metadata) == []
    database.close()
