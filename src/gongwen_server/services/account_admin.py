"""What an administrator does with accounts (Jiangmen art. 14 to 17): each act is on record in the exchange's
log."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime
from typing import NoReturn

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, aliased

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.access import (
    AccountList,
    AccountName,
    AccountView,
    Enabling,
    InitialPassword,
    NewAccountRequest,
    RoleChange,
    StandIn,
    StandIns,
    Substitution,
    SubstitutionRequest,
)
from gongwen_protocol.messages import Role
from gongwen_protocol.permissions import named
from gongwen_protocol.profile import PasswordResetter
from gongwen_server.db.tables import AccountRow, FailedLoginRow, SessionRow, SubstitutionRow
from gongwen_server.services import accounts
from gongwen_server.services.accounts import INITIAL_LIFE, NewAccount, find_account
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.sessions import Caller, ended, read_roles, written_roles

_WORDS = "bcdfghjkmnpqrstvwxyz23456789"
_LENGTH = 16  # 77 bits


def listed(exchange: Exchange, scope: str | None) -> AccountList:
    """Accounts and substitutions of a unit, or of all."""
    with exchange.reading() as session:
        now = exchange.clock.now()
        found = select(AccountRow).order_by(AccountRow.unit_code, AccountRow.name)
        if scope is not None:
            found = found.where(AccountRow.unit_code == scope)
        rows = session.scalars(found).all()
        return AccountList(
            accounts=tuple(_view(session, row, now) for row in rows),
            substitutions=_substitutions(session, {row.account_id: row.name for row in rows}),
        )


def add(exchange: Exchange, caller: Caller, request: NewAccountRequest) -> InitialPassword:
    """Open an account. Raises RefusedError: session.other_unit, account.exists, directory.unknown_unit."""
    require_scope(caller, request.unit_code)
    password = initial_password()
    until = exchange.clock.now() + INITIAL_LIFE
    new = NewAccount(
        request.unit_code,
        request.account,
        request.post,
        frozenset(request.roles),
        password,
        initial_until=until,
    )
    accounts.add_accounts(exchange, [new], actor=caller.name)
    return InitialPassword(account=request.account, password=password, expires_at=until)


def reset(exchange: Exchange, caller: Caller, request: AccountName) -> InitialPassword:
    """Give a forgotten account a one-time password; all its sessions end (Jiangmen art. 16).

    Raises RefusedError: session.other_unit, account.unknown, account.reset_elsewhere (the region wants the
    platform's administrator)."""
    require_scope(caller, request.unit_code)
    rule = exchange.profile.password_reset_by
    if rule.value is PasswordResetter.PLATFORM_ADMIN and not caller.platform:
        raise RefusedError("account.reset_elsewhere", article=exchange.profile.cite(rule.article))
    return reset_account(exchange, request.unit_code, request.account, caller.name)


def reset_account(exchange: Exchange, unit_code: str, name: str, actor: str) -> InitialPassword:
    """As ``reset``, for the command line too. Raises RefusedError("account.unknown")."""
    password = initial_password()
    hashed = exchange.passwords.hash(password)
    with exchange.writing() as session:
        row = _account(session, unit_code, name)
        session.execute(
            delete(FailedLoginRow).where(
                FailedLoginRow.unit_code == unit_code, FailedLoginRow.account == name
            )
        )
        ledger = Ledger(exchange, session)
        row.password_hash = hashed
        row.must_change_password = True
        row.initial_until = ledger.now + INITIAL_LIFE
        _end_sessions(session, row)
        ledger.note(actor, "account.reset", f"{unit_code}/{name}")
        ledger.close()
        return InitialPassword(account=name, password=password, expires_at=row.initial_until)


def change_roles(exchange: Exchange, caller: Caller, request: RoleChange) -> AccountView:
    """Roles from now on; also sessions under way have them from their next request on.

    Raises RefusedError: session.other_unit, account.unknown, account.last_admin."""
    require_scope(caller, request.unit_code)
    with exchange.writing() as session:
        ledger = Ledger(exchange, session)
        row = _account(session, request.unit_code, request.account)
        before, after = read_roles(row.roles), frozenset(request.roles)
        if Role.ADMIN in before - after:
            _require_other_admin(session, row)
        row.roles = written_roles(after)
        ledger.note(
            caller.name,
            "account.roles",
            f"{request.unit_code}/{request.account}",
            before=named(before),
            after=named(after),
            reason=request.reason,
        )
        ledger.close()
        return _view(session, row, ledger.now)


def enable(exchange: Exchange, caller: Caller, request: Enabling) -> AccountView:
    """Open or close an account. Raises RefusedError: session.other_unit, account.unknown,
    account.last_admin."""
    require_scope(caller, request.unit_code)
    with exchange.writing() as session:
        ledger = Ledger(exchange, session)
        row = _account(session, request.unit_code, request.account)
        if not request.enabled:
            if Role.ADMIN in read_roles(row.roles):
                _require_other_admin(session, row)
            _end_sessions(session, row)
        row.enabled = request.enabled
        action = "account.open" if request.enabled else "account.close"
        subject = f"{request.unit_code}/{request.account}"
        ledger.note(caller.name, action, subject, reason=request.reason)
        ledger.close()
        return _view(session, row, ledger.now)


def unlock(exchange: Exchange, caller: Caller, request: AccountName) -> None:
    """Lift the block after too many failures. Raises RefusedError: session.other_unit, account.unknown."""
    require_scope(caller, request.unit_code)
    accounts.unlock(exchange, request.unit_code, request.account, caller.name)


def substitute(exchange: Exchange, caller: Caller, request: SubstitutionRequest) -> Substitution:
    """Let somebody stand in, with dates and the head's consent (Jiangmen art. 17). Administration itself is
    not handed on: who administers is answered for by name. The same once more, as after an answer that was
    lost, changes nothing.

    Raises RefusedError: session.other_unit, account.unknown, substitution.*."""
    require_scope(caller, request.unit_code)
    if request.until <= request.since:
        raise RefusedError("substitution.dates_wrong")
    if request.account == request.substitute:
        raise RefusedError("substitution.oneself")
    with exchange.writing() as session:
        ledger = Ledger(exchange, session)
        holder = _account(session, request.unit_code, request.account)
        other = _account(session, request.unit_code, request.substitute)
        if Role.ADMIN in read_roles(holder.roles):
            raise RefusedError("substitution.of_admin")
        known = session.scalar(
            select(SubstitutionRow).where(
                SubstitutionRow.account_id == holder.account_id,
                SubstitutionRow.substitute_id == other.account_id,
                SubstitutionRow.since == request.since,
                SubstitutionRow.until == request.until,
                SubstitutionRow.consent == request.consent,
                SubstitutionRow.ended_at.is_(None),
            )
        )
        if known is not None:
            return _substitution(known, holder.name, other.name)
        row = SubstitutionRow(
            substitution_id=uuid.uuid4().hex,
            account_id=holder.account_id,
            substitute_id=other.account_id,
            since=request.since,
            until=request.until,
            consent=request.consent,
        )
        session.add(row)
        ledger.note(
            caller.name,
            "substitution.begin",
            f"{request.unit_code}/{request.account}",
            substitute=request.substitute,
            since=request.since.isoformat(),
            until=request.until.isoformat(),
            consent=request.consent,
        )
        ledger.close()
        return _substitution(row, holder.name, other.name)


def end_substitution(exchange: Exchange, caller: Caller, substitution_id: str) -> Substitution:
    """The holder is back before the date. Raises RefusedError("substitution.unknown")."""
    with exchange.writing() as session:
        ledger = Ledger(exchange, session)
        row = session.get(SubstitutionRow, substitution_id)
        if row is None:
            raise RefusedError("substitution.unknown")
        holder = session.get_one(AccountRow, row.account_id)
        other = session.get_one(AccountRow, row.substitute_id)
        if caller.scope not in (None, holder.unit_code):
            raise RefusedError("substitution.unknown")
        if row.ended_at is None:
            row.ended_at = ledger.now
            ledger.note(caller.name, "substitution.end", f"{holder.unit_code}/{holder.name}")
        ledger.close()
        return _substitution(row, holder.name, other.name)


def stand_ins(exchange: Exchange, caller: Caller) -> StandIns:
    """Who stands in for whom in the caller's unit, now or later, by post."""
    holder, other = aliased(AccountRow), aliased(AccountRow)
    with exchange.reading() as session:
        rows = session.execute(
            select(SubstitutionRow, holder, other)
            .join(holder, holder.account_id == SubstitutionRow.account_id)
            .join(other, other.account_id == SubstitutionRow.substitute_id)
            .where(
                holder.unit_code == caller.unit_code,
                SubstitutionRow.until > exchange.clock.now(),
                SubstitutionRow.ended_at.is_(None),
            )
            .order_by(SubstitutionRow.since, SubstitutionRow.substitution_id)
        )
        return StandIns(
            stand_ins=tuple(
                StandIn(
                    substitution_id=row.substitution_id,
                    post=held.post,
                    substitute_post=standing.post,
                    since=row.since,
                    until=row.until,
                    consent=row.consent,
                    concerns_caller=caller.account_id in (held.account_id, standing.account_id),
                )
                for row, held, standing in rows
            )
        )


def initial_password() -> str:
    """Readable over the telephone: no letters that look alike, in groups of four."""
    letters = "".join(secrets.choice(_WORDS) for _ in range(_LENGTH))
    return "-".join(letters[at : at + 4] for at in range(0, _LENGTH, 4))


def require_scope(caller: Caller, unit_code: str) -> None:
    """A unit's administrator stays within the unit. Raises RefusedError("session.other_unit")."""
    if caller.scope not in (None, unit_code):
        raise RefusedError("session.other_unit")


def _account(session: Session, unit_code: str, name: str) -> AccountRow:
    row = find_account(session, unit_code, name, enabled_only=False)
    return row if row is not None else _unknown(name)


def _unknown(name: str) -> NoReturn:
    raise RefusedError("account.unknown", account=name)


def _require_other_admin(session: Session, row: AccountRow) -> None:
    others = session.scalars(
        select(AccountRow.roles).where(
            AccountRow.unit_code == row.unit_code,
            AccountRow.account_id != row.account_id,
            AccountRow.enabled.is_(True),
        )
    )
    if not any(Role.ADMIN in read_roles(roles) for roles in others):
        raise RefusedError("account.last_admin", account=row.name)


def _end_sessions(session: Session, row: AccountRow) -> None:
    session.execute(delete(SessionRow).where(SessionRow.account_id == row.account_id))


def _view(session: Session, row: AccountRow, now: datetime) -> AccountView:
    live = select(func.count()).where(SessionRow.account_id == row.account_id, ~ended(now))
    blocked = select(func.count()).where(
        FailedLoginRow.unit_code == row.unit_code,
        FailedLoginRow.account == row.name,
        FailedLoginRow.blocked_until > now,
    )
    return AccountView(
        unit_code=row.unit_code,
        account=row.name,
        post=row.post,
        roles=tuple(sorted(read_roles(row.roles))),
        enabled=row.enabled,
        platform=row.platform,
        must_change_password=row.must_change_password,
        password_changed_at=row.password_changed_at,
        locked=bool(session.scalar(blocked)),
        last_login=row.last_login_at,
        sessions=session.scalar(live) or 0,
    )


def _substitutions(session: Session, names: dict[str, str]) -> tuple[Substitution, ...]:
    rows = session.scalars(
        select(SubstitutionRow)
        .where(SubstitutionRow.account_id.in_(names))
        .order_by(SubstitutionRow.since, SubstitutionRow.substitution_id)
    )
    return tuple(_substitution(row, names[row.account_id], names[row.substitute_id]) for row in rows)


def _substitution(row: SubstitutionRow, holder: str, substitute: str) -> Substitution:
    return Substitution(
        substitution_id=row.substitution_id,
        account=holder,
        substitute=substitute,
        since=row.since,
        until=row.until,
        consent=row.consent,
        ended_at=row.ended_at,
    )
