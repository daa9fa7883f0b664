"""Bring a database to the present schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from gongwen_server.db.database import Database

_LOCK = 0x676F6E67  # any number that only this program uses
_FOLDER = Path(__file__).parent / "migrations"


def upgrade(database: Database, revision: str = "head") -> None:
    """Apply the migrations that are missing up to ``revision``, all in one transaction."""
    with database.engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # processes that start at once take turns
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        configuration = _configuration()
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, revision)


def newest_revision() -> str:
    """The revision that this program needs."""
    head = ScriptDirectory.from_config(_configuration()).get_current_head()
    assert head is not None, "the package ships its migrations"
    return head


def _configuration() -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    return configuration
