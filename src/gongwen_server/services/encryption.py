"""The directory of encryption certificates: a list that only grows, signed as a whole (ADR 0046)."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import RefusedError
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.secrecy import (
    ESCROW,
    FIRST_HEAD,
    EncryptionEntry,
    EncryptionHead,
    EncryptionNews,
    next_head,
    reader_of,
    require_encryption_certificate,
)
from gongwen_protocol.signatures import seal_of
from gongwen_server.db.tables import EncryptionRow, UnitRow
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.rules import SYSTEM
from gongwen_server.services.views import encoded

_MOST_SUCCESSORS = 8


def news(exchange: Exchange, after: int) -> EncryptionNews:
    """What a client lacks that has read ``after`` entries, and the signed head of all."""
    with exchange.reading() as session:
        rows = session.scalars(
            select(EncryptionRow).where(EncryptionRow.sequence > after).order_by(EncryptionRow.sequence)
        ).all()
        last = rows[-1] if rows else _last(session)
    statement = EncryptionHead(
        version=last.sequence if last else 0, head=last.head if last else FIRST_HEAD, at=exchange.clock.now()
    )
    return EncryptionNews(
        statement=statement,
        seal=seal_of(statement, exchange.signer),
        entries=tuple(EncryptionEntry.model_validate_json(row.statement) for row in rows),
    )


def register_certificate(
    exchange: Exchange, unit_code: str, certificate: bytes, since: datetime | None = None
) -> None:
    """Give a unit its encryption certificate, or the successor of the one that it has.

    Raises RefusedError: directory.unknown_unit, secrecy.certificate_not_for_unit; KnownError:
    secrecy.not_an_encryption_certificate, crypto.bad_certificate.
    """
    loaded = Certificate.load(certificate)
    require_encryption_certificate(loaded)
    with exchange.writing() as session:
        ledger = Ledger(exchange, session)
        if unit_code != ESCROW:
            unit = _unit(session, unit_code)
            if unit.name not in (loaded.organization, loaded.common_name):
                raise RefusedError("secrecy.certificate_not_for_unit", unit=unit.name, subject=loaded.subject)
        entry = EncryptionEntry(
            unit_code=unit_code, since=since or ledger.now, certificate=encoded(loaded.der)
        )
        _enter(session, entry)
        ledger.note(SYSTEM, "encryption.certificate", unit_code, certificate=loaded.fingerprint)
        ledger.close()


def register_successor(
    exchange: Exchange, unit_code: str, successor: str, since: datetime | None = None
) -> None:
    """From ``since`` on ``successor`` reads what is sent to ``unit_code`` (units merged).

    Raises RefusedError: directory.unknown_unit, secrecy.own_successor.
    """
    with exchange.writing() as session:
        ledger = Ledger(exchange, session)
        for code in (unit_code, successor):
            _unit(session, code)
        entry = EncryptionEntry(unit_code=unit_code, since=since or ledger.now, successor=successor)
        if reader_of(_entries(session, [successor], with_successors=True), successor, entry.since) is None:
            raise RefusedError("secrecy.successor_without_certificate", unit=successor)
        if unit_code in _line(session, successor):
            raise RefusedError("secrecy.own_successor", unit=unit_code)
        _enter(session, entry)
        ledger.note(SYSTEM, "encryption.successor", unit_code, successor=successor)
        ledger.close()


def readers(session: Session, unit_codes: Iterable[str], at: datetime) -> dict[str, str]:
    """Fingerprint of the certificate that reads for each unit at ``at``; units without one are absent."""
    codes = list(unit_codes)
    entries = _entries(session, codes, with_successors=True)
    found = {code: reader_of(entries, code, at) for code in codes}
    return {code: entry.loaded().fingerprint for code, entry in found.items() if entry is not None}


def _line(session: Session, unit_code: str) -> set[str]:
    """The unit and all that were ever named to follow it."""
    return {unit_code, *(entry.successor for entry in _entries(session, [unit_code], with_successors=True))}


def _entries(
    session: Session, unit_codes: Iterable[str], *, with_successors: bool
) -> tuple[EncryptionEntry, ...]:
    """All entries of these units, and of those that follow them, in their order."""
    found: dict[int, EncryptionEntry] = {}
    wanted, asked = set(unit_codes), set[str]()
    for _ in range(_MOST_SUCCESSORS if with_successors else 1):
        rows = session.scalars(select(EncryptionRow).where(EncryptionRow.unit_code.in_(wanted)))
        found |= {row.sequence: EncryptionEntry.model_validate_json(row.statement) for row in rows}
        asked |= wanted
        wanted = {entry.successor for entry in found.values() if entry.successor} - asked
        if not wanted:
            break
    return tuple(found[sequence] for sequence in sorted(found))


def _enter(session: Session, entry: EncryptionEntry) -> None:
    last = _last(session)
    session.add(
        EncryptionRow(
            sequence=last.sequence + 1 if last else 1,
            unit_code=entry.unit_code,
            statement=canonical_bytes(entry),
            head=next_head(last.head if last else FIRST_HEAD, entry),
        )
    )
    session.flush()


def _last(session: Session) -> EncryptionRow | None:
    newest = select(func.max(EncryptionRow.sequence)).scalar_subquery()
    return session.scalar(select(EncryptionRow).where(EncryptionRow.sequence == newest))


def _unit(session: Session, code: str) -> UnitRow:
    row = session.get(UnitRow, code)
    if row is None:
        raise RefusedError("directory.unknown_unit", unit=code)
    return row


def decoded(text: str) -> bytes:
    """Bytes of a base64 field that was checked for its alphabet. Raises ValueError."""
    return base64.b64decode(text, validate=True)
