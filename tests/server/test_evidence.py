"""No evidence, no service (bar R5); and evidence that cannot be changed in passing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.documents import OFD, accept, letter, new_key, send, sync, upload
from fakes.exchange import Caller, RunningExchange
from gongwen_protocol.messages import Problem, SignedReceipt
from gongwen_protocol.receipts import verify_chain
from gongwen_server.db.database import Database
from gongwen_server.db.tables import ReceiptRow
from gongwen_server.log.chain import signed_receipt


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[RunningExchange]:
    running = RunningExchange(tmp_path / "home")
    running.populate()
    yield running
    running.stop()


@pytest.fixture
def sender(exchange: RunningExchange) -> Iterator[Caller]:
    caller = exchange.log_in("001")
    yield caller
    caller.close()


@pytest.fixture
def receiver(exchange: RunningExchange) -> Iterator[Caller]:
    caller = exchange.log_in("002")
    yield caller
    caller.close()


def all_receipts(exchange: RunningExchange) -> list[SignedReceipt]:
    certificate = exchange.exchange.signer.certificate_der
    with exchange.exchange.database.reading() as session:
        rows = session.query(ReceiptRow).order_by(ReceiptRow.sequence)
        return [signed_receipt(row.statement, row.signature, certificate) for row in rows]


def test_without_evidence_nothing_is_accepted(
    exchange: RunningExchange, sender: Caller, receiver: Caller
) -> None:
    request, key = letter(upload(sender, OFD), ("002", 1)), new_key()
    with sqlite3.connect(exchange.home / "exchange.db") as database:
        database.execute("ALTER TABLE receipts RENAME TO away")
    refused = sender.post("/v1/documents", request, key=key)
    problem = Problem.model_validate_json(refused.content)
    assert (refused.status_code, problem.code) == (503, "exchange.evidence_unwritable")
    with sqlite3.connect(exchange.home / "exchange.db") as database:
        database.execute("ALTER TABLE away RENAME TO receipts")
    database.close()
    assert sync(receiver).documents == ()
    assert sender.post("/v1/documents", request, key=key).status_code == 201
    assert len(sync(receiver).documents) == 1


def test_the_chain_has_no_gap_over_restarts(
    exchange: RunningExchange, sender: Caller, receiver: Caller
) -> None:
    accept(receiver, send(sender, ("002", 1), ("003", 1)))
    exchange.kill()
    sender.close()
    exchange.start()
    send(sender, ("003", 1))
    receipts = all_receipts(exchange)
    assert [signed.receipt.sequence for signed in receipts] == list(range(1, 7))
    assert verify_chain(receipts, [exchange.exchange.signer.certificate_der]) is None


@pytest.mark.parametrize("statement", ["UPDATE receipts SET statement = x'00'", "DELETE FROM receipts"])
def test_receipts_cannot_be_changed_in_passing(
    exchange: RunningExchange, sender: Caller, statement: str
) -> None:
    send(sender, ("002", 1))
    database = sqlite3.connect(exchange.home / "exchange.db")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        database.execute(statement)
    database.close()


def test_sqlite_keeps_what_it_acknowledged(exchange: RunningExchange) -> None:
    database = exchange.exchange.database
    with database.reading() as session:
        pragmas = {
            name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert isinstance(database, Database)
