"""Fields for PINs: one, or one for each of the two posts that share a PIN."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from gongwen_client.domain.custody import Custody
from gongwen_client.token.keys import KeyInfo
from gongwen_client.ui.theme import Space
from gongwen_client.ui.widgets.basics import column, label
from gongwen_client.ui.widgets.dialog import Sheet

_FORBIDDEN = (
    QKeySequence.StandardKey.Paste,
    QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Cut,
    QKeySequence.StandardKey.Undo,
    QKeySequence.StandardKey.Redo,
)


_MOVES = (
    *(Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Insert),
    *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Clear, Qt.Key.Key_Delete),
)
"""What the keys of a number pad are while num lock is off."""


class PinField(QLineEdit):
    """A password field without clipboard and without history; notices the caps lock, and a number pad whose
    num lock is off."""

    caps_changed = Signal(bool)
    pad_moves = Signal(bool)

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
        if event.modifiers() & Qt.KeyboardModifier.KeypadModifier:
            self.pad_moves.emit(event.key() in _MOVES)
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.MiddleButton:
            super().mouseReleaseEvent(event)


class PinEntry(QWidget):
    """Asks for a PIN. Where it has two parts (Jiangmen art. 24) each post types its own, one after the other,
    and ``take`` puts them together."""

    changed = Signal()
    confirmed = Signal()

    def __init__(self, key: KeyInfo, custody: Custody, name: str = "秘钥盘口令", title: str = "") -> None:
        super().__init__()
        self._least = key.min_pin_length
        self.fields: list[PinField] = []
        layout = column(gap=Space.HAIR)
        holders = (custody.pin_holder or "第一岗位", custody.second_pin_holder)
        if custody.two_part:
            for part, holder in zip(("前半段", "后半段"), holders, strict=True):
                said = f"{title or '口令'}{part}（{holder}输入）"
                self._add(layout, said, self._field(key, f"{name}{part}，{holder}输入"))
        else:
            self._add(layout, title or "秘钥盘口令", self._field(key, name))
        self._caps = label("大写锁定已打开", tone="warning")
        self._caps.hide()
        self._pad = label("小键盘的数字锁定没有打开，不能输入数字", tone="warning")
        self._pad.hide()
        layout.addWidget(self._caps)
        layout.addWidget(self._pad)
        self.setLayout(layout)
        self.setFocusProxy(self.fields[0])

    def _add(self, layout: QVBoxLayout, said: str, field: PinField) -> None:
        caption = label(said, "small")
        caption.setBuddy(field)
        layout.addWidget(caption)
        layout.addWidget(field)

    def _field(self, key: KeyInfo, name: str) -> PinField:
        field = PinField()
        field.setAccessibleName(name)
        field.setMaxLength(key.max_pin_length)
        field.textChanged.connect(lambda _text: self.changed.emit())
        field.caps_changed.connect(lambda on: self._hint(self._caps, on))
        field.pad_moves.connect(lambda on: self._hint(self._pad, on))
        number = len(self.fields)
        field.returnPressed.connect(lambda: self._entered(number))
        self.fields.append(field)
        return field

    def _hint(self, words: QLabel, on: bool) -> None:
        words.setVisible(on)
        dialog = self.window()
        if isinstance(dialog, Sheet):
            dialog.fit_soon()

    def _entered(self, number: int) -> None:
        if number + 1 < len(self.fields):
            self.fields[number + 1].setFocus()
        else:
            self.confirmed.emit()

    @property
    def complete(self) -> bool:
        """Whether enough was typed, in every part."""
        lengths = [len(field.text()) for field in self.fields]
        return all(lengths) and sum(lengths) >= self._least

    def take(self) -> str:
        """The PIN; the fields are emptied at once."""
        pin = "".join(field.text() for field in self.fields)
        self.clear()
        return pin

    def clear(self) -> None:
        """Forget what was typed."""
        for field in self.fields:
            field.clear()
