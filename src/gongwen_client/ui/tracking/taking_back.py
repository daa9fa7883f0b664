"""撤回, 重发, 转纸质: what the sender does with deliveries, each with its reason and its rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from gongwen_client.domain.rows import DeliveryRow, SentRow
from gongwen_client.services.office import Office
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.tracking.reach_form import ReachForm, codes_of
from gongwen_client.ui.widgets.basics import column, label
from gongwen_client.ui.widgets.forms import words_of
from gongwen_client.ui.widgets.notice import Notice
from gongwen_protocol.actions import PaperCause, PaperRequest
from gongwen_protocol.profile import RegionProfile
from gongwen_protocol.sentences import sentence
from gongwen_protocol.states import DeliveryEvent


class _DeliveriesForm(ReachForm):
    """``event`` says whom it can reach, ``rule`` is the sentence about what the region says."""

    def open_for(
        self, office: Office, sent: SentRow, rows: Sequence[DeliveryRow], event: DeliveryEvent
    ) -> None:
        """Ask whom the act reaches."""
        self._office, self._document = office, sent.document_id
        codes = codes_of(rows)

        def look() -> tuple[RegionProfile, Callable[[], None]]:
            reach = office.boards.reach(sent.document_id, event, codes)
            return office.boards.rules(sent.document_id), lambda: self.show_reach(reach)

        def came(found: tuple[RegionProfile, Callable[[], None]]) -> None:
            self.show_rule(found[0])
            found[1]()

        work(self, look).then(came).failed(self.explain).start()

    def show_rule(self, rules: RegionProfile) -> None:
        """What the region says about it."""

    def add_rule(self) -> Notice:
        """Where that stands."""
        notice = Notice("rule")
        self.body.addWidget(notice)
        return notice


class RecallDialog(_DeliveriesForm):
    """撤回 from some units, or from all that have not received."""

    def __init__(
        self, parent: QWidget | None, office: Office, sent: SentRow, rows: Sequence[DeliveryRow]
    ) -> None:
        super().__init__(
            parent,
            "recall_dialog",
            "撤回",
            "撤回后，这些单位不能再阅读、接收或打印这份公文，并会看到撤回原因；撤回不能取消。",
            picture="back",
            tone="invalid",
        )
        self.begin(sent.elements.title, sent.elements.doc_number, "撤回")
        self.rule = self.add_rule()
        self.reason = self.add_text(
            "撤回原因（必填，接收单位会看到）", "撤回原因", "recall_reason", "如：附件有误，更正后另行发送"
        )
        self.add_safe("取消(&C)")
        self.add_act("确认撤回(&W)", self._recall, kind="danger", name="recall")
        self.reason.textChanged.connect(self.check)
        self.keep(office.notepad, sent.document_id, reason=self.reason)
        self.open_for(office, sent, rows, DeliveryEvent.RECALL)
        self.check()

    def show_rule(self, rules: RegionProfile) -> None:
        self.rule.say(sentence("recall.rule", article=rules.article_of("recall")), Tone.INFO)

    @property
    def complete(self) -> bool:
        return bool(words_of(self.reason))

    def _recall(self) -> None:
        office, document, reason = self._office, self._document, words_of(self.reason)
        codes = self.reach.codes
        self.hand_in(lambda: office.followup.recall(document, reason, codes))


class ResendDialog(_DeliveriesForm):
    """重发: the same document once more, to units that returned or lost it."""

    def __init__(
        self, parent: QWidget | None, office: Office, sent: SentRow, rows: Sequence[DeliveryRow]
    ) -> None:
        super().__init__(
            parent,
            "resend_dialog",
            "重发",
            "重发后，这些单位会重新收到同一份公文，须再次核验接收；应收时限重新起算。",
            picture="send",
        )
        self.begin(sent.elements.title, sent.elements.doc_number, "重发")
        self.rule = self.add_rule()
        self.reason = self.add_text(
            "重发原因（必填，接收单位会看到）",
            "重发原因",
            "resend_reason",
            "如：退文所述问题经核实不存在，请重新接收",
        )
        self.add_safe("取消(&C)")
        self.add_act("确认重发(&R)", self._resend, name="resend")
        self.reason.textChanged.connect(self.check)
        self.keep(office.notepad, sent.document_id, reason=self.reason)
        self.open_for(office, sent, rows, DeliveryEvent.RESEND)
        self.check()

    def show_rule(self, rules: RegionProfile) -> None:
        self.rule.say(sentence("resend.rule", article=rules.article_of("resend")), Tone.INFO)

    @property
    def complete(self) -> bool:
        return bool(words_of(self.reason))

    def _resend(self) -> None:
        office, document, reason = self._office, self._document, words_of(self.reason)
        codes = self.reach.codes
        self.hand_in(lambda: office.followup.resend(document, reason, codes))


class PaperDialog(_DeliveriesForm):
    """转纸质: the delivery goes on by paper; who carries it."""

    def __init__(
        self, parent: QWidget | None, office: Office, sent: SentRow, rows: Sequence[DeliveryRow]
    ) -> None:
        super().__init__(
            parent,
            "paper_dialog",
            "转纸质办理",
            "转纸质后，这些单位不再通过平台接收，改由纸质送达，到件后由对方登记；此项不能取消。",
            picture="file",
            tone="warning",
        )
        self.begin(sent.elements.title, sent.elements.doc_number, "转纸质")
        self.rule = self.add_rule()
        self.body.addWidget(label("原因", "section"))
        self._causes = QButtonGroup(self)
        choices = column(gap=0)
        for number, (cause, text) in enumerate(terms.CAUSES.items()):
            choice = QRadioButton(text)
            choice.setObjectName(f"cause_{cause.value}")
            choice.setAccessibleName(f"原因：{text}")
            self._causes.addButton(choice, number)
            choices.addWidget(choice)
        self.body.addLayout(choices)
        self.carried_by = self.add_line(
            "由谁送达（必填）", "送达方式", "carried_by", "如：机要通信、本单位交换员"
        )
        self.note = self.add_text("说明", "说明", "paper_note", "如：已于 11 月 23 日上午交机要局")
        self.add_safe("取消(&C)")
        self.add_act("确认转纸质(&P)", self._turn, name="paper")
        self._causes.idToggled.connect(lambda _number, _on: self.check())
        self.carried_by.textChanged.connect(self.check)
        self.keep(office.notepad, sent.document_id, carried_by=self.carried_by, note=self.note)
        self.open_for(office, sent, rows, DeliveryEvent.PAPER)
        self.check()

    def show_rule(self, rules: RegionProfile) -> None:
        self.rule.say(sentence("paper.rule", article=rules.article_of("paper_fallback")), Tone.INFO)

    def choose(self, cause: PaperCause) -> None:
        """Pick a cause as a person would."""
        self._causes.button(list(PaperCause).index(cause)).setChecked(True)

    @property
    def complete(self) -> bool:
        return self._causes.checkedId() >= 0 and bool(words_of(self.carried_by))

    def _turn(self) -> None:
        office, document = self._office, self._document
        request = PaperRequest(
            cause=list(PaperCause)[self._causes.checkedId()],
            carried_by=words_of(self.carried_by),
            note=words_of(self.note),
            unit_codes=self.reach.codes,
        )
        self.hand_in(lambda: office.followup.go_on_paper(document, request))
