"""Mutating calls: one effect per idempotency key, and for ever the same answer, byte by byte (bar R2).

Only effects are remembered. A refusal changed nothing, so the same key may be tried again once its cause is
mended (an upload completed, a recipient removed): it then takes effect once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gongwen_crypto import sm3
from gongwen_crypto.errors import RefusedError
from gongwen_protocol.canonical import canonical_bytes
from gongwen_server.db.database import insert_if_absent
from gongwen_server.db.tables import AnswerRow
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.sessions import Caller


@dataclass(frozen=True)
class Command:
    """What a client wants done once: ``operation`` is the method and path of the call."""

    key: str
    operation: str
    message: BaseModel | None = None

    @property
    def digest(self) -> str:
        """SM3 over operation and canonical message: equal for equal wishes, however they were spelt."""
        content = canonical_bytes(self.message) if self.message else b""
        return sm3.digest(self.operation.encode() + b"\n" + content).hex()


@dataclass(frozen=True)
class Answer:
    """An answer as it went, and will go again, over the wire (JSON)."""

    status: int
    body: bytes


def perform(
    exchange: Exchange,
    caller: Caller,
    command: Command,
    effect: Callable[[Ledger], BaseModel],
    status: int = 200,
) -> Answer:
    """Run ``effect`` in one transaction with its receipts and its stored answer, unless the key has one.

    Raises RefusedError("request.key_reused") for a key that was used for another wish.
    """
    with exchange.writing() as session:
        if not _claim(exchange, session, caller.unit_code, command):
            return _repeat(session, caller.unit_code, command)
        ledger = Ledger(exchange, session)
        body = effect(ledger).model_dump_json().encode()
        ledger.close()
        session.execute(
            update(AnswerRow)
            .where(AnswerRow.unit_code == caller.unit_code, AnswerRow.key == command.key)
            .values(status=status, body=body)
        )
        return Answer(status, body)


def _claim(exchange: Exchange, session: Session, unit_code: str, command: Command) -> bool:
    """Take the key in this transaction, after any other that holds it; False when it has its answer."""
    return insert_if_absent(
        session,
        AnswerRow,
        unit_code=unit_code,
        key=command.key,
        request_digest=command.digest,
        status=0,
        body=b"",
        answered_at=exchange.clock.now(),
    )


def _repeat(session: Session, unit_code: str, command: Command) -> Answer:
    row = session.scalars(
        select(AnswerRow).where(AnswerRow.unit_code == unit_code, AnswerRow.key == command.key)
    ).one()
    if row.request_digest != command.digest:
        raise RefusedError("request.key_reused")
    return Answer(row.status, row.body)
