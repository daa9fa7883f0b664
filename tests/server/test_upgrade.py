"""A database of the first version opens with this one: nothing is lost, its receipts begin the log."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from alembic import command

from fakes.documents import accept, send, sync
from fakes.exchange import RunningExchange
from gongwen_protocol.receipts import verify_chain
from gongwen_protocol.states import DeliveryState
from gongwen_server.db.database import Database, sqlite_url
from gongwen_server.db.migrate import _configuration, upgrade
from gongwen_server.services.evidence import broken_at

_KEPT = ("units", "accounts", "certificates", "uploads", "documents", "files", "deliveries", "receipts")


def first_version(path: Path, source: sqlite3.Connection) -> None:
    """A database of revision 0001 with the rows of ``source`` as that version would have written them."""
    database = Database(sqlite_url(path))
    with database.engine.begin() as connection:
        configuration = _configuration()
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "0001")
    database.close()
    old = sqlite3.connect(path)
    for table in (*_KEPT, "changes", "ledger"):
        columns = [row[1] for row in old.execute(f"PRAGMA table_info({table})")]
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        rows = source.execute(f"SELECT {names} FROM {table}").fetchall()  # noqa: S608
        old.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608
    old.commit()
    old.close()


def test_a_first_version_is_carried_over(tmp_path: Path) -> None:
    running = RunningExchange(tmp_path / "home")
    running.populate()
    sender, receiver = running.log_in("001"), running.log_in("002")
    accept(receiver, send(sender, ("002", 2), ("003", 3)))
    for caller in (sender, receiver):
        caller.close()
    running.stop()
    place = tmp_path / "home" / "exchange.db"
    source = sqlite3.connect(place)
    first_version(tmp_path / "old.db", source)
    source.close()
    (tmp_path / "old.db").replace(place)
    for leftover in place.parent.glob("exchange.db-*"):
        leftover.unlink()
    running.start()
    assert broken_at(running.exchange) is None
    sender = running.log_in("001")
    answer = sync(sender)
    assert verify_chain(answer.receipts, [running.exchange.signer.certificate_der]) is None
    (document,) = answer.documents
    assert [delivery.state for delivery in document.deliveries] == [
        DeliveryState.RECEIVED,
        DeliveryState.DELIVERED,
    ]
    # Its tickets were numbered per unit, and stay so.
    assert [(one.first, one.last) for delivery in document.deliveries for one in delivery.ranges] == [
        (1, 2),
        (1, 3),
    ]
    assert document.profile_version == 1
    assert answer.checkpoint is not None
    assert answer.checkpoint.checkpoint.size >= len(answer.receipts)
    sender.close()
    running.stop()


def test_upgrading_twice_changes_nothing(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "fresh.db"))
    upgrade(database)
    upgrade(database)
    database.close()
