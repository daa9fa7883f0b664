"""Changing the elements of a sealed document that waits to be sent, as after a refusal: the seal covers the
body only, so it stays."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gongwen_client.ui.compose.elements_form import ElementsForm
from gongwen_client.ui.widgets.basics import button, column, holder
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.scrolled import Scrolled
from gongwen_protocol.messages import Elements


class ElementsDialog(Sheet):
    """Answers with ``chosen(Elements)``, or with ``new_body_wanted``: another body, so the seal goes."""

    chosen = Signal(object)
    new_body_wanted = Signal()

    def __init__(self, parent: QWidget | None, elements: Elements) -> None:
        super().__init__(
            parent,
            "elements_dialog",
            "修改公文要素",
            "公文已盖章：可以改登记要素，正文和附件不能改。要素应与正文所印一致。",
            picture="draft",
            tone="action",
        )
        self.resize(620, 620)
        self._before = elements
        self.form = ElementsForm()
        self.form.show_elements(elements, {})
        self.body.addWidget(Scrolled(holder(column(self.form, None))), 1)
        self.new_body_button = button(
            "更换正文，重新盖章", self._new_body, kind="link", name="new_body", tip="本次盖章作废"
        )
        self.buttons.insertWidget(0, self.new_body_button)
        self.add_safe("取消(&C)")
        self.add_action("保存要素(&Y)", self._take, name="take")

    def _new_body(self) -> None:
        self.reject()
        self.new_body_wanted.emit()

    def _take(self) -> None:
        self.chosen.emit(self.form.elements(self._before))
        self.accept()
