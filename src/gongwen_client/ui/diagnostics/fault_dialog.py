"""故障报告: the class, what happened, how to reach the post; saved, printed or handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QDateTime, Qt, QTimeZone, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDateTimeEdit,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QWidget,
)

from gongwen_client.domain.checks import Check
from gongwen_client.domain.faults import FaultCase
from gongwen_client.host.clock import LOCAL
from gongwen_client.host.printing import PrintOutcome, PrintResult
from gongwen_client.services.faults import KINDS
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import button, column, label, row
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.faults import FaultKind, FaultReport

_FORMATS = "PDF 文件 (*.pdf);;文本文件 (*.txt);;OFD 文件 (*.ofd)"
_WIDTH = 640
_SAID_HEIGHT = 120
_WHEN_WIDTH = 190
_BEIJING = QTimeZone(8 * 3600)
_NOT_NOW = "现在送不到交换中心：报告先存在本机，登录并连上后自动送出；急用请打印或存成文件交去。"


@dataclass
class Typed:
    """What a person has typed; it outlives a dialog that was closed too soon."""

    kind: FaultKind = FaultKind.OTHER
    said: str = ""
    contact: str = ""


class FaultDialog(Sheet):
    """``handed_in`` once the report is kept and on its way; ``saved`` tells of a file."""

    handed_in = Signal(object)
    saved = Signal(object)

    def __init__(
        self, parent: QWidget | None, office: Office, typed: Typed, checks: Sequence[Check], *, online: bool
    ) -> None:
        super().__init__(
            parent,
            "fault_dialog",
            "故障报告",
            "报告送交本级管理员；送到之时开始计算答复时限。",
            picture="warning",
            tone="warning",
        )
        self._office = office
        self._typed = typed
        self._checks = tuple(checks)
        self._report: FaultReport | None = None
        self.kinds = QButtonGroup(self)
        self._choices: dict[FaultKind, QRadioButton] = {}
        self.said = QPlainTextEdit(typed.said)
        self.said.setObjectName("fault_said")
        self.said.setAccessibleName("出了什么问题")
        self.said.setPlaceholderText("当时在做什么，看到了什么提示，从什么时候开始。请不要写公文内容和口令。")
        self.said.setTabChangesFocus(True)
        self.said.setFixedHeight(_SAID_HEIGHT)
        self.contact = QLineEdit(typed.contact)
        self.contact.setObjectName("fault_contact")
        self.contact.setAccessibleName("联系方式")
        self.contact.setPlaceholderText("岗位和电话，例如 办公室收发员 8123456")
        self.contact.setMaxLength(100)
        now = QDateTime.currentDateTimeUtc().toTimeZone(_BEIJING)
        self.when = QDateTimeEdit()
        self.when.setTimeZone(_BEIJING)
        self.when.setDateTime(now)
        self.when.setObjectName("fault_when")
        self.when.setAccessibleName("发生时间")
        self.when.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.when.setCalendarPopup(True)
        self.when.setMinimumWidth(_WHEN_WIDTH)
        self.when.setMaximumDateTime(now.addSecs(60))
        self.printer = QComboBox()
        self.printer.setObjectName("fault_printer")
        self.printer.setAccessibleName("打印机")
        self._lay_out(online=online)
        for field in (self.said.textChanged, self.contact.textChanged):
            field.connect(self._note)
        self.compact(_WIDTH)
        self.said.setFocus()
        work(self, office.printing.printers).then(self._printers_came).failed(lambda _error: None).start()

    def _lay_out(self, *, online: bool) -> None:
        self.body.addWidget(label("故障类别", "small"))
        kinds = column(gap=0)
        pair: list[QRadioButton] = []
        for kind, text in KINDS.items():
            choice = QRadioButton(text)
            choice.setObjectName(f"fault_{kind.value}")
            choice.setChecked(kind is self._typed.kind)
            choice.toggled.connect(lambda _on: self._note())
            self.kinds.addButton(choice)
            self._choices[kind] = choice
            pair.append(choice)
        kinds.addLayout(row(*pair[:2], None, gap=Space.SECTION))
        kinds.addLayout(row(*pair[2:], None, gap=Space.SECTION))
        self.body.addLayout(kinds)
        self.body.addWidget(label("出了什么问题", "small"))
        self.body.addWidget(self.said)
        left = column(label("发生时间", "small"), self.when, gap=2)
        right = column(label("联系方式", "small"), self.contact, gap=2)
        self.when.setFixedHeight(self.contact.sizeHint().height())
        both = row(gap=Space.GROUP)
        both.addLayout(left)
        both.addLayout(right, 1)
        self.body.addLayout(both)
        bad = sum(not check.good for check in self._checks)
        found = f"，其中 {bad} 项需要留意" if bad else ""
        sent = "" if online else _NOT_NOW
        said = f"随报告附上 {len(self._checks)} 项自动检查结果{found}。{sent}"
        self.body.addWidget(label(said, "muted", wrap=True))
        self.save_button = button("存成文件(&F)", self.choose_file, picture="save", name="save_fault")
        self.print_button = button("打印(&P)", self.print, picture="print", name="print_fault")
        self.printer.setMinimumWidth(160)
        self.body.addLayout(row(self.save_button, self.print_button, self.printer, None))
        self.add_safe("取消(&C)")
        self.send_button = self.add_action("送交(&S)", self.send, picture="send", name="send_fault")

    @property
    def kind(self) -> FaultKind:
        """The class that is chosen."""
        return next((kind for kind, choice in self._choices.items() if choice.isChecked()), FaultKind.OTHER)

    def _printers_came(self, names: list[str]) -> None:
        for name in names:
            self.printer.addItem(words.printer(name), name)

    def _note(self) -> None:
        self._typed.kind, self._typed.said = self.kind, self.said.toPlainText()
        self._typed.contact = self.contact.text()
        self._report = None
        self.problem.clear()

    def _written(self) -> FaultCase | None:
        """The report as it is typed now; repeated acts on the same words keep its number."""
        if self._report is None:
            moment = datetime.fromtimestamp(self.when.dateTime().toSecsSinceEpoch(), LOCAL)
            try:
                self._report = self._office.faults.write(
                    self.kind, self.said.toPlainText(), moment, self.contact.text(), self._checks
                )
            except GongwenError as error:
                self.explain(error)
                self.said.setFocus(Qt.FocusReason.OtherFocusReason)
                return None
        return FaultCase(self._report, datetime.now(UTC))

    def send(self) -> None:
        """Keep it, and let it go as soon as there is a way."""
        case = self._written()
        if case is None:
            return
        self.send_button.setEnabled(False)
        work(self, lambda: self._office.faults.hand_in(case.report)).always(
            lambda: self.send_button.setEnabled(True)
        ).then(lambda _done: self._sent(case)).failed(self.explain).start()

    def _sent(self, case: FaultCase) -> None:
        self._typed.said = ""
        self.handed_in.emit(case)
        self.accept()

    def choose_file(self) -> None:
        """Ask where the sheet goes."""
        if self._written() is None:
            return
        name, _ = QFileDialog.getSaveFileName(self, "保存故障报告", "故障报告.pdf", _FORMATS)
        if name:
            self.save(Path(name))

    def save(self, target: Path) -> None:
        """Write the sheet to a file."""
        case = self._written()
        if case is not None:
            work(self, lambda: self._office.faults.save(case, target)).then(
                lambda _done: self._saved(target)
            ).failed(self.explain).start()

    def _saved(self, target: Path) -> None:
        self.problem.show_text(f"已存到 {target.name}。", "可以交给管理员；仍可再按“送交”。", "", Tone.VALID)
        self.fit_soon()
        self.saved.emit(target)

    def print(self) -> None:
        """Print the sheet."""
        case, name = self._written(), str(self.printer.currentData() or "")
        if case is None or not name:
            return
        self.print_button.setEnabled(False)
        work(self, lambda: self._office.faults.print(case, name)).always(
            lambda: self.print_button.setEnabled(True)
        ).then(self._printed).failed(self.explain).start()

    def _printed(self, outcome: PrintOutcome) -> None:
        if outcome.file is not None:
            self.problem.show_text(f"已存为 {outcome.file.name}。", tone=Tone.VALID)
        elif outcome.result is PrintResult.PRINTED:
            self.problem.show_text("已打印。", "签名盖章后交给管理员。", "", Tone.VALID)
        else:
            self.problem.show_text("没有确认打印结果。", "请到打印机旁查看。", outcome.code, Tone.WARNING)
        self.fit_soon()
