"""Fault reports of units: kept, routed to the administrators of their level, answered in time.

A unit of a county (region path of two parts or more) is served by that county's first unit in rank where the
region has county administrators (Ordos art. 4), every other unit by the platform's administrators.
"""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.faults import (
    FaultAnswer,
    FaultFact,
    FaultKind,
    FaultList,
    FaultReport,
    FaultState,
    FaultView,
)
from gongwen_protocol.profile import AdminLevel
from gongwen_server.db.tables import FaultRow, UnitRow
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.sessions import Caller

NEWEST = 200
PLATFORM = "平台管理员"


def hand_in(ledger: Ledger, caller: Caller, report: FaultReport) -> FaultView:
    """Keep a report; its clock starts now. One that is there already is answered as it stands.

    Raises RefusedError("fault.unknown") for a number that is another unit's.
    """
    known = ledger.session.get(FaultRow, report.ticket_id)
    if known is not None:
        if known.unit_code != caller.unit_code:
            raise RefusedError("fault.unknown")
        return _view(ledger.exchange, known, caller.unit_name)
    unit = ledger.session.get_one(UnitRow, caller.unit_code)
    hours = ledger.exchange.profile.fault_response_hours.value
    handler = _handler(ledger.exchange, ledger.session, unit)
    row = FaultRow(
        ticket_id=report.ticket_id,
        unit_code=caller.unit_code,
        by_post=caller.post,
        kind=report.kind.value,
        said=report.said.strip(),
        contact=report.contact.strip(),
        facts=json.dumps([fact.model_dump() for fact in report.facts], ensure_ascii=False),
        happened_at=report.happened_at,
        handed_in_at=ledger.now,
        due_at=None if hours is None else ledger.now + timedelta(hours=hours),
        handler_code=handler.code if handler else None,
        handled_by=handler.name if handler else PLATFORM,
        state=FaultState.OPEN.value,
    )
    ledger.session.add(row)
    ledger.session.flush()
    ledger.note(caller.name, "fault.report", report.ticket_id, kind=row.kind, handled_by=row.handled_by)
    return _view(ledger.exchange, row, caller.unit_name)


def of_unit(exchange: Exchange, unit_code: str) -> FaultList:
    """The newest reports of a unit."""
    return _listed(exchange, FaultRow.unit_code == unit_code)


def to_answer(exchange: Exchange, unit_code: str | None, *, open_only: bool = False) -> FaultList:
    """The newest reports that administrators of a unit answer; None: of the platform, who see all."""
    conditions = [] if unit_code is None else [FaultRow.handler_code == unit_code]
    if open_only:
        conditions.append(FaultRow.state != FaultState.CLOSED.value)
    return _listed(exchange, *conditions)


def one(exchange: Exchange, ticket_id: str) -> FaultView:
    """A report by its number. Raises RefusedError("fault.unknown")."""
    found = _listed(exchange, FaultRow.ticket_id == ticket_id).faults
    if not found:
        raise RefusedError("fault.unknown")
    return found[0]


def answer(ledger: Ledger, actor: str, scope: str | None, ticket_id: str, said: FaultAnswer) -> FaultView:
    """Answer a report, and close it once the cause is mended; a closed one may be answered again.

    Raises RefusedError("fault.unknown") for one that others answer.
    """
    row = ledger.session.get(FaultRow, ticket_id)
    if row is None or scope not in (None, row.handler_code):
        raise RefusedError("fault.unknown")
    row.answer, row.answered_by, row.answered_at = said.answer.strip(), actor, ledger.now
    row.state = (FaultState.CLOSED if said.closed else FaultState.ANSWERED).value
    row.closed_at = ledger.now if said.closed else None
    ledger.note(actor, "fault.answer", ticket_id, state=row.state)
    return _view(ledger.exchange, row, ledger.session.get_one(UnitRow, row.unit_code).name)


def _handler(exchange: Exchange, session: Session, unit: UnitRow) -> UnitRow | None:
    """The unit whose administrators serve ``unit``; None: the platform's."""
    if AdminLevel.COUNTY not in exchange.profile.admin_levels.value or "/" not in unit.region:
        return None
    first = session.scalars(
        select(UnitRow)
        .where(UnitRow.region == unit.region, UnitRow.enabled)
        .order_by(UnitRow.rank, UnitRow.code)
        .limit(1)
    ).first()
    return None if first is None or first.code == unit.code else first


def _listed(exchange: Exchange, *conditions: ColumnElement[bool]) -> FaultList:
    wanted = select(FaultRow, UnitRow.name).join(UnitRow, UnitRow.code == FaultRow.unit_code)
    wanted = wanted.where(*conditions)
    with exchange.reading() as session:
        rows = session.execute(wanted.order_by(FaultRow.handed_in_at.desc()).limit(NEWEST))
        faults = tuple(_view(exchange, row, name) for row, name in rows)
    return FaultList(faults=faults, server_time=exchange.clock.now())


def _view(exchange: Exchange, row: FaultRow, unit_name: str) -> FaultView:
    return FaultView(
        ticket_id=row.ticket_id,
        unit_code=row.unit_code,
        unit_name=unit_name,
        by_post=row.by_post,
        kind=FaultKind(row.kind),
        said=row.said,
        contact=row.contact,
        happened_at=row.happened_at,
        handed_in_at=row.handed_in_at,
        due_at=row.due_at,
        handled_by=row.handled_by if row.handler_code else f"{exchange.name}{PLATFORM}",
        state=FaultState(row.state),
        answer=row.answer,
        answered_at=row.answered_at,
        answered_by=row.answered_by,
        closed_at=row.closed_at,
        facts=tuple(FaultFact(**fact) for fact in json.loads(row.facts)),
    )
