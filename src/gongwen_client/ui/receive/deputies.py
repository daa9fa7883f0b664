"""代班 (AB角): who stands in for whom; the unit's administrator announces it here."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QDate, QDateTime, Qt, QTime, QTimeZone, Signal
from PySide6.QtWidgets import QComboBox, QDateTimeEdit, QGridLayout, QWidget

from gongwen_client.host.clock import to_local
from gongwen_client.services.office import Office
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import Section, step_line
from gongwen_client.ui.widgets.basics import button, column, label, rule
from gongwen_client.ui.widgets.forms import FormSheet, words_of
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.access import AccountView, StandIn
from gongwen_protocol.permissions import named
from gongwen_protocol.sentences import sentence

_BEIJING = QTimeZone(8 * 3600)
_NOW = StateWord("代班中", "people", Tone.INFO)
_LATER = StateWord("未开始", "clock", Tone.NEUTRAL)


class DeputyDialog(FormSheet):
    """``listed`` carries the stand-ins that run now or begin later."""

    listed = Signal(object)

    def __init__(self, parent: QWidget | None, office: Office) -> None:
        super().__init__(
            parent,
            "deputy_dialog",
            "代班",
            "收发员不在岗时由代班人员查收。代班须有单位负责人同意和起止时间，由单位系统管理员登记。",
            picture="people",
        )
        self._office = office
        self._accounts: tuple[AccountView, ...] = ()
        self._list = column(gap=Space.INSIDE)
        self.body.addLayout(self._list)
        self._list.addWidget(label("正在向交换中心查询", "muted"))
        self.add_safe("关闭(&C)")
        if office.deputies.may_change:
            self._add_form()
        else:
            self.body.addWidget(label("需要登记代班的，请联系本单位系统管理员。", "muted", wrap=True))
        self.reload()

    def reload(self) -> None:
        """Ask again."""
        work(self, self._office.deputies.list).then(self._show).failed(self.explain).start()

    def _show(self, stand_ins: tuple[StandIn, ...]) -> None:
        while (item := self._list.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        lines = [self._line(one) for one in stand_ins]
        self._list.addWidget(Section("现在和以后的代班", *(lines or [label("没有登记代班", "muted")])))
        self.listed.emit(stand_ins)
        self.fit_soon()

    def _line(self, one: StandIn) -> QWidget:
        begun = one.since <= self._office.boards.now()
        span = f"{to_local(one.since):%Y-%m-%d %H:%M} 至 {to_local(one.until):%Y-%m-%d %H:%M}"
        mine = "　涉及本账号" if one.concerns_caller else ""
        who = f"{one.substitute_post} 代 {one.post}"
        line = step_line(_NOW if begun else _LATER, who, f"{span}　{one.consent}{mine}")
        if self._office.deputies.may_change:
            end = button("结束", lambda: self._end(one), kind="link", name="end_deputy")
            end.setAccessibleName(f"结束代班：{who}")
            layout = line.layout()
            assert layout is not None, "a step is laid out"
            layout.addWidget(end)
        return line

    def _end(self, one: StandIn) -> None:
        work(self, lambda: self._office.deputies.end(one.substitution_id)).then(
            lambda _ended: self.reload()
        ).failed(self.explain).start()

    # -- the administrator ------------------------------------------------------------------------------

    def _add_form(self) -> None:
        self.body.addWidget(rule())
        self.body.addWidget(label("登记代班", "section"))
        self.holder, self.substitute = _choice("holder", "被代班岗位"), _choice("substitute", "代班人员")
        self.since, self.until = _moment("since", "开始时间"), _moment("until", "结束时间")
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.ROW)
        for place, (title, field) in enumerate(
            (("被代班", self.holder), ("代班", self.substitute), ("开始", self.since), ("结束", self.until))
        ):
            grid.addLayout(column(label(title, "muted"), field, gap=2), place // 2, place % 2)
        self.body.addLayout(grid)
        self.consent = self.add_line(
            "负责人同意（必填）", "负责人同意", "consent", "如：办公室主任 批〔2026〕3号"
        )
        self.add_act("登记代班(&D)", self._announce, name="announce")
        for box in (self.holder, self.substitute):
            box.currentIndexChanged.connect(lambda _number: self._check())
        self.consent.textChanged.connect(self._check)
        self._propose_times()
        self.keep(self._office.notepad, "unit", consent=self.consent)
        work(self, self._office.deputies.accounts).then(self._accounts_came).failed(self.explain).start()
        self._check()

    def _propose_times(self) -> None:
        today = to_local(self._office.boards.now()).date()
        day = QDate(today.year, today.month, today.day)
        self.since.setDateTime(QDateTime(day, QTime(8, 0), _BEIJING))
        self.until.setDateTime(QDateTime(day, QTime(18, 0), _BEIJING))

    def _accounts_came(self, accounts: tuple[AccountView, ...]) -> None:
        self._accounts = accounts
        for box in (self.holder, self.substitute):
            box.clear()
            for one in accounts:
                box.addItem(f"{one.post} {one.account}", one.account)
                box.setItemData(box.count() - 1, named(one.roles), Qt.ItemDataRole.ToolTipRole)
        if len(accounts) > 1:
            self.substitute.setCurrentIndex(1)
        self._check()

    def _check(self) -> None:
        if self.act_button is None:
            return
        two = self.holder.currentData() != self.substitute.currentData()
        self.act_button.setEnabled(bool(self._accounts) and two and bool(words_of(self.consent)))

    def _announce(self) -> None:
        deputies, consent = self._office.deputies, words_of(self.consent)
        holder, other = self.holder.currentData(), self.substitute.currentData()
        since, until = _chosen(self.since), _chosen(self.until)
        assert self.act_button is not None, "the form has an action"
        self.act_button.setEnabled(False)

        def done(_answer: object) -> None:
            self.consent.clear()
            self.problem.say(sentence("deputy.announced"), Tone.VALID)
            self._check()
            self.reload()

        def failed(error: GongwenError) -> None:
            self._check()
            self.explain(error)

        work(self, lambda: deputies.announce(holder, other, since, until, consent)).then(done).failed(
            failed
        ).start()


def _choice(name: str, spoken: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(spoken)
    box.setMinimumWidth(240)
    return box


def _chosen(field: QDateTimeEdit) -> datetime:
    return datetime.fromtimestamp(field.dateTime().toSecsSinceEpoch(), UTC)


def _moment(name: str, spoken: str) -> QDateTimeEdit:
    field = QDateTimeEdit()
    field.setObjectName(name)
    field.setAccessibleName(spoken)
    field.setTimeZone(_BEIJING)
    field.setDisplayFormat("yyyy-MM-dd HH:mm")
    field.setCalendarPopup(True)
    return field
