"""统计: figures as the exchange counts them (docs/statistics.md), as tables, sheets and a yearly report.

The exchange gives a clerk the own unit's figures, the platform's inspectors and administrators all units'.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta, timezone
from itertools import groupby
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from gongwen_client.durable import write_atomically
from gongwen_client.exchange.api import in_foreground
from gongwen_client.render import RenderPool
from gongwen_client.services.desk import Desk
from gongwen_client.services.table_files import write_pdf, write_table
from gongwen_client.services.yearly_report import yearly_report
from gongwen_client.store.notes import Notes
from gongwen_crypto.errors import KnownError
from gongwen_docs.register import Align, RegisterColumn, RegisterTable
from gongwen_protocol.basics import Message
from gongwen_protocol.permissions import Action
from gongwen_protocol.statistics import (
    DutyMap,
    HalfDuty,
    Leave,
    LeaveList,
    LeaveView,
    MonthFigures,
    Statistics,
    total,
)

Found = TypeVar("Found", Statistics, DutyMap)
_CHINA = timezone(timedelta(hours=8))
WEEKDAYS = "一二三四五六日"
SIGNS = {
    HalfDuty.CHECKED: "√",
    HalfDuty.PARTLY: "△",
    HalfDuty.POLLED: "○",
    HalfDuty.NONE: "×",
    HalfDuty.LEAVE: "假",
    HalfDuty.OFF: "",
    HalfDuty.PENDING: "",
    HalfDuty.CLOSED: "—",
}
WORDS = {
    HalfDuty.CHECKED: "人工查收",
    HalfDuty.PARTLY: "次数不足",
    HalfDuty.POLLED: "仅轮询",
    HalfDuty.NONE: "无",
    HalfDuty.LEAVE: "休假",
    HalfDuty.OFF: "休息",
    HalfDuty.PENDING: "未到时",
    HalfDuty.CLOSED: "未启用",
}
_COLUMNS = (
    RegisterColumn("单位", 5.0),
    RegisterColumn("月份", 1.8, Align.CENTER),
    RegisterColumn("应收件数", 1.6, Align.CENTER),
    RegisterColumn("按时接收", 1.6, Align.CENTER),
    RegisterColumn("超时接收", 1.6, Align.CENTER),
    RegisterColumn("及时率", 1.6, Align.CENTER),
    RegisterColumn("待收", 1.3, Align.CENTER),
    RegisterColumn("其中超时", 1.6, Align.CENTER),
    RegisterColumn("退文", 1.3, Align.CENTER),
    RegisterColumn("退文率", 1.6, Align.CENTER),
    RegisterColumn("被催办", 1.5, Align.CENTER),
    RegisterColumn("平均用时（小时）", 2.2, Align.CENTER),
    RegisterColumn("发文件数", 1.6, Align.CENTER),
    RegisterColumn("发往单位数", 1.8, Align.CENTER),
    RegisterColumn("被退文", 1.4, Align.CENTER),
    RegisterColumn("无时限接收", 1.8, printed=False),
    RegisterColumn("被撤回", 1.5, printed=False),
    RegisterColumn("被更正", 1.5, printed=False),
    RegisterColumn("转纸质", 1.5, printed=False),
)


def in_use(found: DutyMap) -> DutyMap:
    """The map without its first days, on which no unit was enabled yet."""
    closed = HalfDuty.CLOSED * 2
    began = next(
        (
            number
            for number in range(len(found.days))
            if any(row.cells[2 * number : 2 * number + 2] != closed for row in found.units)
        ),
        0,
    )
    if not began:
        return found
    rows = tuple(row.model_copy(update={"cells": row.cells[2 * began :]}) for row in found.units)
    return found.model_copy(update={"days": found.days[began:], "units": rows})


class Looked(Message):
    """What the exchange counted for one period and one account."""

    duty: DutyMap
    figures: Statistics
    account: str


class StatisticsService:
    """All calls but ``sees_all`` and ``today`` are slow. They raise KnownError: network.*, session.none;
    RefusedError: statistics.*."""

    def __init__(self, desk: Desk, render: RenderPool) -> None:
        self._desk = desk
        self._render = render

    def may_see_others(self) -> bool:
        """Whether who works here may be one of those who see all units' figures; the exchange decides."""
        return self._desk.session.grant is not None and self._desk.may(Action.INSPECT)

    def may_take_leave(self) -> bool:
        """Whether who works here may excuse the unit from its looks (管理)."""
        return self._desk.session.grant is not None and self._desk.may(Action.ADMINISTER)

    def today(self) -> date:
        """The region's day, by the exchange's clock."""
        offset = timedelta(seconds=self._desk.engine.connection.facts.server_time_offset)
        try:
            zone = ZoneInfo(self._desk.profile().time_zone)
        except KnownError:
            zone = ZoneInfo("Asia/Shanghai")
        return (self._desk.clock.now() + offset).astimezone(zone).date()

    def look(self, first: date, last: date) -> Looked:
        """Both together; what was told last stays readable without the exchange."""
        found = Looked(duty=self.duty(first, last), figures=self.figures(first, last), account=self._who())
        self._desk.store.notes.set(Notes.STATISTICS, found.model_dump_json())
        return found

    def kept(self) -> Looked | None:
        """What was told last to who works here; others may see other units."""
        text = self._desk.store.notes.get(Notes.STATISTICS)
        found = None if text is None else Looked.model_validate_json(text)
        return found if found is not None and found.account == self._who() else None

    def _who(self) -> str:
        grant = self._desk.grant()
        return f"{grant.unit_code}/{grant.account}"

    def figures(self, first: date, last: date) -> Statistics:
        """Receiving and sending, by unit and month."""
        return self._ask("/v1/statistics", Statistics, first, last)

    def duty(self, first: date, last: date) -> DutyMap:
        """The map of duty, from the first day on which any unit took part."""
        return in_use(self._ask("/v1/statistics/duty", DutyMap, first, last))

    def take_leave(self, first: date, last: date, reason: str) -> LeaveView:
        """Excuse the own unit for days to come."""
        self._desk.require(Action.ADMINISTER)
        if not reason.strip():
            raise KnownError("reason.missing")
        wish = Leave(unit_code=self._desk.grant().unit_code, first=first, last=last, reason=reason.strip())
        return self._desk.api.post("/v1/leaves", wish, LeaveView)

    def leaves(self) -> LeaveList:
        """What is on record."""
        self._desk.grant()
        return in_foreground(lambda: self._desk.api.get("/v1/leaves", LeaveList))

    def export_figures(self, found: Statistics, target: Path) -> None:
        """The figures as Excel, CSV or PDF by the suffix. Raises KnownError: export.format_unknown,
        host.*."""
        write_table(figures_table(found), target, self._render)

    def export_duty(self, found: DutyMap, target: Path) -> None:
        """The map as Excel, CSV or PDF (A4 landscape, a month a sheet). Raises as ``export_figures``."""
        if target.suffix.lower() == ".pdf":
            write_pdf(duty_sheets(found), target, self._render)
        else:
            write_table(duty_table(found), target, self._render)

    def write_report(self, year: int, target: Path) -> None:
        """A draft of the year's 《应用情况总结》 (Jiangmen plan 四) as a text file. Raises KnownError:
        host.*."""
        last = min(date(year, 12, 31), max(self.today(), date(year, 1, 1)))
        found = self.figures(date(year, 1, 1), last)
        duty = self.duty(date(year, 1, 1), last)
        write_atomically(target, b"\xef\xbb\xbf" + yearly_report(found, duty, year).encode())

    def _ask(self, path: str, kind: type[Found], first: date, last: date) -> Found:
        self._desk.grant()
        days = {"from": first.isoformat(), "to": last.isoformat()}
        return in_foreground(lambda: self._desk.api.get(path, kind, days))


def rate(part: int, whole: int) -> str:
    """86.7%; — where there is nothing to be a part of."""
    return f"{100 * part / whole:.1f}%" if whole else "—"


def hours(figures: MonthFigures) -> str:
    """Mean hours from delivery to receipt."""
    received = figures.in_time + figures.late + figures.untimed
    return f"{figures.minutes / received / 60:.1f}" if received else "—"


def figures_table(found: Statistics) -> RegisterTable:
    """One row for each unit and month, then the unit's sum."""
    rows = []
    for unit in found.units:
        for month in unit.months:
            rows.append(_figures_row(unit.unit_name, month.month, month))
        if len(unit.months) > 1:
            rows.append(_figures_row(unit.unit_name, "合计", total(unit.months)))
    at = found.server_time.astimezone(_CHINA)
    return RegisterTable(
        title="公文接收和发送统计表",
        subtitle=f"{found.first:%Y-%m-%d} 至 {found.last:%Y-%m-%d}　　{len(found.units)} 个单位",
        columns=_COLUMNS,
        rows=rows,
        foot=f"由交换中心依据存证记录统计，{at:%Y-%m-%d %H:%M}",
    )


def _figures_row(unit: str, month: str, one: MonthFigures) -> tuple[str, ...]:
    timed = one.in_time + one.late + one.overdue
    return (
        unit,
        month,
        str(one.delivered),
        str(one.in_time),
        str(one.late),
        rate(one.in_time, timed),
        str(one.waiting),
        str(one.overdue),
        str(one.returned),
        rate(one.returned, one.delivered),
        str(one.reminded),
        hours(one),
        str(one.sent),
        str(one.sent_to),
        str(one.sent_returned),
        str(one.untimed),
        str(one.recalled),
        str(one.replaced),
        str(one.on_paper),
    )


def duty_table(found: DutyMap) -> RegisterTable:
    """The map as a table: a column for each half-day, its sign in each cell."""
    columns = [RegisterColumn("单位", 5.0), RegisterColumn("达标/应查", 2.0, Align.CENTER)]
    for day in found.days:
        columns += [RegisterColumn(f"{day.day:%m-%d} {half}", 1.0, Align.CENTER) for half in ("上午", "下午")]
    return RegisterTable(
        title="值守情况表",
        subtitle="　".join(f"{SIGNS[one] or '空白'} {WORDS[one]}" for one in SIGNS),
        columns=columns,
        rows=[
            (row.unit_name, f"{row.met}/{row.wanted}", *(SIGNS[HalfDuty(letter)] for letter in row.cells))
            for row in found.units
        ],
        foot=_duty_foot(found),
    )


def duty_sheets(found: DutyMap) -> bytes:
    """The map as an OFD document, a month on each sheet."""
    from gongwen_docs.register.duty_sheets import DutyPage, Mark, to_ofd  # fonts: not at each start
    from gongwen_docs.write.page import Color

    tints = {
        HalfDuty.CHECKED: Color(222, 240, 228),
        HalfDuty.PARTLY: Color(232, 240, 250),
        HalfDuty.POLLED: Color(253, 240, 214),
        HalfDuty.NONE: Color(246, 208, 204),
        HalfDuty.LEAVE: Color(255, 255, 255),
        HalfDuty.OFF: Color(226, 228, 231),
        HalfDuty.CLOSED: Color(240, 241, 243),
    }
    marks = {one.value: Mark(SIGNS[one], tint, WORDS[one]) for one, tint in tints.items()}
    pages, begin = [], 0
    for (year, month), grouped in groupby(found.days, key=lambda day: (day.day.year, day.day.month)):
        days = list(grouped)
        end = begin + len(days)
        pages.append(
            DutyPage(
                title="值守情况图",
                subtitle=f"{year}年{month}月",
                days=[(str(day.day.day), WEEKDAYS[day.day.weekday()], not day.workday) for day in days],
                rows=[
                    (row.unit_name, row.cells[2 * begin : 2 * end], _sum(row.cells[2 * begin : 2 * end]))
                    for row in found.units
                ],
            )
        )
        begin = end
    return to_ofd(pages, marks, _duty_foot(found))


def met_of(cells: Sequence[str]) -> tuple[int, int]:
    """Half-days with enough looks, and half-days that wanted one."""
    met = sum(cell == HalfDuty.CHECKED for cell in cells)
    missed = sum(cell in (HalfDuty.PARTLY, HalfDuty.POLLED, HalfDuty.NONE) for cell in cells)
    return met, met + missed


def _sum(cells: str) -> str:
    met, wanted = met_of(cells)
    return f"{met}/{wanted}"


def _duty_foot(found: DutyMap) -> str:
    at = found.server_time.astimezone(_CHINA)
    rule = f"依据{found.rule}；" if found.rule else ""
    return f"{rule}由交换中心依据查收记录统计，{at:%Y-%m-%d %H:%M}"
