"""Sessions: opened by a log-in, bound to a PC, ended by silence, by their hour or by the person."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from gongwen_crypto import sm3
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_crypto.keys import PublicKey
from gongwen_protocol.decisions import password_is_due
from gongwen_protocol.messages import Role, SessionGrant
from gongwen_protocol.permissions import Action, require
from gongwen_protocol.profile import DeviceBinding
from gongwen_protocol.proofs import Presented, read_proof, require_proof
from gongwen_server.db.columns import Instant
from gongwen_server.db.tables import AccountRow, DeviceRow, SessionRow, SubstitutionRow, UnitRow
from gongwen_server.services.devices import has_device, note_seen
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.nonces import NonceMemory

SESSION_LIFE = timedelta(hours=12)
# A session that a PC keeps over a restart of the client ends when the PC is silent for so long: it is off,
# or with somebody else. Others live in the client's memory only and end with it.
IDLE_LIFE = timedelta(hours=2)
SEEN_EVERY = timedelta(minutes=5)  # so seldom is it written that a session is in use

_Principal = aliased(AccountRow)
_STANDS_IN = and_(
    SubstitutionRow.since <= bindparam("now", type_=Instant),
    SubstitutionRow.until > bindparam("now", type_=Instant),
    SubstitutionRow.ended_at.is_(None),
)
# Each request asks it: made once, of columns, it costs a quarter of what objects would. One row, or one for
# each account for whose holder this one stands in now.
_BEHIND_TOKEN = (
    select(
        SessionRow.expires_at,
        SessionRow.last_seen_at,
        SessionRow.device_id,
        AccountRow.account_id,
        AccountRow.name.label("account"),
        AccountRow.post,
        AccountRow.roles,
        AccountRow.platform,
        AccountRow.must_change_password,
        and_(AccountRow.enabled, UnitRow.enabled).label("enabled"),
        UnitRow.code.label("unit_code"),
        UnitRow.name.label("unit_name"),
        _Principal.roles.label("lent"),
    )
    .join(AccountRow, AccountRow.account_id == SessionRow.account_id)
    .join(UnitRow, UnitRow.code == AccountRow.unit_code)
    .outerjoin(SubstitutionRow, and_(SubstitutionRow.substitute_id == AccountRow.account_id, _STANDS_IN))
    .outerjoin(_Principal, _Principal.account_id == SubstitutionRow.account_id)
    .where(SessionRow.token_digest == bindparam("digest"))
)
_STOOD_IN_FOR = (
    select(AccountRow.roles)
    .join(SubstitutionRow, SubstitutionRow.account_id == AccountRow.account_id)
    .where(SubstitutionRow.substitute_id == bindparam("substitute"), _STANDS_IN)
)


@dataclass(frozen=True)
class Caller:
    """The account behind a request, as its session proves it. ``roles`` include those of substitutions."""

    account_id: str
    unit_code: str
    unit_name: str
    account: str
    post: str
    roles: frozenset[Role]
    platform: bool
    must_change_password: bool
    token_digest: str
    device_id: str | None

    @property
    def name(self) -> str:
        """The caller in registers and logs."""
        return f"{self.unit_code}/{self.account}"

    @property
    def scope(self) -> str | None:
        """The unit that the caller administers or inspects; None for all."""
        return None if self.platform else self.unit_code

    def require(self, action: Action) -> None:
        """Raise RefusedError("session.role_missing") unless the roles allow ``action``."""
        require(self.roles, action)


@dataclass(frozen=True)
class Arrival:
    """A request as it came: what its proof of possession has to cover, where it is from."""

    presented: Presented
    proof: str | None
    source: str


def require_device(
    exchange: Exchange, session: Session, nonces: NonceMemory, arrival: Arrival, unit_code: str
) -> DeviceRow | None:
    """The registered PC from which a log-in comes, or None where the unit may do without.

    Raises RefusedError: device.required, device.unknown, device.revoked, device.other_unit,
    device.proof_*."""
    profile = exchange.profile
    if arrival.proof is None or profile.binds_devices is DeviceBinding.OFF:
        wanted = profile.binds_devices is DeviceBinding.REQUIRED or (
            profile.binds_devices is DeviceBinding.ONCE_REGISTERED and has_device(session, unit_code)
        )
        if wanted:
            raise RefusedError("device.required", article=_article(exchange))
        return None
    device = _proven(exchange, session, nonces, arrival)
    if device.unit_code != unit_code:
        raise RefusedError("device.other_unit", article=_article(exchange))
    return device


def _proven(exchange: Exchange, session: Session, nonces: NonceMemory, arrival: Arrival) -> DeviceRow:
    """The PC whose key made the proof."""
    proof = read_proof(arrival.proof or "")
    device = session.get(DeviceRow, proof.device_id)
    if device is None:
        raise RefusedError("device.unknown")
    now = exchange.clock.now()
    require_proof(arrival.presented, proof, PublicKey.from_spki(device.public_key), now)
    nonces.take(proof.device_id, proof.nonce, proof.at, now)
    if device.revoked_at is not None:
        raise RefusedError("device.revoked", article=_article(exchange), reason=device.revoked_because)
    return device


def _article(exchange: Exchange) -> str:
    return exchange.profile.article_of("device_binding")


def open_session(
    exchange: Exchange, session: Session, account: AccountRow, device_id: str | None, now: datetime
) -> SessionGrant:
    """A fresh session; those of the account that have ended are forgotten."""
    token = secrets.token_urlsafe(32)
    if password_is_due(exchange.profile, account.password_changed_at, now):
        account.must_change_password = True
    session.execute(delete(SessionRow).where(SessionRow.account_id == account.account_id, ended(now)))
    row = SessionRow(
        token_digest=token_digest(token),
        account_id=account.account_id,
        issued_at=now,
        expires_at=now + SESSION_LIFE,
        device_id=device_id,
        last_seen_at=now,
    )
    session.add(row)
    if device_id is not None:
        note_seen(session, device_id, now)
    session.flush()
    return grant_of(exchange, session, account, row, token)


def grant_of(
    exchange: Exchange, session: Session, account: AccountRow, row: SessionRow, token: str
) -> SessionGrant:
    """What its holder has to know of a session."""
    now = exchange.clock.now()
    unit = session.get_one(UnitRow, account.unit_code)
    days = exchange.profile.password_max_age_days.value
    elsewhere = session.scalar(
        select(func.count(func.distinct(SessionRow.device_id))).where(
            SessionRow.account_id == account.account_id,
            SessionRow.device_id != row.device_id,
            ~ended(now),
        )
    )
    return SessionGrant(
        token=token,
        expires_at=row.expires_at,
        must_change_password=account.must_change_password,
        unit_code=unit.code,
        unit_name=unit.name,
        account=account.name,
        post=account.post,
        roles=tuple(sorted(roles_in_force(session, account, now))),
        profile_id=exchange.profile.profile_id,
        profile_version=exchange.profile.version,
        server_time=now,
        device_id=row.device_id or "",
        password_expires_at=None if days is None else account.password_changed_at + timedelta(days=days),
        idle_seconds=int(IDLE_LIFE.total_seconds()) if row.device_id else 0,
        elsewhere=elsewhere or 0,
    )


def resume(exchange: Exchange, caller: Caller, token: str) -> SessionGrant:
    """The grant of a session that goes on, e.g. after the client was restarted."""
    with exchange.reading() as session:
        account = session.get_one(AccountRow, caller.account_id)
        return grant_of(exchange, session, account, session.get_one(SessionRow, caller.token_digest), token)


def identify(exchange: Exchange, nonces: NonceMemory, token: str, arrival: Arrival) -> Caller:
    """The caller behind a bearer token. Raises RefusedError: session.required; for a session that is bound
    to a PC also device.proof_missing, device.proof_stale, device.proof_wrong, device.proof_replayed,
    device.revoked."""
    digest = token_digest(token)
    now = exchange.clock.now()
    with exchange.asking() as connection:
        rows = connection.execute(_BEHIND_TOKEN, {"digest": digest, "now": now}).all()
    if not rows:
        raise RefusedError("session.required")
    row = rows[0]
    silent = row.device_id is not None and row.last_seen_at + IDLE_LIFE <= now
    if row.expires_at <= now or silent or not row.enabled:
        raise RefusedError("session.required")
    if row.device_id is not None:
        with exchange.reading() as session:
            _require_same_device(exchange, session, nonces, arrival, row.device_id)
    if now - row.last_seen_at >= SEEN_EVERY:
        _note_seen(exchange, digest, row.device_id, now)
    lent = (read_roles(one.lent) for one in rows if one.lent is not None)
    return Caller(
        account_id=row.account_id,
        unit_code=row.unit_code,
        unit_name=row.unit_name,
        account=row.account,
        post=row.post,
        roles=read_roles(row.roles).union(*lent),
        platform=row.platform,
        must_change_password=row.must_change_password,
        token_digest=digest,
        device_id=row.device_id,
    )


def _require_same_device(
    exchange: Exchange, session: Session, nonces: NonceMemory, arrival: Arrival, device_id: str
) -> None:
    if arrival.proof is None:
        raise RefusedError("device.proof_missing")
    if _proven(exchange, session, nonces, arrival).device_id != device_id:
        raise RefusedError("device.proof_wrong")


def _note_seen(exchange: Exchange, digest: str, device_id: str | None, now: datetime) -> None:
    with suppress(KnownError), exchange.writing() as session:  # who only reads is not stopped by a full disk
        session.execute(update(SessionRow).where(SessionRow.token_digest == digest).values(last_seen_at=now))
        if device_id is not None:
            note_seen(session, device_id, now)


def log_out(exchange: Exchange, caller: Caller, *, everywhere: bool = False) -> None:
    """End the session, or all of the account."""
    mine = SessionRow.token_digest == caller.token_digest
    if everywhere:
        mine = SessionRow.account_id == caller.account_id
    with exchange.writing() as session:
        session.execute(delete(SessionRow).where(mine))


def roles_in_force(session: Session, account: AccountRow, now: datetime) -> frozenset[Role]:
    """The account's own roles and those for whose holder it stands in now (Jiangmen art. 17)."""
    others = session.scalars(_STOOD_IN_FOR, {"substitute": account.account_id, "now": now})
    return read_roles(account.roles).union(*map(read_roles, others))


def read_roles(stored: str) -> frozenset[Role]:
    """Roles as a row keeps them."""
    return frozenset(Role(value) for value in stored.split())


def written_roles(roles: Iterable[Role]) -> str:
    """The other way."""
    return " ".join(sorted(role.value for role in roles))


def token_digest(token: str) -> str:
    """SM3 of a token: what is kept of it."""
    return sm3.digest(token.encode()).hex()


def ended(now: datetime) -> ColumnElement[bool]:
    """Sessions whose hour has come, or that were silent for too long."""
    silent = and_(SessionRow.device_id.is_not(None), SessionRow.last_seen_at <= now - IDLE_LIFE)
    return or_(SessionRow.expires_at <= now, silent)
