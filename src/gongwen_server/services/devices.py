"""The PCs of units (Ordos art. 7: 专用计算机): one-time codes, registration, revocation, replacement."""

from __future__ import annotations

import base64
import binascii
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from gongwen_crypto import sm3
from gongwen_crypto.algorithms import SM2_WITH_SM3
from gongwen_crypto.certificates import verify_signature
from gongwen_crypto.errors import GongwenError, RefusedError
from gongwen_crypto.keys import KeyKind, PublicKey
from gongwen_protocol.access import (
    DeviceCode,
    DeviceCodeRequest,
    DeviceList,
    DeviceRegistration,
    DeviceStatement,
    DeviceView,
)
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.profile import DeviceBinding
from gongwen_server.db.tables import AccountRow, DeviceCodeRow, DeviceRow, SessionRow, UnitRow
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import Ledger

CODE_LIFE = timedelta(days=3)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_GROUPS = 6  # of four letters: 120 bits


def give_code(exchange: Exchange, request: DeviceCodeRequest, actor: str) -> DeviceCode:
    """A code for one more PC of a unit. Raises RefusedError: directory.unknown_unit, device.unknown."""
    code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(_GROUPS))
    with exchange.writing() as session:
        if session.get(UnitRow, request.unit_code) is None:
            raise RefusedError("directory.unknown_unit", unit=request.unit_code)
        if request.replaces is not None:
            find_device(session, request.replaces, request.unit_code)
        ledger = Ledger(exchange, session)
        row = DeviceCodeRow(
            code_digest=code_digest(code),
            unit_code=request.unit_code,
            issued_by=actor,
            expires_at=ledger.now + CODE_LIFE,
            replaces=request.replaces or "",
        )
        session.add(row)
        ledger.note(actor, "device.code", request.unit_code, replaces=row.replaces)
        ledger.close()
        return DeviceCode(code=code, unit_code=row.unit_code, expires_at=row.expires_at)


def register(exchange: Exchange, request: DeviceRegistration, source: str) -> DeviceView:
    """Take a PC in. The same PC asking again with the same code (a lost answer) is told the same.

    Raises RefusedError: device.code_wrong (unknown, used or expired: nobody learns which), device.key_wrong.
    """
    key = _own_key(request)
    digest = code_digest(request.code)
    with exchange.writing() as session:
        code = session.get(DeviceCodeRow, digest, with_for_update=True)
        now = exchange.clock.now()
        device_id = sm3.digest(digest.encode() + key.spki).hex()[:32]
        known = session.get(DeviceRow, device_id)
        if known is not None and known.revoked_at is None:
            return _view(known, session.get_one(UnitRow, known.unit_code))
        if code is None or code.expires_at <= now:
            raise RefusedError("device.code_wrong")
        row = DeviceRow(
            device_id=device_id,
            unit_code=code.unit_code,
            name=request.name,
            public_key=key.spki,
            registered_at=now,
            registered_by=code.issued_by,
        )
        session.add(row)
        session.delete(code)
        session.flush()
        ledger = Ledger(exchange, session)
        actor = f"{code.unit_code}/{device_id}"
        ledger.note(
            actor, "device.register", device_id, unit=code.unit_code, name=request.name, source=source
        )
        if code.replaces:
            _revoke(
                ledger,
                find_device(session, code.replaces, code.unit_code),
                code.issued_by,
                "已由新计算机替换",
            )
        if exchange.profile.binds_devices is not DeviceBinding.OFF:
            _end_unbound_sessions(session, code.unit_code)
        ledger.close()
        return _view(row, session.get_one(UnitRow, row.unit_code))


def revoke(exchange: Exchange, device_id: str, unit_code: str | None, reason: str, actor: str) -> DeviceView:
    """A lost or surrendered PC: its sessions end at once. Twice changes nothing. ``unit_code``: only of this
    unit.

    Raises RefusedError("device.unknown")."""
    with exchange.writing() as session:
        row = find_device(session, device_id, unit_code)
        if row.revoked_at is None:
            ledger = Ledger(exchange, session)
            _revoke(ledger, row, actor, reason)
            ledger.close()
        return _view(row, session.get_one(UnitRow, row.unit_code))


def listed(exchange: Exchange, unit_code: str | None) -> DeviceList:
    """The PCs of a unit, or of all, the newest first."""
    found = select(DeviceRow, UnitRow).join(UnitRow, UnitRow.code == DeviceRow.unit_code)
    if unit_code is not None:
        found = found.where(DeviceRow.unit_code == unit_code)
    with exchange.reading() as session:
        rows = session.execute(found.order_by(DeviceRow.registered_at.desc(), DeviceRow.device_id))
        return DeviceList(devices=tuple(_view(device, unit) for device, unit in rows))


def find_device(session: Session, device_id: str, unit_code: str | None) -> DeviceRow:
    """Raises RefusedError("device.unknown") also for another unit's."""
    row = session.get(DeviceRow, device_id)
    if row is None or unit_code not in (None, row.unit_code):
        raise RefusedError("device.unknown")
    return row


def has_device(session: Session, unit_code: str) -> bool:
    """Whether the unit has a PC that is not revoked."""
    live = select(DeviceRow.device_id).where(DeviceRow.unit_code == unit_code, DeviceRow.revoked_at.is_(None))
    return session.scalars(live.limit(1)).first() is not None


def code_digest(code: str) -> str:
    """SM3 of a code: what is kept of it."""
    return sm3.digest(code.encode()).hex()


def _own_key(request: DeviceRegistration) -> PublicKey:
    """The key, once it has signed for itself."""
    try:
        key = PublicKey.from_spki(base64.b64decode(request.public_key, validate=True))
        signature = base64.b64decode(request.signature, validate=True)
    except (binascii.Error, ValueError, TypeError, LookupError, GongwenError) as error:
        raise RefusedError("device.key_wrong") from error
    statement = DeviceStatement(
        code_digest=code_digest(request.code), name=request.name, public_key=request.public_key
    )
    if key.kind is not KeyKind.SM2 or not verify_signature(
        key, SM2_WITH_SM3, canonical_bytes(statement), signature
    ):
        raise RefusedError("device.key_wrong")
    return key


def _revoke(ledger: Ledger, row: DeviceRow, actor: str, reason: str) -> None:
    row.revoked_at = ledger.now
    row.revoked_because = reason
    ledger.session.execute(delete(SessionRow).where(SessionRow.device_id == row.device_id))
    ledger.note(actor, "device.revoke", row.device_id, unit=row.unit_code, reason=reason)


def _end_unbound_sessions(session: Session, unit_code: str) -> None:
    accounts = select(AccountRow.account_id).where(AccountRow.unit_code == unit_code)
    session.execute(
        delete(SessionRow).where(SessionRow.device_id.is_(None), SessionRow.account_id.in_(accounts))
    )


def note_seen(session: Session, device_id: str, now: datetime) -> None:
    """The PC is at work."""
    session.execute(update(DeviceRow).where(DeviceRow.device_id == device_id).values(last_seen_at=now))


def _view(row: DeviceRow, unit: UnitRow) -> DeviceView:
    return DeviceView(
        device_id=row.device_id,
        unit_code=row.unit_code,
        unit_name=unit.name,
        name=row.name,
        registered_at=row.registered_at,
        registered_by=row.registered_by,
        last_seen=row.last_seen_at,
        revoked_at=row.revoked_at,
        revoked_because=row.revoked_because,
    )
