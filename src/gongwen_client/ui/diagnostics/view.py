"""诊断: which class of fault, what the checks found, the bundle, the reports. The same in the main window
and, before log-in, in a window of its own."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QWidget

from gongwen_client.domain.checks import Check
from gongwen_client.domain.faults import FaultCase
from gongwen_client.domain.rows import Connection
from gongwen_client.services.diagnostics import BundleFile, DiagnosticsService
from gongwen_client.services.faults import KINDS
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.diagnostics.bundle_dialog import BundleDialog
from gongwen_client.ui.diagnostics.cases import CaseList
from gongwen_client.ui.diagnostics.checks import CheckCard, stack_of
from gongwen_client.ui.diagnostics.fault_dialog import FaultDialog, Typed
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import button, column, holder, label, row, rule
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.scrolled import Scrolled
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.faults import FaultKind

_LEFT = 300
_CLOCK_MS = 60_000
_WANTED = {kind: text for kind, text in KINDS.items() if kind is not FaultKind.OTHER} | {
    FaultKind.OTHER: "其他，或者不知道"
}


class DiagnosticsView(QWidget):
    """``office`` is None where none could be opened: then there are checks and the bundle only."""

    def __init__(self, service: DiagnosticsService, office: Office | None, title: str) -> None:
        super().__init__()
        self._service = service
        self._office = office
        self._typed = Typed()
        self._checked = False
        self._running = 0
        self._waits = ""
        self.dialog: FaultDialog | BundleDialog | None = None
        self.groups = service.groups()
        self.cards = {group.name: CheckCard(group.title) for group in self.groups}
        self.notice = Notice("diagnostics_notice")
        self.kinds: dict[FaultKind, QPushButton] = {}
        self.cases = CaseList()
        self.again_button = button("重新检查(&R)", self.check, picture="refresh", name="check_again")
        self.bundle_button = button("导出诊断信息(&B)", self.make_bundle, picture="save", name="make_bundle")
        self.fault_button = button(
            "填写故障报告(&W)", self.write_fault, kind="primary", picture="draft", name="write_fault"
        )
        self._lay_out(title)
        self.choose(FaultKind.OTHER)
        self._clock = QTimer(self)
        self._clock.setInterval(_CLOCK_MS)
        self._clock.timeout.connect(self.show_cases)

    def _lay_out(self, title: str) -> None:
        head = row(gap=Space.INSIDE, margins=(Space.GROUP, 0, Space.GROUP, 0))
        head.addWidget(label(title, "title"))
        head.addStretch(1)
        for act in (self.again_button, self.bundle_button, self.fault_button):
            head.addWidget(act)
        self.fault_button.setVisible(self._office is not None)
        top = holder(head)
        top.setFixedHeight(Size.HEAD)
        left = column(label("哪里不对", "section"), gap=Space.HAIR)
        for kind, text in _WANTED.items():
            left.addWidget(self._kind(kind, text))
        if self._office is not None:
            left.addSpacing(Space.ROW)
            left.addWidget(rule())
            left.addSpacing(Space.INSIDE)
            left.addWidget(label("故障报告", "section"))
            left.addWidget(Scrolled(self.cases), 1)
        else:
            left.addStretch(1)
        side = holder(left)
        side.setFixedWidth(_LEFT)
        results = Scrolled(stack_of(list(self.cards.values())))
        results.setAccessibleName("检查结果")
        both = row(side, gap=Space.SECTION, margins=(Space.GROUP, 0, Space.INSIDE, 0))
        right = column(gap=Space.INSIDE)
        right.addLayout(row(self.notice, margins=(0, 0, Space.ROW, 0)))
        right.addWidget(results, 1)
        both.addLayout(right, 1)
        whole = column(top, gap=0)
        whole.addLayout(both, 1)
        self.setLayout(whole)

    def _kind(self, kind: FaultKind, text: str) -> QPushButton:
        choice = button(text, lambda: self.choose(kind), name=f"kind_{kind.value}")
        choice.setProperty("role", "choice")
        choice.setCheckable(True)
        choice.setAutoExclusive(True)
        self.kinds[kind] = choice
        return choice

    # -- checks -----------------------------------------------------------------------------------------

    def begin(self) -> None:
        """The view comes into sight: the first time the checks are made."""
        if not self._checked:
            self.check()
        self.show_cases()
        self.refresh_cases()
        self._clock.start()

    def choose(self, kind: FaultKind) -> None:
        """Show the checks that belong to a class of faults."""
        self.kinds[kind].setChecked(True)
        self._typed.kind = kind
        for group in self.groups:
            wanted = kind is FaultKind.OTHER or kind in group.kinds
            self.cards[group.name].setVisible(wanted)

    def check(self) -> None:
        """Make all checks again, side by side."""
        if self._running:
            return
        self._checked = True
        self._running = len(self.groups)
        self.again_button.setEnabled(False)
        self.bundle_button.setEnabled(False)
        for group in self.groups:
            card = self.cards[group.name]
            card.begin()
            show = self._shower(card)
            work(self, group.run).then(show).failed(partial(self._unchecked, show)).start()

    def _shower(self, card: CheckCard) -> Callable[[Sequence[Check]], None]:
        def show(checks: Sequence[Check]) -> None:
            card.show_checks(checks)
            self._running -= 1
            if not self._running:
                self.again_button.setEnabled(True)
                self.bundle_button.setEnabled(True)

        return show

    def _unchecked(self, show: Callable[[Sequence[Check]], None], error: GongwenError) -> None:
        """A group of checks could not be made; the others count all the same."""
        show(())
        self.notice.explain(error)

    @property
    def busy(self) -> bool:
        """Whether checks are being made."""
        return bool(self._running)

    def checks(self) -> list[Check]:
        """What was found so far, of all groups."""
        return [check for card in self.cards.values() for check in card.checks]

    # -- the bundle -------------------------------------------------------------------------------------

    def make_bundle(self) -> None:
        """Put it together and show it."""
        screen = QGuiApplication.primaryScreen()
        surroundings = {
            "Qt": pyside_version,
            "平台": platform.platform(),
            "屏幕": f"{screen.size().width()}x{screen.size().height()} @ {screen.devicePixelRatio():g}",
        }
        checks = self.checks()
        work(self, lambda: self._service.bundle(checks, surroundings)).then(self._show_bundle).failed(
            self.notice.explain
        ).start()

    def _show_bundle(self, files: Sequence[BundleFile]) -> None:
        dialog = BundleDialog(self.window(), self._service, files)
        dialog.saved.connect(self._bundle_saved)
        self._open(dialog)

    def _bundle_saved(self, target: Path) -> None:
        self.notice.show_text(
            f"诊断信息已存到 {target.name}。", "请用允许的渠道交给平台管理员。", "", Tone.VALID
        )

    # -- reports ----------------------------------------------------------------------------------------

    def write_fault(self) -> None:
        """A report about the class that is chosen."""
        if self._office is None:
            return
        connected = self._office.duty.state().connection is Connection.ONLINE
        dialog = FaultDialog(self.window(), self._office, self._typed, self.checks(), online=connected)
        dialog.handed_in.connect(self._handed_in)
        self._open(dialog)

    def _handed_in(self, case: FaultCase) -> None:
        self._waits = case.report.ticket_id
        self.notice.show_text("故障报告已保存，连上即送出。", "处理情况显示在左下方。", "", Tone.VALID)
        self.show_cases()

    def show_cases(self) -> None:
        """What this PC knows of the reports."""
        office = self._office
        if office is not None:
            work(self, office.faults.cases).then(self._cases_came).failed(self.notice.explain).start()

    def _cases_came(self, cases: list[FaultCase]) -> None:
        assert self._office is not None, "reports belong to an office"
        self.cases.show_cases(cases, self._office.faults.now())
        mine = next((case for case in cases if case.report.ticket_id == self._waits), None)
        if mine is not None and (mine.view is not None or mine.refusal):
            self._waits = ""
            if mine.view is None:
                said, small = words.said_parts(mine.refusal)
                self.notice.show_text(
                    f"故障报告没有送达：{said}", "请打印或存成文件，交给平台管理员。", small, Tone.INVALID
                )

    def refresh_cases(self) -> None:
        """Ask the exchange, where somebody is logged in; without a connection what is known stays."""
        office = self._office
        if office is None or office.login.session is None:
            return
        work(self, office.faults.refresh).then(lambda _new: self.show_cases()).failed(
            lambda _error: None
        ).start()

    def _open(self, dialog: FaultDialog | BundleDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._closed)
        dialog.open()

    def _closed(self) -> None:
        self.dialog = None


class DiagnosticsWindow(QWidget):
    """Before log-in, and when the program could not start."""

    def __init__(self, service: DiagnosticsService, office: Office | None = None) -> None:
        super().__init__()
        self.setObjectName("diagnostics_window")
        self.setWindowTitle("诊断 · 公文交换")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.view = DiagnosticsView(service, office, "诊断")
        self.setLayout(column(self.view, gap=0))
        self.resize(1040, 680)

    def present(self) -> None:
        """Show it and begin."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.view.begin()
