"""What units know of one another and of the exchange: announcements, contacts, figures."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from gongwen_protocol.announcements import NoticeList
from gongwen_protocol.contacts import ContactsChange, ContactsConfirmation, ContactsHistory
from gongwen_protocol.messages import Unit
from gongwen_protocol.statistics import DutyMap, Leave, LeaveList, LeaveView, Statistics
from gongwen_server.api.access import Administrator, ExchangeOf, Member
from gongwen_server.services import contacts, duty_map, notices, statistics
from gongwen_server.services.statistics import Period

router = APIRouter(prefix="/v1")
First = Annotated[date, Query(alias="from")]
Last = Annotated[date, Query(alias="to")]
UnitCode = Annotated[str | None, Query(alias="unit", min_length=1, max_length=200, pattern=r"^[^\x00]+$")]


@router.get("/notices")
def all_notices(exchange: ExchangeOf) -> NoticeList:
    """Announcements and notices of outages; no session needed, for they are read before log-in too."""
    return notices.listed(exchange)


@router.post("/contacts")
def change_contacts(exchange: ExchangeOf, caller: Administrator, request: ContactsChange) -> Unit:
    """Posts and telephones of the unit from now on; sent twice it is the same."""
    return contacts.change(exchange, caller, request)


@router.post("/contacts/confirm")
def confirm_contacts(exchange: ExchangeOf, caller: Administrator, request: ContactsConfirmation) -> Unit:
    """They are right as they stand."""
    return contacts.confirm(exchange, caller, request)


@router.get("/contacts/history")
def contacts_history(
    exchange: ExchangeOf,
    caller: Administrator,
    unit: Annotated[str, Query(min_length=1, max_length=200, pattern=r"^[^\x00]+$")],
) -> ContactsHistory:
    """Who changed the contacts of a unit, and to what."""
    return contacts.history(exchange, caller, unit)


@router.get("/statistics", response_model=Statistics)
def figures(
    exchange: ExchangeOf, caller: Member, first: First, last: Last, unit: UnitCode = None
) -> Response:
    """Receiving and sending by unit and month: the own unit's; all units' for the platform's inspectors."""
    return _as_it_is(statistics.figures(exchange, caller, Period(first, last), unit))


@router.get("/statistics/duty", response_model=DutyMap)
def duty(exchange: ExchangeOf, caller: Member, first: First, last: Last, unit: UnitCode = None) -> Response:
    """Who looked, half-day by half-day (值守热力图)."""
    return _as_it_is(duty_map.duty_map(exchange, caller, Period(first, last), unit))


@router.post("/leaves", status_code=201)
def take_leave(exchange: ExchangeOf, caller: Administrator, request: Leave) -> LeaveView:
    """A unit is excused from its looks for some days to come."""
    return duty_map.take_leave(exchange, caller, request)


@router.get("/leaves")
def leaves(exchange: ExchangeOf, caller: Member) -> LeaveList:
    """The unit's leave, or all units'."""
    return duty_map.leaves(exchange, caller)


def _as_it_is(answer: Statistics | DutyMap) -> Response:
    """Tens of thousands of rows: the framework would check and copy each once more."""
    return Response(answer.model_dump_json(), media_type="application/json")
