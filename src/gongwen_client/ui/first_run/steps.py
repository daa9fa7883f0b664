"""Steps 2 to 6: this PC, the seal key, the printer, the contacts, a rehearsal."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QRadioButton

from gongwen_client.domain.rows import TrialPrint
from gongwen_client.services.first_run import Step
from gongwen_client.services.keys import KeyBoard, KeyCard
from gongwen_client.services.office import Office
from gongwen_client.token.keys import KeyRole, KeyState, SelfTest
from gongwen_client.ui import words
from gongwen_client.ui.first_run.step import StepPage
from gongwen_client.ui.keys.dialogs import SelfTestDialog
from gongwen_client.ui.shell.events import OfficeEvents
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.viewer.panel import FactList
from gongwen_client.ui.widgets.basics import button, column, holder, label, row
from gongwen_client.ui.widgets.chip import Chip
from gongwen_crypto.errors import GongwenError, KnownError
from gongwen_protocol.access import DeviceView
from gongwen_protocol.faults import FaultKind


class DeviceStep(StepPage):
    """登记本机 with the administrator's one-time code."""

    def __init__(self) -> None:
        super().__init__(
            Step.DEVICE, "登记本机", "本机登记为单位的专用计算机。登记码由管理员提供，只能用一次。"
        )
        self.code = QLineEdit()
        self.code.setObjectName("device_code")
        self.code.setAccessibleName("登记码")
        self.code.setPlaceholderText("XXXX-XXXX-XXXX-XXXX-XXXX-XXXX，空格、横线、大小写都不影响")
        self.register_button = button("登记本机(&R)", self.register, kind="primary", name="register_device")
        self.code.returnPressed.connect(self.register)
        line = row(gap=Space.INSIDE)
        line.addWidget(self.code, 1)
        line.addWidget(self.register_button)
        self._entry = holder(line)
        self.body.addWidget(self._entry)
        self.rest.addStretch(1)

    def begin(self, office: Office | None) -> None:
        super().begin(office)
        assert office is not None, "the exchange comes first"
        if office.devices.identity is not None:
            self._entry.hide()
            self.well("本机已经登记。", f"登记编号 {office.devices.identity.device_id[:8]}。")
            self.set_ready(True)
        elif not office.first_run.wants_device():
            self._entry.hide()
            self.well("本交换中心不要求登记计算机。", "直接按“下一步”。")
            self.set_ready(True)
        else:
            self.code.setFocus()

    def register(self) -> None:
        """Register with what is typed."""
        office, code = self.office, self.code.text().strip()
        if office is None or not code or not self.register_button.isEnabled():
            return
        self.notice.clear()
        self.register_button.setEnabled(False)
        work(self, lambda: office.devices.register(code)).always(
            lambda: self.register_button.setEnabled(True)
        ).then(self._registered).failed(self.notice.explain).start()

    def _registered(self, device: DeviceView) -> None:
        self.code.clear()
        self._entry.hide()
        self.well(f"已登记为“{device.unit_name}”的专用计算机。", f"计算机名称 {device.name}。")
        self.set_ready(True)


class KeyStep(StepPage):
    """Whether the seal key is seen, and works."""

    def __init__(self) -> None:
        super().__init__(
            Step.KEY,
            "检查秘钥盘",
            "插入本单位的电子印章秘钥盘。自检用一段随机数据试签一次，不会在任何公文上盖章。",
        )
        self._events: OfficeEvents | None = None
        self._card: KeyCard | None = None
        self.dialog: SelfTestDialog | None = None
        self.state = Chip(words.KEY_STATES[KeyState.PROBING])
        self.facts = FactList()
        self.test_button = button("自检(&T)", self.ask, kind="primary", picture="key", name="test_key")
        self.test_button.setEnabled(False)
        self._facts = column(self.facts)
        self.body.addWidget(self.state)
        self.body.addLayout(self._facts)
        self.body.addLayout(row(self.test_button, None))
        self.rest.addStretch(1)

    def begin(self, office: Office | None) -> None:
        super().begin(office)
        assert office is not None, "the exchange comes first"
        if self._events is None:
            self._events = OfficeEvents(office, self)
            self._events.changed.connect(lambda topics: self.look() if "keys" in topics else None)
        self.look()

    def look(self) -> None:
        """Which keys are plugged in now."""
        if self.office is not None:
            work(self, self.office.keys.look).then(self._seen).failed(self.notice.explain).start()

    def _seen(self, board: KeyBoard) -> None:
        signing = [card for card in board.cards if card.role is KeyRole.SIGNING]
        self._card = next(iter((*signing, *board.cards)), None)
        card = self._card
        state = card.state if card else KeyState.ABSENT
        self.state.show_state(words.KEY_STATES[state])
        facts = FactList(
            (("印章", card.name), ("编号", card.key.serial), ("到期", f"还有 {card.days_left} 天"))
            if card
            else ()
        )
        self._facts.replaceWidget(self.facts, facts)
        self.facts.hide()
        self.facts.deleteLater()
        self.facts = facts
        self.test_button.setEnabled(card is not None and card.usable)
        if card is None and not self.ready:
            problem = board.problems[0].code if board.problems else ""
            self.hint("没有识别到秘钥盘。", f"请插好；换一个 USB 口再试。{problem}")
        elif card is not None and not self.ready:
            self.notice.clear()

    def ask(self) -> None:
        """Ask for the PIN of the test."""
        if self._card is None:
            return
        card = self._card
        self.dialog = SelfTestDialog(self.window(), card)
        self.dialog.entered.connect(lambda pin: self._test(card, pin))
        self.dialog.finished.connect(self._closed)
        self.dialog.open()

    def _closed(self) -> None:
        self.dialog = None

    def _test(self, card: KeyCard, pin: str) -> None:
        office, dialog = self.office, self.dialog
        if office is None or dialog is None:
            return
        work(dialog, lambda: office.keys.self_test(card.key.key_id, pin)).then(self._tested).failed(
            dialog.explain
        ).start()

    def _tested(self, result: SelfTest) -> None:
        if not result.passed:
            if self.dialog is not None:
                self.dialog.explain(KnownError(result.code))
            return
        if self.dialog is not None:
            self.dialog.accept()
        self.well("自检通过：秘钥盘、驱动和证书都能用。")
        self.set_ready(True)

    def stop(self) -> None:
        """The wizard ends."""
        if self._events is not None:
            self._events.stop()
            self._events = None


class PrinterStep(StepPage):
    """A test page whose rulers are measured by hand: originals are printed at 100 %."""

    def __init__(self) -> None:
        super().__init__(
            Step.PRINTER,
            "打印测试页",
            "原件必须按 100 % 大小、彩色打印。打印一张测试页，用尺子量一量刻度，看一看红色。",
        )
        self.printer = QComboBox()
        self.printer.setObjectName("first_printer")
        self.printer.setAccessibleName("打印机")
        self.printer.setMinimumWidth(260)
        self.print_button = button(
            "打印测试页(&P)", self.print, kind="primary", picture="print", name="print_test"
        )
        self.exact = QRadioButton("两把刻度尺都正好是 100 毫米，红色正常")
        self.exact.setObjectName("exact")
        self.wrong = QRadioButton("长度不对，或者颜色不对")
        self.wrong.setObjectName("wrong")
        self.exact.clicked.connect(lambda _on: self._measured(exact=True))
        self.wrong.clicked.connect(lambda _on: self._measured(exact=False))
        self._question = holder(
            column(label("量一量测试页：", "strong"), self.exact, self.wrong, gap=Space.INSIDE)
        )
        self._question.hide()
        self.body.addLayout(row(self.printer, self.print_button, None))
        self.body.addWidget(self._question)
        self.rest.addStretch(1)

    def begin(self, office: Office | None) -> None:
        super().begin(office)
        assert office is not None, "the exchange comes first"
        if not self.printer.count():
            work(self, office.printing.printers).then(self._came).failed(self.notice.explain).start()

    def _came(self, names: list[str]) -> None:
        for name in names:
            self.printer.addItem(words.printer(name), name)

    def print(self) -> None:
        """Print the sheet; it takes no ticket."""
        office, name = self.office, str(self.printer.currentData() or "")
        if office is None or not name:
            return
        self.notice.clear()
        self.print_button.setEnabled(False)
        work(self, lambda: office.printing.test_page(name)).always(
            lambda: self.print_button.setEnabled(True)
        ).then(self._printed).failed(self.notice.explain).start()

    def _printed(self, outcome: TrialPrint) -> None:
        if not outcome.printed and not outcome.in_doubt:
            self.hint("测试页没有打印出来。", outcome.problem)
            return
        if outcome.place is not None:
            self.well(f"已存为 {outcome.place.name}。", "本机没有选实体打印机；打印原件前请接好打印机。")
        self._question.show()

    def _measured(self, *, exact: bool) -> None:
        if exact:
            self.well("打印机符合要求。")
            if self.office is not None:
                office, name = self.office, str(self.printer.currentData() or "")
                work(self, lambda: office.preferences.change(printer=name)).failed(lambda _no: None).start()
        else:
            self.hint(
                "打印机会缩放或偏色，打印的原件不合规范。",
                "请在打印机属性中关闭“适合页面”“缩放”，选彩色，再打印一张；不行就换打印机。",
            )
        self.set_ready(exact)


class ContactsStep(StepPage):
    """The own unit's telephone, as other units see it when they urge."""

    def __init__(self) -> None:
        super().__init__(
            Step.CONTACTS, "核对联系方式", "别的单位催办、通知时用的是这里的电话。号码过时会耽误收文。"
        )
        self.facts = FactList()
        self._place = column(self.facts)
        self.right_button = button(
            "无误(&Y)", self.right, kind="primary", picture="check", name="contact_right"
        )
        self.correction = QLineEdit()
        self.correction.setObjectName("correction")
        self.correction.setAccessibleName("正确的联系方式")
        self.correction.setPlaceholderText("正确的岗位和电话")
        self.correction.setMaxLength(100)
        self.correct_button = button("报告更正(&E)", self.correct, name="contact_wrong")
        line = row(gap=Space.INSIDE)
        line.addWidget(self.correction, 1)
        line.addWidget(self.correct_button)
        self._work = holder(column(row(self.right_button, None), label("需要更正", "small"), line))
        self.body.addLayout(self._place)
        self.body.addWidget(self._work)
        self.rest.addStretch(1)

    def begin(self, office: Office | None) -> None:
        super().begin(office)
        assert office is not None, "the exchange comes first"
        session = office.login.session
        self._work.setVisible(session is not None)
        if session is None:
            self.hint("登录以后才能看到本单位的联系方式。", "按“以后再做”，登录后到“设置”继续。")
            return
        work(self, office.first_run.own_contact).then(
            lambda contact: self._show(session.unit_name, contact)
        ).failed(self.notice.explain).start()

    def _show(self, unit: str, contact: str) -> None:
        facts = FactList((("单位", unit), ("联系电话", contact or "没有登记")))
        self._place.replaceWidget(self.facts, facts)
        self.facts.hide()
        self.facts.deleteLater()
        self.facts = facts

    def right(self) -> None:
        """It is right."""
        self.well("联系方式无误。", "每季度再核对一次。")
        self.set_ready(True)

    def correct(self) -> None:
        """Tell the administrators by a report."""
        office, said = self.office, self.correction.text().strip()
        if office is None or not said:
            return

        def report() -> None:
            words_ = f"联系方式需要更正为：{said}"
            written = office.faults.write(FaultKind.OTHER, words_, office.faults.now(), said, ())
            office.faults.hand_in(written)

        work(self, report).then(lambda _done: self._reported()).failed(self.notice.explain).start()

    def _reported(self) -> None:
        self.correction.clear()
        self.well("已报告管理员，更正后通讯录会自动更新。", "处理情况见“诊断”。")
        self.set_ready(True)


class TrainingStep(StepPage):
    """The way to the rehearsal."""

    training_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(
            Step.TRAINING,
            "先练习一遍",
            "练习模式用示例单位、示例印章和示例公文，走一遍盖章、发送、接收、打印；不会影响真实公文。",
        )
        self.start_button = button(
            "开始练习(&X)", self._start, kind="primary", picture="training", name="start_training"
        )
        self.body.addLayout(row(self.start_button, None))
        self.body.addWidget(label("以后也可以从登录窗口随时练习。", "muted"))
        self.rest.addStretch(1)

    def _start(self) -> None:
        self.training_wanted.emit()
        self.well("练习窗口正在打开。", "练习窗口上方有“练习”横条；这里可以直接完成。")
        self.set_ready(True)

    def explain(self, error: GongwenError) -> None:
        """It did not start."""
        self.notice.explain(error)
