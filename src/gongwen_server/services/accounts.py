"""Log-in with lock-out, the change of passwords (Ordos art. 20), and how accounts are opened."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.messages import LoginRequest, PasswordChange, Role, SessionGrant, Unit
from gongwen_protocol.permissions import ROLE_NAMES
from gongwen_server.db.database import insert_if_absent
from gongwen_server.db.tables import AccountRow, FailedLoginRow, PastPasswordRow, SessionRow, UnitRow
from gongwen_server.services.challenges import require_key
from gongwen_server.services.directory import enter_units
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.nonces import NonceMemory
from gongwen_server.services.passwords import require_acceptable
from gongwen_server.services.rules import SYSTEM
from gongwen_server.services.sessions import Arrival, Caller, open_session, require_device, written_roles

FREE_TRIES = 5
FIRST_BLOCK = timedelta(minutes=1)
LONGEST_BLOCK = timedelta(minutes=30)
PASSWORDS_KEPT = 5
INITIAL_LIFE = timedelta(days=7)

_ROLES_BY_NAME = {name: role for role, name in ROLE_NAMES.items()} | {role.value: role for role in Role}


def parse_roles(names: Iterable[str]) -> frozenset[Role]:
    """Roles by their Chinese or English names. Raises KnownError("account.unknown_role")."""
    words = [name.strip() for name in names]
    unknown = [word for word in words if word not in _ROLES_BY_NAME]
    if unknown:
        raise KnownError("account.unknown_role", role=unknown[0], roles="、".join(ROLE_NAMES.values()))
    return frozenset(_ROLES_BY_NAME[word] for word in words)


def log_in(exchange: Exchange, request: LoginRequest, arrival: Arrival, nonces: NonceMemory) -> SessionGrant:
    """Check PC, password and key, and open a session.

    Raises RefusedError: device.*, session.locked after too many failures of this account from this source,
    session.wrong_credentials (the same whether unit, account or password is wrong), login.* about the key.
    """
    now = exchange.clock.now()
    with exchange.reading() as session:
        device = require_device(exchange, session, nonces, arrival, request.unit_code)
    refusal = _take_try(exchange, request, arrival.source, now)
    with exchange.reading() as session:
        account = find_account(session, request.unit_code, request.account)
        stored = account.password_hash if account else None
    if not exchange.passwords.matches(stored, request.password) or account is None:
        raise _on_record(exchange, request, refusal, arrival.source)
    if account.initial_until is not None and account.initial_until <= now:
        raise RefusedError("session.initial_expired")
    with exchange.writing() as session:
        row = session.get_one(AccountRow, account.account_id)
        require_key(exchange, session, request, session.get_one(UnitRow, row.unit_code), device)
        if exchange.passwords.is_weak(row.password_hash):
            row.password_hash = exchange.passwords.hash(request.password)
        _forget_failures(session, request.unit_code, request.account, arrival.source)
        row.last_login_at = now
        grant = open_session(exchange, session, row, device.device_id if device else None, now)
        if grant.elsewhere:  # one person has one account, and sits at one PC (Jiangmen art. 16)
            _note(exchange, session, request, "session.elsewhere", pcs=str(grant.elsewhere + 1))
        return grant


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
        past = _past_passwords(session, caller.account_id)
    if not exchange.passwords.matches(stored, request.old_password):
        raise _on_record(exchange, login, refusal, source)
    if any(exchange.passwords.matches(earlier, request.new_password) for earlier in past):
        with exchange.writing() as session:
            _forget_failures(session, caller.unit_code, caller.account, source)
        raise RefusedError("password.used_before", kept=PASSWORDS_KEPT)
    new_hash = exchange.passwords.hash(request.new_password)
    with exchange.writing() as session:
        row = session.get_one(AccountRow, caller.account_id)
        _keep_password(session, row)
        row.password_hash = new_hash
        row.password_changed_at = now
        row.must_change_password = False
        row.initial_until = None
        session.execute(delete(SessionRow).where(SessionRow.account_id == row.account_id))
        _forget_failures(session, caller.unit_code, caller.account, source)
        ledger = Ledger(exchange, session)
        ledger.note(caller.name, "account.password", caller.account, source=source)
        ledger.close()
        return open_session(exchange, session, row, caller.device_id, now)


def _past_passwords(session: Session, account_id: str) -> list[str]:
    """The latest ones, without the present one."""
    return list(
        session.scalars(
            select(PastPasswordRow.password_hash)
            .where(PastPasswordRow.account_id == account_id)
            .order_by(PastPasswordRow.changed_at.desc())
            .limit(PASSWORDS_KEPT - 1)
        )
    )


def _keep_password(session: Session, row: AccountRow) -> None:
    """Remember the password that is about to go, and no more of them than count."""
    insert_if_absent(
        session,
        PastPasswordRow,
        account_id=row.account_id,
        changed_at=row.password_changed_at,
        password_hash=row.password_hash,
    )
    kept = select(PastPasswordRow.changed_at).where(PastPasswordRow.account_id == row.account_id)
    oldest = session.scalars(kept.order_by(PastPasswordRow.changed_at.desc()).offset(PASSWORDS_KEPT)).all()
    session.execute(
        delete(PastPasswordRow).where(
            PastPasswordRow.account_id == row.account_id, PastPasswordRow.changed_at.in_(oldest)
        )
    )


@dataclass(frozen=True)
class NewAccount:
    """An account to be opened. Its holder must set an own password at the first log-in."""

    unit_code: str
    name: str
    post: str
    roles: frozenset[Role]
    initial_password: str = field(repr=False)
    platform: bool = False
    initial_until: datetime | None = None


def add_accounts(
    exchange: Exchange, accounts: Sequence[NewAccount], units: Sequence[Unit] = (), actor: str = SYSTEM
) -> None:
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
            if find_account(session, row.unit_code, row.name, enabled_only=False) is not None:
                raise RefusedError("account.exists", account=row.name)
            session.add(row)
            session.flush()
            ledger.note(actor, "account.add", f"{row.unit_code}/{row.name}", post=row.post, roles=row.roles)
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
        roles=written_roles(account.roles),
        password_hash=exchange.passwords.hash(account.initial_password),
        password_changed_at=exchange.clock.now(),
        must_change_password=exchange.profile.password_first_change.value,
        enabled=True,
        platform=account.platform,
        initial_until=account.initial_until,
    )


def unlock(exchange: Exchange, unit_code: str, name: str, actor: str = SYSTEM) -> None:
    """Forget the failures of an account from all sources. Raises RefusedError("account.unknown")."""
    with exchange.writing() as session:
        if find_account(session, unit_code, name) is None:
            raise RefusedError("account.unknown", account=name)
        _forget_failures(session, unit_code, name, source=None)
        ledger = Ledger(exchange, session)
        ledger.note(actor, "account.unlock", f"{unit_code}/{name}")
        ledger.close()


def find_account(
    session: Session, unit_code: str, name: str, *, enabled_only: bool = True
) -> AccountRow | None:
    """An account by its name, or None."""
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
        insert_if_absent(session, FailedLoginRow, **identity, failures=0, last_at=now)
        row = session.get_one(FailedLoginRow, identity, with_for_update=True)
        if row.blocked_until is not None and row.blocked_until > now:
            raise RefusedError("session.locked", minutes=_minutes(row.blocked_until - now))
        row.failures += 1
        row.last_at = now
        over = row.failures - FREE_TRIES
        if over < 0:
            return RefusedError("session.wrong_credentials", tries_left=-over)
        block = min(FIRST_BLOCK * 2 ** min(over, 10), LONGEST_BLOCK)
        row.blocked_until = now + block
        return RefusedError("session.locked", minutes=_minutes(block))


def _on_record(exchange: Exchange, request: LoginRequest, refusal: RefusedError, source: str) -> RefusedError:
    """The refusal, put on record when it blocks. Names that nobody has are not: strangers must not be able to
    fill the log."""
    if refusal.code == "session.locked":
        with exchange.writing() as session:
            if find_account(session, request.unit_code, request.account) is not None:
                _note(exchange, session, request, "session.blocked", source=source)
    return refusal


def _note(exchange: Exchange, session: Session, request: LoginRequest, action: str, **facts: str) -> None:
    ledger = Ledger(exchange, session)
    ledger.note(SYSTEM, action, f"{request.unit_code}/{request.account}", **facts)
    ledger.close()


def _forget_failures(session: Session, unit_code: str, account: str, source: str | None) -> None:
    statement = delete(FailedLoginRow).where(
        FailedLoginRow.unit_code == unit_code, FailedLoginRow.account == account
    )
    if source is not None:
        statement = statement.where(FailedLoginRow.source == source)
    session.execute(statement)


def _minutes(span: timedelta) -> int:
    return -int(-span.total_seconds() // 60)
