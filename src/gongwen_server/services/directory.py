"""Units of the exchange."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.messages import Directory, Unit
from gongwen_server.db.tables import UnitRow
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.views import unit_view


def directory(exchange: Exchange) -> Directory:
    """All units in rank order; those not enabled too, so that a sender sees why to use paper."""
    with exchange.reading() as session:
        rows = session.scalars(select(UnitRow).order_by(UnitRow.rank, UnitRow.code))
        return Directory(units=tuple(unit_view(row) for row in rows))


def add_unit(exchange: Exchange, unit: Unit) -> None:
    """Enter a unit. Codes and names are used once, for ever. Raises RefusedError("directory.unit_exists")."""
    with exchange.writing() as session:
        enter_unit(session, unit)


def enter_unit(session: Session, unit: Unit) -> None:
    """``add_unit`` inside a transaction of the caller."""
    taken = session.scalar(
        select(UnitRow.code).where(or_(UnitRow.code == unit.code, UnitRow.name == unit.name))
    )
    if taken is not None:
        raise RefusedError("directory.unit_exists", unit=unit.code, name=unit.name)
    session.add(UnitRow(**unit.model_dump()))


def enable_unit(exchange: Exchange, code: str, enabled: bool) -> None:
    """Open or close a unit for exchange. Raises RefusedError("directory.unknown_unit")."""
    with exchange.writing() as session:
        row = session.get(UnitRow, code)
        if row is None:
            raise RefusedError("directory.unknown_unit", unit=code)
        row.enabled = enabled
