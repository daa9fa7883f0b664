"""A document on its way out: waiting for the seal, ready, or being sent."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar

from gongwen_client.domain.drafts import Draft, DraftFinding, StampPlace
from gongwen_client.domain.rows import Connection
from gongwen_client.exchange.key_directory import Protection
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.sealing.flow import SealFlow
from gongwen_client.ui.sending.confirm import SendDialog
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.attachments import AttachmentList
from gongwen_client.ui.viewer.document_page import DocumentPage
from gongwen_client.ui.viewer.drawing import Drawing, open_drawing
from gongwen_client.ui.viewer.elements import element_lines
from gongwen_client.ui.viewer.panel import FactList, Section, card
from gongwen_client.ui.widgets.basics import button, label
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError, RefusedError
from gongwen_protocol.messages import Unit
from gongwen_protocol.sentences import sentence
from gongwen_protocol.states import DocumentState

_NOT_SEALED = StateWord("未盖章", "unsigned", Tone.NEUTRAL)
_SEALED = StateWord("已盖章", "seal", Tone.VALID)


class OutgoingView(DocumentPage):
    """Seal (待盖章) or send (待发) what a clerk has composed."""

    changed = Signal()
    edit_wanted = Signal(object)

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
        self.attachments = AttachmentList()
        self.attachments.file_wanted.connect(self.file_wanted)
        self._attachments_tab = self.reader.add_tab("附件", self.attachments)
        self._facts_tab = self.panel.add_tab("公文要素")
        self._units_tab = self.panel.add_tab("接收单位")
        self.add_info_tab()
        self._units: dict[str, Unit] = {}
        self.edit_button = self.add_action(
            button(
                "修改(&E)",
                self._take_back,
                picture="draft",
                name="edit",
            )
        )
        self.retry_button = self.add_action(
            button("立即重试(&R)", self._retry, picture="refresh", name="retry")
        )
        self.seal_button = self.add_action(
            button("用印(&Y)", self.start_sealing, kind="primary", picture="seal", name="seal")
        )
        self.send_button = self.add_action(
            button("发送(&S)", self.start_sending, kind="primary", picture="send", name="send")
        )
        self.progress = QProgressBar()
        self.progress.setAccessibleName("上传进度")
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        work(self, office.directory.units).then(self._units_came).start()
        self._show()

    def _units_came(self, units: tuple[Unit, ...]) -> None:
        self._units = {unit.code: unit for unit in units}
        self._show_units()

    def refresh(self) -> None:
        """Read the draft again."""
        document = self.draft.document_id
        work(self, lambda: self._office.drafts.get(document)).then(self._came).failed(
            lambda _error: None
        ).start()

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
        waiting, ready = draft.state is DocumentState.AWAITING_SEAL, draft.state is DocumentState.READY
        self.seal_button.setVisible(waiting)
        self.send_button.setVisible(ready)
        self.edit_button.setVisible(waiting)
        self.retry_button.setVisible(draft.state is DocumentState.SENDING)
        self._show_verdict()
        self._show_trouble()
        self.panel.fill(self._facts_tab, self._facts())
        self._show_units()
        self.attachments.show_files(draft.attachments)
        count = len(draft.attachments)
        self.reader.tabs.setTabText(self._attachments_tab, f"附件 {count}" if count else "附件")
        self._draw()

    def _show_verdict(self) -> None:
        names = "、".join(f"「{mark.seal_name}」" for mark in self.draft.seals)
        if names and not any(mark.own for mark in self.draft.seals):
            said = f"这份公文已有{names}的印章，等待本单位印章管理员盖章。"
            self.reader.verdict.show_state(_NOT_SEALED, said)
        elif names:
            at = words.stamp(self.draft.seals[-1].sealed_at)
            self.reader.verdict.show_state(_SEALED, f"已于 {at} 盖上{names}，公文内容不能再改。")
        else:
            self.reader.verdict.show_state(_NOT_SEALED, "这份公文等待印章管理员盖章。")

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
        elif self.draft.state is DocumentState.SENDING:
            share = round(self.draft.upload_progress * 100)
            self.notice.show_text(f"正在发送，已上传 {share}%。", "中断后会自动续传，不需要重新发送。")
        elif unstamped:
            reason = sentence(unstamped).what.rstrip("。")
            self.notice.say(sentence("seal.timestamp.not_given", reason=reason), Tone.WARNING)
        sending = self.draft.state is DocumentState.SENDING
        self.show_notice(shown=bool(self.draft.refusal or unstamped) or sending)

    def _facts(self) -> list[Section]:
        elements = self.draft.elements
        about = FactList(element_lines(elements))
        result = [Section("公文", about)]
        for mark in self.draft.seals:
            facts = FactList(
                (
                    ("印章", mark.seal_name),
                    ("盖章时间", words.stamp(mark.sealed_at)),
                    ("秘钥盘", mark.key_serial),
                )
            )
            result.append(Section("用印", card(facts)))
        return result

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
        said = sentence(error)
        self.reader.pages.show_message(f"{said.what}\n{said.do}")

    # -- acts -------------------------------------------------------------------------------------------

    def _take_back(self) -> None:
        """修改: the document is a draft again and opens in the form."""
        document = self.draft.document_id
        work(self, lambda: self._office.drafts.take_back(document)).then(self.edit_wanted.emit).failed(
            self._not_taken_back
        ).start()

    def _not_taken_back(self, error: GongwenError) -> None:
        self.notice.explain(error)
        self.show_notice(shown=True)

    def start_sealing(self) -> None:
        """用印确认, then PIN."""
        self.seal_flow = SealFlow(self, self._office, self.draft, self._drawing)
        self.seal_flow.sealed.connect(self._sealed)
        self.seal_flow.begin()

    def _sealed(self, draft: Draft, place: StampPlace) -> None:
        """The custodian sees the seal just put."""
        self._sealed_at = place
        self._moved(draft)

    def start_sending(self) -> None:
        """发送确认."""
        document = self.draft.document_id

        def look() -> tuple[tuple[Unit, ...], tuple[DraftFinding, ...], Protection | None]:
            office = self._office
            findings, protection = office.drafts.check(document), None
            try:
                protection = office.sending.protection(document)
            except RefusedError as error:
                findings = (*findings, DraftFinding(error.code, str(sentence(error)), blocking=True))
            return office.directory.units(), findings, protection

        work(self, look).then(lambda found: self._open_send(*found)).start()

    def _open_send(
        self,
        units: tuple[Unit, ...],
        findings: tuple[DraftFinding, ...],
        protection: Protection | None,
    ) -> None:
        dialog = SendDialog(self, self.draft, units, findings, protection)
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

        work(dialog, lambda: self._office.sending.send(document)).then(done).failed(failed).start()

    def _retry(self) -> None:
        document = self.draft.document_id
        work(self, lambda: self._office.sending.retry(document)).then(self._moved).start()

    def _moved(self, draft: Draft) -> None:
        self._came(draft)
        self.changed.emit()
