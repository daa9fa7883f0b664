"""A new key for the exchange's statements: the old key signs for it, so that clients follow by themselves
(ADR 0048)."""

from __future__ import annotations

import base64
import os
import secrets
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gongwen_crypto import sm3
from gongwen_crypto.errors import KnownError
from gongwen_crypto.software import SoftwareSigner, save_key
from gongwen_protocol.access import HandoverStatement
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.handover import SignedHandover
from gongwen_protocol.signatures import Seal
from gongwen_server.db.database import Database
from gongwen_server.db.tables import CertificateRow, HandoverRow
from gongwen_server.services import home as places
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.rules import SYSTEM
from gongwen_server.services.views import encoded

_FRESH = ".new"
_ORDER = (places.KEY, places.KEY_PASSWORD, places.CERTIFICATE)


def read_handovers(database: Database) -> tuple[SignedHandover, ...]:
    """All hand-overs, the first one first."""
    with database.reading() as session:
        rows = session.execute(
            select(HandoverRow, CertificateRow)
            .join(CertificateRow, CertificateRow.digest == HandoverRow.certificate_digest)
            .order_by(HandoverRow.number)
        )
        return tuple(
            SignedHandover(
                statement=HandoverStatement.model_validate_json(row.statement),
                seal=Seal(signature=encoded(row.signature), certificate=encoded(certificate.der)),
            )
            for row, certificate in rows
        )


def hand_over(exchange: Exchange, home: Path, successor: SoftwareSigner) -> None:
    """Make ``successor`` the key of the exchange's statements from its next start on; the old key says so.

    The new files lie beside the old ones before the statement is committed, and take their place after it:
    whenever the power fails, ``finish`` at the next start completes what was stated and forgets what was not.
    Raises KnownError("exchange.evidence_unwritable") when it cannot be stated; then nothing changed."""
    _write_fresh(home, successor)
    with exchange.writing() as session:
        ledger = Ledger(exchange, session)
        statement = _statement(exchange, session, successor, ledger.now)
        session.add(
            HandoverRow(
                number=statement.number,
                statement=canonical_bytes(statement),
                signature=exchange.signer.sign(canonical_bytes(statement)),
                certificate_digest=exchange.certificate_digest,
            )
        )
        ledger.note(SYSTEM, "key.handover", str(statement.number), certificate=_digest(successor))
        ledger.close()
    _replace(home)


def finish(home: Path, handovers: tuple[SignedHandover, ...]) -> None:
    """After a crash in the midst of a hand-over: complete it when it was stated, else throw the new key
    away."""
    fresh = home / (places.CERTIFICATE + _FRESH)
    if not fresh.exists():
        return
    stated = handovers[-1].statement.certificate if handovers else ""
    if base64.b64encode(fresh.read_bytes()).decode() == stated:
        _replace(home)
        return
    for name in reversed(_ORDER):
        (home / (name + _FRESH)).unlink(missing_ok=True)


def _statement(
    exchange: Exchange, session: Session, successor: SoftwareSigner, now: datetime
) -> HandoverStatement:
    number = session.scalar(select(func.max(HandoverRow.number))) or 0
    return HandoverStatement(
        origin=exchange.name, number=number + 1, certificate=encoded(successor.certificate_der), at=now
    )


def _write_fresh(home: Path, successor: SoftwareSigner) -> None:
    for name in _ORDER:
        (home / (name + _FRESH)).unlink(missing_ok=True)
    password = secrets.token_urlsafe(32)
    try:
        places.write_private(home / (places.KEY + _FRESH), save_key(successor.pair, password))
        places.write_private(home / (places.KEY_PASSWORD + _FRESH), password.encode())
        places.write_private(home / (places.CERTIFICATE + _FRESH), successor.certificate_der)
    except OSError as error:
        raise KnownError("exchange.key_unreadable", file=str(error.filename)) from error


def _replace(home: Path) -> None:
    """The certificate last: its fresh file says that there is something to complete."""
    for name in _ORDER:
        fresh = home / (name + _FRESH)
        if fresh.exists():
            os.replace(fresh, home / name)  # noqa: PTH105


def _digest(successor: SoftwareSigner) -> str:
    return sm3.digest(successor.certificate_der).hex()
