"""输入口令: asked for every signature, never kept, never tried twice by itself."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from gongwen_client.services.keys import KeyCard
from gongwen_client.token.keys import PinState
from gongwen_client.ui.sealing.facts import seal_facts
from gongwen_client.ui.theme import Size
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import FactList
from gongwen_client.ui.widgets.basics import label
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.pin_field import PinEntry, PinField
from gongwen_crypto.errors import GongwenError

__all__ = ["PinDialog", "PinField", "tell_pin_state"]


class PinDialog(Sheet):
    """Answers with ``entered(pin)``; the field is emptied at once."""

    entered = Signal(str)

    def __init__(self, parent: QWidget | None, card: KeyCard, title: str) -> None:
        super().__init__(
            parent,
            "pin_dialog",
            "输入口令",
            f"输入秘钥盘口令后，立即为《{title}》盖章。",
            picture="key",
            tone="brand",
        )
        self.compact(Size.PANEL + 120)
        facts, key = seal_facts(card), card.key
        self.body.addWidget(
            FactList(
                (
                    ("印章", facts.name),
                    ("证书", facts.subject),
                    ("秘钥盘", facts.serial),
                    ("口令保管", card.custody.pin_holder),
                )
            )
        )
        self.entry = PinEntry(key, card.custody)
        self.pin = self.entry.fields[0]
        rule = f"口令为 {key.min_pin_length} 至 {key.max_pin_length} 位，每次盖章都要输入，不会保存。"
        self.body.addWidget(self.entry)
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
        self.entry.changed.connect(self._allow)
        self.entry.confirmed.connect(self._enter)
        self._locked = tell_pin_state(self.problem, key.pin)
        self.entry.setEnabled(not self._locked)

    def _allow(self) -> None:
        self.seal_button.setEnabled(self.entry.complete and not self._locked)

    def enter(self, pin: str) -> None:
        """Type ``pin`` and confirm, as a person would."""
        self.pin.setText(pin)
        self._enter()

    def _enter(self) -> None:
        if not self.entry.complete or self._locked or not self.entry.isEnabled():
            return
        pin = self.entry.take()
        self.problem.clear()
        self._busy(busy=True)
        self.entered.emit(pin)

    def _busy(self, *, busy: bool) -> None:
        self.entry.setEnabled(not busy and not self._locked)
        self._safe_button.setEnabled(not busy)
        self.progress.setVisible(busy)

    def explain(self, error: GongwenError) -> None:
        """Sealing failed: say why; the PIN has to be typed again. A locked key takes none any more."""
        self._locked = self._locked or error.code == "token.pin_locked"
        self._busy(busy=False)
        self.entry.clear()
        self._allow()
        (self._safe_button if self._locked else self.pin).setFocus()
        super().explain(error)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.pin.setFocus()


def tell_pin_state(notice: Notice, state: PinState) -> bool:
    """Say what the key tells of its tries, before a PIN is asked for; True when it is locked."""
    if state.locked:
        notice.show_text(
            "秘钥盘口令已锁定。", "请携带秘钥盘到制章机构解锁。", "token.pin_locked", Tone.INVALID
        )
    elif state.final_try or state.tries_left == 1:
        notice.show_text("再输错一次，秘钥盘将锁定。", "请先与口令保管人核对口令。", "", Tone.WARNING)
    elif state.tries_left is not None and (state.low or state.tries_left < 6):
        notice.show_text(
            f"口令还可以再试 {state.tries_left} 次。", "连续输错会锁定秘钥盘。", "", Tone.WARNING
        )
    elif state.low:
        notice.show_text("口令曾经输错，剩余次数不多。", "连续输错会锁定秘钥盘。", "", Tone.WARNING)
    return state.locked
