"""首次使用向导: six steps at the left, one at a time at the right; left and taken up again at will."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QFrame, QStackedWidget, QWidget

from gongwen_client.services.first_run import FirstRunProgress, Step, StepState
from gongwen_client.services.help import HelpService
from gongwen_client.services.office import Office
from gongwen_client.ui.first_run.exchange_step import ExchangeStep
from gongwen_client.ui.first_run.step import StepPage
from gongwen_client.ui.first_run.steps import ContactsStep, DeviceStep, KeyStep, PrinterStep, TrainingStep
from gongwen_client.ui.help.panel import HelpWindow
from gongwen_client.ui.preferences.computer import STEP_WORDS
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import button, column, glyph, holder, label, row
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.profile import RegionProfile, load_profile

_LEFT = 208
_MARKS = {
    StepState.OPEN: ("circle", Tone.NEUTRAL),
    StepState.DONE: ("check", Tone.VALID),
    StepState.LATER: ("clock", Tone.WARNING),
}
_STATE_WORDS = {StepState.OPEN: "未做", StepState.DONE: "已完成", StepState.LATER: "以后再做"}


class FirstRunWindow(QWidget):
    """``office_opened(Office)`` once there is one; ``closed`` when the person leaves, wherever it stands;
    ``training_wanted`` asks for the rehearsal. ``open_office(address)`` runs in the background."""

    office_opened = Signal(object)
    closed = Signal()
    training_wanted = Signal()

    def __init__(
        self,
        config: Path,
        open_office: Callable[[str], Office],
        office: Office | None = None,
        address: str = "",
    ) -> None:
        super().__init__()
        self.setObjectName("first_run_window")
        self.setWindowTitle("首次使用向导 · 公文交换")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.office = office
        self.progress = FirstRunProgress(config)
        self._help: HelpWindow | None = None
        self.exchange = ExchangeStep(address, open_office)
        self.device, self.key, self.printer = DeviceStep(), KeyStep(), PrinterStep()
        self.contacts, self.training = ContactsStep(), TrainingStep()
        self.training.training_wanted.connect(self.training_wanted)
        self.steps: tuple[StepPage, ...] = (
            *(self.exchange, self.device, self.key),
            *(self.printer, self.contacts, self.training),
        )
        self._marks: dict[Step, Chip] = {}
        self._stack = QStackedWidget()
        for page in self.steps:
            self._stack.addWidget(page)
            page.ready_changed.connect(self._allow)
        self.back_button = button("上一步(&B)", self.back, name="wizard_back")
        self.later_button = button("以后再做(&L)", self.later, name="wizard_later")
        self.next_button = button("下一步(&N)", self.forward, kind="primary", name="wizard_next")
        self._lay_out()
        QShortcut(QKeySequence("F1"), self, self.show_help)
        self.resize(940, 640)
        self._go(self._first())

    def _lay_out(self) -> None:
        side = column(gap=Space.ROW, margins=(Space.GROUP, Space.SECTION, Space.ROW, Space.GROUP))
        side.addLayout(row(glyph("brand", "brand", 24), label("首次使用", "title"), None))
        side.addSpacing(Space.INSIDE)
        for number, page in enumerate(self.steps, 1):
            mark = Chip(self._word(page.step, number))
            self._marks[page.step] = mark
            side.addWidget(mark)
        side.addStretch(1)
        side.addLayout(row(button("帮助", self.show_help, kind="link", name="wizard_help"), None))
        left = QFrame()
        left.setObjectName("navigation")
        left.setFixedWidth(_LEFT)
        left.setLayout(side)
        buttons = row(gap=Space.INSIDE, margins=(Space.SECTION, Space.ROW, Space.SECTION, Space.ROW))
        for part in (self.back_button, None, self.later_button, self.next_button):
            if part is None:
                buttons.addStretch(1)
            else:
                buttons.addWidget(part)
        footer = holder(buttons, "footer")
        footer.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        inside = column(self._stack, margins=(Space.SECTION, Space.SECTION, Space.SECTION, Space.GROUP))
        right = column(gap=0)
        right.addLayout(inside, 1)
        right.addWidget(footer)
        both = row(left, gap=0)
        both.addLayout(right, 1)
        self.setLayout(both)

    @property
    def page(self) -> StepPage:
        """The step that is on the screen."""
        page = self._stack.currentWidget()
        assert isinstance(page, StepPage)
        return page

    def _first(self) -> int:
        """Where it was left; without an office always the exchange."""
        if self.office is None or not self.office.first_run.pinned():
            return 0
        step = self.progress.next or next(iter(self.progress.undone), Step.TRAINING)
        return next(number for number, page in enumerate(self.steps) if page.step is step)

    def _go(self, number: int) -> None:
        self._stack.setCurrentIndex(number)
        page = self.page
        page.begin(self.office)
        last = page is self.training
        self.next_button.setText("完成(&N)" if last else "下一步(&N)")
        self.back_button.setEnabled(number > 0)
        self._show_marks()
        self._allow()
        here = self.focusWidget()
        if self.isVisible() and (here in (None, page) or not page.isAncestorOf(here)):
            self._take_focus()

    def _take_focus(self) -> None:
        """Where the step's work begins; what is off takes no keys."""
        parts = (*self.page.findChildren(QAbstractButton), self.next_button, self.later_button)
        usable = (part for part in parts if part.isEnabled() and part.isVisible())
        next(usable, self.back_button).setFocus(Qt.FocusReason.TabFocusReason)

    def _allow(self) -> None:
        step = self.page.step
        may = self.office is not None and self.office.first_run.may_skip(step)
        self.later_button.setVisible(may and not self.page.ready)
        self.next_button.setEnabled(self.page.ready)
        self.next_button.setDefault(self.page.ready)

    # -- acts -------------------------------------------------------------------------------------------

    def back(self) -> None:
        """One step back."""
        self._go(max(0, self._stack.currentIndex() - 1))

    def later(self) -> None:
        """On without this step."""
        self._note(StepState.LATER)
        self._on()

    def forward(self) -> None:
        """On, the step being done."""
        if not self.page.ready:
            return
        if self.page is self.exchange:
            self.next_button.setEnabled(False)
            self.exchange.keep(self._opened)
            return
        self._note(StepState.DONE)
        self._on()

    def _opened(self, office: Office) -> None:
        fresh, self.office = self.office is None, office
        self.exchange.set_ready(True)
        self._note(StepState.DONE)
        if fresh:
            self.office_opened.emit(office)
        self._on()

    def _on(self) -> None:
        if self.page is self.training:
            self.close()
        else:
            self._go(self._stack.currentIndex() + 1)

    def _note(self, state: StepState) -> None:
        try:
            self.progress.note(self.page.step, state)
        except GongwenError as error:
            self.page.notice.explain(error)

    def show_help(self) -> None:
        """The wizard's page of help."""
        if self._help is None:
            self._help = HelpWindow(HelpService(self._region))
        self._help.panel.show_place("first_run")
        self._help.show()
        self._help.raise_()

    def _region(self) -> RegionProfile:
        return self.office.help.region() if self.office is not None else load_profile("ordos-2018")

    # -- the column -------------------------------------------------------------------------------------

    def _show_marks(self) -> None:
        for number, page in enumerate(self.steps, 1):
            mark = self._marks[page.step]
            mark.show_state(self._word(page.step, number))
            state = _STATE_WORDS[self.progress.state(page.step)]
            mark.setAccessibleName(f"第 {number} 步 {STEP_WORDS[page.step]}：{state}")

    def _word(self, step: Step, number: int) -> StateWord:
        here = self._stack.count() and self.page.step is step
        shape, tone = _MARKS[self.progress.state(step)]
        text = f"{number}　{STEP_WORDS[step]}"
        return StateWord(text, "dot" if here else shape, Tone.INFO if here else tone)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.key.stop()
        if self._help is not None:
            self._help.close()
        super().closeEvent(event)
        self.closed.emit()
