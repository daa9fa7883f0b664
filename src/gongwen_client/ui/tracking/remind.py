"""催办: level, text, whom it reaches, what was done before."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from gongwen_client.domain.board import Reach
from gongwen_client.domain.rows import DeliveryRow, SentRow
from gongwen_client.host.clock import to_local
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.tasks import work
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.tracking.levels import LevelChoice
from gongwen_client.ui.tracking.reach_form import ReachForm, codes_of
from gongwen_client.ui.widgets.basics import column, holder, label
from gongwen_client.ui.widgets.forms import words_of
from gongwen_client.ui.widgets.scrolled import Unrolled
from gongwen_protocol.profile import ReminderLevel

_HISTORY = 20
_HISTORY_HEIGHT = 88


class RemindDialog(ReachForm):
    """Reminds the units chosen on the board through their clients; a call that goes with it is noted."""

    def __init__(
        self, parent: QWidget | None, office: Office, sent: SentRow, rows: Sequence[DeliveryRow]
    ) -> None:
        super().__init__(
            parent,
            "remind_dialog",
            "催办",
            "催办后，接收单位的客户端立即提示，交换中心留下签名记录；催办不能收回。",
            picture="urge",
        )
        self._office, self._sent, self._rows = office, sent, tuple(rows)
        self.begin(sent.elements.title, sent.elements.doc_number, "催办")
        self.body.addWidget(label("级别", "section"))
        self._levels = LevelChoice()
        self.body.addWidget(self._levels)
        self.text = self.add_text("内容", "催办内容", "remind_text")
        self.body.addLayout(self._ways())
        self._add_history()
        self.add_safe("取消(&C)")
        self.add_act("确认催办(&U)", self._remind, name="remind")
        self._levels.changed.connect(self._level_chosen)
        self.text.textChanged.connect(self.check)
        self.choose(self._likely_level())
        self.keep(office.notepad, sent.document_id, text=self.text)

    def _ways(self) -> QVBoxLayout:
        channels = [terms.CHANNELS[one] for one in terms.CHANNELS]
        self.by_phone = QCheckBox("同时已电话联系，接着登记通话")
        self.by_phone.setObjectName("by_phone")
        self.by_phone.setToolTip(f"规定的其他通知方式有{'、'.join(channels)}；打过电话的，请留下记录")
        one = len(self._rows) == 1
        self.by_phone.setVisible(one)
        told = label("方式：平台消息，对方客户端以提示音和横幅提醒", "muted", wrap=True)
        return column(told, self.by_phone, gap=0)

    def _add_history(self) -> None:
        lines = [
            (one.at, f"{words.when(one.at)}　{terms.LEVELS[one.level].word}　{line.unit_name}　{one.by_post}")
            for line in self._rows
            for one in (line.details.reminders if line.details else ())
        ]
        if not lines:
            return
        self.body.addWidget(label(f"此前已催办 {len(lines)} 次", "section"))
        newest = sorted(lines, reverse=True)[:_HISTORY]
        inside = holder(column(*(label(text, "muted") for _at, text in newest), gap=2))
        self.body.addWidget(Unrolled(inside, _HISTORY_HEIGHT))

    def _likely_level(self) -> ReminderLevel:
        """One step further than the furthest so far; a first time it is a notice."""
        so_far = {
            one.level for line in self._rows for one in (line.details.reminders if line.details else ())
        }
        if ReminderLevel.URGE in so_far or ReminderLevel.SUPERVISE in so_far:
            return ReminderLevel.SUPERVISE
        return ReminderLevel.URGE if ReminderLevel.NOTIFY in so_far else ReminderLevel.NOTIFY

    @property
    def level(self) -> ReminderLevel:
        """The chosen level."""
        return self._levels.level

    def choose(self, level: ReminderLevel) -> None:
        """Pick a level as a person would."""
        self._levels.choose(level)

    def _level_chosen(self) -> None:
        if not self.text.document().isModified():
            self.text.setPlainText(self._template())
            self.text.document().setModified(False)
        office, document, level = self._office, self._sent.document_id, self.level
        codes = codes_of(self._rows)

        def came(reach: Reach) -> None:
            if level is self.level:
                self.show_reach(reach)

        work(self, lambda: office.boards.reach_of_reminder(document, level, codes)).then(came).failed(
            self.explain
        ).start()

    def _template(self) -> str:
        """It is read later, too, and stays on record: the day is written out."""
        sent = self._sent
        day = to_local(sent.sent_at)
        return terms.REMINDER_TEXTS[self.level].format(
            title=f"《{sent.elements.title}》", sent=f"{day.month}月{day.day}日 {day:%H:%M}"
        )

    @property
    def calls_too(self) -> bool:
        """Whether somebody was called as well: the call is to be noted next."""
        return self.by_phone.isChecked()

    @property
    def complete(self) -> bool:
        return bool(words_of(self.text))

    def _remind(self) -> None:
        office, document = self._office, self._sent.document_id
        level, text, codes = self.level, words_of(self.text), self.reach.codes
        self.hand_in(lambda: office.followup.remind(document, level, text, codes))
