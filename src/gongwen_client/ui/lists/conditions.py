"""What a list is narrowed to: the bar with the choices, and a chip for each that is in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from functools import partial

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QDateEdit, QFrame, QHBoxLayout, QPushButton, QWidget

from gongwen_client.host.clock import to_local
from gongwen_client.ui.theme import Size, Space, colour
from gongwen_client.ui.theme.icons import icon
from gongwen_client.ui.widgets.basics import button, label, row
from gongwen_client.ui.words import DOC_KINDS, URGENCIES


@dataclass(frozen=True)
class Conditions:
    """What is chosen; empty is everything. ``period`` is a word of ``PERIODS``; ``first`` and ``last`` are
    days, both included, of a period of one's own."""

    period: str = ""
    first: date | None = None
    last: date | None = None
    unit: str = ""
    kind: str = ""
    urgency: str = ""
    state: str = ""


@dataclass(frozen=True)
class Choice:
    """A state that a list can be narrowed to."""

    value: str
    word: str


OWN_PERIOD = "自选日期"
PERIODS = ("今天", "昨天", "近 7 天", "近 30 天", "今年", "去年", OWN_PERIOD)


def span(conditions: Conditions, today: date) -> tuple[date | None, date | None]:
    """The first and the last day of a period, both included; None where it is open."""
    if conditions.period == OWN_PERIOD:
        return conditions.first, conditions.last
    year = today.year
    spans = {
        "今天": (today, today),
        "昨天": (today - timedelta(days=1), today - timedelta(days=1)),
        "近 7 天": (today - timedelta(days=6), today),
        "近 30 天": (today - timedelta(days=29), today),
        "今年": (date(year, 1, 1), date(year, 12, 31)),
        "去年": (date(year - 1, 1, 1), date(year - 1, 12, 31)),
    }
    return spans.get(conditions.period, (None, None))


def moments(conditions: Conditions, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The period as moments: from the first one to before the last one."""
    local = to_local(now)
    first, last = span(conditions, local.date())
    return (
        None if first is None else datetime.combine(first, time(), local.tzinfo),
        None if last is None else datetime.combine(last + timedelta(days=1), time(), local.tzinfo),
    )


class ConditionBar(QFrame):
    """Choices side by side, under the head of a list. ``changed`` with each choice."""

    changed = Signal()

    def __init__(self, states: Sequence[Choice], *, units: str = "") -> None:
        """``units`` names what the units are to the list, e.g. 发送单位; empty: no choice of units."""
        super().__init__()
        self.setObjectName("conditions")
        self.states = tuple(states)
        self.period = _box("period", "时间", PERIODS)
        self.first, self.last = _day("first_day", "起始日期"), _day("last_day", "截止日期")
        self.unit = _unit_box(units) if units else None
        self.kind = _box("kind", "文种", DOC_KINDS)
        self.urgency = _box("urgency", "紧急程度", URGENCIES)
        self.state = _box("state", "状态", tuple(one.word for one in states)) if states else None
        self._own = QWidget()
        self._own.setLayout(row(self.first, label("至", "muted"), self.last, gap=Space.HAIR))
        self._own.hide()
        layout = row(gap=Space.INSIDE, margins=(Space.GROUP, 0, Space.GROUP, Space.INSIDE))
        layout.addWidget(self.period)
        layout.addWidget(self._own)
        for box in self._boxes()[1:]:
            layout.addWidget(box)
        layout.addStretch(1)
        self.setLayout(layout)
        for box in self._boxes():
            box.activated.connect(lambda _number: self._chosen())
        for day in (self.first, self.last):
            day.dateChanged.connect(lambda _day: self.changed.emit())

    def _boxes(self) -> list[QComboBox]:
        boxes = (self.period, self.unit, self.kind, self.urgency, self.state)
        return [box for box in boxes if box is not None]

    def _chosen(self) -> None:
        self._own.setVisible(self.period.currentText() == OWN_PERIOD)
        self.changed.emit()

    def offer_units(self, names: Sequence[str]) -> None:
        """The units that there are; what is chosen stays."""
        if self.unit is None or [self.unit.itemText(n) for n in range(1, self.unit.count())] == list(names):
            return
        kept = self.unit.currentText()
        self.unit.blockSignals(True)
        while self.unit.count() > 1:
            self.unit.removeItem(1)
        self.unit.addItems(list(names))
        self.unit.setCurrentText(kept)
        self.unit.blockSignals(False)

    @property
    def conditions(self) -> Conditions:
        """What is chosen."""
        own = self.period.currentText() == OWN_PERIOD and self.period.currentIndex() > 0
        word = _chosen(self.state)
        return Conditions(
            period=_chosen(self.period),
            first=_python_day(self.first) if own else None,
            last=_python_day(self.last) if own else None,
            unit=_chosen(self.unit),
            kind=_chosen(self.kind),
            urgency=_chosen(self.urgency),
            state=next((one.value for one in self.states if one.word == word), ""),
        )

    def show_conditions(self, wanted: Conditions) -> None:
        """Choose these."""
        word = next((one.word for one in self.states if one.value == wanted.state), "")
        for box, text in (
            (self.period, wanted.period),
            (self.unit, wanted.unit),
            (self.kind, wanted.kind),
            (self.urgency, wanted.urgency),
            (self.state, word),
        ):
            if box is not None:
                at = box.findText(text) if text else 0
                if text and at < 0:
                    box.addItem(text)
                    at = box.count() - 1
                box.setCurrentIndex(at)
        if wanted.first and wanted.last:
            for field, day in ((self.first, wanted.first), (self.last, wanted.last)):
                field.blockSignals(True)
                field.setDate(QDate(day.year, day.month, day.day))
                field.blockSignals(False)
        self._own.setVisible(wanted.period == OWN_PERIOD)
        self.changed.emit()

    def word(self, state: str) -> str:
        """The word of a state."""
        return next((one.word for one in self.states if one.value == state), state)


class ConditionChips(QFrame):
    """A line of chips, each takes its condition away; hidden while nothing is in force."""

    removed = Signal(str)
    cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("chips")
        self._line: QHBoxLayout = row(gap=Space.INSIDE, margins=(Space.GROUP, 0, Space.GROUP, Space.INSIDE))
        self._line.addStretch(1)
        self.setLayout(self._line)
        self.chips: dict[str, QPushButton] = {}
        self.hide()

    def show_conditions(self, conditions: Conditions, state_word: str) -> None:
        """One chip for each that is chosen."""
        while (item := self._line.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.chips = {}
        for name, words in _words(conditions, state_word):
            chip = button(words, partial(self.removed.emit, name), name=f"chip_{name}")
            chip.setProperty("role", "chip")
            chip.setIcon(icon("close", colour("action").name()))
            chip.setIconSize(chip.iconSize().scaled(12, 12, Qt.AspectRatioMode.KeepAspectRatio))
            chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            chip.setAccessibleName(f"取消条件：{words}")
            chip.setToolTip("取消这个条件")
            self._line.addWidget(chip)
            self.chips[name] = chip
        if len(self.chips) > 1:
            self._line.addWidget(button("全部取消", self.cleared.emit, kind="link", name="clear_conditions"))
        self._line.addStretch(1)
        self.setVisible(bool(self.chips))


def without(conditions: Conditions, name: str) -> Conditions:
    """The same with one condition taken away."""
    if name == "period":
        return replace(conditions, period="", first=None, last=None)
    assert name in {field.name for field in fields(Conditions)}
    return replace(conditions, **{name: ""})  # type: ignore[arg-type]


def _words(conditions: Conditions, state_word: str) -> list[tuple[str, str]]:
    period = conditions.period
    if conditions.first and conditions.last:
        period = f"{conditions.first:%Y-%m-%d} 至 {conditions.last:%Y-%m-%d}"
    found = (
        ("period", period),
        ("unit", conditions.unit),
        ("kind", conditions.kind),
        ("urgency", conditions.urgency),
        ("state", state_word if conditions.state else ""),
    )
    return [(name, words) for name, words in found if words]


def _box(name: str, spoken: str, choices: Sequence[str]) -> QComboBox:
    """A choice whose first line says what it is a choice of."""
    box = QComboBox()
    box.setObjectName(f"condition_{name}")
    box.setAccessibleName(spoken)
    box.addItem(spoken)
    box.addItems(list(choices))
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return box


def _unit_box(what: str) -> QComboBox:
    """Units are many: typing a part of the name finds them."""
    box = _box("unit", what, ())
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(12)
    box.setMinimumWidth(Size.NAVIGATION)
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    edit, completer = box.lineEdit(), box.completer()
    assert edit is not None
    assert isinstance(completer, QCompleter)
    edit.setAccessibleName(what)
    edit.setObjectName("condition_unit_text")
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
    return box


def _day(name: str, spoken: str) -> QDateEdit:
    today = QDate.currentDate()
    field = QDateEdit(today)
    field.setObjectName(f"condition_{name}")
    field.setAccessibleName(spoken)
    field.setDisplayFormat("yyyy-MM-dd")
    field.setCalendarPopup(True)
    return field


def _python_day(field: QDateEdit) -> date:
    day = field.date()
    return date(day.year(), day.month(), day.day())


def _chosen(box: QComboBox | None) -> str:
    return box.currentText() if box is not None and box.currentIndex() > 0 else ""
