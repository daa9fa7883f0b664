"""查收: what waits for a person is told until a person has looked, and the look goes on record."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gongwen_client.domain.attention import Attention
from gongwen_client.services.office import Office
from gongwen_client.ui.lists.documents import DocumentList
from gongwen_client.ui.receive.attention_bar import AttentionBar
from gongwen_client.ui.receive.deputies import DeputyDialog
from gongwen_client.ui.receive.half_days import HalfDays, put_above
from gongwen_client.ui.receive.notifier import Notifier
from gongwen_client.ui.tasks import work
from gongwen_client.ui.widgets.basics import button
from gongwen_protocol.access import StandIn


class Attendance(QObject):
    """Tray, bar and half-days of one window. ``bar`` and ``half_days`` are laid out by the window."""

    list_wanted = Signal()
    """The person wants to see what waits."""
    attended = Signal()
    """The look is on record."""
    told = Signal(str)
    """What is new, in words."""
    waiting = Signal(int)
    """How many alerts there are."""
    failed = Signal(object)

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(window)
        self._office = office
        self._window = window
        self.bar = AttentionBar()
        self.half_days = HalfDays()
        self.notifier = Notifier(office, window)
        self.notifier.told.connect(self.told)
        self.notifier.clicked.connect(self.list_wanted)
        self.notifier.looked.connect(self._looked)
        self.bar.look_wanted.connect(self.list_wanted)
        self.bar.check_wanted.connect(self._look_and_attend)
        self.half_days.deputies_wanted.connect(self.show_deputies)

    def furnish(self, pending: DocumentList) -> None:
        """The list of what waits gets the button and the half-days."""
        tip = "立即查收，并记录这次人工查收的时间（F5）"
        pending.add_action(
            button("查收(&K)", self.attend, kind="primary", picture="check", name="attend", tip=tip)
        )
        put_above(pending, self.half_days)

    def look(self) -> None:
        """Tell what is new; what waits when the window opens is known from the list itself."""
        self.notifier.look()

    def look_for_deputies(self) -> None:
        """Who stands in for whom."""
        work(self, self._office.deputies.list).then(self._deputies_came).failed(lambda _error: None).start()

    def attend(self) -> None:
        """A person looks now; the exchange notes its own time of it."""
        duty = self._office.duty
        duty.poll_now()
        work(self, duty.attended_check).then(lambda _at: self._attended()).failed(self.failed.emit).start()

    def show_deputies(self) -> None:
        """代班: who stands in for whom."""
        dialog = DeputyDialog(self._window, self._office)
        dialog.listed.connect(self._deputies_came)
        dialog.open()

    def _attended(self) -> None:
        self.attended.emit()
        self.look()

    def _look_and_attend(self) -> None:
        self.list_wanted.emit()
        self.attend()

    def _looked(self, attention: Attention) -> None:
        self.bar.show_attention(attention)
        self.half_days.show_attention(attention)
        self.waiting.emit(len(attention.alerts))

    def _deputies_came(self, stand_ins: tuple[StandIn, ...]) -> None:
        self.half_days.show_deputies(stand_ins, self._office.boards.now())
