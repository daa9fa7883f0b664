"""The map of duty (值守热力图): half-days × units, from what persons and machines did (Ordos art. 11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.calendar import WorkCalendar
from gongwen_protocol.profile import DailyChecks
from gongwen_protocol.statistics import (
    LONGEST_PERIOD_DAYS,
    MOST_CELLS,
    DutyDay,
    DutyMap,
    DutyRow,
    HalfDuty,
    Leave,
    LeaveList,
    LeaveView,
)
from gongwen_server.db.tables import AttendedCheckRow, LeaveRow, PolledHalfRow, UnitRow
from gongwen_server.services.account_admin import require_scope
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.half_days import HalfDays, first_half
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.rules import work_calendar
from gongwen_server.services.sessions import Caller
from gongwen_server.services.statistics import Period, scope_of, units_of

_MAKE_UP = "调休上班"
Counts = Mapping[str, Mapping[int, int]]


@dataclass(frozen=True)
class _Column:
    """A day of the map: how many looks each half wants. ``shared``: both halves together (a day off)."""

    day: DutyDay
    half: int
    wanted: tuple[int, int]
    shared: bool


def duty_map(exchange: Exchange, caller: Caller, period: Period, unit_code: str | None) -> DutyMap:
    """Who looked, half-day by half-day. Raises RefusedError: statistics.*."""
    scope = scope_of(caller, unit_code)
    now = exchange.clock.now()
    half_days = HalfDays.of(exchange.profile, now)
    rule = exchange.profile.daily_checks
    columns = _columns(period.days, work_calendar(exchange), rule.value)
    with exchange.reading() as session:
        units = session.execute(units_of(scope)).all()
        if len(units) * len(columns) * 2 > MOST_CELLS:
            raise RefusedError("statistics.too_much", days=len(columns), units=len(units))
        checks = _checks(session, period, half_days, scope)
        polls = _polls(session, period, scope)
        leaves = _leaves(session, period, scope)
    present = half_days.number(now)
    rows = []
    for unit in units:
        since = date.max if not unit.enabled else date.fromisoformat(unit.enabled_from or "0001-01-01")
        own = _OneUnit(
            checks.get(unit.code, {}), polls.get(unit.code, frozenset()), leaves.get(unit.code, ()), since
        )
        cells = "".join(own.letters(column, present) for column in columns)
        rows.append(
            DutyRow(
                unit_code=unit.code,
                unit_name=unit.name,
                region=unit.region,
                cells=cells,
                met=cells.count(HalfDuty.CHECKED),
                wanted=sum(cells.count(one) for one in _COUNTED),
            )
        )
    return DutyMap(
        server_time=now,
        days=tuple(column.day for column in columns),
        units=tuple(rows),
        rule=exchange.profile.cite(rule.article) if rule.article else "",
    )


_COUNTED = (HalfDuty.CHECKED, HalfDuty.PARTLY, HalfDuty.POLLED, HalfDuty.NONE)


@dataclass(frozen=True)
class _OneUnit:
    """What is known of a unit; ``since``: from when it takes part."""

    checks: Mapping[int, int]
    polls: frozenset[int]
    leaves: Sequence[tuple[date, date]]
    since: date

    def letters(self, column: _Column, present: int) -> str:
        """The day's two letters; ``present`` is the half-day that is under way."""
        return self._letter(column, 0, present) + self._letter(column, 1, present)

    def _letter(self, column: _Column, part: int, present: int) -> HalfDuty:
        day, half = column.day.day, column.half + part
        if day < self.since:
            return HalfDuty.CLOSED
        wanted = column.wanted[part]
        if not wanted:
            return HalfDuty.OFF
        halves = (column.half, column.half + 1) if column.shared else (half,)
        done = sum(self.checks.get(one, 0) for one in halves)
        if done >= wanted:
            return HalfDuty.CHECKED
        if any(first <= day <= last for first, last in self.leaves):
            return HalfDuty.LEAVE
        if max(halves) >= present:
            return HalfDuty.PENDING
        if done:
            return HalfDuty.PARTLY
        return HalfDuty.POLLED if any(one in self.polls for one in halves) else HalfDuty.NONE


def _columns(days: Sequence[date], calendar: WorkCalendar, rule: DailyChecks) -> list[_Column]:
    columns = []
    for day in days:
        worked = calendar.is_workday(day)
        name = _MAKE_UP if day in calendar.make_up_days else calendar.holidays.get(day, "")
        shown = DutyDay(day=day, workday=worked, name=name, assumed=not calendar.knows(day))
        wanted = (rule.morning, rule.afternoon) if worked else (rule.day_off, rule.day_off)
        columns.append(_Column(shown, first_half(day), wanted, shared=not worked))
    return columns


def _checks(session: Session, period: Period, half_days: HalfDays, scope: str | None) -> Counts:
    half = half_days.column(AttendedCheckRow.recorded_at)
    begin, end = half_days.begin(period.first), half_days.begin(period.last + timedelta(days=1))
    query = (
        select(AttendedCheckRow.unit_code, half.label("half"), func.count().label("number"))
        .where(AttendedCheckRow.recorded_at >= begin, AttendedCheckRow.recorded_at < end)
        .group_by(AttendedCheckRow.unit_code, half)
    )
    if scope is not None:
        query = query.where(AttendedCheckRow.unit_code == scope)
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for unit, number, count in session.execute(query):
        found[unit][int(number)] = count
    return found


def _polls(session: Session, period: Period, scope: str | None) -> dict[str, frozenset[int]]:
    query = select(PolledHalfRow.unit_code, PolledHalfRow.half).where(
        PolledHalfRow.half.between(first_half(period.first), first_half(period.last) + 1)
    )
    if scope is not None:
        query = query.where(PolledHalfRow.unit_code == scope)
    found: dict[str, set[int]] = defaultdict(set)
    for unit, half in session.execute(query):
        found[unit].add(half)
    return {unit: frozenset(halves) for unit, halves in found.items()}


def _leaves(session: Session, period: Period, scope: str | None) -> dict[str, list[tuple[date, date]]]:
    query = select(LeaveRow.unit_code, LeaveRow.first, LeaveRow.last).where(
        LeaveRow.first <= period.last.isoformat(), LeaveRow.last >= period.first.isoformat()
    )
    if scope is not None:
        query = query.where(LeaveRow.unit_code == scope)
    found: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for unit, first, last in session.execute(query):
        found[unit].append((date.fromisoformat(first), date.fromisoformat(last)))
    return found


def take_leave(exchange: Exchange, caller: Caller, request: Leave) -> LeaveView:
    """Excuse a unit from its looks, ahead of time: days that are over stay what they were. The same once
    more, as after an answer that was lost, changes nothing.

    Raises RefusedError: session.other_unit, directory.unknown_unit, statistics.leave_wrong."""
    require_scope(caller, request.unit_code)
    today = exchange.clock.now().astimezone(ZoneInfo(exchange.profile.time_zone)).date()
    if request.first < today or not 0 <= (request.last - request.first).days < LONGEST_PERIOD_DAYS:
        raise RefusedError("statistics.leave_wrong", most=LONGEST_PERIOD_DAYS)
    with exchange.writing() as session:
        ledger = Ledger(exchange, session)
        if session.get(UnitRow, request.unit_code) is None:
            raise RefusedError("directory.unknown_unit", unit=request.unit_code)
        first, last = request.first.isoformat(), request.last.isoformat()
        known = session.scalar(
            select(LeaveRow).where(
                LeaveRow.unit_code == request.unit_code,
                LeaveRow.first == first,
                LeaveRow.last == last,
                LeaveRow.reason == request.reason,
            )
        )
        if known is not None:
            return _view(known)
        session.add(
            LeaveRow(
                number=(session.scalar(select(func.max(LeaveRow.number))) or 0) + 1,
                unit_code=request.unit_code,
                first=first,
                last=last,
                reason=request.reason,
                by_account=caller.name,
                at=ledger.now,
            )
        )
        ledger.note(
            caller.name, "unit.leave", request.unit_code, first=first, last=last, reason=request.reason
        )
        ledger.close()
        return LeaveView(**request.model_dump(), by_account=caller.name, at=ledger.now)


def leaves(exchange: Exchange, caller: Caller) -> LeaveList:
    """The newest entries of the units that the caller administers or inspects."""
    query = select(LeaveRow).order_by(LeaveRow.number.desc()).limit(500)
    scope = scope_of(caller, None)
    if scope is not None:
        query = query.where(LeaveRow.unit_code == scope)
    with exchange.reading() as session:
        return LeaveList(leaves=tuple(_view(row) for row in session.scalars(query)))


def _view(row: LeaveRow) -> LeaveView:
    moment: datetime = row.at
    return LeaveView(
        unit_code=row.unit_code,
        first=date.fromisoformat(row.first),
        last=date.fromisoformat(row.last),
        reason=row.reason,
        by_account=row.by_account,
        at=moment,
    )
