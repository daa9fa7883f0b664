"""Connections and transactions, the same from outside for SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gongwen_crypto.errors import KnownError

_POOL = 20  # as many at rest, as many again in a rush: no request thread waits for a connection
_WRITING = "gongwen_writing"
_SINGLE = "gongwen_single"


class Database:
    """One database. ``reading`` and ``writing`` are the only ways to a session; ``asking`` is a short cut.

    Raises KnownError("exchange.database_unsupported") for a URL of any other kind than these two.
    SQLite runs in WAL mode with synchronous FULL: what a commit acknowledged survives a power cut.
    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._is_sqlite = self._engine.dialect.name == "sqlite"
        # SQLite has one writer. Waiting here is fair and quick; its own busy handler sleeps and starves.
        self._turn: AbstractContextManager[Any] = threading.Lock() if self._is_sqlite else nullcontext()
        self._writer = self._engine.execution_options(**{_WRITING: True})
        # A query of its own needs no transaction on PostgreSQL: two round trips less for each poll.
        self._reader = (
            self._engine if self._is_sqlite else self._engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        self._asker = self._reader.execution_options(**{_SINGLE: True}) if self._is_sqlite else self._reader

    @property
    def engine(self) -> Engine:
        """For migrations and tests; everything else uses sessions."""
        return self._engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Queries only: nothing written in it is kept. On SQLite all of them see the same moment; on
        PostgreSQL each sees the latest commit."""
        with Session(self._reader) as session:
            yield session

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """One query, for what is asked most often: without the objects and the transaction of ``reading``,
        each of which costs as much as the query. Further queries see later moments."""
        with self._asker.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises.

        On SQLite the write lock is taken at the start (BEGIN IMMEDIATE), so that what was read in the block
        is still true when it commits. On PostgreSQL callers lock the rows that they decide on.
        """
        with self._turn, Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[tuple[Connection, Session]]:
        """One moment of the whole database, however long the reading takes; writers go on."""
        level = {} if self._is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with (
            self._engine.connect().execution_options(**level) as connection,
            connection.begin(),
            Session(connection) as session,
        ):
            yield connection, session

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def insert_if_absent(session: Session, row: type[Any], **values: object) -> bool:
    """Insert a row unless its key is taken; False then. Of two transactions at once the second waits for
    the first, and fails on neither database."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    keys = row.__table__.primary_key.columns
    statement = dialect.insert(row).values(values).on_conflict_do_nothing().returning(*keys)
    return session.execute(statement).first() is not None


def insert_many(session: Session, row: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns, as fast as the database takes them (PostgreSQL: COPY)."""
    if not rows:
        return
    table: Table = row.__table__
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        connection.execute(table.insert(), rows)
        return
    columns = [table.c[name] for name in rows[0]]
    to_wire = [
        column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect) for column in columns
    ]
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(column.name) for column in columns)
    statement = f"COPY {quote(table.name)} ({names}) FROM STDIN"
    cursor = connection.connection.cursor()
    try:
        with cursor.copy(statement) as copy:
            for values in rows:
                copy.write_row(
                    [
                        change(values[column.name]) if change else values[column.name]
                        for column, change in zip(columns, to_wire, strict=True)
                    ]
                )
    except psycopg.Error as error:
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, dialect=connection.dialect
        ) from error
    finally:
        cursor.close()


def sqlite_url(path: Path) -> str:
    """URL of a SQLite file."""
    return f"sqlite:///{path.absolute().as_posix()}"


def sqlite_file(url: str) -> Path | None:
    """The file that a URL of SQLite names, as it names it; None for other databases."""
    place = make_url(url)
    return Path(place.database) if place.get_backend_name() == "sqlite" and place.database else None


def with_sqlite_file(url: str, path: Path) -> str:
    """The same URL of SQLite for another file."""
    return make_url(url).set(database=path.as_posix()).render_as_string(hide_password=False)


def _engine(url: str) -> Engine:
    place = make_url(url)
    if place.drivername in ("postgres", "postgresql"):
        place = place.set(drivername="postgresql+psycopg")
    if place.get_backend_name() not in ("sqlite", "postgresql"):
        raise KnownError("exchange.database_unsupported", dialect=place.get_backend_name())
    engine = create_engine(
        place,
        pool_size=_POOL,
        max_overflow=_POOL,
        # A connection that died is noticed by its first use: that request says "unavailable", all others of
        # the pool are replaced. Asking each connection first would cost every poll a round trip.
        pool_pre_ping=False,
        hide_parameters=True,  # an error's text goes to the log; password hashes and titles must not
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say so
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(_SINGLE):
        return  # a single query is one moment by itself
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_WRITING) else "BEGIN")
