"""Dialogs of 印章与秘钥盘: self-test, change of PIN, custody."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFormLayout, QLineEdit, QProgressBar, QWidget

from gongwen_client.domain.custody import Custody
from gongwen_client.services.keys import KeyCard
from gongwen_client.ui.sealing.pin import tell_pin_state
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.viewer.panel import FactList
from gongwen_client.ui.widgets.basics import holder, label
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.pin_field import PinEntry
from gongwen_crypto.errors import GongwenError, KnownError


class _PinSheet(Sheet):
    """A dialog that takes PINs: state first, fields emptied when confirmed, a locked key takes none."""

    def __init__(
        self, card: KeyCard, parent: QWidget | None, name: str, title: str, headline: str, verb: str
    ) -> None:
        super().__init__(parent, name, title, headline, picture="key", tone="brand")
        self.compact(Size.PANEL + 120)
        self.body.addWidget(FactList((("印章", card.name), ("秘钥盘", card.key.serial))))
        self.entries: list[PinEntry] = []
        self._locked = False
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("秘钥盘正在工作")
        self.progress.hide()
        self._safe_button = self.add_safe("取消(&C)")
        self.act_button = self.add_action(verb, self._confirm, name="act")
        self.act_button.setEnabled(False)

    def _ask(self, entry: PinEntry) -> PinEntry:
        if self.entries:
            self.entries[-1].confirmed.disconnect()
            self.entries[-1].confirmed.connect(entry.setFocus)
        entry.changed.connect(self._allow)
        entry.confirmed.connect(self._confirm)
        self.entries.append(entry)
        self.body.addWidget(entry)
        return entry

    def _finish(self, card: KeyCard, rule: str) -> None:
        self.body.addWidget(label(rule, "small", wrap=True))
        self.body.addWidget(self.progress)
        self._locked = tell_pin_state(self.problem, card.key.pin)
        self._allow()

    def _allow(self) -> None:
        ready = all(entry.complete for entry in self.entries)
        self.act_button.setEnabled(ready and not self._locked and self.progress.isHidden())
        for entry in self.entries:
            entry.setEnabled(not self._locked and self.progress.isHidden())

    def _confirm(self) -> None:
        if not self.act_button.isEnabled():
            return
        taken = [entry.take() for entry in self.entries]
        self.problem.clear()
        self._busy(busy=True)
        self._answer(taken)

    def _answer(self, pins: list[str]) -> None:
        raise NotImplementedError

    def _busy(self, *, busy: bool) -> None:
        self.progress.setVisible(busy)
        self._safe_button.setEnabled(not busy)
        self._allow()
        self.fit_soon()

    def explain(self, error: GongwenError) -> None:
        """It failed: say why; everything has to be typed again."""
        self._locked = self._locked or error.code == "token.pin_locked"
        self._busy(busy=False)
        (self._safe_button if self._locked else self.entries[0]).setFocus()
        super().explain(error)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._locked:
            self.entries[0].setFocus()


class SelfTestDialog(_PinSheet):
    """Answers with ``entered(pin)``."""

    entered = Signal(str)

    def __init__(self, parent: QWidget | None, card: KeyCard) -> None:
        super().__init__(
            card,
            parent,
            "self_test_dialog",
            "秘钥盘自检",
            "用这把密钥对一段随机数据试签，再用它的证书验证；不会在任何公文上盖章。",
            "自检(&T)",
        )
        self._ask(PinEntry(card.key, card.custody, title="口令"))
        self._finish(card, "口令只用于这一次，不会保存。")

    def _answer(self, pins: list[str]) -> None:
        self.entered.emit(pins[0])


class ChangePinDialog(_PinSheet):
    """Answers with ``change_wanted(old, new)``; the new one is typed twice."""

    change_wanted = Signal(str, str)

    def __init__(self, parent: QWidget | None, card: KeyCard) -> None:
        super().__init__(
            card,
            parent,
            "change_pin_dialog",
            "修改秘钥盘口令",
            "修改后，旧口令立即失效；旧口令输错同样占用尝试次数。",
            "修改口令(&M)",
        )
        key = card.key
        for title in ("现在的口令", "新口令", "再输入一次新口令"):
            self._ask(PinEntry(key, card.custody, title, title))
        self._finish(
            card,
            f"新口令为 {key.min_pin_length} 至 {key.max_pin_length} 位，不能是同一字符或连续字符。",
        )

    def _answer(self, pins: list[str]) -> None:
        old, new, again = pins
        if new != again:
            self.explain(KnownError("keys.pins_differ"))
            return
        self.change_wanted.emit(old, new)


class CustodyDialog(Sheet):
    """Answers with ``custody_wanted(custody)``: posts, not persons."""

    custody_wanted = Signal(object)

    def __init__(self, parent: QWidget | None, card: KeyCard) -> None:
        super().__init__(
            parent,
            "custody_dialog",
            "保管岗位",
            "登记由哪个岗位保管秘钥盘、由哪个岗位掌握口令；用印台账会记下口令保管岗位。",
            picture="people",
            tone="brand",
        )
        self.compact(Size.PANEL + 160)
        custody = card.custody
        self.carrier = _post("载体保管岗位", custody.carrier_holder, "如 印章管理员")
        self.pin = _post("口令保管岗位", custody.pin_holder, "如 办公室主任")
        self.second = _post("口令后半段岗位", custody.second_pin_holder, "不分段时留空")
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(Space.GROUP)
        form.setVerticalSpacing(Space.INSIDE)
        form.addRow(label("载体保管", "muted"), self.carrier)
        form.addRow(label("口令保管", "muted"), self.pin)
        form.addRow(label("口令后半段", "muted"), self.second)
        self.body.addWidget(FactList((("印章", card.name), ("秘钥盘", card.key.serial))))
        self.body.addWidget(holder(form))
        self.body.addWidget(
            label(
                "只填写岗位，不填写姓名。填写“口令后半段”后，每次用印由两个岗位先后各输入一段口令。",
                "small",
                wrap=True,
            )
        )
        self.add_safe("取消(&C)")
        self.act_button = self.add_action("保存(&S)", self._save, name="act")

    def _save(self) -> None:
        self.custody_wanted.emit(Custody(self.carrier.text(), self.pin.text(), self.second.text()))


def _post(name: str, text: str, hint: str) -> QLineEdit:
    field = QLineEdit(text)
    field.setAccessibleName(name)
    field.setPlaceholderText(hint)
    field.setMaxLength(40)
    return field
