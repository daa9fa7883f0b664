"""不归档: the reason why a document does not go to the archive."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from gongwen_client.domain.registers import RegisterEntry
from gongwen_client.services.office import Office
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size
from gongwen_client.ui.widgets.basics import label
from gongwen_client.ui.widgets.dialog import Sheet


class LeaveOutDialog(Sheet):
    """``left_out`` tells that it is written."""

    left_out = Signal()

    def __init__(self, parent: QWidget | None, office: Office, entry: RegisterEntry) -> None:
        super().__init__(
            parent,
            "leave_out_dialog",
            "不归档",
            f"《{entry.text('title')}》不再提醒归档，登记簿中的登记不变。",
            picture="stop",
        )
        self.compact(Size.PANEL + 160)
        self._office = office
        self._entry = entry
        self.reason = QLineEdit()
        self.reason.setObjectName("reason")
        self.reason.setAccessibleName("不归档的原因")
        self.reason.setPlaceholderText("例如“不在本单位归档范围内，发文单位归档”")
        self.reason.setFixedHeight(Size.CONTROL)
        self.body.addWidget(label("原因", "small"))
        self.body.addWidget(self.reason)
        self.add_safe("取消(&C)")
        self.leave_button = self.add_action("不归档(&X)", self._leave, name="leave_out_now")
        self.leave_button.setEnabled(False)
        self.reason.textChanged.connect(lambda text: self.leave_button.setEnabled(bool(text.strip())))

    def _leave(self) -> None:
        entry_id, reason, archive = self._entry.entry_id, self.reason.text(), self._office.archive
        work(self, lambda: archive.leave_out(entry_id, reason)).then(lambda _none: self._left()).failed(
            self.explain
        ).start()

    def _left(self) -> None:
        self.left_out.emit()
        self.accept()
