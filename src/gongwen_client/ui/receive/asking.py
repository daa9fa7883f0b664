"""申请追加打印份数, 申请重发, 会议回执: what a receiver asks of the sender, and answers."""

from __future__ import annotations

from PySide6.QtWidgets import QButtonGroup, QRadioButton, QSpinBox, QWidget

from gongwen_client.domain.rows import IncomingRow
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.receive.photograph_field import PhotographField
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.viewer.panel import FactList
from gongwen_client.ui.widgets.basics import label, row, rule
from gongwen_client.ui.widgets.forms import FormSheet, words_of
from gongwen_client.ui.widgets.notice import Notice
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.actions import Attendance, MeetingCall, MeetingReply
from gongwen_protocol.profile import RegionProfile
from gongwen_protocol.sentences import sentence

_MOST = 999
_POSTS = 50


def _facts(delivery: IncomingRow) -> FactList:
    return FactList(
        (
            ("标题", delivery.elements.title),
            ("发文字号", delivery.elements.doc_number),
            ("发文单位", delivery.sender_name),
            ("打印份数", f"{delivery.copies} 份，已打印 {delivery.printed} 份"),
        )
    )


class AskDialog(FormSheet):
    """``copies``: more copies are asked for; else the document once more."""

    def __init__(
        self,
        parent: QWidget | None,
        office: Office,
        delivery: IncomingRow,
        rules: RegionProfile | None,
        *,
        copies: bool,
    ) -> None:
        title = "申请追加打印份数" if copies else "申请重发"
        super().__init__(
            parent,
            "ask_copies_dialog" if copies else "ask_resend_dialog",
            title,
            f"申请送交「{delivery.sender_name}」答复；答复前可以撤销。",
            picture="ticket" if copies else "refresh",
        )
        self._office, self._delivery, self._copies = office, delivery.delivery_id, copies
        self.body.addWidget(_facts(delivery))
        self.body.addWidget(rule())
        self.count = QSpinBox()
        self.count.setObjectName("ask_count")
        self.count.setAccessibleName("申请追加的份数")
        limit = rules.extra_copies_limit.value if rules else None
        self.count.setRange(1, limit or _MOST)
        self.count.setSuffix(" 份")
        self.count.lineEdit().setTextMargins(Space.INSIDE, 0, 0, 0)
        if copies:
            caption = f"追加份数（一次不超过 {limit} 份）" if limit else "追加份数"
            self.body.addWidget(label(caption, "section"))
            self.body.addWidget(self.count)
        hint = "如：打印第 3 份时卡纸，损坏 1 份" if copies else "如：正文第 2 页不能显示，无法阅读"
        self.reason = self.add_text("原因（必填，发文单位会看到）", "申请原因", "ask_reason", hint)
        self.photograph = PhotographField(office)
        self.photograph.failed.connect(self.explain)
        self.photograph.changed.connect(self._photographed)
        self.body.addWidget(self.photograph)
        self.rule = Notice("rule")
        self.body.addWidget(self.rule)
        if rules is not None:
            code = "request.copies_rule" if copies else "request.resend_rule"
            self.rule.say(sentence(code, article=rules.article_of("extra_copies")), Tone.INFO)
        self.add_safe("取消(&C)")
        act = self.add_act("提交申请(&S)", self._ask, name="ask")
        act.setEnabled(False)
        self.reason.textChanged.connect(lambda: act.setEnabled(bool(words_of(self.reason))))
        self.keep(office.notepad, delivery.delivery_id, reason=self.reason)

    def explain(self, error: GongwenError) -> None:
        """What went wrong takes the place of the rule: both are too much for a small screen."""
        self.rule.hide()
        super().explain(error)

    def _photographed(self) -> None:
        self.problem.clear()
        self.fit_soon()

    def _ask(self) -> None:
        office, delivery, photograph = self._office, self._delivery, self.photograph.photograph
        count, reason = self.count.value(), words_of(self.reason)

        def ask() -> None:
            picture = office.photographs.wrapped(delivery, photograph) if photograph else None
            if self._copies:
                office.asking.more_copies(delivery, count, reason, picture)
            else:
                office.asking.once_more(delivery, reason, picture)

        self.hand_in(ask)


class ReplyDialog(FormSheet):
    """会议回执. A later one takes the place of the earlier, until the sender's time."""

    def __init__(
        self,
        parent: QWidget | None,
        office: Office,
        delivery: IncomingRow,
        meeting: MeetingCall,
        earlier: MeetingReply | None,
    ) -> None:
        until = f"，{words.when(meeting.reply_by)} 前可以修改" if meeting.reply_by else ""
        super().__init__(
            parent,
            "reply_dialog",
            "会议回执",
            f"回执送交「{delivery.sender_name}」{until}。",
            picture="receipt",
        )
        self._office, self._delivery = office, delivery.delivery_id
        self.body.addWidget(FactList((("会议", meeting.meeting), ("通知", delivery.elements.title))))
        self.body.addWidget(rule())
        self._choices = QButtonGroup(self)
        line = row(gap=Space.GROUP)
        for number, word in enumerate(terms.ATTENDANCES.values()):
            choice = QRadioButton(word.word)
            choice.setAccessibleName(f"回执：{word.word}")
            self._choices.addButton(choice, number)
            line.addWidget(choice)
        line.addStretch(1)
        self.body.addLayout(line)
        self.posts = self.add_line(
            "参加人员职务（用顿号分开，不写姓名）", "参加人员职务", "reply_posts", "如：局长、办公室主任"
        )
        self.contact = self.add_line("联系方式", "联系方式", "reply_contact", "如：办公室 88880003")
        self.note = self.add_text("备注", "备注", "reply_note", "如：需要接站；不参加的，请说明原因")
        self.add_safe("取消(&C)")
        self.add_act("提交回执(&S)", self._reply, name="reply")
        if earlier is not None:
            self._bring(earlier)
        self._choices.idToggled.connect(lambda _number, _on: self._check())
        self.posts.textChanged.connect(self._check)
        self.keep(
            office.notepad, delivery.delivery_id, posts=self.posts, contact=self.contact, note=self.note
        )
        self._check()

    def _bring(self, earlier: MeetingReply) -> None:
        self.choose(earlier.attendance)
        self.posts.setText("、".join(earlier.posts))
        self.contact.setText(earlier.contact)
        self.note.setPlainText(earlier.note)

    def choose(self, attendance: Attendance) -> None:
        """Pick an answer as a person would."""
        self._choices.button(list(Attendance).index(attendance)).setChecked(True)

    @property
    def reply(self) -> MeetingReply | None:
        """What is filled in; None while something is missing."""
        number = self._choices.checkedId()
        posts = tuple(
            part.strip() for part in words_of(self.posts).replace("，", "、").split("、") if part.strip()
        )
        if number < 0 or len(posts) > _POSTS:
            return None
        attendance = list(Attendance)[number]
        if attendance is not Attendance.ABSENT and not posts:
            return None
        return MeetingReply(
            attendance=attendance, posts=posts, contact=words_of(self.contact), note=words_of(self.note)
        )

    def _check(self) -> None:
        if self.act_button is not None:
            self.act_button.setEnabled(self.reply is not None)

    def _reply(self) -> None:
        asking, delivery, reply = self._office.asking, self._delivery, self.reply
        if reply is not None:
            self.hand_in(lambda: asking.reply(delivery, reply))
