"""删除草稿: says what is lost before it is lost."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gongwen_client.ui.theme import Size
from gongwen_client.ui.widgets.dialog import Sheet


class DiscardDialog(Sheet):
    """Answers with ``discard_wanted``."""

    discard_wanted = Signal()

    def __init__(self, parent: QWidget | None, title: str) -> None:
        named = f"《{title}》" if title else "这份草稿"
        super().__init__(
            parent,
            "discard_dialog",
            "删除草稿",
            f"删除后，{named}的正文、附件和已填内容不能恢复。",
            picture="trash",
            tone="invalid",
        )
        self.compact(Size.PANEL + 120)
        self.add_safe("保留草稿(&C)")
        self.add_action("删除草稿(&D)", self._discard, kind="danger", name="discard")

    def _discard(self) -> None:
        self.discard_wanted.emit()
        self.accept()
