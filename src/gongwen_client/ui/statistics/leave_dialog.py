"""登记休假: days to come on which the unit is excused from its looks."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QDateEdit, QLineEdit, QWidget

from gongwen_client.services.office import Office
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.widgets.basics import column, label, row
from gongwen_client.ui.widgets.dialog import Sheet


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
