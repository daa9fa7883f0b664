"""统计: three pictures, each with its table behind it, for a chosen period; the own unit's, or all units'."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QSettings, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QStackedWidget,
    QTabBar,
)

from gongwen_client.services.office import Office
from gongwen_client.services.statistics import Looked, rate
from gongwen_client.ui import words
from gongwen_client.ui.registers.print_dialog import PrintSheetsDialog, printed_words
from gongwen_client.ui.statistics.leave_dialog import LeaveDialog
from gongwen_client.ui.statistics.pictures import Pictures
from gongwen_client.ui.statistics.tables import (
    in_time_rate,
)
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import ElidedLabel, button, column, holder, label, row, tool
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.page import Page
from gongwen_client.ui.widgets.states import EmptyState, Skeleton
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.statistics import DutyMap, Statistics, total

DUTY, RECEIVING, VOLUME = range(3)
_FORMATS = "Excel 工作簿 (*.xlsx);;PDF 文件（A4 横向） (*.pdf);;CSV 文件 (*.csv)"
DUTY, RECEIVING, VOLUME = range(3)
_FRESH_MS = 60_000
Answer = tuple[DutyMap, Statistics]


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
        self.dialog: LeaveDialog | PrintSheetsDialog | None = None
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
        self.pictures = Pictures()
        self.said = ElidedLabel("", "muted")
        self._summary = ElidedLabel()
        self.counted = label("", "muted")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.leave_button = button("登记休假(&L)", self.open_leave, picture="calendar", name="take_leave")
        self.report_button = button("年度总结(&R)", self.choose_report, picture="file-text", name="report")
        self.report_button.setToolTip("生成《应用情况总结》草稿（文本文件）")
        self.print_button = button("打印(&P)", self.open_print, picture="print", name="print_statistics")
        self.export_button = button("导出(&E)", self.choose_file, picture="save", name="export")
        head = row(gap=Space.INSIDE, margins=(Space.GROUP, 0, Space.GROUP, 0))
        head.addWidget(label("统计", "title"))
        head.addWidget(self._summary, 1)
        head.addWidget(self.period)
        head.addWidget(tool("refresh", "刷新", self.ask, name="refresh"))
        head.addWidget(self.leave_button)
        head.addWidget(self.report_button)
        head.addWidget(self.print_button)
        head.addWidget(self.export_button)
        top = holder(head)
        top.setFixedHeight(Size.HEAD)
        strip = holder(
            row(self.tabs, None, self.counted, self.as_table, margins=(Space.GROUP, 0, Space.GROUP, 0)),
            "toolstrip",
        )
        strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        strip.setFixedHeight(44)
        self._stack = QStackedWidget()
        self._skeleton = Skeleton()
        shown = column(self.pictures, gap=0)
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
        self.pictures.moved.connect(self.said.setText)

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
        work(self, lambda: statistics.look(first, last)).then(lambda found: self._came(turn, found)).failed(
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

    def _came(self, turn: int, found: Looked) -> None:
        if turn != self._asked:
            return  # another period was chosen meanwhile
        self._shown = self.span()
        self._age.start()
        self._show(found)

    def _show(self, looked: Looked) -> None:
        found = duty, figures = looked.duty, looked.figures
        self.found = found
        self.notice.clear()
        if any(day.assumed for day in duty.days):
            self.notice.show_text(
                "所选时间中有的年份还没有节假日安排，暂按周一至周五为工作日统计。",
                "请平台管理员更新工作日历。",
                tone=Tone.WARNING,
            )
        self.pictures.show_duty(duty)
        self.pictures.show_figures(figures)
        self._show_summary(found)
        self._stack.setCurrentIndex(1)
        self._turn()

    def _failed(self, turn: int, error: GongwenError) -> None:
        if turn != self._asked:
            return
        if self.found is not None:
            self.notice.explain(error)
            return
        work(self, self._office.statistics.kept).then(lambda kept: self._nothing_new(error, kept)).failed(
            lambda _error: self._nothing_new(error, None)
        ).start()

    def _nothing_new(self, error: GongwenError, kept: Looked | None) -> None:
        """The exchange does not answer: the figures that it gave last, with their time."""
        if kept is None:
            self._stack.setCurrentIndex(2)
        elif self.found is None:
            self._show(kept)
        self.notice.explain(error)

    def _show_summary(self, found: Answer) -> None:
        duty, figures = found
        whole = total([one for unit in figures.units for one in unit.months])
        met, wanted = (sum(getattr(unit, name) for unit in duty.units) for name in ("met", "wanted"))
        who = figures.units[0].unit_name if len(figures.units) == 1 else f"{len(figures.units)} 个单位"
        self._summary.setText(
            f"{who}　查收达标 {rate(met, wanted)}　及时率 {in_time_rate(('', whole))}　"
            f"发文 {whole.sent} 件　收文 {whole.delivered} 件"
        )
        at = words.when(figures.server_time)
        self.counted.setText(f"{figures.first:%m-%d} 至 {figures.last:%m-%d}，{at} 统计")

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
        self.pictures.turn(tab, table=self.as_table.isChecked())
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
        write = self._writer()
        if write is not None:
            self._write(lambda: write(target), target)

    def _writer(self) -> Callable[[Path], None] | None:
        """Puts the tab in sight into a file; None before there are figures."""
        if self.found is None:
            return None
        (duty, figures), statistics = self.found, self._office.statistics
        if self.tabs.currentIndex() == DUTY:
            return lambda target: statistics.export_duty(duty, target)
        return lambda target: statistics.export_figures(figures, target)

    def open_print(self) -> None:
        """打印 the tab in sight: the map, or the figures as a table."""
        write = self._writer()
        if write is None or self.found is None:
            return
        figures = self.found[1]
        title = "值守情况图" if self.tabs.currentIndex() == DUTY else "公文接收和发送统计表"
        facts = (("范围", f"{figures.first} 至 {figures.last}"), ("单位", f"{len(figures.units)} 个"))
        dialog = PrintSheetsDialog(self.window(), self._office.sheets, title, facts, write)
        dialog.printed.connect(
            lambda place: self.notice.show_text(printed_words(title, place), tone=Tone.VALID)
        )
        self._show_dialog(dialog)

    def _show_dialog(self, dialog: LeaveDialog | PrintSheetsDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._dialog_closed)
        dialog.open()

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
        dialog = LeaveDialog(self.window(), self._office)
        dialog.kept.connect(self.ask)
        self._show_dialog(dialog)

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
