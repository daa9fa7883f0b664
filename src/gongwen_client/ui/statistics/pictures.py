"""The three pictures of the statistics, each under its legend with its table behind it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from gongwen_client.ui.lists.table import Column, RowModel, RowTable
from gongwen_client.ui.statistics.bars import Bar, MonthBars, Share, ShareSample, StackedBars
from gongwen_client.ui.statistics.heat_map import HeatMap, MarkSample
from gongwen_client.ui.statistics.tables import (
    duty_columns,
    in_time_rate,
    month_totals,
    received_columns,
    unit_totals,
    volume_columns,
)
from gongwen_client.ui.theme import Space
from gongwen_client.ui.widgets.basics import column, holder, row
from gongwen_protocol.statistics import DutyMap, HalfDuty, MonthFigures, Statistics

_RECEIVED = (
    Share("按时接收", "valid"),
    Share("超时接收", "warning", Qt.BrushStyle.BDiagPattern),
    Share("超时未收", "invalid", Qt.BrushStyle.DiagCrossPattern),
    Share("未到时限", "muted", Qt.BrushStyle.Dense6Pattern),
)
_VOLUME = (Share("发文件数", "action"), Share("收文件次", "muted", Qt.BrushStyle.BDiagPattern))
_LEGEND = (
    HalfDuty.CHECKED,
    HalfDuty.PARTLY,
    HalfDuty.POLLED,
    HalfDuty.NONE,
    HalfDuty.LEAVE,
    HalfDuty.OFF,
    HalfDuty.CLOSED,
)
Row = TypeVar("Row")


class Pictures(QStackedWidget):
    """值守热力图, 接收及时率, 收发量. ``moved``: what the keyboard or the mouse points at, in words."""

    moved = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.heat_map = HeatMap()
        self.received = StackedBars("received_bars", "接收及时率", _RECEIVED, "件数（右侧为及时率）")
        self.months = MonthBars(_VOLUME)
        self.duty_table = _table("duty_table", "值守情况表", duty_columns(None), lambda one: one.unit_code)
        self.received_table = _table("received_table", "接收情况表", received_columns(), lambda one: one[0])
        self.volume_table = _table("volume_table", "每月收发量表", volume_columns(), lambda one: one.month)
        self._duty: DutyMap | None = None
        legends: tuple[Sequence[QWidget], ...] = (
            [MarkSample(state) for state in _LEGEND],
            [ShareSample(share) for share in _RECEIVED],
            [ShareSample(share) for share in _VOLUME],
        )
        for picture, table, legend in zip(
            (self.heat_map, self.received, self.months),
            (self.duty_table, self.received_table, self.volume_table),
            legends,
            strict=True,
        ):
            self.addWidget(_framed(picture, legend))
            self.addWidget(table)
        self.heat_map.moved.connect(self.moved)
        self.received.moved.connect(self.moved)

    def turn(self, tab: int, *, table: bool) -> None:
        """The picture of a tab, or the table behind it."""
        self.setCurrentIndex(2 * tab + int(table))

    def show_duty(self, duty: DutyMap) -> None:
        """Who looked when. The same map again leaves the picture as a person scrolled it."""
        before, self._duty = self._duty, duty
        without = {"server_time"}
        if before is None or before.model_dump(exclude=without) != duty.model_dump(exclude=without):
            self.heat_map.show_map(duty)
        self.duty_table.rows.columns = tuple(duty_columns(duty))
        self.duty_table.show_rows(list(duty.units))

    def show_figures(self, figures: Statistics) -> None:
        """How units received, and how much there was."""
        totals = unit_totals(figures)
        self.received.show_bars(
            [
                Bar(
                    name,
                    (one.in_time, one.late, one.overdue, one.waiting - one.overdue),
                    _said_of(name, one),
                )
                for name, one in totals
            ]
        )
        self.received_table.show_rows(totals)
        months = month_totals(figures)
        self.months.show_bars([Bar(one.month, (one.sent, one.delivered)) for one in months])
        self.volume_table.show_rows(months)


def _table(
    name: str, spoken: str, columns: Sequence[Column[Row]], identity: Callable[[Row], Hashable]
) -> RowTable:
    return RowTable(RowModel(columns, identity), name, spoken)


def _framed(picture: QWidget, legend: Sequence[QWidget]) -> QWidget:
    """A picture under its legend."""
    strip = row(*legend, None, gap=Space.GROUP, margins=(Space.GROUP, Space.INSIDE, Space.GROUP, Space.HAIR))
    whole = column(gap=0)
    whole.addLayout(strip)
    whole.addWidget(picture, 1)
    return holder(whole)


def _said_of(name: str, one: MonthFigures) -> str:
    share = in_time_rate((name, one))
    return "" if share == "—" else f"及时率 {share}"
