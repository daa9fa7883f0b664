"""Who is calling: log-in with lock-out, sessions, the forced first change of a password (Ordos art. 20)."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gongwen_crypto import sm3
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.decisions import password_is_due
from gongwen_protocol.messages import LoginRequest, PasswordChange, Role, SessionGrant, Unit
from gongwen_server.db.database import insert_if_absent
from gongwen_server.db.tables import AccountRow, FailedLoginRow, SessionRow, UnitRow
from gongwen_server.services.directory import enter_units
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.passwords import require_acceptable
from gongwen_server.services.rules import SYSTEM

SESSION_LIFE = timedelta(hours=12)
FREE_TRIES = 5
FIRST_BLOCK = timedelta(minutes=1)
LONGEST_BLOCK = timedelta(minutes=30)


@dataclass(frozen=True)
class Caller:
    """The account behind a request, as its session proves it."""

    account_id: str
    unit_code: str
    unit_name: str
    account: str
    post: str
    roles: frozenset[Role]
    must_change_password: bool
    token_digest: str

    def require(self, *roles: Role) -> None:
        """Raise RefusedError("session.role_missing") unless the account has one of ``roles``."""
        if roles and self.roles.isdisjoint(roles):
            raise RefusedError("session.role_missing", role="、".join(ROLE_NAMES[role] for role in roles))


ROLE_NAMES = {
    Role.COMPOSE: "制作",
    Role.SEAL: "盖章",
    Role.SEND: "发送",
    Role.RECEIVE: "接收",
    Role.PRINT: "打印",
    Role.ARCHIVE: "归档",
    Role.ADMIN: "管理",
    Role.INSPECT: "督查",
}
_ROLES_BY_NAME = {name: role for role, name in ROLE_NAMES.items()} | {role.value: role for role in Role}


def parse_roles(names: Iterable[str]) -> frozenset[Role]:
    """Roles by their Chinese or English names. Raises KnownError("account.unknown_role")."""
    words = [name.strip() for name in names]
    unknown = [word for word in words if word not in _ROLES_BY_NAME]
    if unknown:
        raise KnownError("account.unknown_role", role=unknown[0], roles="、".join(ROLE_NAMES.values()))
    return frozenset(_ROLES_BY_NAME[word] for word in words)


def log_in(exchange: Exchange, request: LoginRequest, source: str) -> SessionGrant:
    """Check the password and open a session. ``source`` is the caller's address.

    Raises RefusedError: session.locked after too many failures of this account from this source,
    session.wrong_credentials (the same whether unit, account or password is wrong).
    """
    now = exchange.clock.now()
    refusal = _take_try(exchange, request, source, now)
    with exchange.reading() as session:
        account = _find_account(session, request.unit_code, request.account)
        stored = account.password_hash if account else None
    if not exchange.passwords.matches(stored, request.password) or account is None:
        raise refusal
    with exchange.writing() as session:
        row = session.get_one(AccountRow, account.account_id)
        if exchange.passwords.is_weak(row.password_hash):
            row.password_hash = exchange.passwords.hash(request.password)
        _forget_failures(session, request.unit_code, request.account, source)
        return _open_session(exchange, session, row, now)


def change_password(exchange: Exchange, caller: Caller, request: PasswordChange, source: str) -> SessionGrant:
    """Set a new password, end all sessions of the account, open a fresh one.

    A wrong old password counts as a failed log-in. Raises RefusedError: session.wrong_credentials,
    session.locked, password.*.
    """
    now = exchange.clock.now()
    names = (caller.unit_code, caller.unit_name, caller.account)
    # First what costs no try: a person who looks for an acceptable password must not be locked out.
    require_acceptable(request.new_password, old=request.old_password, names=names)
    login = LoginRequest(unit_code=caller.unit_code, account=caller.account, password=request.old_password)
    refusal = _take_try(exchange, login, source, now)
    with exchange.reading() as session:
        stored = session.get_one(AccountRow, caller.account_id).password_hash
    if not exchange.passwords.matches(stored, request.old_password):
        raise refusal
    new_hash = exchange.passwords.hash(request.new_password)
    with exchange.writing() as session:
        row = session.get_one(AccountRow, caller.account_id)
        row.password_hash = new_hash
        row.password_changed_at = now
        row.must_change_password = False
        ledger = Ledger(exchange, session)
        ledger.note(f"{caller.unit_code}/{caller.account}", "account.password", caller.account, source=source)
        ledger.close()
        session.execute(delete(SessionRow).where(SessionRow.account_id == row.account_id))
        _forget_failures(session, caller.unit_code, caller.account, source)
        return _open_session(exchange, session, row, now)


def log_out(exchange: Exchange, caller: Caller) -> None:
    """End the session."""
    with exchange.writing() as session:
        session.execute(delete(SessionRow).where(SessionRow.token_digest == caller.token_digest))


def identify(exchange: Exchange, token: str) -> Caller:
    """The caller behind a bearer token. Raises RefusedError("session.required")."""
    digest = _token_digest(token)
    with exchange.reading() as session:
        found = session.execute(
            select(SessionRow, AccountRow, UnitRow)
            .join(AccountRow, AccountRow.account_id == SessionRow.account_id)
            .join(UnitRow, UnitRow.code == AccountRow.unit_code)
            .where(SessionRow.token_digest == digest)
        ).one_or_none()
    if found is None or found[0].expires_at <= exchange.clock.now():
        raise RefusedError("session.required")
    _, account, unit = found
    if not (account.enabled and unit.enabled):
        raise RefusedError("session.required")
    return Caller(
        account_id=account.account_id,
        unit_code=unit.code,
        unit_name=unit.name,
        account=account.name,
        post=account.post,
        roles=roles_of(account),
        must_change_password=account.must_change_password,
        token_digest=digest,
    )


@dataclass(frozen=True)
class NewAccount:
    """An account to be opened. Its holder must set an own password at the first log-in."""

    unit_code: str
    name: str
    post: str
    roles: frozenset[Role]
    initial_password: str = field(repr=False)


def add_accounts(exchange: Exchange, accounts: Sequence[NewAccount], units: Sequence[Unit] = ()) -> None:
    """Enter ``units``, then open the accounts: all of them or none.

    Raises RefusedError: directory.unit_exists, directory.unknown_unit, account.exists, password.*.
    """
    with exchange.reading() as session:
        unit_names = {row.code: row.name for row in session.scalars(select(UnitRow))}
    unit_names |= {unit.code: unit.name for unit in units}
    # Hashing takes a tenth of a second each: it must not hold up the exchange's other writers.
    rows = [_account_row(exchange, account, unit_names) for account in accounts]
    with exchange.writing() as session:
        enter_units(exchange, session, units)
        ledger = Ledger(exchange, session)
        for row in rows:
            if _find_account(session, row.unit_code, row.name, enabled_only=False) is not None:
                raise RefusedError("account.exists", account=row.name)
            session.add(row)
            session.flush()
            ledger.note(SYSTEM, "account.add", f"{row.unit_code}/{row.name}", post=row.post, roles=row.roles)
        ledger.close()


def _account_row(exchange: Exchange, account: NewAccount, unit_names: Mapping[str, str]) -> AccountRow:
    if account.unit_code not in unit_names:
        raise RefusedError("directory.unknown_unit", unit=account.unit_code)
    names = (account.unit_code, unit_names[account.unit_code], account.name)
    require_acceptable(account.initial_password, old=None, names=names)
    return AccountRow(
        account_id=uuid.uuid4().hex,
        unit_code=account.unit_code,
        name=account.name,
        post=account.post,
        roles=" ".join(sorted(role.value for role in account.roles)),
        password_hash=exchange.passwords.hash(account.initial_password),
        password_changed_at=exchange.clock.now(),
        must_change_password=exchange.profile.password_first_change.value,
        enabled=True,
    )


def unlock(exchange: Exchange, unit_code: str, name: str) -> None:
    """Forget the failures of an account from all sources. Raises RefusedError("account.unknown")."""
    with exchange.writing() as session:
        if _find_account(session, unit_code, name) is None:
            raise RefusedError("account.unknown", account=name)
        _forget_failures(session, unit_code, name, source=None)
        ledger = Ledger(exchange, session)
        ledger.note(SYSTEM, "account.unlock", f"{unit_code}/{name}")
        ledger.close()


def roles_of(account: AccountRow) -> frozenset[Role]:
    """The roles of an account."""
    return frozenset(Role(value) for value in account.roles.split())


def _open_session(exchange: Exchange, session: Session, account: AccountRow, now: datetime) -> SessionGrant:
    token = secrets.token_urlsafe(32)
    unit = session.get_one(UnitRow, account.unit_code)
    if password_is_due(exchange.profile, account.password_changed_at, now):
        account.must_change_password = True
    session.execute(
        delete(SessionRow).where(SessionRow.account_id == account.account_id, SessionRow.expires_at <= now)
    )
    session.add(
        SessionRow(
            token_digest=_token_digest(token),
            account_id=account.account_id,
            issued_at=now,
            expires_at=now + SESSION_LIFE,
        )
    )
    return SessionGrant(
        token=token,
        expires_at=now + SESSION_LIFE,
        must_change_password=account.must_change_password,
        unit_code=unit.code,
        unit_name=unit.name,
        account=account.name,
        post=account.post,
        roles=tuple(sorted(roles_of(account))),
        profile_id=exchange.profile.profile_id,
        profile_version=exchange.profile.version,
        server_time=now,
    )


def _find_account(
    session: Session, unit_code: str, name: str, *, enabled_only: bool = True
) -> AccountRow | None:
    found = (
        select(AccountRow)
        .join(UnitRow, UnitRow.code == AccountRow.unit_code)
        .where(AccountRow.unit_code == unit_code, AccountRow.name == name)
    )
    if enabled_only:
        found = found.where(AccountRow.enabled.is_(True), UnitRow.enabled.is_(True))
    return session.scalar(found)


def _take_try(exchange: Exchange, request: LoginRequest, source: str, now: datetime) -> RefusedError:
    """Count a failure *before* the password is looked at, so that guesses at once are guesses in turn.

    Success forgets it again. From the fifth on each doubles the time of the block. Returns what to say if
    the password is wrong: the tries left, or that this one was the last.
    Raises RefusedError("session.locked") while blocked.
    """
    with exchange.writing() as session:
        identity = {"unit_code": request.unit_code, "account": request.account, "source": source}
        insert_if_absent(session, FailedLoginRow, **identity, failures=0)
        row = session.get_one(FailedLoginRow, identity, with_for_update=True)
        if row.blocked_until is not None and row.blocked_until > now:
            raise RefusedError("session.locked", minutes=_minutes(row.blocked_until - now))
        row.failures += 1
        over = row.failures - FREE_TRIES
        if over < 0:
            return RefusedError("session.wrong_credentials", tries_left=-over)
        block = min(FIRST_BLOCK * 2 ** min(over, 10), LONGEST_BLOCK)
        row.blocked_until = now + block
        return RefusedError("session.locked", minutes=_minutes(block))


def _forget_failures(session: Session, unit_code: str, account: str, source: str | None) -> None:
    statement = delete(FailedLoginRow).where(
        FailedLoginRow.unit_code == unit_code, FailedLoginRow.account == account
    )
    if source is not None:
        statement = statement.where(FailedLoginRow.source == source)
    session.execute(statement)


def _minutes(span: timedelta) -> int:
    return -int(-span.total_seconds() // 60)


def _token_digest(token: str) -> str:
    return sm3.digest(token.encode()).hex()
