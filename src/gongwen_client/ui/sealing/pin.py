"""输入口令: asked for every signature, never kept, never tried twice by itself."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QProgressBar, QWidget

from gongwen_client.token.keys import KeyInfo
from gongwen_client.ui.sealing.facts import seal_facts
from gongwen_client.ui.theme import Size
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import FactList
from gongwen_client.ui.widgets.basics import label
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_crypto.errors import GongwenError

_FORBIDDEN = (
    QKeySequence.StandardKey.Paste,
    QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Cut,
    QKeySequence.StandardKey.Undo,
    QKeySequence.StandardKey.Redo,
)


class PinField(QLineEdit):
    """A password field without clipboard and without history; notices the caps lock."""

    caps_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("pin")
        self.setAccessibleName("秘钥盘口令")
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhHiddenText
        )
        self.setProperty("role", "pin")
        self.setAcceptDrops(False)
        self.setDragEnabled(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # A PIN comes from fingers only: no clipboard, and undo brings no old PIN back.
        if any(event.matches(key) for key in _FORBIDDEN):
            event.accept()
            return
        letter = event.text()
        if len(letter) == 1 and letter.isascii() and letter.isalpha():
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps_changed.emit(letter.isupper() != shift)
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.MiddleButton:
            super().mouseReleaseEvent(event)


class PinDialog(Sheet):
    """Answers with ``entered(pin)``; the field is emptied at once."""

    entered = Signal(str)

    def __init__(self, parent: QWidget | None, key: KeyInfo, title: str) -> None:
        super().__init__(
            parent,
            "pin_dialog",
            "输入口令",
            f"输入秘钥盘口令后，立即为《{title}》盖章。",
            picture="key",
            tone="brand",
        )
        self.compact(Size.PANEL + 120)
        facts = seal_facts(key)
        self.body.addWidget(
            FactList((("印章", facts.name), ("证书", facts.subject), ("秘钥盘", facts.serial)))
        )
        self.pin = PinField()
        self.pin.setMaxLength(key.max_pin_length)
        self._least = key.min_pin_length
        rule = f"口令为 {key.min_pin_length} 至 {key.max_pin_length} 位，每次盖章都要输入，不会保存。"
        self.body.addWidget(self.pin)
        self._caps = label("大写锁定已打开", tone="warning")
        self._caps.hide()
        self.body.addWidget(self._caps)
        self.body.addWidget(label(rule, "small", wrap=True))
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("正在盖章")
        self.progress.hide()
        self.body.addWidget(self.progress)
        self._safe_button = self.add_safe("取消(&C)")
        self.seal_button = self.add_action("盖章(&Y)", self._enter, name="enter")
        self.seal_button.setEnabled(False)
        self.pin.textChanged.connect(lambda text: self.seal_button.setEnabled(len(text) >= self._least))
        self.pin.returnPressed.connect(self._enter)
        self.pin.caps_changed.connect(self._caps.setVisible)
        self._warn(key)

    def _warn(self, key: KeyInfo) -> None:
        state = key.pin
        if state.locked:
            self.pin.setEnabled(False)
            self.problem.show_text(
                "秘钥盘口令已锁定。", "请携带秘钥盘到制章机构解锁。", "token.pin_locked", Tone.INVALID
            )
        elif state.final_try or state.tries_left == 1:
            self.problem.show_text(
                "再输错一次，秘钥盘将锁定。", "请先与口令保管人核对口令。", "", Tone.WARNING
            )
        elif state.tries_left is not None and (state.low or state.tries_left < 6):
            self.problem.show_text(
                f"口令还可以再试 {state.tries_left} 次。", "连续输错会锁定秘钥盘。", "", Tone.WARNING
            )

    def enter(self, pin: str) -> None:
        """Type ``pin`` and confirm, as a person would."""
        self.pin.setText(pin)
        self._enter()

    def _enter(self) -> None:
        pin = self.pin.text()
        if len(pin) < self._least or not self.pin.isEnabled():
            return
        self.pin.clear()
        self.problem.clear()
        self._busy(busy=True)
        self.entered.emit(pin)

    def _busy(self, *, busy: bool) -> None:
        self.pin.setEnabled(not busy)
        self._safe_button.setEnabled(not busy)
        self.progress.setVisible(busy)

    def explain(self, error: GongwenError) -> None:
        """Sealing failed: say why; the PIN has to be typed again."""
        self._busy(busy=False)
        self.pin.setEnabled(error.code != "token.pin_locked")
        self.pin.setFocus()
        super().explain(error)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.pin.setFocus()
