"""The tables behind the pictures: the same figures in words and numbers, for ears and for sorting."""

from __future__ import annotations

from collections.abc import Sequence

from gongwen_client.services.statistics import WORDS, hours, rate
from gongwen_client.ui.lists.table import Column
from gongwen_protocol.statistics import DutyMap, DutyRow, HalfDuty, MonthFigures, Statistics, total

_MISSED = (HalfDuty.NONE, HalfDuty.POLLED, HalfDuty.PARTLY)
UnitTotal = tuple[str, MonthFigures]


def duty_columns(found: DutyMap | None) -> Sequence[Column[DutyRow]]:
    """Each unit's half-days; what was missed is named day by day."""

    def number(state: HalfDuty) -> Column[DutyRow]:
        return Column(
            WORDS[state],
            lambda row: str(row.cells.count(state)),
            88,
            sort=lambda row: row.cells.count(state),
            right=True,
        )

    return (
        Column("单位", lambda row: row.unit_name, 240),
        Column("应查半天", lambda row: str(row.wanted), 80, sort=lambda row: row.wanted, right=True),
        Column("达标", lambda row: str(row.met), 64, sort=lambda row: row.met, right=True),
        Column("达标率", lambda row: rate(row.met, row.wanted), 72, sort=lambda row: _share(row), right=True),
        number(HalfDuty.PARTLY),
        number(HalfDuty.POLLED),
        number(HalfDuty.NONE),
        Column("未达标的半天", lambda row: missed(found, row)),
    )


def _share(row: DutyRow) -> float:
    return row.met / row.wanted if row.wanted else -1.0


def missed(found: DutyMap | None, row: DutyRow) -> str:
    """11-23 上午 无；11-24 下午 仅轮询; the latest first."""
    if found is None:
        return ""
    said = [
        f"{found.days[place // 2].day:%m-%d} {'下午' if place % 2 else '上午'} {WORDS[HalfDuty(cell)]}"
        for place, cell in enumerate(row.cells)
        if cell in _MISSED
    ]
    return "；".join(reversed(said))


def received_columns() -> Sequence[Column[UnitTotal]]:
    """How units received."""

    def number(title: str, field: str, width: int = 84) -> Column[UnitTotal]:
        return Column(
            title,
            lambda row: str(getattr(row[1], field)),
            width,
            sort=lambda row: getattr(row[1], field),
            right=True,
        )

    return (
        Column("单位", lambda row: row[0]),
        number("应收", "delivered", 64),
        number("按时", "in_time", 64),
        number("超时接收", "late"),
        number("超时未收", "overdue"),
        Column("及时率", in_time_rate, 76, sort=lambda row: in_time_rate(row).rjust(8), right=True),
        number("退文", "returned", 64),
        Column("退文率", returned_rate, 76, sort=lambda row: returned_rate(row).rjust(8), right=True),
        number("被催办", "reminded", 76),
        Column("平均用时（时）", lambda row: hours(row[1]), 112, right=True),
    )


def in_time_rate(row: UnitTotal) -> str:
    """Of what had a deadline and came due or was received."""
    one = row[1]
    return rate(one.in_time, one.in_time + one.late + one.overdue)


def returned_rate(row: UnitTotal) -> str:
    """Of what was delivered."""
    return rate(row[1].returned, row[1].delivered)


def volume_columns() -> Sequence[Column[MonthFigures]]:
    """How much there was in each month."""

    def number(title: str, field: str) -> Column[MonthFigures]:
        return Column(
            title,
            lambda row: str(getattr(row, field)),
            112,
            sort=lambda row: getattr(row, field),
            right=True,
        )

    return (
        Column("月份", lambda row: row.month),
        number("发文件数", "sent"),
        number("发往单位", "sent_to"),
        number("被退文", "sent_returned"),
        number("收文件数", "delivered"),
        number("本单位退文", "returned"),
        number("转纸质", "on_paper"),
    )


def unit_totals(found: Statistics) -> list[UnitTotal]:
    """Each unit's months as one, those first that are late most."""
    rows = [(unit.unit_name, total(unit.months)) for unit in found.units]
    return sorted(rows, key=lambda row: -(row[1].late + row[1].overdue))


def month_totals(found: Statistics) -> list[MonthFigures]:
    """All units' figures by month."""
    return [
        total([one for unit in found.units for one in unit.months if one.month == month], month)
        for month in found.months
    ]
