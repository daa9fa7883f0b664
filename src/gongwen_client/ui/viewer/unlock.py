"""打开加密文件: ask for its password, or for the PIN of the key that it was encrypted for."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit, QProgressBar, QWidget

from gongwen_client.domain.custody import Custody
from gongwen_client.services.unlocking import Fitting, Locked
from gongwen_client.ui.sealing.pin import tell_pin_state
from gongwen_client.ui.theme import Size
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import FactList
from gongwen_client.ui.widgets.basics import label
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.pin_field import PinEntry
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.sentences import sentence

_NAMED = 5


class UnlockDialog(Sheet):
    """Answers with ``entered(secret)``: a password, or the PIN of ``fitting``. What was typed is forgotten at
    once, is never stored, and has to be typed again after an error; the dialog stays until it is closed."""

    entered = Signal(str)

    def __init__(self, parent: QWidget | None, locked: Locked, title: str) -> None:
        headline = f"《{title}》经过加密，解密后才能查看。"
        super().__init__(parent, "unlock_dialog", "打开加密文件", headline, picture="lock", tone="brand")
        self.compact(Size.PANEL + 120)
        self.fitting: Fitting | None = None if locked.by_password or not locked.keys else locked.keys[0]
        self._barred = False
        self.password: QLineEdit | None = None
        self.entry: PinEntry | None = None
        if locked.by_password:
            self._ask_password()
        elif self.fitting is not None:
            self._ask_pin(self.fitting)
        else:
            self._say_who(locked)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("正在解密")
        self.progress.hide()
        self.body.addWidget(self.progress)
        self._cancel = self.add_safe("取消(&C)")
        self.open_button = self.add_action("打开(&O)", self._enter, name="unlock")
        self._allow()

    def _ask_password(self) -> None:
        field = QLineEdit()
        field.setObjectName("password")
        field.setAccessibleName("文件口令")
        field.setEchoMode(QLineEdit.EchoMode.Password)
        hints = Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        field.setInputMethodHints(hints)
        field.textChanged.connect(lambda _text: self._allow())
        field.returnPressed.connect(self._enter)
        caption = label("文件口令", "small")
        caption.setBuddy(field)
        self.body.addWidget(caption)
        self.body.addWidget(field)
        self.body.addWidget(label("口令由发文单位另行告知，只用于打开这一次，不会保存。", "small", wrap=True))
        self.password = field

    def _ask_pin(self, fitting: Fitting) -> None:
        key = fitting.key
        holder = Certificate.load(key.certificate_der).common_name
        self.body.addWidget(FactList((("接收人", holder), ("秘钥盘", key.serial))))
        self.entry = PinEntry(key, Custody())
        self.entry.changed.connect(self._allow)
        self.entry.confirmed.connect(self._enter)
        self.body.addWidget(self.entry)
        self.body.addWidget(label("输入秘钥盘口令，只用于打开这一次，不会保存。", "small", wrap=True))
        self._barred = tell_pin_state(self.problem, key.pin)

    def _say_who(self, locked: Locked) -> None:
        """Nothing that is here opens it: say for whom it is."""
        self._barred = True
        if locked.unknown_scheme:
            said = sentence("ofd.encryption.unknown_scheme", scheme=locked.unknown_scheme)
            self.problem.show_text(said.what, said.do, "ofd.encryption.unknown_scheme", Tone.WARNING)
            return
        names = [user.name for lock in locked.locks for user in lock.users if user.name]
        more = " 等" if len(names) > _NAMED else ""
        if names:
            self.body.addWidget(FactList((("接收人", "、".join(names[:_NAMED]) + more),)))
        self.problem.show_text(
            "没有插入能打开它的秘钥盘。", "请插入接收人的秘钥盘，关闭本窗口后点“重试”。", "", Tone.WARNING
        )

    def _allow(self) -> None:
        typed = self.entry.complete if self.entry else bool(self.password and self.password.text())
        self.open_button.setEnabled(typed and not self._barred)

    def enter(self, secret: str) -> None:
        """Type ``secret`` and confirm, as a person would."""
        field = self.password or (self.entry.fields[0] if self.entry else None)
        if field is not None:
            field.setText(secret)
        self._enter()

    def _enter(self) -> None:
        if not self.open_button.isEnabled():
            return
        secret = self.entry.take() if self.entry else self.password.text() if self.password else ""
        self._forget()
        self.problem.clear()
        self._busy(busy=True)
        self.entered.emit(secret)

    def _forget(self) -> None:
        for field in (self.password, self.entry):
            if field is not None:
                field.clear()

    def _busy(self, *, busy: bool) -> None:
        for field in (self.password, self.entry):
            if field is not None:
                field.setEnabled(not busy and not self._barred)
        self._cancel.setEnabled(not busy)
        self.progress.setVisible(busy)

    def explain(self, error: GongwenError) -> None:
        """It did not open: say why; wrong passwords are not counted, wrong PINs are, by the key."""
        self._barred = self._barred or error.code == "token.pin_locked"
        self._busy(busy=False)
        self._forget()
        self._allow()
        self._focus()
        super().explain(error)

    def _focus(self) -> None:
        field = self.password or self.entry
        (self._cancel if self._barred or field is None else field).setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._focus()
