"""更正: a new document that takes the place of one that was sent."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gongwen_client.domain.rows import SentRow
from gongwen_client.services.office import Office
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import FactList
from gongwen_client.ui.widgets.forms import FormSheet
from gongwen_client.ui.widgets.notice import Notice
from gongwen_protocol.profile import RegionProfile
from gongwen_protocol.sentences import sentence


class CorrectDialog(FormSheet):
    """``drafted`` carries the new draft."""

    drafted = Signal(object)

    def __init__(self, parent: QWidget | None, office: Office, sent: SentRow) -> None:
        super().__init__(
            parent,
            "correct_dialog",
            "更正",
            "新建一份更正公文，要素和接收单位照抄；它发出后，原公文在未接收单位处即告失效。",
            picture="draft",
        )
        self._office, self._document = office, sent.document_id
        kept = f"{sent.received} 个已接收的单位保留原公文，并会看到已有更正" if sent.received else ""
        self.body.addWidget(
            FactList(
                (
                    ("标题", sent.elements.title),
                    ("发文字号", sent.elements.doc_number),
                    ("接收情况", f"{sent.total} 个单位中已有 {sent.received} 个接收"),
                    ("请注意", kept),
                )
            )
        )
        self._rule = Notice("rule")
        self.body.addWidget(self._rule)
        self.add_safe("取消(&C)")
        self.add_act("新建更正公文(&G)", self._correct, name="correct")
        work(self, lambda: office.boards.rules(self._document)).then(self._show_rule).failed(
            self.explain
        ).start()

    def _show_rule(self, rules: RegionProfile) -> None:
        self._rule.say(sentence("correct.rule", article=rules.article_of("resend")), Tone.INFO)
        self.fit_soon()

    def _correct(self) -> None:
        office, document = self._office, self._document

        self.hand_in(lambda: office.followup.correct(document), self.drafted.emit)
