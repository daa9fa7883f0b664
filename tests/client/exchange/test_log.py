"""A PC and an exchange whose keeper rewrites history: noticed at the next poll, and the proof is kept."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from fakes.desk import DeskPc
from fakes.documents import OFD, send
from fakes.exchange import UNITS, RunningExchange
from fakes.secrecy import KeyCabinet
from gongwen_client.store.notes import Notes
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import Receipt
from gongwen_server.services.backup import back_up
from gongwen_server.services.restoring import restore

StartPc = Callable[..., DeskPc]


def rewrite(home: Path, *, keep: int | None = None) -> None:
    """As the one who runs the database: change a receipt (or cut the history after ``keep`` receipts) and let
    the program make a log that fits it."""
    with sqlite3.connect(home / "exchange.db") as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            database.execute(f"DROP TRIGGER {name}")
        if keep is None:
            (statement,) = database.execute("SELECT statement FROM receipts WHERE sequence = 1").fetchone()
            receipt = Receipt.model_validate_json(statement).model_copy(update={"by_post": "他人"})
            database.execute(
                "UPDATE receipts SET statement = ? WHERE sequence = 1", (canonical_bytes(receipt),)
            )
        else:
            database.execute("DELETE FROM receipts WHERE sequence > ?", (keep,))
            database.execute("UPDATE ledger SET receipt_sequence = ?", (keep,))
        for table in ("log_leaves", "log_nodes", "checkpoints", "audit"):
            database.execute(f"DELETE FROM {table}")  # noqa: S608
        database.execute("UPDATE ledger SET tree_size = 0, audit_sequence = 0")
    database.close()


@pytest.mark.parametrize("keep", [None, 1])
def test_a_rewritten_history_is_noticed(exchange: RunningExchange, pc: StartPc, keep: int | None) -> None:
    sender, receiver = pc("001", url=exchange.url), pc("002", url=exchange.url)
    for number in range(12):
        sender.sending.send(sender.ready_draft("002", title=f"关于第{number}件事的通知").document_id)
    receiver.wait_until(lambda: len(receiver.store.rows.incoming(None)) == 12)
    held = receiver.store.evidence.checkpoint()
    exchange.stop()
    rewrite(exchange.home, keep=keep)
    exchange.start()
    if keep is None:  # life goes on, so that the new log is no shorter than the one that was seen
        accomplice = exchange.log_in("003")
        for number in range(10):
            send(accomplice, ("001", 1), data=OFD + bytes([number]))
        accomplice.close()
    receiver.duty.poll_now()
    receiver.wait_until(lambda: receiver.store.notes.get(Notes.LOG_PROBLEM) is not None)
    receiver.wait_until(lambda: "请不要继续操作" in receiver.duty.state().problem)
    assert receiver.store.evidence.checkpoint() == held
    receiver.stop()
    again = DeskPc(receiver.home, exchange.url)
    again.start()
    again.log_in("002")
    again.wait_until(lambda: "请不要继续操作" in again.duty.state().problem)
    again.stop()


def test_news_comes_without_a_poll(exchange: RunningExchange, pc: StartPc) -> None:
    """With an hour between two polls a document is here as soon as the exchange has it."""
    sender, receiver = pc("001", url=exchange.url), pc("002", url=exchange.url, poll_seconds=3600.0)
    receiver.wait_until(lambda: exchange.exchange.bell.waiting >= 2)
    sender.sending.send(sender.ready_draft("002").document_id)
    receiver.wait_until(lambda: len(receiver.store.rows.incoming(None)) == 1)


def test_a_restored_exchange_is_believed_after_a_persons_word(
    exchange: RunningExchange, pc: StartPc, tmp_path: Path
) -> None:
    """An older log is refused, signed statement or not; once a person agreed the work goes on, and what the
    exchange had committed to before stays as proof."""
    sender, receiver = pc("001", url=exchange.url), pc("002", url=exchange.url)
    sender.sending.send(sender.ready_draft("002", title="备份以前").document_id)
    receiver.wait_until(lambda: len(receiver.store.rows.incoming(None)) == 1)
    back_up(exchange.exchange, tmp_path / "backup", "backup secret 3")
    KeyCabinet(exchange).equip("003", UNITS["003"])  # a certificate that the backup does not have
    for pc_ in (sender, receiver):
        pc_.desk.key_directory.refresh()
        assert pc_.store.encryption.order().version == 1
    sender.sending.send(sender.ready_draft("002", title="备份以后").document_id)
    receiver.wait_until(lambda: len(receiver.store.rows.incoming(None)) == 2)
    exchange.stop()
    restore(tmp_path / "backup", tmp_path / "restored", "backup secret 3", reason="磁盘损坏")
    restored = RunningExchange.of_home(tmp_path / "restored", exchange.port)
    for pc_ in (sender, receiver):
        pc_.duty.poll_now()
        pc_.wait_until(lambda pc_=pc_: pc_.store.notes.get(Notes.RESTORATION) is not None)
        pc_.wait_until(lambda pc_=pc_: "备份恢复" in pc_.duty.state().problem)
    held = receiver.store.evidence.checkpoint()
    assert held is not None
    for pc_ in (sender, receiver):
        assert pc_.store.evidence.agree() is not None
        pc_.duty.poll_now()
        pc_.wait_until(lambda pc_=pc_: pc_.duty.state().problem == "")
    sender.sending.send(sender.ready_draft("002", title="恢复以后").document_id)
    receiver.wait_until(lambda: len(receiver.store.rows.incoming(None)) == 3)
    assert receiver.store.evidence.agree() is None, "once is enough"
    receiver.desk.key_directory.refresh()
    assert receiver.store.encryption.entries() == [], "the directory goes on from the backup too"
    restored.stop()


def test_a_restoration_is_no_leave_to_rewrite(exchange: RunningExchange, pc: StartPc, tmp_path: Path) -> None:
    """It explains what was lost by it, once: what came after it cannot be taken back under the same
    statement, though a person agreed to it."""
    sender, receiver = pc("001", url=exchange.url), pc("002", url=exchange.url)
    back_up(exchange.exchange, tmp_path / "backup", "backup secret 3")
    sender.sending.send(sender.ready_draft("002", title="备份以后").document_id)
    receiver.wait_until(lambda: len(receiver.store.rows.incoming(None)) == 1)
    sender.wait_until(lambda: len(sender.store.rows.sent()) == 1)
    exchange.stop()
    restore(tmp_path / "backup", tmp_path / "restored", "backup secret 3", reason="磁盘损坏")
    shutil.copytree(tmp_path / "restored", tmp_path / "rewound")
    restored = RunningExchange.of_home(tmp_path / "restored", exchange.port)
    for one in (sender, receiver):
        one.duty.poll_now()
        one.wait_until(lambda one=one: one.store.notes.get(Notes.RESTORATION) is not None)
        assert one.store.evidence.agree() is not None
        one.duty.poll_now()
        one.wait_until(lambda one=one: one.duty.state().problem == "")
    sender.sending.send(sender.ready_draft("002", title="恢复以后").document_id)
    receiver.wait_until(lambda: len(receiver.store.rows.incoming(None)) == 2)
    restored.stop()
    cursor, held = receiver.store.notes.get(Notes.CURSOR), receiver.store.evidence.checkpoint()
    rewound = RunningExchange.of_home(tmp_path / "rewound", exchange.port)
    receiver.duty.poll_now()
    receiver.wait_until(lambda: "记录比本机少" in receiver.duty.state().problem)
    assert (receiver.store.notes.get(Notes.CURSOR), receiver.store.evidence.checkpoint()) == (cursor, held)
    rewound.stop()
