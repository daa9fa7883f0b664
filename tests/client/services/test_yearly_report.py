"""The draft of the year's report: figures in sentences, for one unit and for many."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from gongwen_client.services.statistics import duty_sheets, duty_table, figures_table, in_use
from gongwen_client.services.yearly_report import yearly_report
from gongwen_protocol.statistics import DutyDay, DutyMap, DutyRow, MonthFigures, Statistics, UnitStatistics

AT = datetime(2026, 12, 31, 9, tzinfo=UTC)
BUSY = MonthFigures(
    month="2026-11", delivered=10, in_time=6, late=2, waiting=1, overdue=1, returned=1, minutes=960, sent=4
)


def figures(units: int) -> Statistics:
    return Statistics(
        server_time=AT,
        first=date(2026, 1, 1),
        last=date(2026, 12, 31),
        months=("2026-11", "2026-12"),
        units=tuple(
            UnitStatistics(unit_code=f"U{number}", unit_name=f"第{number}单位", region="", months=(BUSY,))
            for number in range(units)
        ),
    )


def duty(units: int, cells: str = "CPNF") -> DutyMap:
    days = tuple(DutyDay(day=date(2026, 11, 23 + number), workday=True) for number in range(len(cells) // 2))
    rows = tuple(
        DutyRow(unit_code=f"U{number}", unit_name=f"第{number}单位", region="", cells=cells, met=1, wanted=3)
        for number in range(units)
    )
    return DutyMap(server_time=AT, days=days, units=rows, rule="管理办法第十一条")


def test_one_unit() -> None:
    text = yearly_report(figures(1), duty(1), 2026)
    assert "统计范围：本单位" in text
    assert "有时限的公文及时接收率 66.7%" in text
    assert "平均用时 2.0 小时" in text
    assert "退文率 10.0%" in text
    assert "应人工查收（管理办法第十一条） 3 个半天，达到规定次数 1 个" in text
    assert "四、存在的问题" in text


def test_many_units_name_at_most_five() -> None:
    text = yearly_report(figures(9), duty(9), 2026)
    assert "9 个单位" in text
    assert "四、各单位情况" in text
    line = next(line for line in text.splitlines() if line.startswith("超时接收较多"))
    assert line.count("件") == 5


@pytest.mark.parametrize("units", [0, 1])
def test_nothing_to_count_is_no_fault(units: int) -> None:
    empty = figures(units).model_copy(update={"units": ()})
    text = yearly_report(empty, duty(units, "----"), 2026)
    assert "有时限的公文" not in text
    assert figures_table(empty).rows == []


def test_tables_and_sheets_of_a_map() -> None:
    found = duty(40, "CcPN-LUF")
    table = duty_table(found)
    assert table.rows[0] == ("第0单位", "1/3", "√", "△", "○", "×", "", "假", "—", "")
    assert len(table.columns) == 10
    assert duty_sheets(found).startswith(b"PK")


def test_days_before_the_first_unit_took_part_are_left_out() -> None:
    young = duty(1, "UUUUCPNF")
    assert [day.day for day in in_use(young).days] == [date(2026, 11, 25), date(2026, 11, 26)]
    assert in_use(young).units[0].cells == "CPNF"
    older = young.units[0].model_copy(update={"unit_code": "U9", "cells": "UU--CPNF"})
    both = in_use(young.model_copy(update={"units": (*young.units, older)}))
    assert [row.cells for row in both.units] == ["UUCPNF", "--CPNF"]
    assert in_use(duty(1, "UUUU")).days == duty(1, "UUUU").days
    assert in_use(duty(1)) == duty(1)
