"""The log: every receipt is a leaf, growth is proven at each poll, rewriting is noticed (bar R6)."""

from __future__ import annotations

import base64
import random
import sqlite3

import pytest

from fakes.documents import OFD, accept, send, sync
from fakes.exchange import Caller, RunningExchange
from fakes.hostile import HostileLog, rewrite
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.checkpoints import (
    Checkpoint,
    GrowthProof,
    InclusionProof,
    LogProblem,
    is_included,
    is_one_log,
    judge_checkpoint,
)
from gongwen_protocol.messages import Problem, ServerInfo, SyncAnswer
from gongwen_server.db.tables import AuditRow
from gongwen_server.services.administration import enable_unit
from gongwen_server.services.evidence import broken_at

REWRITES = 1000


def trusted(caller: Caller) -> list[bytes]:
    info = ServerInfo.model_validate_json(caller.get("/v1/server").content)
    return [base64.b64decode(info.certificate)]


def poll(caller: Caller, kept: Checkpoint | None) -> SyncAnswer:
    size = 0 if kept is None else kept.size
    answer = caller.get(f"/v1/sync?cursor=0&tree={size}")
    return SyncAnswer.model_validate_json(answer.content)


def test_growth_is_proven_at_each_poll(sender: Caller, receiver: Caller) -> None:
    anchors, kept = trusted(sender), None
    for number in range(5):
        answer = poll(receiver, kept)
        assert answer.checkpoint is not None
        assert judge_checkpoint(kept, answer.checkpoint, answer.consistency, anchors) is None
        assert all(one.receipt.sequence <= answer.checkpoint.checkpoint.size for one in answer.receipts)
        kept = answer.checkpoint.checkpoint
        accept(receiver, send(sender, ("002", 1), ("003", 1), data=OFD + bytes([number])))
    same = poll(receiver, kept).checkpoint
    assert same is not None
    assert same.checkpoint.size > kept.size if kept else False


def test_every_receipt_is_in_the_log(sender: Caller, receiver: Caller, stranger: Caller) -> None:
    document = send(sender, ("002", 1))
    accept(receiver, document)
    answer = sync(sender)
    while answer.more:
        answer = sync(sender, answer.cursor)
    assert answer.checkpoint is not None
    checkpoint = answer.checkpoint.checkpoint
    for signed in answer.receipts[-3:]:
        path = f"/v1/receipts/{signed.receipt.sequence}/proof?size={checkpoint.size}"
        for caller in (sender, receiver):
            proof = InclusionProof.model_validate_json(caller.get(path).content)
            assert is_included(canonical_bytes(signed.receipt), proof, checkpoint)
            forged = signed.receipt.model_copy(update={"by_post": "他人"})
            assert not is_included(canonical_bytes(forged), proof, checkpoint)
        refused = stranger.get(path)
        assert Problem.model_validate_json(refused.content).code == "receipt.unknown"


def test_who_knows_more_than_the_exchange_is_told(receiver: Caller) -> None:
    answer = receiver.get("/v1/sync?cursor=0&tree=999999")
    assert Problem.model_validate_json(answer.content).code == "sync.cursor_ahead"


def test_acts_of_administration_are_leaves_too(exchange: RunningExchange, sender: Caller) -> None:
    before = poll(sender, None).checkpoint
    enable_unit(exchange.exchange, "003", enabled=True)
    after = poll(sender, None).checkpoint
    assert before is not None
    assert after is not None
    assert after.checkpoint.size == before.checkpoint.size + 1
    with exchange.exchange.database.reading() as session:
        entries = session.query(AuditRow).order_by(AuditRow.sequence).all()
    assert b'"unit.enable"' in entries[-1].statement
    assert not any(b"secret" in entry.statement for entry in entries)
    assert broken_at(exchange.exchange) is None


@pytest.mark.parametrize("table", ["audit", "log_leaves", "log_nodes", "checkpoints", "profiles"])
def test_the_log_cannot_be_changed_in_passing(exchange: RunningExchange, sender: Caller, table: str) -> None:
    send(sender, ("002", 1))
    database = sqlite3.connect(exchange.home / "exchange.db")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        database.execute(f"DELETE FROM {table}")  # noqa: S608
    database.close()


@pytest.mark.parametrize(("table", "column"), [("receipts", "statement"), ("audit", "statement")])
def test_an_inspection_finds_the_first_broken_leaf(tmp_path: object, table: str, column: str) -> None:
    running = RunningExchange(tmp_path / "home")  # type: ignore[operator]
    running.populate()
    caller = running.log_in("001")
    send(caller, ("002", 1))
    caller.close()
    assert broken_at(running.exchange) is None
    with sqlite3.connect(running.home / "exchange.db") as database:
        for trigger in (f"{table}_no_update", f"{table}_no_delete"):
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute(f"UPDATE {table} SET {column} = x'7b7d' WHERE sequence = 2")  # noqa: S608
        place = database.execute(
            "SELECT position FROM log_leaves WHERE kind = ? AND sequence = 2", (table.rstrip("s"),)
        ).fetchone()[0]
    database.close()
    assert broken_at(running.exchange) == place
    running.stop()


def test_every_rewritten_history_is_noticed(exchange: RunningExchange) -> None:
    """1,000 rewrites by an exchange that has the key and gives the best proof that its new history allows."""
    signer = exchange.exchange.signer
    anchors, chance = [signer.certificate_der], random.Random(20261122)
    noticed: dict[LogProblem, int] = {}
    for number in range(REWRITES):
        honest = HostileLog(signer, [b"statement %d" % leaf for leaf in range(1 + number % 67)])
        first, _ = honest.offer(0)
        kept = first.checkpoint
        hostile = HostileLog(signer, rewrite(honest.leaves, chance))
        offered, proof = hostile.offer(kept.size)
        problem = judge_checkpoint(kept, offered, proof, anchors)
        assert problem in (LogProblem.REWRITTEN, LogProblem.SHRUNK), number
        noticed[problem] = noticed.get(problem, 0) + 1
        grown = HostileLog(signer, honest.leaves + [b"more"] * (number % 9))
        assert judge_checkpoint(kept, *grown.offer(kept.size), anchors) is None, number
    assert sum(noticed.values()) == REWRITES
    assert len(noticed) == 2


def test_growth_between_any_two_states_is_proven(sender: Caller) -> None:
    """What a client asks about the checkpoint that came with another unit's document (ADR 0068)."""
    kept = []
    for number in range(4):
        send(sender, ("002", 1), ("003", 1), data=OFD + b"growth" + bytes([number]))
        answer = poll(sender, None)
        assert answer.checkpoint is not None
        kept.append(answer.checkpoint.checkpoint)
    for old in kept:
        for new in kept[kept.index(old) :]:
            path = f"/v1/log/growth?old={old.size}&new={new.size}"
            proof = GrowthProof.model_validate_json(sender.get(path).content).path
            assert is_one_log(old, new, proof)
            assert is_one_log(new, old, proof)
            other = new.model_copy(update={"root": "00" * 32})
            assert not is_one_log(old, other, proof)
    beyond, behind = kept[-1].size + 1, kept[0].size
    for old_size, new_size in ((behind, beyond), (beyond, behind), (beyond, beyond)):
        refused = sender.get(f"/v1/log/growth?old={old_size}&new={new_size}")
        assert Problem.model_validate_json(refused.content).code == "log.no_such_states"
