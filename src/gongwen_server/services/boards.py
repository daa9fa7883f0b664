"""Figures for those who inspect (督查): how units stand, without a word of any document."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select

from gongwen_protocol.access import Board, UnitFigures
from gongwen_protocol.states import DeliveryState
from gongwen_server.db.tables import DeliveryRow, DocumentRow, ReminderRow, UnitRow
from gongwen_server.services.exchange import Exchange

_WAITING = tuple(
    state.value
    for state in (DeliveryState.DELIVERED, DeliveryState.VIEWED, DeliveryState.VERIFIED, DeliveryState.RESENT)
)


def board(exchange: Exchange, scope: str | None, days: int) -> Board:
    """The last ``days`` days of a unit, or of all in rank order."""
    now = exchange.clock.now()
    since = now - timedelta(days=days)
    chosen = select(UnitRow).order_by(UnitRow.rank, UnitRow.code)
    if scope is not None:
        chosen = chosen.where(UnitRow.code == scope)
    with exchange.reading() as session:
        counted = session.execute(
            select(DocumentRow.sender_code, func.count().label("number"))
            .where(DocumentRow.sent_at >= since)
            .group_by(DocumentRow.sender_code)
        )
        sent = {row.sender_code: row.number for row in counted}
        got = {row.unit_code: row for row in session.execute(_deliveries(since))}
        units = tuple(_figures(unit, got.get(unit.code), sent) for unit in session.scalars(chosen))
    return Board(since=since, server_time=now, units=units)


def _deliveries(since: datetime) -> Select[*tuple[Any, ...]]:
    def number(*states: str) -> ColumnElement[int]:
        return func.sum(case((DeliveryRow.state.in_(states), 1), else_=0))

    reminded = select(ReminderRow.delivery_id).distinct()
    waits = case((DeliveryRow.state.in_(_WAITING), DeliveryRow.delivered_at))
    return (
        select(
            DeliveryRow.unit_code,
            number(*_WAITING).label("waiting"),
            number(DeliveryState.RECEIVED.value).label("received"),
            number(DeliveryState.RETURNED.value).label("returned"),
            func.sum(case((DeliveryRow.paper_since.is_not(None), 1), else_=0)).label("on_paper"),
            func.sum(case((DeliveryRow.delivery_id.in_(reminded), 1), else_=0)).label("reminded"),
            func.min(waits).label("oldest"),
        )
        .where(DeliveryRow.delivered_at >= since)
        .group_by(DeliveryRow.unit_code)
    )


def _figures(unit: UnitRow, got: Row[Any] | None, sent: dict[str, int]) -> UnitFigures:
    return UnitFigures(
        unit_code=unit.code,
        unit_name=unit.name,
        waiting=got.waiting if got else 0,
        received=got.received if got else 0,
        returned=got.returned if got else 0,
        on_paper=got.on_paper if got else 0,
        reminded=got.reminded if got else 0,
        sent=sent.get(unit.code, 0),
        oldest_waiting=got.oldest if got else None,
        last_check=unit.attended_at,
    )
