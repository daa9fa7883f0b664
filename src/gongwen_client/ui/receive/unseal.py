"""用秘钥盘解密: a document for an encryption key that never leaves its token; one PIN opens this one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from gongwen_client.services.keys import KeyCard
from gongwen_client.services.office import Office
from gongwen_client.token.keys import KeyInfo, KeyRole
from gongwen_client.ui.keys.key_and_pin import KeyAndPin
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import label
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_crypto.errors import GongwenError

_WIDTH = 460


class UnsealDialog(Sheet):
    """``opened`` once the files are decrypted on this PC."""

    opened = Signal()

    def __init__(self, parent: QWidget | None, office: Office, delivery_id: str) -> None:
        super().__init__(
            parent,
            "unseal_dialog",
            "用秘钥盘解密",
            "解密后，这份公文保存在本机，以后打开不再需要秘钥盘。",
            picture="lock",
            tone="brand",
        )
        self.compact(_WIDTH)
        self._office = office
        self._delivery = delivery_id
        self.choice: KeyAndPin | None = None
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("正在查找秘钥盘或解密")
        self.body.addWidget(self.progress)
        self._safe_button = self.add_safe("取消(&C)")
        self.open_button = self.add_action("解密(&O)", self._enter, name="unseal")
        self.open_button.setEnabled(False)
        work(self, self._keys).then(self._show_keys).failed(self._stuck).start()

    def _keys(self) -> list[KeyCard]:
        return [card for card in self._office.keys.look().cards if card.role is KeyRole.ENCRYPTION]

    def _show_keys(self, cards: Sequence[KeyCard]) -> None:
        self.progress.hide()
        if not cards:
            self.problem.show_text(
                "没有插入本单位的加密密钥盘。",
                "请插入秘钥盘后重新打开本窗口；密钥以文件交付的，请在“印章与秘钥盘”中导入。",
                "secrecy.key_missing",
                Tone.WARNING,
            )
            self.fit_soon()
            return
        self.choice = KeyAndPin(cards, "加密密钥盘")
        self.choice.changed.connect(self._allow)
        self.choice.confirmed.connect(self._enter)
        self.body.insertWidget(0, self.choice)
        self.body.insertWidget(1, label("口令只用于这一次，不会保存。", "small", wrap=True))
        self.choice.setFocus()
        self.fit_soon()

    def _allow(self) -> None:
        self.open_button.setEnabled(
            self.progress.isHidden() and self.choice is not None and self.choice.complete
        )

    def _enter(self) -> None:
        taken = self.choice.take_both() if self.choice is not None and self.open_button.isEnabled() else None
        if self.choice is None or taken is None:
            return
        key_id, pin = taken
        key = next(card.key for card in self.choice.cards if card.key.key_id == key_id)
        self._busy(busy=True)
        self.problem.clear()
        work(self, lambda: self._open(key, pin)).then(lambda _nothing: self._done()).failed(
            self._stuck
        ).start()

    def _open(self, key: KeyInfo, pin: str) -> None:
        self._office.unsealing.open(self._delivery, key, pin)

    def _done(self) -> None:
        self.accept()
        self.opened.emit()

    def _stuck(self, error: GongwenError) -> None:
        self._busy(busy=False)
        self.explain(error)
        if self.choice is not None:
            self.choice.setFocus()

    def _busy(self, *, busy: bool) -> None:
        self.progress.setVisible(busy)
        self._safe_button.setEnabled(not busy)
        if self.choice is not None:
            self.choice.setEnabled(not busy)
        self._allow()
        self.fit_soon()
