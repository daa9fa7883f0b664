"""The client's one SQLite file: connections, transactions, migrations, errors in words.

One connection per thread, write-ahead log with full synchronisation: a commit that returned survives a
power cut (ADR 0015).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from gongwen_crypto.errors import KnownError

BUSY_TIMEOUT_S = 5.0
SMALLEST_FILE = 512

_CODES = {
    "SQLITE_FULL": "store.full",
    "SQLITE_IOERR": "store.io",
    "SQLITE_CORRUPT": "store.damaged",
    "SQLITE_NOTADB": "store.damaged",
    "SQLITE_BUSY": "store.busy",
    "SQLITE_LOCKED": "store.busy",
    "SQLITE_CANTOPEN": "store.no_access",
    "SQLITE_READONLY": "store.no_access",
    "SQLITE_PERM": "store.no_access",
}


def migrations() -> list[tuple[int, str]]:
    """All migrations as (number, SQL), in order; the number becomes ``user_version``."""
    folder = resources.files(__package__) / "migrations"
    found = [entry for entry in folder.iterdir() if entry.name.endswith(".sql")]
    return sorted((int(entry.name[:4]), entry.read_text("utf-8")) for entry in found)


class Database:
    """Opens (and upgrades) the file. Raises KnownError ``store.newer``, ``store.damaged``,
    ``store.no_access``, ``store.full``, ``store.io`` or ``store.busy``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and 0 < path.stat().st_size < SMALLEST_FILE:
            # SQLite would take such a stump for an empty database and begin anew.
            raise KnownError("store.damaged", path=str(path), detail="cut off")
        self._upgrade()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; a transaction inside another joins it."""
        with self._translated():
            connection = self._connection()
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                connection.rollback()
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for queries (inside a transaction: that transaction's view)."""
        with self._translated():
            yield self._connection()

    def damages(self) -> list[str]:
        """Slow. What a check of all pages finds wrong."""
        with self.reading() as connection:
            rows = connection.execute("PRAGMA quick_check(20)").fetchall()
        return [str(row[0]) for row in rows if row[0] != "ok"]

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            connections, self._all = self._all, []
        for connection in connections:
            connection.close()
        self._local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            # Closing from another thread is the only use across threads.
            connection = sqlite3.connect(
                self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            self._local.connection = connection
            with self._lock:
                self._all.append(connection)
        return connection

    def _upgrade(self) -> None:
        steps = migrations()
        newest = steps[-1][0]
        try:
            with self._translated():
                connection = self._connection()
                version = self._version(connection)
                if version > newest:
                    raise KnownError("store.newer", found=version, known=newest)
                if version:
                    self._examine(connection)
                for number, script in steps:
                    if number > version:
                        # One transaction per step: killed in the middle, the step never happened.
                        connection.executescript(
                            f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;"
                        )
        except BaseException:
            self.close()
            raise

    @staticmethod
    def _version(connection: sqlite3.Connection) -> int:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])

    def _examine(self, connection: sqlite3.Connection) -> None:
        """A cheap look at the schema; damage deeper in is reported when it is met."""
        if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
            raise KnownError("store.damaged", path=str(self.path), detail="empty schema")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError:
            raise
        except sqlite3.DatabaseError as error:
            name = getattr(error, "sqlite_errorname", "") or ""
            for prefix, code in _CODES.items():
                if name.startswith(prefix):
                    raise KnownError(code, path=str(self.path), detail=str(error)) from error
            raise
