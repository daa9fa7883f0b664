"""Small things worth keeping: settings, the address book, attended checks."""

from __future__ import annotations

import json
from datetime import datetime

from gongwen_client.store.database import Database
from gongwen_client.store.times import from_text, to_text
from gongwen_protocol.messages import Directory, Unit, UnitGroup


class Notes:
    """Named texts. ``CURSOR`` and the like say what is kept."""

    CURSOR = "sync.cursor"
    SERVER_CERTIFICATE = "server.certificate"
    PAST_CERTIFICATES = "server.past_certificates"
    SERVER_INFO = "server.info"
    OWNER_CODE = "owner.code"
    OWNER_NAME = "owner.name"
    CHECKPOINT = "log.checkpoint"
    LOG_PROBLEM = "log.problem"
    LOG_SPLIT = "log.split"  # two checkpoints that contradict each other, until they no longer do
    RESTORATION = "log.restoration"  # the exchange says so; a person has to agree
    RESTORATION_AGREED = "log.restoration_agreed"  # SM3 of the statement
    PROFILE = "rules.profile"
    PROFILE_MAY_GO_BACK = "rules.may_go_back"  # after a restoration that a person agreed to
    CALENDAR = "rules.calendar"
    GROUPS = "directory.groups"
    READINESS = "directory.readiness"
    ENCRYPTION = "encryption.order"
    RETURNS = "returns.handled"
    PAPER_TRACK = "paper_track.words"
    STATISTICS = "statistics.last"

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> str | None:
        """None when it was never set."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
            return None if row is None else str(row[0])

    def set(self, name: str, value: str) -> None:
        """Insert or replace."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO settings (name, value) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, value),
            )


class UnitTable:
    """The address book as last fetched."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._notes = Notes(database)

    def replace(self, directory: Directory) -> bool:
        """False when nothing changed."""
        if directory.units == self.list() and directory.groups == self.groups():
            return False
        with self._database.transaction() as connection:
            self._notes.set(Notes.GROUPS, directory.model_copy(update={"units": ()}).model_dump_json())
            connection.execute("DELETE FROM units")
            connection.executemany(
                "INSERT INTO units (code, rank, view) VALUES (?, ?, ?)",
                [(unit.code, rank, unit.model_dump_json()) for rank, unit in enumerate(directory.units)],
            )
        return True

    def groups(self) -> tuple[UnitGroup, ...]:
        """The exchange's groups of units."""
        text = self._notes.get(Notes.GROUPS)
        return () if text is None else Directory.model_validate_json(text).groups

    def list(self) -> tuple[Unit, ...]:
        """In the exchange's rank order."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT view FROM units ORDER BY rank").fetchall()
            return tuple(Unit.model_validate_json(row[0]) for row in rows)


class OwnGroups:
    """Groups of units that were made on this PC (常用分组), by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self) -> tuple[UnitGroup, ...]:
        """In the order of their names."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT name, unit_codes FROM own_groups ORDER BY name").fetchall()
            return tuple(UnitGroup(name=name, unit_codes=tuple(json.loads(codes))) for name, codes in rows)

    def save(self, group: UnitGroup) -> None:
        """Insert or replace."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO own_groups (name, unit_codes) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET unit_codes = excluded.unit_codes",
                (group.name, json.dumps(group.unit_codes)),
            )

    def delete(self, name: str) -> None:
        """Forget a group."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM own_groups WHERE name = ?", (name,))


class AttendedChecks:
    """When a person looked, by the exchange's time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, recorded_at: datetime, looked_at: datetime) -> None:
        """Keep one check."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO attended_checks (recorded_at, looked_at) VALUES (?, ?)",
                (to_text(recorded_at), to_text(looked_at)),
            )

    def since(self, moment: datetime) -> list[datetime]:
        """All from ``moment`` on, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT recorded_at FROM attended_checks WHERE recorded_at >= ? ORDER BY recorded_at",
                (to_text(moment),),
            ).fetchall()
            return [from_text(row[0]) for row in rows]

    def last(self) -> datetime | None:
        """The latest one."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT max(recorded_at) FROM attended_checks").fetchone()
            return None if row[0] is None else from_text(row[0])
