"""Figures from the exchange's own records, counted by the database (docs/statistics.md says what each
counts).

Nothing here reads a title or a file: of a document only its times, its sender and its receivers are looked
at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, case, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.permissions import Action, may
from gongwen_protocol.states import DeliveryState
from gongwen_protocol.statistics import LONGEST_PERIOD_DAYS, MonthFigures, Statistics, UnitStatistics
from gongwen_server.db.tables import DeliveryRow, DocumentRow, ReminderRow, UnitRow
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.half_days import HalfDays
from gongwen_server.services.sessions import Caller

_WAITING = (DeliveryState.DELIVERED, DeliveryState.VIEWED, DeliveryState.VERIFIED)
_MINUTE = 60_000_000  # microseconds
Found = dict[tuple[str, int], dict[str, int]]


EARLIEST_DAY, LATEST_DAY = date(2000, 1, 1), date(2999, 12, 31)
"""No exchange was there before; far enough from the ends of the calendar to be counted in any time zone."""


@dataclass(frozen=True)
class Period:
    """Local days, ends included. Raises RefusedError("statistics.period_wrong") for one that is none."""

    first: date
    last: date

    def __post_init__(self) -> None:
        in_order = 0 <= (self.last - self.first).days < LONGEST_PERIOD_DAYS
        if not in_order or self.first < EARLIEST_DAY or self.last > LATEST_DAY:
            raise RefusedError("statistics.period_wrong", most=LONGEST_PERIOD_DAYS)

    @property
    def days(self) -> list[date]:
        """Each of them."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    @property
    def months(self) -> list[date]:
        """Where each month of it begins: the period itself first, then the first days of months."""
        return [day for day in self.days if day == self.first or day.day == 1]


def figures(exchange: Exchange, caller: Caller, period: Period, unit_code: str | None) -> Statistics:
    """How documents were received and sent, by unit and month. Raises RefusedError: statistics.*."""
    scope = scope_of(caller, unit_code)
    now = exchange.clock.now()
    half_days = HalfDays.of(exchange.profile, now)
    bounds = [half_days.begin(day) for day in period.months]
    end = half_days.begin(period.last + timedelta(days=1))
    with exchange.reading() as session:
        found: Found = defaultdict(dict)
        for query in (
            _received(bounds, end, now, scope),
            _documents(bounds, end, scope),
            _sent_to(bounds, end, scope),
        ):
            _gather(session, query, found)
        units = session.execute(units_of(scope)).all()
    names = [f"{day:%Y-%m}" for day in period.months]
    return Statistics(
        server_time=now,
        first=period.first,
        last=period.last,
        months=tuple(names),
        units=tuple(
            UnitStatistics(
                unit_code=unit.code,
                unit_name=unit.name,
                region=unit.region,
                months=tuple(
                    MonthFigures(month=name, **found[unit.code, number])
                    for number, name in enumerate(names)
                    if (unit.code, number) in found
                ),
            )
            for unit in units
        ),
    )


def scope_of(caller: Caller, unit_code: str | None) -> str | None:
    """Whose figures are meant: all units' for the platform's inspectors and administrators, else the caller's
    own. Raises RefusedError("statistics.other_unit") for somebody else's."""
    everybody = caller.platform and may(caller.roles, Action.INSPECT)
    if everybody or unit_code == caller.unit_code:
        return unit_code
    if unit_code is None:
        return caller.unit_code
    raise RefusedError("statistics.other_unit")


def units_of(scope: str | None) -> Select[*tuple[Any, ...]]:
    """The units in rank order."""
    chosen = select(
        UnitRow.code, UnitRow.name, UnitRow.region, UnitRow.enabled, UnitRow.enabled_from
    ).order_by(UnitRow.rank, UnitRow.code)
    return chosen if scope is None else chosen.where(UnitRow.code == scope)


def _received(
    bounds: Sequence[datetime], end: datetime, now: datetime, scope: str | None
) -> Select[*tuple[Any, ...]]:
    row = DeliveryRow
    received = row.state == DeliveryState.RECEIVED.value
    waiting = row.state.in_([state.value for state in _WAITING])
    timed = row.due_at.is_not(None)
    took = type_coerce(row.received_at, BigInteger) - type_coerce(row.delivered_at, BigInteger)
    reminded = select(ReminderRow.delivery_id)
    month = _month(row.delivered_at, bounds)
    query = (
        select(
            row.unit_code,
            month.label("month"),
            func.count().label("delivered"),
            _number(received & timed & (row.received_at <= row.due_at)).label("in_time"),
            _number(received & timed & (row.received_at > row.due_at)).label("late"),
            _number(received & row.due_at.is_(None)).label("untimed"),
            _number(waiting).label("waiting"),
            _number(waiting & timed & (row.due_at < now)).label("overdue"),
            _number(row.state == DeliveryState.RETURNED.value).label("returned"),
            _number(row.state == DeliveryState.RECALLED.value).label("recalled"),
            _number(row.state == DeliveryState.RESENT.value).label("replaced"),
            _number(row.state == DeliveryState.PAPER_FALLBACK.value).label("on_paper"),
            _number(row.delivery_id.in_(reminded)).label("reminded"),
            func.sum(case((received, took // _MINUTE), else_=0)).label("minutes"),
        )
        .where(row.delivered_at >= bounds[0], row.delivered_at < end)
        .group_by(row.unit_code, month)
    )
    return query if scope is None else query.where(row.unit_code == scope)


def _documents(bounds: Sequence[datetime], end: datetime, scope: str | None) -> Select[*tuple[Any, ...]]:
    month = _month(DocumentRow.sent_at, bounds)
    query = (
        select(DocumentRow.sender_code, month.label("month"), func.count().label("sent"))
        .where(DocumentRow.sent_at >= bounds[0], DocumentRow.sent_at < end)
        .group_by(DocumentRow.sender_code, month)
    )
    return query if scope is None else query.where(DocumentRow.sender_code == scope)


def _sent_to(bounds: Sequence[datetime], end: datetime, scope: str | None) -> Select[*tuple[Any, ...]]:
    month = _month(DocumentRow.sent_at, bounds)
    query = (
        select(
            DocumentRow.sender_code,
            month.label("month"),
            func.count().label("sent_to"),
            _number(DeliveryRow.state == DeliveryState.RETURNED.value).label("sent_returned"),
        )
        .join(DeliveryRow, DeliveryRow.document_id == DocumentRow.document_id)
        .where(DocumentRow.sent_at >= bounds[0], DocumentRow.sent_at < end)
        .group_by(DocumentRow.sender_code, month)
    )
    return query if scope is None else query.where(DocumentRow.sender_code == scope)


def _gather(session: Session, query: Select[*tuple[Any, ...]], found: Found) -> None:
    for values in _rows(session, query):
        unit = values.pop(next(iter(values)))
        found[str(unit), int(values.pop("month"))] |= {name: int(value) for name, value in values.items()}


def _rows(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    return (dict(row._mapping) for row in session.execute(query))


def _month(moments: InstrumentedAttribute[Any], bounds: Sequence[datetime]) -> ColumnElement[int]:
    """Number of the month within the period."""
    branches = [(moments < bound, number) for number, bound in enumerate(bounds[1:])]
    return case(*branches, else_=len(bounds) - 1) if branches else type_coerce(func.abs(0), BigInteger)


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
