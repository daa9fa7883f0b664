"""会议通知: a document that asks the units addressed to reply who comes."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QDateTime, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDateTimeEdit, QLineEdit, QWidget

from gongwen_client.host.clock import LOCAL, to_local
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.widgets.basics import column, holder, label, row
from gongwen_protocol.actions import MeetingCall

_LONGEST = 200


class MeetingForm(QWidget):
    """``edited`` follows every change a person makes. Without a name the title of the document serves."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._loading = False
        self.wanted = QCheckBox("这是会议通知，请收文单位填报会议回执")
        self.wanted.setObjectName("meeting")
        self.name = QLineEdit()
        self.name.setObjectName("meeting_name")
        self.name.setAccessibleName("会议名称")
        self.name.setPlaceholderText("不填时用公文标题")
        self.name.setMaxLength(_LONGEST)
        self.name.setFixedHeight(Size.CONTROL)
        self.limited = QCheckBox("回执截止")
        self.reply_by = QDateTimeEdit()
        self.reply_by.setObjectName("reply_by")
        self.reply_by.setAccessibleName("回执截止时间")
        self.reply_by.setCalendarPopup(True)
        self.reply_by.setDisplayFormat("yyyy年M月d日 HH:mm")
        self.reply_by.setFixedSize(210, Size.CONTROL)
        self.reply_by.setDateTime(_soon())
        caption = label("会议名称", "small")
        caption.setBuddy(self.name)
        fields = column(
            column(caption, self.name, gap=2),
            row(self.limited, self.reply_by, None),
            label("回执请各单位填：是否参加、参会人员职务、联系电话、备注。", "small", wrap=True),
            gap=Space.INSIDE,
        )
        self._fields = holder(fields)
        self.setLayout(column(self.wanted, self._fields, gap=Space.INSIDE))
        for box in (self.wanted, self.limited):
            box.toggled.connect(lambda _on: self._changed())
        self.name.textChanged.connect(lambda _text: self._changed())
        self.reply_by.dateTimeChanged.connect(lambda _when: self._changed())
        self._show()

    def _changed(self) -> None:
        self._show()
        if not self._loading:
            self.edited.emit()

    def _show(self) -> None:
        self._fields.setVisible(self.wanted.isChecked())
        self.reply_by.setEnabled(self.limited.isChecked())

    def show_call(self, call: MeetingCall | None, title: str) -> None:
        """Fill without telling ``edited``; a call by the document's ``title`` has no name of its own."""
        if call == self.call(title):
            return
        self._loading = True
        self.wanted.setChecked(call is not None)
        self.name.setText("" if call is None or call.meeting == title else call.meeting)
        by = call.reply_by if call else None
        self.limited.setChecked(by is not None)
        self.reply_by.setDateTime(_shown(by) if by else _soon())
        self._show()
        self._loading = False

    def call(self, title: str) -> MeetingCall | None:
        """What is filled in; None where no replies are wanted, or nothing has a name yet."""
        name = " ".join((self.name.text().strip() or title).split())[:_LONGEST]
        if not self.wanted.isChecked() or not name:
            return None
        moment = self.reply_by.dateTime().toPython()
        assert isinstance(moment, datetime)
        return MeetingCall(
            meeting=name, reply_by=moment.replace(tzinfo=LOCAL) if self.limited.isChecked() else None
        )


def _soon() -> QDateTime:
    """Three days from now, when offices close."""
    return _shown((datetime.now(LOCAL) + timedelta(days=3)).replace(hour=17, minute=0))


def _shown(moment: datetime) -> QDateTime:
    local = to_local(moment)
    return QDateTime.fromString(f"{local:%Y-%m-%dT%H:%M}", Qt.DateFormat.ISODate)
