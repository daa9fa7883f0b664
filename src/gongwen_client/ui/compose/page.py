"""新建发文: the form at the left, the paper at the right. What is typed is on disk within a second."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gongwen_client.domain.drafts import Draft, DraftFinding
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.compose.copies import CopiesGrid
from gongwen_client.ui.compose.discard import DiscardDialog
from gongwen_client.ui.compose.elements_form import ElementsForm
from gongwen_client.ui.compose.files import AttachmentPicker, BodyPicker
from gongwen_client.ui.compose.recipients_dialog import RecipientsDialog
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.drawing import Drawing, open_drawing
from gongwen_client.ui.viewer.page_view import PageView
from gongwen_client.ui.viewer.panel import Section, scrolled, step_line
from gongwen_client.ui.viewer.reader import ZoomTools
from gongwen_client.ui.widgets.basics import ElidedLabel, button, column, holder, label, row, tool
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.messages import Recipient, Unit
from gongwen_protocol.sentences import sentence
from gongwen_protocol.states import DocumentState

_SAVE_AFTER_MS = 600
_FORM_WIDTH = 500
_MUST = StateWord("须改正", "invalid", Tone.INVALID)
_HINT = StateWord("提示", "warning", Tone.WARNING)
_FINE = StateWord("通过", "check", Tone.VALID)


class ComposePage(QWidget):
    """Edits one draft. ``submitted(draft)`` when it goes to the seal custodian."""

    closed = Signal()
    saved = Signal()
    submitted = Signal(object)
    body_loaded = Signal()
    checked = Signal(object)

    def __init__(self, office: Office, draft: Draft) -> None:
        super().__init__()
        self.setObjectName("compose")
        self._office = office
        self.draft = draft
        self._units: dict[str, Unit] = {}
        self._shown_digest = ""
        self._typed = False
        self.findings: tuple[DraftFinding, ...] = ()
        self.recipients_dialog: RecipientsDialog | None = None
        self.form = ElementsForm()
        self.body_picker = BodyPicker()
        self.attachments = AttachmentPicker()
        self.copies = CopiesGrid()
        self.notice = Notice("compose_notice")
        self.preview = PageView("canvas", "正文预览")
        self._checks: QVBoxLayout = column(gap=Space.INSIDE)
        self._title = ElidedLabel("新建发文", "title")
        self._saved = label("", "small")
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SAVE_AFTER_MS)
        self._timer.timeout.connect(self.save)
        self.form.edited.connect(self._edited)
        self.body_picker.picked.connect(self.load_body)
        self.attachments.picked.connect(self.add_attachments)
        self.attachments.removed.connect(self._remove_attachment)
        self.copies.changed.connect(self._set_recipients)
        self.copies.pick_wanted.connect(self.pick_recipients)
        work(self, office.directory.units).then(self._units_came).start()
        self._came(draft)

    # -- layout -----------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        back = tool("back", "返回列表", self.close_page, name="back", shortcut="Esc")
        head = row(gap=Space.INSIDE, margins=(Space.INSIDE, Space.INSIDE, Space.GROUP, Space.INSIDE))
        head.addWidget(back)
        head.addLayout(column(self._title, self._saved, gap=0), 1)
        head.addWidget(Chip(words.DOCUMENT_STATES[DocumentState.DRAFT]))
        head.addSpacing(Space.INSIDE)
        self.discard_button = button("删除草稿", self._discard, kind="link", name="discard")
        self.save_button = button("保存草稿(&B)", self.save, picture="save", name="save")
        self.submit_button = button(
            "提交盖章(&Y)", self.submit, kind="primary", picture="seal", name="submit"
        )
        for act in (self.discard_button, self.save_button, self.submit_button):
            head.addWidget(act)
        header = holder(head, "header")
        header.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        header.setFixedHeight(60)
        inside = column(
            self.notice,
            Section("正文", self.body_picker),
            Section("公文要素", self.form),
            Section("附件", self.attachments),
            Section("接收单位和打印份数", self.copies),
            Section("检查", holder(self._checks)),
            None,
            gap=Space.GROUP,
            margins=(Space.GROUP, Space.GROUP, Space.GROUP, Space.GROUP),
        )
        area = scrolled(holder(inside))
        area.setFixedWidth(_FORM_WIDTH)
        strip = holder(
            row(
                label("正文预览", "muted"),
                None,
                ZoomTools(self.preview),
                margins=(Space.GROUP, 0, Space.INSIDE, 0),
            ),
            "toolstrip",
        )
        strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        strip.setFixedHeight(41)
        paper = holder(column(strip, self.preview, gap=0), "panel")
        paper.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        below = row(area, gap=0)
        below.addWidget(paper, 1)
        whole = column(header, gap=0)
        whole.addLayout(below, 1)
        self.setLayout(whole)

    # -- showing ----------------------------------------------------------------------------------------

    def _units_came(self, units: tuple[Unit, ...]) -> None:
        self._units = {unit.code: unit for unit in units}
        self.copies.show_recipients(self.draft.recipients, self._units)

    def _came(self, draft: Draft) -> None:
        self.draft = draft
        if not self._typed:
            self.form.show_elements(draft.elements)
        self._title.setText(draft.elements.title or "新建发文")
        self._show_state()
        self.body_picker.show_file(draft.body)
        self.attachments.show_files(draft.attachments)
        if self.copies.recipients != draft.recipients:
            self.copies.show_recipients(draft.recipients, self._units)
        self._preview()
        self._check()

    def _preview(self) -> None:
        body = self.draft.body
        if body is None:
            self.preview.show_message("选择正文后在这里预览")
            return
        if body.digest == self._shown_digest:
            return
        self._shown_digest = body.digest
        self.preview.show_message("正在打开正文")
        work(self, lambda: open_drawing(self._office, body.path)).then(self._drawn).failed(
            self._not_drawn
        ).start()

    def _drawn(self, drawing: Drawing) -> None:
        self.preview.show_document(drawing.sizes, drawing.draw)
        self.body_loaded.emit()

    def _not_drawn(self, error: GongwenError) -> None:
        said = sentence(error)
        self.preview.show_message(f"{said.what}\n{said.do}")
        self.body_loaded.emit()

    def _check(self) -> None:
        document = self.draft.document_id
        work(self, lambda: self._office.drafts.check(document)).then(self._show_findings).start()

    def _show_state(self) -> None:
        musts = sum(finding.blocking for finding in self.findings)
        hints = len(self.findings) - musts
        parts = [f"{words.when(self.draft.updated_at)} 已保存到本机"]
        parts += [f"{musts} 项须改正"] if musts else ["检查通过"]
        parts += [f"{hints} 项提示"] if hints else []
        self._saved.setText(" · ".join(parts))

    def _show_findings(self, findings: tuple[DraftFinding, ...]) -> None:
        self.findings = findings
        while (old := self._checks.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for finding in findings:
            self._checks.addWidget(
                step_line(_MUST if finding.blocking else _HINT, *words.finding_parts(finding))
            )
        if not findings:
            self._checks.addWidget(step_line(_FINE, "要素、正文、接收单位和涉密标志检查"))
        self._show_state()
        blocked = any(finding.blocking for finding in findings)
        self.submit_button.setEnabled(not blocked)
        self.submit_button.setToolTip("请先改正检查中列出的问题" if blocked else "")
        self.checked.emit(findings)

    # -- changing ---------------------------------------------------------------------------------------

    def _edited(self) -> None:
        self._typed = True
        self._timer.start()

    def save(self) -> None:
        """Put what is typed on disk now."""
        self._timer.stop()
        elements = self.form.elements(self.draft.elements)
        document = self.draft.document_id
        self._typed = False
        work(self, lambda: self._office.drafts.set_elements(document, elements)).then(self._stored).failed(
            self._trouble
        ).start()

    def _stored(self, draft: Draft) -> None:
        self.notice.clear()
        self._came(draft)
        self.saved.emit()

    def _trouble(self, error: GongwenError) -> None:
        self._typed = True  # perhaps not on disk: the form, not the draft, has the last word
        self.body_picker.show_file(self.draft.body)
        self.notice.explain(error)

    def load_body(self, path: Path) -> None:
        """Take a file as the body; empty elements are filled from it."""
        self.body_picker.show_busy(path.name)
        document = self.draft.document_id
        elements = self.form.elements(self.draft.elements) if self._typed else None

        def take() -> Draft:
            if elements is not None:
                self._office.drafts.set_elements(document, elements)
            return self._office.drafts.set_body(document, path)

        self._timer.stop()
        self._typed = False
        work(self, take).then(self._stored).failed(self._trouble).start()

    def add_attachments(self, paths: list[Path]) -> None:
        """Take files as attachments."""
        document = self.draft.document_id

        def take() -> Draft:
            draft = self.draft
            for path in paths:
                draft = self._office.drafts.add_attachment(document, path)
            return draft

        work(self, take).then(self._stored).failed(self._trouble).start()

    def _remove_attachment(self, name: str) -> None:
        document = self.draft.document_id
        work(self, lambda: self._office.drafts.remove_attachment(document, name)).then(self._stored).failed(
            self._trouble
        ).start()

    def pick_recipients(self) -> None:
        """选择主送、抄送单位 (asks for the directory first where it has not come yet)."""
        if self._units:
            self._open_recipients()
            return

        def came(units: tuple[Unit, ...]) -> None:
            self._units_came(units)
            self._open_recipients()

        work(self, self._office.directory.units).then(came).failed(self._trouble).start()

    def _open_recipients(self) -> None:
        session = self._office.login.session
        own = session.unit_code if session else ""
        dialog = RecipientsDialog(self, list(self._units.values()), self.draft.recipients, own)
        dialog.chosen.connect(self._set_recipients)
        self.recipients_dialog = dialog
        dialog.finished.connect(self._recipients_closed)
        dialog.open()

    def _recipients_closed(self) -> None:
        self.recipients_dialog = None

    def _set_recipients(self, recipients: tuple[Recipient, ...]) -> None:
        document = self.draft.document_id
        work(self, lambda: self._office.drafts.set_recipients(document, recipients)).then(
            self._stored
        ).failed(self._trouble).start()

    def submit(self) -> None:
        """Save, then hand to the seal custodian."""
        self._timer.stop()
        elements = self.form.elements(self.draft.elements)
        document = self.draft.document_id
        self.submit_button.setEnabled(False)

        def hand_over() -> Draft:
            self._office.drafts.set_elements(document, elements)
            return self._office.drafts.submit_for_seal(document)

        def failed(error: GongwenError) -> None:
            self.submit_button.setEnabled(True)
            self._trouble(error)

        work(self, hand_over).then(self.submitted.emit).failed(failed).start()

    @property
    def unsaved(self) -> bool:
        """Whether something typed is not on disk yet."""
        return self._typed

    def leave(self, then: Callable[[], object]) -> None:
        """Save what is typed, then go; where it cannot be saved, stay and say why."""
        if not self._typed:
            then()
            return
        self._timer.stop()
        elements, document = self.form.elements(self.draft.elements), self.draft.document_id

        def saved(_draft: Draft) -> None:
            self._typed = False
            then()

        work(self, lambda: self._office.drafts.set_elements(document, elements)).then(saved).failed(
            self._trouble
        ).start()

    def keep_now(self) -> bool:
        """Save before the window closes, at once: work in a queue ends with the program. False: not saved."""
        if not self._typed:
            return True
        self._timer.stop()
        try:
            self._office.drafts.set_elements(self.draft.document_id, self.form.elements(self.draft.elements))
        except GongwenError as error:
            self._trouble(error)
            return False
        self._typed = False
        return True

    def close_page(self) -> None:
        """Back to the list; what is typed is kept."""
        self.leave(self.closed.emit)

    def _discard(self) -> None:
        dialog = DiscardDialog(self, self.draft.elements.title)
        dialog.discard_wanted.connect(self._throw_away)
        dialog.open()

    def _throw_away(self) -> None:
        document = self.draft.document_id
        self._timer.stop()
        self._typed = False
        work(self, lambda: self._office.drafts.discard(document)).then(
            lambda _nothing: self.closed.emit()
        ).failed(self._trouble).start()
