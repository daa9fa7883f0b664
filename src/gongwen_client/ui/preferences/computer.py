"""本机: registration, the exchange's fingerprint, how the PC is kept, what is left of the first steps."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gongwen_client.domain.checks import Check
from gongwen_client.services.first_run import Step
from gongwen_client.services.office import Office
from gongwen_client.ui.diagnostics.checks import CHECK_STATES, CheckCard, worst
from gongwen_client.ui.preferences.fields import SettingsCard
from gongwen_client.ui.tasks import work
from gongwen_client.ui.widgets.basics import ElidedLabel, button, holder, label, row
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.widgets.dialog import Sheet

STEP_WORDS = {
    Step.EXCHANGE: "连接交换中心",
    Step.DEVICE: "登记本机",
    Step.KEY: "检查秘钥盘",
    Step.PRINTER: "打印测试页",
    Step.CONTACTS: "核对联系方式",
    Step.TRAINING: "练习",
}


class ComputerCard(SettingsCard):
    """Follows what the office knows of this PC."""

    wizard_wanted = Signal()
    password_wanted = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__("账号与本机")
        self._office = office
        self.dialog: TerminalDialog | None = None
        self._checks: Sequence[Check] = ()
        session = office.login.session
        who = f"{session.post} {session.account}" if session is not None else "尚未登录"
        password = button("修改密码(&M)", self.password_wanted.emit, name="settings_password")
        self.add("密码", password, f"{who}。账号一人一号，密码由本人保管。")
        self._device = label("")
        self.add("本机登记", self._device, "专用计算机登记后，会话只在本机有效。")
        self._pin = ElidedLabel("", "small")
        self._pin.setMinimumWidth(220)
        self.add("交换中心指纹", self._pin, "与平台管理员核对用；变化时程序会拒绝连接。")
        self.health = Chip(CHECK_STATES[worst(())])
        show = button("查看终端状况(&H)", self.show_terminal, name="show_terminal")
        self.add("终端状况", holder(row(self.health, show)), "补丁、防病毒、磁盘、时间和网络。")
        self._wizard = button("打开向导(&G)", self.wizard_wanted.emit, name="open_wizard")
        self._steps = label("", "muted", wrap=True)
        self.add("首次使用向导", self._wizard, "连接、登记、秘钥盘、打印测试页、联系方式、练习。")
        self.add_part(self._steps)

    def reload(self) -> None:
        """Ask again."""
        identity = self._office.devices.identity
        self._device.setText("未登记" if identity is None else f"已登记　{identity.device_id[:8]}")
        self._pin.setText(self._office.first_run.fingerprint() or "还没有连接过")
        undone = self._office.first_run.progress().undone
        begun = self._office.first_run.progress().begun
        left = "、".join(STEP_WORDS[step] for step in undone)
        self._steps.setText(f"向导中还没有完成：{left}。" if begun and undone else "")
        self._steps.setVisible(bool(self._steps.text()))
        work(self, self._office.terminal.checks).then(self._show_health).failed(lambda _error: None).start()

    def _show_health(self, checks: Sequence[Check]) -> None:
        self._checks = checks
        self.health.show_state(CHECK_STATES[worst(checks)])
        if self.dialog is not None:
            self.dialog.card.show_checks(checks)
            self.dialog.fit_soon()

    def show_terminal(self) -> None:
        """All checks of the PC."""
        self.dialog = TerminalDialog(self.window(), self._checks)
        self.dialog.finished.connect(self._closed)
        self.dialog.open()

    def _closed(self) -> None:
        self.dialog = None


class TerminalDialog(Sheet):
    """终端状况."""

    def __init__(self, parent: QWidget | None, checks: Sequence[Check]) -> None:
        super().__init__(
            parent,
            "terminal",
            "终端状况",
            "专用计算机应当安装防病毒软件、及时更新补丁，只接入政务外网。",
            picture="diagnostics",
            tone="action",
        )
        self.card = CheckCard("本机")
        if checks:
            self.card.show_checks(checks)
        self.body.addWidget(self.card)
        hint = "“无法确认”是系统没有提供，不等于有问题；程序不会尝试连接互联网。"
        self.body.addWidget(label(hint, "small", wrap=True))
        self.add_safe("关闭(&C)")
        self.compact(720)
