"""电话联系记录: whom one called about a document, when, and what was said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QDateTime, QTimeZone
from PySide6.QtWidgets import QDateTimeEdit, QWidget

from gongwen_client.domain.board import Call
from gongwen_client.domain.rows import DeliveryRow, SentRow
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.viewer.panel import FactList
from gongwen_client.ui.widgets.basics import column, holder, label
from gongwen_client.ui.widgets.forms import FormSheet, words_of
from gongwen_client.ui.widgets.scrolled import Unrolled
from gongwen_protocol.messages import Unit

_HISTORY_HEIGHT = 96
_BEIJING = QTimeZone(8 * 3600)


class CallDialog(FormSheet):
    """``contact``: the unit as the directory has it, with its telephone."""

    def __init__(
        self,
        parent: QWidget | None,
        office: Office,
        sent: SentRow,
        row: DeliveryRow,
        contact: Unit | None,
        earlier: Sequence[Call] = (),
    ) -> None:
        super().__init__(
            parent,
            "call_dialog",
            "电话联系记录",
            f"与「{row.unit_name}」的通话登记在本机，作为催收的凭据；登记后不能修改。",
            picture="phone",
        )
        self._office, self._document, self._unit = office, sent.document_id, row.unit_code
        facts = FactList((("公文", sent.elements.title), ("单位电话", contact.contact if contact else "")))
        if contact is None or not contact.contact:
            facts.add("单位电话", "通讯录中没有登记，请向平台管理员核实")
        self.body.addWidget(facts)
        self.spoken_with = self.add_line(
            "通话岗位（必填，不写姓名）", "通话岗位", "spoken_with", "如：收发员、办公室值班"
        )
        self.body.addWidget(label("通话时间", "section"))
        self.at = QDateTimeEdit()
        self.at.setTimeZone(_BEIJING)
        self.at.setDateTime(QDateTime.fromSecsSinceEpoch(int(office.boards.now().timestamp()), _BEIJING))
        self.at.setObjectName("call_at")
        self.at.setAccessibleName("通话时间")
        self.at.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.at.setCalendarPopup(True)
        self.body.addWidget(self.at)
        self.said = self.add_text(
            "通话内容（必填）", "通话内容", "call_said", "如：答复上午外出，下午 3 点前接收"
        )
        self._add_history(earlier)
        self.add_safe("取消(&C)")
        self.add_act("登记通话(&D)", self._note, name="note_call")
        for field in (self.spoken_with, self.said):
            field.textChanged.connect(self._check)
        self.keep(
            office.notepad,
            f"{sent.document_id} {row.unit_code}",
            spoken_with=self.spoken_with,
            said=self.said,
        )
        self._check()

    def _add_history(self, earlier: Sequence[Call]) -> None:
        if not earlier:
            return
        self.body.addWidget(label(f"此前已登记 {len(earlier)} 次通话", "section"))
        lines = [
            label(f"{words.when(one.at)}　{one.spoken_with}：{one.said}", "muted", wrap=True)
            for one in earlier
        ]
        self.body.addWidget(Unrolled(holder(column(*lines, gap=4)), _HISTORY_HEIGHT))

    def _check(self) -> None:
        if self.act_button is not None:
            self.act_button.setEnabled(bool(words_of(self.spoken_with) and words_of(self.said)))

    def _note(self) -> None:
        office, document, unit = self._office, self._document, self._unit
        spoken_with, said = words_of(self.spoken_with), words_of(self.said)
        moment = datetime.fromtimestamp(self.at.dateTime().toSecsSinceEpoch(), UTC)
        self.hand_in(lambda: office.boards.note_call(document, unit, spoken_with, said, moment))
