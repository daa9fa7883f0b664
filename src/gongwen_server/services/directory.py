"""Units of the exchange, their groups, and whether they are ready to receive."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.messages import Directory, Readiness, Unit, UnitGroup, UnitReadiness
from gongwen_protocol.profile import BodyFormat
from gongwen_protocol.succession import successor_of
from gongwen_server.db.tables import GroupRow, UnitRow
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.rules import SYSTEM
from gongwen_server.services.views import CONTACTS, unit_view


def directory(exchange: Exchange) -> Directory:
    """All units in rank order; those not enabled too, so that a sender sees why to use paper."""
    today = _today(exchange)
    with exchange.reading() as session:
        rows = session.scalars(select(UnitRow).order_by(UnitRow.rank, UnitRow.code))
        units = tuple(unit_view(row, enabled=is_open(row, today)) for row in rows)
        groups = session.scalars(select(GroupRow).order_by(GroupRow.position))
        return Directory(
            units=units,
            groups=tuple(
                UnitGroup(name=row.name, unit_codes=tuple(json.loads(row.members))) for row in groups
            ),
        )


def readiness(exchange: Exchange) -> Readiness:
    """Who will take notice of what is sent now: enabled, last look of a person, days of the certificate."""
    now, today = exchange.clock.now(), _today(exchange)
    with exchange.reading() as session:
        rows = session.scalars(select(UnitRow).order_by(UnitRow.rank, UnitRow.code))
        return Readiness(
            server_time=now,
            units=tuple(
                UnitReadiness(
                    unit_code=row.code,
                    enabled=is_open(row, today),
                    last_check=row.attended_at,
                    last_heartbeat=row.heartbeat_at,
                    certificate_days=_days(row.certificate_until, now),
                    size_limit=row.size_limit or None,
                    formats=tuple(row.formats.split()),
                )
                for row in rows
            ),
        )


def is_open(row: UnitRow, today: date) -> bool:
    """Whether a unit takes part: enabled, and its roll-out batch has begun."""
    return row.enabled and (not row.enabled_from or date.fromisoformat(row.enabled_from) <= today)


def is_open_now(exchange: Exchange, row: UnitRow) -> bool:
    """``is_open`` for today, in the region's time."""
    return is_open(row, _today(exchange))


def require_unfollowed(exchange: Exchange, session: Session, unit: UnitRow) -> None:
    """Nothing new goes to a unit that another follows by now. Raises RefusedError("send.unit_superseded"),
    naming the one to address."""
    today = _today(exchange).isoformat()
    successor = successor_of(unit, lambda code: session.get(UnitRow, code), today)
    if successor is not None:
        raise RefusedError(
            "send.unit_superseded",
            article=exchange.profile.article_of("unit_changes"),
            unit=unit.name,
            since=unit.successor_since,
            successor=successor.name,
            successor_code=successor.code,
        )


def supersede_unit(exchange: Exchange, code: str, successor: str, since: date) -> None:
    """From ``since`` on (the region's date) ``successor`` is addressed in place of a unit that was renamed,
    merged or abolished. What was sent before stays addressed to the old unit. Raises RefusedError:
    directory.unknown_unit, directory.own_successor."""
    with exchange.writing() as session:
        ledger = Ledger(exchange, session)
        unit, following = _unit(session, code), _unit(session, successor)
        line = {code}
        while following.successor_code and following.code not in line:
            line.add(following.code)
            following = _unit(session, following.successor_code)
        if following.code in line:
            raise RefusedError("directory.own_successor", unit=unit.name)
        unit.successor_code, unit.successor_since = successor, since.isoformat()
        ledger.note(SYSTEM, "unit.supersede", code, successor=successor, since=since.isoformat())
        ledger.close()


def add_unit(exchange: Exchange, unit: Unit) -> None:
    """Enter a unit. Codes and names are used once, for ever. Raises RefusedError("directory.unit_exists")."""
    with exchange.writing() as session:
        enter_units(exchange, session, [unit])


def enter_units(exchange: Exchange, session: Session, units: Sequence[Unit]) -> None:
    """``add_unit`` for many inside a transaction of the caller, put on record."""
    ledger = Ledger(exchange, session)
    for unit in units:
        taken = session.scalar(
            select(UnitRow.code).where(or_(UnitRow.code == unit.code, UnitRow.name == unit.name))
        )
        if taken is not None:
            raise RefusedError("directory.unit_exists", unit=unit.code, name=unit.name)
        entries = unit.model_dump(exclude={"plates", "contacts", "contacts_confirmed"})
        plates = json.dumps(unit.plates, ensure_ascii=False)
        session.add(UnitRow(**entries, plates=plates, contacts=CONTACTS.dump_json(unit.contacts).decode()))
        session.flush()
        ledger.note(SYSTEM, "unit.add", unit.code, name=unit.name)
    ledger.close()


def enable_unit(exchange: Exchange, code: str, enabled: bool) -> None:
    """Open or close a unit for exchange. Raises RefusedError("directory.unknown_unit")."""
    with exchange.writing() as session:
        ledger = Ledger(exchange, session)
        _unit(session, code).enabled = enabled
        ledger.note(SYSTEM, "unit.enable" if enabled else "unit.disable", code)
        ledger.close()


def note_certificate(exchange: Exchange, code: str, until: datetime) -> None:
    """The seal certificate of a unit ends at ``until``: others read the days left before they send. Raises
    RefusedError("directory.unknown_unit")."""
    with exchange.writing() as session:
        ledger = Ledger(exchange, session)
        _unit(session, code).certificate_until = until
        ledger.note(SYSTEM, "unit.certificate", code, until=until.isoformat())
        ledger.close()


def set_capacity(exchange: Exchange, code: str, size_limit: int, formats: Sequence[BodyFormat] = ()) -> None:
    """What a unit can take: bytes of a document (0: any) and formats of bodies (none: the region's). Senders
    see it before they send. Raises RefusedError("directory.unknown_unit")."""
    with exchange.writing() as session:
        ledger = Ledger(exchange, session)
        unit = _unit(session, code)
        unit.size_limit, unit.formats = size_limit, " ".join(one.value for one in formats)
        ledger.note(SYSTEM, "unit.capacity", code, size_limit=str(size_limit), formats=unit.formats)
        ledger.close()


def set_groups(exchange: Exchange, groups: Sequence[UnitGroup]) -> None:
    """The groups of the directory, in place of those that were. Raises
    RefusedError("directory.unknown_unit")."""
    with exchange.writing() as session:
        ledger = Ledger(exchange, session)
        session.execute(delete(GroupRow))
        for position, group in enumerate(groups):
            for code in group.unit_codes:
                _unit(session, code)
            session.add(
                GroupRow(name=group.name, position=position, members=json.dumps(list(group.unit_codes)))
            )
        ledger.note(SYSTEM, "directory.groups", str(len(groups)))
        ledger.close()


def _unit(session: Session, code: str) -> UnitRow:
    row = session.get(UnitRow, code)
    if row is None:
        raise RefusedError("directory.unknown_unit", unit=code)
    return row


def _today(exchange: Exchange) -> date:
    return exchange.clock.now().astimezone(ZoneInfo(exchange.profile.time_zone)).date()


def _days(until: datetime | None, now: datetime) -> int | None:
    return None if until is None else (until - now).days
