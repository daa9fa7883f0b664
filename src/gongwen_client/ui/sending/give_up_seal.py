"""更换正文: says what becomes of the seal before it is given up."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gongwen_client.ui.theme import Size
from gongwen_client.ui.widgets.dialog import Sheet


class GiveUpSealDialog(Sheet):
    """Answers with ``wanted``."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None, title: str) -> None:
        super().__init__(
            parent,
            "give_up_seal_dialog",
            "更换正文",
            f"《{title}》已盖章的正文将被删除，选择新的正文后须重新盖章。要素、附件和接收单位保留，用印台账照记。",
            picture="seal",
            tone="invalid",
        )
        self.compact(Size.PANEL + 160)
        self.add_safe("保留已盖章的正文(&C)")
        self.add_action("退回制作(&Y)", self._give_up, kind="danger", name="give_up")

    def _give_up(self) -> None:
        self.wanted.emit()
        self.accept()
