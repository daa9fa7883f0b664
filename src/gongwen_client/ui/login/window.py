"""登录: unit, account, password; the first time a new password must be set."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from gongwen_client.services.office import Office
from gongwen_client.ui.login.password import PasswordForm
from gongwen_client.ui.login.seal_key import WANTED, SealKeyAtHand
from gongwen_client.ui.notices.before_login import NoticesBeforeLogin
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.widgets.basics import ElidedLabel, button, column, glyph, holder, label, row
from gongwen_client.ui.widgets.notice import Notice
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.access import DeviceView
from gongwen_protocol.messages import SessionGrant

_WIDTH = 440
_PLATFORM = "电子公文交换平台"
_TO_BE_REGISTERED = frozenset({"device.required", "device.unknown", "device.revoked"})


class LoginWindow(QWidget):
    """``logged_in(SessionGrant)`` when the session may be used for work."""

    logged_in = Signal(object)
    diagnostics_wanted = Signal()
    training_wanted = Signal()
    wizard_wanted = Signal()
    help_wanted = Signal()
    password_wanted = Signal()
    closed = Signal()

    def __init__(self, office: Office, unit_code: str = "", account: str = "") -> None:
        super().__init__()
        self.setObjectName("login_window")
        self.setWindowTitle(f"登录 · {_PLATFORM}")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._office = office
        self.unit_code = _field("unit_code", "单位编码")
        self.account = _field("account", "账号")
        self.password = _field("password", "密码")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.unit_code.setText(unit_code)
        self.account.setText(account)
        self.problem = Notice("problem")
        self.login_button = button("登录(&L)", self.log_in, kind="primary", name="log_in")
        self.login_button.setDefault(True)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("正在登录")
        self.device_code = _field("device_code", "登记码")
        self.device_code.setPlaceholderText("管理员给的一次性登记码")
        self.register_button = button("登记本机(&R)", self.register, name="register_device")
        self.device_code.returnPressed.connect(self.register)
        self._registration = holder(row(self.device_code, self.register_button))
        self._registration.hide()
        self.seal_key = SealKeyAtHand(office)
        self.seal_key.changed.connect(self._check)
        self.seal_key.confirmed.connect(self.log_in)
        self.password_form = PasswordForm(office)
        self.password_form.changed.connect(self.logged_in)
        self.notices = NoticesBeforeLogin(office, self)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._login_page())
        self._pages.addWidget(self.password_form)
        self._lay_out()
        for field in (self.unit_code, self.account, self.password):
            field.returnPressed.connect(self.log_in)
            field.textChanged.connect(lambda _text: self._check())
        QShortcut(QKeySequence("F1"), self, self.help_wanted.emit)
        self._busy(busy=False)
        fields = (self.unit_code, self.account, self.password)
        next((field for field in fields if not field.text()), self.password).setFocus()

    def _lay_out(self) -> None:
        head = row(glyph("brand", "brand", 32), gap=Space.ROW)
        head.addLayout(column(label(_PLATFORM, "display"), label("公文交换客户端", "muted"), gap=0), 1)
        foot = ElidedLabel(f"交换中心 {self._office.settings.server_url}", "small")
        form = column(gap=0)
        form.addLayout(head)
        form.addSpacing(Space.SECTION)
        form.addWidget(self._pages)
        form.addStretch(1)
        form.addLayout(self._ways_on())
        form.addSpacing(Space.HAIR)
        last = row(self.notices.link)
        last.insertWidget(0, foot, 1)
        form.addLayout(last)
        inside = holder(form)
        inside.setFixedWidth(_WIDTH - 2 * Space.PAGE)
        banner = holder(row(), "banner")
        banner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        banner.setFixedHeight(4)
        self.top = column(banner, self.notices.strip, gap=0)
        whole = column(gap=0)
        whole.addLayout(self.top)
        body = column(inside, margins=(Space.PAGE, Space.PAGE, Space.PAGE, Space.GROUP))
        whole.addLayout(body, 1)
        self.setLayout(whole)
        self.setFixedWidth(_WIDTH)
        self.setMinimumHeight(520)
        self.setObjectName("page")

    def _ways_on(self) -> QHBoxLayout:
        """What can be done without logging in."""
        line = row(gap=Space.HAIR)
        self.ways = {
            name: button(text, signal.emit, kind="link", name=name)
            for name, text, signal in (
                ("open_diagnostics", "诊断(&D)", self.diagnostics_wanted),
                ("open_training", "练习(&X)", self.training_wanted),
                ("open_wizard", "使用向导(&G)", self.wizard_wanted),
                ("open_help", "帮助(&H)", self.help_wanted),
            )
        }
        for way in self.ways.values():
            line.addWidget(way)
        line.addStretch(1)
        return line

    def rehearse(self, stripe: QWidget, password: str) -> None:
        """This is the log-in of a rehearsal: under its stripe, everything filled in."""
        self.top.insertWidget(0, stripe)
        self.password.setText(password)
        for name in ("open_training", "open_wizard"):
            self.ways[name].hide()
        self.login_button.setFocus()

    def explain(self, error: GongwenError) -> None:
        """Why the session that was opened cannot be used."""
        self.problem.explain(error)

    def _login_page(self) -> QWidget:
        form: QVBoxLayout = column(gap=2)
        for caption, field in (("单位编码", self.unit_code), ("账号", self.account), ("密码", self.password)):
            head = label(caption, "small")
            head.setBuddy(field)
            form.addWidget(head)
            form.addWidget(field)
            form.addSpacing(Space.ROW)
        form.addWidget(self.seal_key)
        form.addWidget(self.problem)
        form.addWidget(self._registration)
        form.addSpacing(Space.INSIDE)
        form.addWidget(self.login_button)
        form.addSpacing(Space.HAIR)
        form.addWidget(self.progress)
        form.addStretch(1)
        return holder(form)

    # -- acts -------------------------------------------------------------------------------------------

    def fill(self, unit_code: str, account: str, password: str) -> None:
        """Type all three fields."""
        self.unit_code.setText(unit_code)
        self.account.setText(account)
        self.password.setText(password)

    def log_in(self) -> None:
        """Try what is typed."""
        if not self.login_button.isEnabled():
            return
        unit, account, password = (
            self.unit_code.text().strip(),
            self.account.text().strip(),
            self.password.text(),
        )
        seal_key = self.seal_key.take()
        self.problem.clear()
        self._busy(busy=True)
        work(self, lambda: self._office.login.log_in(unit, account, password, seal_key)).then(
            self._came
        ).failed(self._refused).start()

    def _came(self, grant: SessionGrant) -> None:
        self._busy(busy=False)
        if not grant.must_change_password:
            self.password.clear()
            self.logged_in.emit(grant)
            return
        self.password_form.begin(self.password.text(), forced=True)
        self._pages.setCurrentWidget(self.password_form)
        self.password.clear()
        self.password_wanted.emit()

    def _refused(self, error: GongwenError) -> None:
        self._busy(busy=False)
        self.problem.explain(error)
        self._registration.setVisible(error.code in _TO_BE_REGISTERED or not self._registration.isHidden())
        if error.code == WANTED:
            self.seal_key.ask()
            return
        self.password.setFocus()
        self.password.selectAll()

    def event(self, event: QEvent) -> bool:
        """Grows for whatever comes into sight: a notice, the registration, the seal keys."""
        laid_out = event.type() == QEvent.Type.LayoutRequest
        done = super().event(event)  # which may be the end of this window
        if laid_out and (whole := self.layout()) is not None:
            wanted = whole.totalHeightForWidth(self.width())
            if wanted > self.height():
                self.resize(self.width(), wanted)
        return done

    def resume(self) -> None:
        """Go on with the session that this PC kept when the program ended, where there is one."""
        if self._office.devices.kept_session() is None:
            return
        self._busy(busy=True)
        work(self, self._office.login.resume).then(self._resumed).failed(self._refused).start()

    def _resumed(self, grant: SessionGrant | None) -> None:
        self._busy(busy=False)
        if grant is not None:
            self.logged_in.emit(grant)

    def register(self) -> None:
        """Register this PC with the code that was typed."""
        code = self.device_code.text().strip()
        if not code:
            return
        self.problem.clear()
        self._busy(busy=True)
        work(self, lambda: self._office.devices.register(code)).then(self._registered).failed(
            self._refused
        ).start()

    def _registered(self, _device: DeviceView) -> None:
        self._busy(busy=False)
        self.device_code.clear()
        self._registration.hide()
        self.log_in()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def _busy(self, *, busy: bool) -> None:
        for field in (self.unit_code, self.account, self.password, self.device_code, self.register_button):
            field.setEnabled(not busy)
        self.seal_key.setEnabled(not busy)
        self.progress.setVisible(busy)
        self._check()
        if busy:
            self.login_button.setEnabled(False)

    def _check(self) -> None:
        filled = all(field.text().strip() for field in (self.unit_code, self.account, self.password))
        self.login_button.setEnabled(filled and self.seal_key.complete)


def _field(name: str, spoken: str) -> QLineEdit:
    field = QLineEdit()
    field.setObjectName(name)
    field.setAccessibleName(spoken)
    return field
