"""A document on its way out: waiting for the seal, ready, or being sent."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from gongwen_client.domain.draft_record import Step
from gongwen_client.domain.drafts import Draft, StampPlace
from gongwen_client.domain.paper import listed, paper_beside, share_words
from gongwen_client.domain.rows import Connection
from gongwen_client.services.addressing import Addressing
from gongwen_client.services.office import Office
from gongwen_client.services.send_review import SendReview
from gongwen_client.ui import words
from gongwen_client.ui.compose.copies_dialog import CopiesDialog
from gongwen_client.ui.compose.recipients_dialog import RecipientsDialog
from gongwen_client.ui.compose.secrecy_dialog import SecrecyDialog
from gongwen_client.ui.compose.steps import StepBar
from gongwen_client.ui.lists.cells import author
from gongwen_client.ui.sealing.flow import SealFlow
from gongwen_client.ui.sending.confirm import SendDialog
from gongwen_client.ui.sending.elements_dialog import ElementsDialog
from gongwen_client.ui.sending.give_up_seal import GiveUpSealDialog
from gongwen_client.ui.sending.seal_lines import seal_sections
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.attachments import AttachmentList
from gongwen_client.ui.viewer.document_page import DocumentPage
from gongwen_client.ui.viewer.drawing import Drawing, open_drawing
from gongwen_client.ui.viewer.elements import element_lines
from gongwen_client.ui.viewer.panel import FactList, Section
from gongwen_client.ui.widgets.basics import button, label
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.messages import Elements, Recipient, Unit
from gongwen_protocol.sentences import sentence
from gongwen_protocol.states import DocumentState

_NOT_SEALED = StateWord("未盖章", "unsigned", Tone.NEUTRAL)
_SEALED = StateWord("已盖章", "seal", Tone.VALID)
_LOOKED = "发送前已逐处核对，不涉及国家秘密和工作秘密。"


class OutgoingView(DocumentPage):
    """Seal (待盖章) or send (待发) what a clerk has composed."""

    changed = Signal()
    edit_wanted = Signal(object)
    handover_wanted = Signal()

    def __init__(self, office: Office, draft: Draft) -> None:
        super().__init__("outgoing_view", words.DOCUMENT_STATES[draft.state])
        self._office = office
        self.draft = draft
        self._online = True
        self._drawing: Drawing | None = None
        self._shown_digest = ""
        self._sealed_at: StampPlace | None = None
        self.seal_flow: SealFlow | None = None
        self.dialog: SendDialog | None = None
        self.other: RecipientsDialog | CopiesDialog | ElementsDialog | SecrecyDialog | None = None
        session = office.login.session
        self.steps = StepBar(session.roles if session else (), session.post if session else "")
        self.steps.handover_wanted.connect(self.handover_wanted)
        whole = self.layout()
        assert isinstance(whole, QVBoxLayout)
        whole.insertWidget(1, self.steps)
        self.attachments = AttachmentList()
        self.attachments.file_wanted.connect(self.file_wanted)
        self._attachments_tab = self.reader.add_tab("附件", self.attachments)
        self._facts_tab = self.panel.add_tab("公文要素")
        self._units_tab = self.panel.add_tab("接收单位")
        self.add_info_tab()
        self._units: dict[str, Unit] = {}
        self.secrecy_button = self.add_action(
            button("涉密核对(&Q)", self.explain_secrecy, picture="warning", name="explain_secrecy")
        )
        self.units_button = self.add_action(
            button("改接收单位(&D)", self.pick_recipients, picture="people", name="change_recipients")
        )
        self.edit_button = self.add_action(button("修改(&E)", self._edit, picture="draft", name="edit"))
        self.retry_button = self.add_action(
            button("立即重试(&R)", self._retry, picture="refresh", name="retry")
        )
        self.seal_button = self.add_action(
            button("用印(&Y)", self.start_sealing, kind="primary", picture="seal", name="seal")
        )
        self.send_button = self.add_action(
            button("发送(&S)", self.start_sending, kind="primary", picture="send", name="send")
        )
        self._wants_second = False
        self._held_up = ""
        work(self, office.directory.units).then(self._units_came).failed(self._not_done).start()
        work(self, lambda: office.secrecy.wants_second_person).then(self._second_wanted).failed(
            lambda _error: None
        ).start()
        self._show()

    def _units_came(self, units: tuple[Unit, ...]) -> None:
        self._units = {unit.code: unit for unit in units}
        self._show_units()

    def _second_wanted(self, wanted: bool) -> None:
        self._wants_second = wanted
        self._show_acts()

    def refresh(self) -> None:
        """Read the draft again."""
        document = self.draft.document_id
        office = self._office
        work(self, lambda: (office.drafts.get(document), office.sending.held_up(document))).then(
            lambda found: self._read(*found)
        ).failed(lambda _error: None).start()

    def _read(self, draft: Draft, held_up: str) -> None:
        self._held_up = held_up
        self._came(draft)

    def _came(self, draft: Draft) -> None:
        self.draft = draft
        self._show()

    # -- what is shown ----------------------------------------------------------------------------------

    def _show(self) -> None:
        draft = self.draft
        self.title.setText(draft.elements.title or "（未填标题）")
        self.subtitle.setText(
            " · ".join(
                part for part in (draft.elements.doc_number, f"{words.when(draft.updated_at)} 更新") if part
            )
        )
        self.chip.show_state(words.DOCUMENT_STATES[draft.state])
        self._show_acts()
        self._show_verdict()
        self._show_trouble()
        self.panel.fill(self._facts_tab, self._facts())
        self._show_units()
        self.attachments.show_files(draft.attachments)
        count = len(draft.attachments)
        self.reader.tabs.setTabText(self._attachments_tab, f"附件 {count}" if count else "附件")
        self._draw()

    def _show_acts(self) -> None:
        """What the person here may do is offered; the bar of steps says who does the rest."""
        draft, steps = self.draft, self.steps
        waiting, ready = draft.state is DocumentState.AWAITING_SEAL, draft.state is DocumentState.READY
        compose, send = steps.may(Step.COMPOSE), steps.may(Step.SEND)
        self.seal_button.setVisible(waiting and steps.may(Step.SEAL))
        self.send_button.setVisible(ready and send)
        gives_back = waiting and not compose and steps.may(Step.SEAL)
        self.edit_button.setVisible((compose and (waiting or ready)) or gives_back)
        self.edit_button.setText("退回制作(&E)" if gives_back else "修改(&E)")
        self.units_button.setVisible(ready and (compose or send))
        said = draft.record.declaration
        open_second = self._wants_second and said is not None and said.confirmed is None
        self.secrecy_button.setVisible((waiting or ready) and open_second)
        self.retry_button.setVisible(draft.state is DocumentState.SENDING)
        now = Step.SEAL if waiting else Step.SEND
        sealed = waiting or any(mark.own for mark in draft.seals)
        steps.show_step(now, draft.record.steps, sealed=sealed)
        steps.setVisible(waiting or ready)

    def _show_verdict(self) -> None:
        names = "、".join(f"「{mark.seal_name}」" for mark in self.draft.seals)
        if names and not any(mark.own for mark in self.draft.seals):
            said = f"这份公文已有{names}的印章，等待本单位印章管理员盖章。"
            self.reader.verdict.show_state(_NOT_SEALED, said)
        elif names:
            at = words.stamp(self.draft.seals[-1].sealed_at)
            self.reader.verdict.show_state(_SEALED, f"已于 {at} 盖上{names}，公文内容不能再改。")
        elif self.draft.state is DocumentState.AWAITING_SEAL:
            self.reader.verdict.show_state(_NOT_SEALED, "这份公文等待印章管理员盖章。")
        else:
            self.reader.verdict.show_state(_NOT_SEALED, "这份信息资料不盖章发送。")

    def show_connection(self, connection: Connection) -> None:
        """Whether the exchange can be reached, as far as that matters here."""
        online = connection is Connection.ONLINE
        if online != self._online:
            self._online = online
            self._show_trouble()

    def _show_trouble(self) -> None:
        unstamped = next((mark.unstamped for mark in self.draft.seals if mark.unstamped), "")
        if self.draft.refusal:
            said, small = words.said_parts(self.draft.refusal)
            self.notice.show_text(said, "", small, Tone.INVALID)
        elif self.draft.state is DocumentState.SENDING and not self._online:
            self.notice.show_text(
                "连接不上交换中心，这份公文正在等待发送。",
                "公文保存在本机，网络恢复后自动发送，不需要重新发送。",
                "network.unreachable",
                Tone.WARNING,
            )
        elif self.draft.state is DocumentState.SENDING and self._held_up:
            said, small = words.said_parts(self._held_up)
            self.notice.show_text(
                f"还没有发出：{said}", "本机会自动重试，不需要重新发送。", small, Tone.WARNING
            )
        elif self.draft.state is DocumentState.SENDING:
            share = round(self.draft.upload_progress * 100)
            self.notice.show_text(f"正在发送，已上传 {share}%。", "中断后会自动续传，不需要重新发送。")
        elif unstamped:
            reason = sentence(unstamped).what.rstrip("。")
            self.notice.say(sentence("seal.timestamp.not_given", reason=reason), Tone.WARNING)
        else:
            self.notice.clear()

    def _facts(self) -> list[Section]:
        elements = self.draft.elements
        about = FactList(element_lines(elements))
        about.add("拟稿人", author(self.draft))
        about.add("发文记录", words.record_number(self.draft.document_id))
        result = [Section("公文", about)]
        beside = paper_beside(self.draft.more)
        paper = FactList()
        if beside is not None:
            paper.add("纸质同送", f"{share_words(beside)}，{beside.sent_by}")
        for one in listed(self.draft.more):
            paper.add("特殊附件", f"{one.name}，{share_words(one)}，{one.sent_by}")
        if self.draft.more.special_attachments:
            result.append(Section("纸质送达", paper))
        if self.draft.more.meeting is not None:
            meeting = self.draft.more.meeting
            facts = FactList((("会议", meeting.meeting),))
            facts.add("回执截止", words.stamp(meeting.reply_by)[:16] if meeting.reply_by else "未定")
            result.append(Section("会议回执", facts))
        return [*result, *seal_sections(self.draft)]

    def _show_units(self) -> None:
        lines = FactList()
        for item in self.draft.recipients:
            unit = self._units.get(item.unit_code)
            lines.add(words.ROLES[item.role], f"{unit.name if unit else item.unit_code}　{item.copies} 份")
        total = sum(item.copies for item in self.draft.recipients)
        title = f"{len(self.draft.recipients)} 个单位，打印份数共 {total} 份"
        self.panel.fill(
            self._units_tab,
            [Section(title, lines)] if self.draft.recipients else [label("未选接收单位", "muted")],
        )

    def _draw(self) -> None:
        body = self.draft.body
        if body is None or body.digest == self._shown_digest:
            return
        self._shown_digest = body.digest
        self.reader.pages.show_message("正在打开公文")
        work(self, lambda: open_drawing(self._office, body.path)).then(self._drawn).failed(
            self._not_drawn
        ).start()

    def _drawn(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self.show_drawing(drawing)
        if self._sealed_at is not None:
            self.reader.pages.centre_on(self._sealed_at.page_index, self._sealed_at.y)

    def _not_drawn(self, error: GongwenError) -> None:
        self.reader.pages.show_message(words.explained(error))

    # -- acts -------------------------------------------------------------------------------------------

    def _edit(self) -> None:
        """修改: the document is a draft again and opens in the form. Of a sealed one the elements are changed
        in place; for another body the seal has to be given up."""
        if not any(mark.own for mark in self.draft.seals):
            self._take_back()
            return
        self._change_elements(self.draft.elements)

    def _change_elements(self, elements: Elements, why: GongwenError | None = None) -> None:
        """``why``: these were typed and could not be kept."""
        dialog = ElementsDialog(self, elements)
        dialog.chosen.connect(self._set_elements)
        dialog.new_body_wanted.connect(self._give_up_seal)
        self._open_other(dialog)
        if why is not None:
            dialog.explain(why)

    def _take_back(self) -> None:
        document = self.draft.document_id
        work(self, lambda: self._office.drafts.take_back(document)).then(self._taken_back).failed(
            self._not_done
        ).start()

    def _taken_back(self, draft: Draft) -> None:
        if self.steps.may(Step.COMPOSE):
            self.edit_wanted.emit(draft)
        else:
            self.closed.emit()

    def _give_up_seal(self) -> None:
        document = self.draft.document_id

        def give_up() -> None:
            work(self, lambda: self._office.drafts.give_up_seal(document)).then(self.edit_wanted.emit).failed(
                self._not_done
            ).start()

        dialog = GiveUpSealDialog(self, self.draft.elements.title)
        dialog.wanted.connect(give_up)
        dialog.open()

    def _set_elements(self, elements: Elements) -> None:
        document = self.draft.document_id
        work(self, lambda: self._office.drafts.set_elements(document, elements)).then(self._moved).failed(
            partial(self._change_elements, elements)
        ).start()

    def pick_recipients(self) -> None:
        """改接收单位: of a document that waits to be sent, also one that was refused; the seal stays."""

        def show(addressing: Addressing) -> None:
            dialog = RecipientsDialog(self, self._office, addressing, self.draft.recipients)
            dialog.chosen.connect(self._set_recipients)
            self._open_other(dialog)

        work(self, self._office.addressing.open).then(show).failed(self._not_done).start()

    def set_copies(self, recipients: tuple[Recipient, ...], why: GongwenError | None = None) -> None:
        """设置打印份数, after the units were changed. ``why``: these were chosen and could not be kept."""
        papers = self.draft.more.special_attachments
        dialog = CopiesDialog(self, recipients, self._units, (), papers, changes_paper=False)
        dialog.chosen.connect(self._keep_recipients)
        self._open_other(dialog)
        if why is not None:
            dialog.explain(why)

    def _set_recipients(self, recipients: tuple[Recipient, ...]) -> None:
        known = {one.unit_code for one in self.draft.recipients}
        if any(one.unit_code not in known for one in recipients):
            self.set_copies(recipients)
        else:
            self._keep_recipients(recipients)

    def _keep_recipients(self, recipients: tuple[Recipient, ...]) -> None:
        document = self.draft.document_id
        work(self, lambda: self._office.drafts.set_recipients(document, recipients)).then(self._moved).failed(
            partial(self.set_copies, recipients)
        ).start()

    def explain_secrecy(self) -> None:
        """涉密核对: the second person confirms."""
        dialog = SecrecyDialog(self, self._office, self.draft, second_person=True)
        dialog.changed.connect(self._moved)
        self._open_other(dialog)

    def _open_other(self, dialog: RecipientsDialog | CopiesDialog | ElementsDialog | SecrecyDialog) -> None:
        self.other = dialog
        dialog.finished.connect(lambda _result: self._other_closed(dialog))
        dialog.open()

    def _other_closed(self, dialog: object) -> None:
        if self.other is dialog:
            self.other = None

    def _not_done(self, error: GongwenError) -> None:
        self.notice.explain(error)

    def start_sealing(self) -> None:
        """用印确认, then PIN."""
        self.seal_flow = SealFlow(self, self._office, self.draft, self._drawing)
        self.seal_flow.sealed.connect(self._sealed)
        self.seal_flow.failed.connect(self._not_done)
        self.seal_flow.begin()

    def _sealed(self, draft: Draft, place: StampPlace) -> None:
        """The custodian sees the seal just put."""
        self._sealed_at = place
        self._moved(draft)

    def start_sending(self) -> None:
        """发送确认."""
        document = self.draft.document_id
        work(self, lambda: self._office.send_review.review(document)).then(self._open_send).failed(
            self._not_done
        ).start()

    def _open_send(self, review: SendReview) -> None:
        dialog = SendDialog(self, review)
        dialog.send_wanted.connect(lambda: self._send(dialog))
        self.dialog = dialog
        dialog.finished.connect(self._dialog_closed)
        dialog.open()

    def _dialog_closed(self) -> None:
        self.dialog = None

    def _send(self, dialog: SendDialog) -> None:
        document = self.draft.document_id

        def done(draft: Draft) -> None:
            dialog.accept()
            self._moved(draft)

        def failed(error: GongwenError) -> None:
            dialog.send_button.setEnabled(True)
            dialog.explain(error)

        declared = dialog.review.to_declare > 0

        def send() -> Draft:
            if declared:
                self._office.secrecy.declare(document, _LOOKED)
            return self._office.sending.send(document)

        work(dialog, send).then(done).failed(failed).start()

    def _retry(self) -> None:
        document = self.draft.document_id
        work(self, lambda: self._office.sending.retry(document)).then(self._moved).failed(
            self._not_done
        ).start()

    def _moved(self, draft: Draft) -> None:
        self._came(draft)
        self.changed.emit()
