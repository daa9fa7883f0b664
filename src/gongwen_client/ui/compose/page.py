"""新建发文: the form at the left, the paper at the right. What is typed is on disk within a second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from gongwen_client.domain.draft_record import Step
from gongwen_client.domain.drafts import Draft, DraftFinding
from gongwen_client.services.office import Office
from gongwen_client.services.send_review import DraftLook
from gongwen_client.ui import words
from gongwen_client.ui.compose.addressees import Addressees
from gongwen_client.ui.compose.autosave import Autosave
from gongwen_client.ui.compose.body_preview import BodyPreview
from gongwen_client.ui.compose.check_section import CheckSection
from gongwen_client.ui.compose.discard import DiscardDialog
from gongwen_client.ui.compose.elements_form import ElementsForm
from gongwen_client.ui.compose.files import AttachmentPicker, BodyPicker
from gongwen_client.ui.compose.meeting_form import MeetingForm
from gongwen_client.ui.compose.paper_form import PaperForm
from gongwen_client.ui.compose.secrecy_dialog import SecrecyDialog
from gongwen_client.ui.compose.size_meter import SizeMeter
from gongwen_client.ui.compose.steps import StepBar
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.viewer.disclosure import Disclosure
from gongwen_client.ui.viewer.panel import Section
from gongwen_client.ui.widgets.basics import ElidedLabel, button, column, holder, label, row, tool
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.scrolled import Scrolled
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.states import DocumentState

_FORM_WIDTH = 512


class ComposePage(QWidget):
    """Edits one draft. ``submitted(draft)`` when it goes to the seal custodian, or unsealed to be sent."""

    closed = Signal()
    saved = Signal()
    submitted = Signal(object)
    body_loaded = Signal()
    checked = Signal(object)
    handover_wanted = Signal()

    def __init__(self, office: Office, draft: Draft) -> None:
        super().__init__()
        self.setObjectName("compose")
        self._office = office
        self.draft = draft
        self._looking = self._look_again = self._not_kept = False
        self.look: DraftLook | None = None
        self.findings: tuple[DraftFinding, ...] = ()
        self.dialog: SecrecyDialog | None = None
        self.form, self.paper, self.meeting = ElementsForm(), PaperForm(), MeetingForm()
        self.body_picker, self.attachments = BodyPicker(), AttachmentPicker()
        self.meter = SizeMeter()
        self.addressees = Addressees(self, office, draft, self.paper)
        self.checks = CheckSection()
        self.notice = Notice("compose_notice")
        self.body_preview = BodyPreview(office)
        self.preview = self.body_preview.view
        session = office.login.session
        self.steps = StepBar(session.roles if session else (), session.post if session else "")
        self.autosave = Autosave(self, self._to_save)
        self._lay_out()
        self._connect()
        work(self, office.directory.units).then(self.addressees.show_units).failed(self._not_read).start()
        self._came(draft)

    # -- layout -----------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        back = tool("back", "返回列表", self.close_page, name="back", shortcut="Esc")
        self._title = ElidedLabel("新建发文", "title")
        self._saved = label("", "small")
        head = row(gap=Space.INSIDE, margins=(Space.INSIDE, Space.INSIDE, Space.GROUP, Space.INSIDE))
        head.addWidget(back)
        head.addLayout(column(self._title, self._saved, gap=0), 1)
        head.addWidget(Chip(words.DOCUMENT_STATES[DocumentState.DRAFT]))
        head.addSpacing(Space.INSIDE)
        self.discard_button = button("删除草稿", self._discard, kind="link", name="discard")
        self.save_button = button("保存草稿(&S)", self.save, picture="save", name="save")
        self.submit_button = button(
            "提交盖章(&Y)", self.submit, kind="primary", picture="seal", name="submit"
        )
        for act in (self.discard_button, self.save_button, self.submit_button):
            head.addWidget(act)
        header = holder(head, "header")
        header.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        header.setFixedHeight(60)
        below = row(self._form_area(), gap=0)
        below.addWidget(self.body_preview, 1)
        whole = column(header, self.steps, gap=0)
        whole.addLayout(below, 1)
        self.setLayout(whole)

    def _form_area(self) -> QWidget:
        self._paper_fold = Disclosure("纸质同送和特殊附件", self.paper)
        self._fields = holder(
            column(
                Section("正文", self.body_picker, self.meter),
                Section("公文要素", self.form),
                Section("附件", self.attachments, self._paper_fold),
                Section("会议回执", self.meeting),
                Section("接收单位和打印份数", self.addressees.copies),
                Section("与正文主送、抄送核对", self.addressees.comparison),
                Section("检查", self.checks),
                gap=Space.GROUP,
            )
        )
        margins = (Space.GROUP, Space.GROUP, Space.GROUP, Space.GROUP)
        area = Scrolled(holder(column(self.notice, self._fields, None, gap=Space.GROUP, margins=margins)))
        area.setFixedWidth(_FORM_WIDTH)
        self.form_area = area
        return area

    def _connect(self) -> None:
        for part in (self.form, self.paper, self.meeting):
            part.edited.connect(self.autosave.touch)
        for saver in (self.autosave, self.addressees.kept):
            saver.saved.connect(self._stored)
            saver.failed.connect(self._not_stored)
        self.body_picker.picked.connect(self.load_body)
        self.attachments.picked.connect(self.add_attachments)
        drafts = self._office.drafts
        self.attachments.removed.connect(
            lambda name: self._act(lambda one: drafts.remove_attachment(one, name))
        )
        self.attachments.moved.connect(
            lambda name, steps: self._act(lambda one: drafts.move_attachment(one, name, steps))
        )
        self.attachments.renamed.connect(
            lambda old, new: self._act(lambda one: drafts.rename_attachment(one, old, new))
        )
        self.addressees.refused.connect(self._refused)
        self.body_preview.loaded.connect(self.body_loaded)
        self.checks.place_wanted.connect(self.body_preview.show_place)
        self.checks.secrecy_wanted.connect(self.explain_secrecy)
        self.steps.handover_wanted.connect(self.handover_wanted)

    # -- showing ----------------------------------------------------------------------------------------

    def _came(self, draft: Draft) -> None:
        if draft.updated_at < self.draft.updated_at:
            return  # an answer that was overtaken
        self.draft = draft
        if self.autosave.typed:
            self.form.show_origins(draft.record.origins)
        else:
            self.form.show_elements(draft.elements, draft.record.origins)
            self.paper.show_more(draft.more)
            self.meeting.show_call(draft.more.meeting, draft.elements.title)
        if draft.more.special_attachments:
            self._paper_fold.open()
        self._title.setText(draft.elements.title or "新建发文")
        self._show_state()
        self.body_picker.show_file(draft.body)
        self.attachments.show_files(draft.attachments)
        self.addressees.show_draft(draft)
        self.body_preview.show_draft(draft)
        self._check()

    def _check(self) -> None:
        """Ask for the checks; while they run, once more afterwards."""
        if self._looking:
            self._look_again = True
            return
        self._looking, self._look_again = True, False
        document = self.draft.document_id
        work(self, lambda: self._office.send_review.look(document)).always(self._looked).then(
            self._show_look
        ).failed(lambda _error: None).start()

    def _looked(self) -> None:
        self._looking = False

    def _show_look(self, look: DraftLook) -> None:
        if self._look_again:
            self._check()
            return
        self.look, self.findings = look, look.findings
        self.draft = replace(self.draft, record=look.draft.record)
        self.meter.show_size(self.draft.size, look.limit, look.limit_article)
        self.addressees.show_look(look)
        self.checks.show_findings(look.findings, look.doubtful)
        self.steps.show_step(Step.COMPOSE, self.draft.record.steps, sealed=look.needs_seal)
        self._show_state()
        self._show_acts(look)
        self.checked.emit(look.findings)

    def _show_acts(self, look: DraftLook) -> None:
        mine = self.steps.may(Step.COMPOSE)
        self._fields.setEnabled(mine)
        for act in (self.discard_button, self.save_button, self.submit_button):
            act.setVisible(mine)
        blocked = any(finding.blocking for finding in look.findings)
        self.submit_button.setText("提交盖章(&Y)" if look.needs_seal else "免章转待发(&Y)")
        self.submit_button.setEnabled(not blocked)
        self.submit_button.setToolTip("请先改正检查中列出的问题" if blocked else "")

    def _show_state(self) -> None:
        musts = sum(finding.blocking for finding in self.findings)
        hints = len(self.findings) - musts
        when = words.when(self.draft.updated_at)
        parts = ["最近的修改还没有存到本机" if self._not_kept else f"{when} 已保存到本机"]
        parts += [f"{musts} 项须改正"] if musts else ["检查通过"]
        parts += [f"{hints} 项提示"] if hints else []
        self._saved.setText(" · ".join(parts))

    # -- saving -----------------------------------------------------------------------------------------

    def _to_save(self) -> Callable[[], Draft]:
        document, elements = self.draft.document_id, self.form.elements(self.draft.elements)
        changed = {
            "special_attachments": self.paper.attachments(),
            "meeting": self.meeting.call(elements.title),
        }
        more = self.draft.more.model_copy(update=changed)
        return lambda: self._office.drafts.set_form(document, elements, more)

    def save(self) -> None:
        """Put what is typed on disk now."""
        self.autosave.touch()
        self.autosave.flush()

    def _stored(self, draft: Draft) -> None:
        self._not_kept = False
        if self.notice.property("about") == "saving":
            self.notice.clear()
        self._came(draft)
        self.saved.emit()

    def _not_stored(self, error: GongwenError) -> None:
        """It stays in the window and is tried again until it is on disk."""
        self._not_kept = True
        self._show_state()
        self._explain(error, "saving")

    def _not_read(self, error: GongwenError) -> None:
        self._explain(error, "reading")

    def _explain(self, error: GongwenError, about: str) -> None:
        self.notice.setProperty("about", about)
        self.notice.explain(error)
        self.form_area.verticalScrollBar().setValue(0)

    @property
    def unsaved(self) -> bool:
        """Whether something typed is not on disk yet."""
        return self.autosave.unsaved or self.addressees.kept.unsaved

    def leave(self, then: Callable[[], object]) -> None:
        """Save what is typed, then go; where it cannot be saved, stay and say why."""
        self.autosave.flush(lambda: self.addressees.kept.flush(then))

    def keep_now(self) -> bool:
        """Save before the window closes, at once: work in a queue ends with the program. False: not saved."""
        try:
            self.autosave.write_now()
            self.addressees.kept.write_now()
        except GongwenError as error:
            self._not_stored(error)
            return False
        return True

    def close_page(self) -> None:
        """Back to the list; what is typed is kept."""
        self.leave(self.closed.emit)

    # -- changing ---------------------------------------------------------------------------------------

    def _act(self, change: Callable[[str], Draft]) -> None:
        """Change something that is not typed, after what is typed is on disk."""
        document = self.draft.document_id

        def run() -> None:
            work(self, lambda: change(document)).then(self._acted).failed(self._refused).start()

        self.leave(run)

    def _acted(self, draft: Draft) -> None:
        self.notice.clear()
        self._came(draft)
        self.saved.emit()

    def _refused(self, error: GongwenError) -> None:
        self._explain(error, "acting")
        self.body_picker.show_file(self.draft.body)
        document = self.draft.document_id
        work(self, lambda: self._office.drafts.get(document)).then(self._came).failed(
            lambda _gone: None
        ).start()

    def load_body(self, path: Path) -> None:
        """Take a file as the body; elements that nobody has typed are filled from it."""
        self.body_picker.show_busy(path.name)
        self._act(lambda document: self._office.drafts.set_body(document, path))

    def add_attachments(self, paths: list[Path]) -> None:
        """Take files as attachments."""

        def take(document: str) -> Draft:
            draft = self._office.drafts.get(document)
            for path in paths:
                draft = self._office.drafts.add_attachment(document, path)
            return draft

        self._act(take)

    def explain_secrecy(self) -> None:
        """涉密核对."""
        second = self.look.second_person if self.look else False
        dialog = SecrecyDialog(self, self._office, self.draft, second_person=second)
        dialog.changed.connect(lambda _draft: self._check())
        self.dialog = dialog
        dialog.finished.connect(self._dialog_closed)
        dialog.open()

    def _dialog_closed(self) -> None:
        self.dialog = None

    def submit(self) -> None:
        """Save, then hand to the seal custodian, or to those who send."""
        self.submit_button.setEnabled(False)
        document, drafts = self.draft.document_id, self._office.drafts
        sealed = self.look is None or self.look.needs_seal

        def hand_over() -> None:
            act = drafts.submit_for_seal if sealed else drafts.release
            work(self, lambda: act(document)).then(self.submitted.emit).failed(failed).start()

        def failed(error: GongwenError) -> None:
            self.submit_button.setEnabled(True)
            self._explain(error, "acting")

        self.leave(hand_over)

    def _discard(self) -> None:
        dialog = DiscardDialog(self, self.draft.elements.title)
        dialog.discard_wanted.connect(self._throw_away)
        dialog.open()

    def _throw_away(self) -> None:
        document = self.draft.document_id
        self.autosave.drop()
        self.addressees.kept.drop()
        work(self, lambda: self._office.drafts.discard(document)).then(
            lambda _nothing: self.closed.emit()
        ).failed(self._refused).start()
