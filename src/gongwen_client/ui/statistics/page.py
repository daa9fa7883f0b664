"""统计: three pictures, each with its table behind it, for a chosen period; the own unit's, or all units'."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QDate, QElapsedTimer, QSettings, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QFileDialog,
    QLineEdit,
    QStackedWidget,
    QTabBar,
    QWidget,
)

from gongwen_client.services.office import Office
from gongwen_client.services.statistics import rate
from gongwen_client.ui import words
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
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import ElidedLabel, button, column, holder, label, row, tool
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.page import Page
from gongwen_client.ui.widgets.states import EmptyState, Skeleton
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.statistics import DutyMap, HalfDuty, MonthFigures, Statistics, total

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
_FORMATS = "Excel 工作簿 (*.xlsx);;PDF 文件（A4 横向） (*.pdf);;CSV 文件 (*.csv)"
DUTY, RECEIVING, VOLUME = range(3)
_FRESH_MS = 60_000
Answer = tuple[DutyMap, Statistics]
Row = TypeVar("Row")


def periods(today: date) -> list[tuple[str, date, date]]:
    """The periods that people ask about, ends included."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    quarter = date(today.year, today.month - (today.month - 1) % 3, 1)
    return [
        ("近 30 天", today - timedelta(days=29), today),
        ("本月", month, today),
        ("上月", before.replace(day=1), before),
        ("本季度", quarter, today),
        ("今年", date(today.year, 1, 1), today),
        ("去年", date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    ]


class StatisticsPage(Page):
    """``exported`` tells of a finished file."""

    exported = Signal(object)

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setObjectName("statistics")
        self._office = office
        self._asked = 0
        self.found: Answer | None = None
        self._shown: tuple[date, date] | None = None
        self._age = QElapsedTimer()
        self.dialog: LeaveDialog | None = None
        self.notice = Notice("statistics_notice")
        self.period = QComboBox()
        self.period.setObjectName("period")
        self.period.setAccessibleName("统计时间段")
        self.tabs = QTabBar()
        self.tabs.setObjectName("statistics_tabs")
        self.tabs.setAccessibleName("统计内容")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for title in ("值守热力图", "接收及时率", "收发量"):
            self.tabs.addTab(title)
        self.as_table = button("看表格(&T)", self._toggle, name="as_table", tip="同样的数字，以表格显示")
        self.as_table.setCheckable(True)
        self.heat_map = HeatMap()
        self.received = StackedBars("received_bars", "接收及时率", _RECEIVED, "件数（右侧为及时率）")
        self.months = MonthBars(_VOLUME)
        self.duty_table = _table("duty_table", "值守情况表", duty_columns(None), lambda one: one.unit_code)
        self.received_table = _table("received_table", "接收情况表", received_columns(), lambda one: one[0])
        self.volume_table = _table("volume_table", "每月收发量表", volume_columns(), lambda one: one.month)
        self.said = ElidedLabel("", "muted")
        self._summary = ElidedLabel()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.leave_button = button("登记休假(&L)", self.open_leave, picture="calendar", name="take_leave")
        self.report_button = button("年度总结(&R)", self.choose_report, picture="file-text", name="report")
        self.report_button.setToolTip("生成《应用情况总结》草稿（文本文件）")
        self.export_button = button("导出(&E)", self.choose_file, picture="save", name="export")
        head = row(gap=Space.INSIDE, margins=(Space.GROUP, 0, Space.GROUP, 0))
        head.addWidget(label("统计", "title"))
        head.addWidget(self._summary, 1)
        head.addWidget(self.period)
        head.addWidget(tool("refresh", "刷新", self.ask, name="refresh"))
        head.addWidget(self.leave_button)
        head.addWidget(self.report_button)
        head.addWidget(self.export_button)
        top = holder(head)
        top.setFixedHeight(Size.HEAD)
        strip = holder(
            row(self.tabs, None, self.as_table, margins=(Space.GROUP, 0, Space.GROUP, 0)), "toolstrip"
        )
        strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        strip.setFixedHeight(44)
        self._pictures = QStackedWidget()
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
            self._pictures.addWidget(_framed(picture, legend))
            self._pictures.addWidget(table)
        self._stack = QStackedWidget()
        self._skeleton = Skeleton()
        shown = column(self._pictures, gap=0)
        foot = holder(row(self.said, margins=(Space.GROUP, 0, Space.GROUP, 0)))
        foot.setFixedHeight(Size.ROW)
        shown.addWidget(foot)
        nothing = EmptyState("register", "还没有统计结果", "连接交换中心后，按“刷新”重新取得。")
        for part in (self._skeleton, holder(shown), nothing):
            self._stack.addWidget(part)
        whole = column(top, strip, gap=0)
        whole.addLayout(column(self.notice, margins=(Space.GROUP, 0, Space.GROUP, 0)))
        whole.addWidget(self._stack, 1)
        self.setLayout(whole)
        self._skeleton.begin()

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(lambda _tab: self._turn())
        self.period.activated.connect(lambda _number: self.reload())
        self.heat_map.moved.connect(self.said.setText)
        self.received.moved.connect(self.said.setText)

    # -- loading ----------------------------------------------------------------------------------------

    def reload(self) -> None:
        """The same period is asked for again after a minute at the earliest: counting is work."""
        self._fill_periods(self._office.statistics.today())
        self.leave_button.setVisible(self._office.statistics.may_take_leave())
        fresh = self._age.isValid() and self._age.elapsed() < _FRESH_MS
        if not fresh or self._shown != self.span():
            self.ask()

    def ask(self) -> None:
        """Ask the exchange now."""
        statistics = self._office.statistics
        first, last = self.span()
        self._asked += 1
        turn = self._asked

        def ask() -> Answer:
            return statistics.duty(first, last), statistics.figures(first, last)

        work(self, ask).then(lambda found: self._came(turn, found)).failed(
            lambda error: self._failed(turn, error)
        ).start()

    def _fill_periods(self, today: date) -> None:
        found = periods(today)
        if self.period.itemData(0) == found[0][1:]:
            return
        chosen = max(0, self.period.currentIndex())
        self.period.clear()
        for name, first, last in found:
            self.period.addItem(name, (first, last))
            self.period.setItemData(
                self.period.count() - 1, f"{first} 至 {last}", Qt.ItemDataRole.ToolTipRole
            )
        self.period.setCurrentIndex(chosen)

    def span(self) -> tuple[date, date]:
        """The chosen period."""
        first, last = self.period.currentData()
        return first, last

    def _came(self, turn: int, found: Answer) -> None:
        if turn != self._asked:
            return  # another period was chosen meanwhile
        duty, figures = found
        self._shown = self.span()
        self._age.start()
        fresh = self.found is None or self.found[0].model_dump(exclude={"server_time"}) != duty.model_dump(
            exclude={"server_time"}
        )
        self.found = found
        self.notice.clear()
        if any(day.assumed for day in duty.days):
            self.notice.show_text(
                "所选时间中有的年份还没有节假日安排，暂按周一至周五为工作日统计。",
                "请平台管理员更新工作日历。",
                tone=Tone.WARNING,
            )
        if fresh:
            self.heat_map.show_map(duty)
        self.duty_table.rows.columns = tuple(duty_columns(duty))
        self.duty_table.show_rows(list(duty.units))
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
        self._show_summary(found)
        self._stack.setCurrentIndex(1)
        self._turn()

    def _failed(self, turn: int, error: GongwenError) -> None:
        if turn != self._asked:
            return
        self.notice.explain(error)
        self._stack.setCurrentIndex(1 if self.found else 2)

    def _show_summary(self, found: Answer) -> None:
        duty, figures = found
        whole = total([one for unit in figures.units for one in unit.months])
        met, wanted = (sum(getattr(unit, name) for unit in duty.units) for name in ("met", "wanted"))
        who = figures.units[0].unit_name if len(figures.units) == 1 else f"{len(figures.units)} 个单位"
        self._summary.setText(
            f"{who}　查收达标 {rate(met, wanted)}　及时率 {in_time_rate(('', whole))}　"
            f"发文 {whole.sent} 件　收文 {whole.delivered} 件　{words.when(figures.server_time)} 统计"
        )

    # -- turning ----------------------------------------------------------------------------------------

    def _toggle(self) -> None:
        self.as_table.setText("看图(&T)" if self.as_table.isChecked() else "看表格(&T)")
        self.as_table.setAccessibleName("看图" if self.as_table.isChecked() else "看表格")
        self._turn()

    def show_table(self, *, table: bool) -> None:
        """The picture, or the table behind it."""
        if self.as_table.isChecked() != table:
            self.as_table.click()

    def _turn(self) -> None:
        tab = self.tabs.currentIndex()
        self._pictures.setCurrentIndex(2 * tab + int(self.as_table.isChecked()))
        duty = self.found[0] if self.found else None
        rule = f"应查次数依据{duty.rule}，工作日含调休。" if duty and duty.rule else ""
        hints = (
            f"{rule}方向键移动，选中一格后这里显示单位、时间和情况。",
            "按时：在时限内接收；时限按紧急程度或当日截止规则计算。单位按超时件数排列。",
            "按送达和发送的月份统计。",
        )
        self.said.setText(hints[tab])

    # -- files ------------------------------------------------------------------------------------------

    def choose_file(self) -> None:
        """Ask where the tab in sight goes."""
        name = "值守情况图" if self.tabs.currentIndex() == DUTY else "公文接收和发送统计表"
        chosen, _ = QFileDialog.getSaveFileName(self, "导出统计", f"{name}.xlsx", _FORMATS)
        if chosen:
            self.export(Path(chosen))

    def export(self, target: Path) -> None:
        """Write what the tab in sight shows to a file; its suffix says how."""
        if self.found is None:
            return
        duty, figures = self.found
        statistics = self._office.statistics
        if self.tabs.currentIndex() == DUTY:
            self._write(lambda: statistics.export_duty(duty, target), target)
        else:
            self._write(lambda: statistics.export_figures(figures, target), target)

    def choose_report(self) -> None:
        """Ask where the year's report goes."""
        year = self.span()[0].year
        chosen, _ = QFileDialog.getSaveFileName(
            self, "生成年度总结草稿", f"{year}年应用情况总结（草稿）.txt", "文本文件 (*.txt)"
        )
        if chosen:
            self.write_report(year, Path(chosen))

    def write_report(self, year: int, target: Path) -> None:
        """《应用情况总结》 of a year."""
        self._write(lambda: self._office.statistics.write_report(year, target), target)

    def _write(self, act: Callable[[], None], target: Path) -> None:
        def done(_nothing: None) -> None:
            self.notice.show_text(f"已生成：{target.name}", tone=Tone.VALID)
            self.exported.emit(target)

        work(self, act).then(done).failed(self.notice.explain).start()

    def open_leave(self) -> None:
        """登记休假."""
        self.dialog = LeaveDialog(self.window(), self._office)
        self.dialog.kept.connect(self.ask)
        self.dialog.finished.connect(self._dialog_closed)
        self.dialog.open()

    def _dialog_closed(self) -> None:
        self.dialog = None

    # -- page -------------------------------------------------------------------------------------------

    def take_focus(self) -> None:
        self.tabs.setFocus()

    def remember(self, settings: QSettings) -> None:
        settings.setValue("statistics/period", self.period.currentIndex())
        settings.setValue("statistics/tab", self.tabs.currentIndex())

    def restore(self, settings: QSettings) -> None:
        self._fill_periods(self._office.statistics.today())
        self.period.setCurrentIndex(int(str(settings.value("statistics/period", 0))))
        self.tabs.setCurrentIndex(int(str(settings.value("statistics/tab", 0))))


class LeaveDialog(Sheet):
    """登记休假: the unit is excused on days to come."""

    kept = Signal()

    def __init__(self, parent: QWidget, office: Office) -> None:
        super().__init__(
            parent,
            "leave_dialog",
            "登记休假",
            "休假期间本单位的值守不计入应查次数；只能登记今天以后的日期，登记后留有记录。",
            picture="calendar",
        )
        self._office = office
        today = office.statistics.today()
        self.first, self.last = (_date(name, today) for name in ("开始日期", "结束日期"))
        self.reason = QLineEdit()
        self.reason.setObjectName("reason")
        self.reason.setAccessibleName("休假原因")
        self.reason.setPlaceholderText("如：单位搬迁、集中休假")
        dates = row(
            column(label("开始日期", "small"), self.first),
            column(label("结束日期", "small"), self.last),
            gap=Space.GROUP,
        )
        self.body.addLayout(dates)
        self.body.addLayout(column(label("原因", "small"), self.reason))
        hint = "个人休假请设置代班（AB 角），不需要在这里登记：查收是单位的职责。"
        self.body.addWidget(label(hint, "muted", wrap=True))
        self.add_safe("取消(&C)")
        self.add_action("登记休假(&Y)", self.save, name="save_leave")
        self.compact(440)

    def save(self) -> None:
        """Tell the exchange."""
        first, last = (box.date().toPython() for box in (self.first, self.last))
        assert isinstance(first, date)
        assert isinstance(last, date)
        reason, take = self.reason.text(), self._office.statistics.take_leave
        work(self, lambda: take(first, last, reason)).then(lambda _view: self._saved()).failed(
            self.explain
        ).start()

    def _saved(self) -> None:
        self.kept.emit()
        self.accept()


def _date(spoken: str, today: date) -> QDateEdit:
    box = QDateEdit(QDate(today.year, today.month, today.day))
    box.setCalendarPopup(True)
    box.setDisplayFormat("yyyy-MM-dd")
    box.setAccessibleName(spoken)
    return box


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
