"""A received document that is open: paper, verdict, facts; accept, return, print."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal

from gongwen_client.domain.rows import IncomingFiles, IncomingRow, IncomingState
from gongwen_client.services.exchange_bundles import BundleMade
from gongwen_client.services.incoming import Verification
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.copying.download import CopyDialog
from gongwen_client.ui.receive.accept import AcceptDialog
from gongwen_client.ui.receive.paper_desk import PaperDesk
from gongwen_client.ui.receive.print_original import PrintDialog
from gongwen_client.ui.receive.return_document import ReturnDialog
from gongwen_client.ui.receive.tickets import TicketsTab
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer import report
from gongwen_client.ui.viewer.attachments import AttachmentList
from gongwen_client.ui.viewer.checked_page import CheckedPage
from gongwen_client.ui.viewer.drawing import Drawing, open_drawing
from gongwen_client.ui.viewer.elements import element_lines
from gongwen_client.ui.viewer.panel import FactList, Section
from gongwen_client.ui.widgets.basics import button, change_kind
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.messages import Finding, ReturnReason
from gongwen_protocol.sentences import sentence

_NOT_READ = StateWord("未能读取", "invalid", Tone.INVALID)


class IncomingView(CheckedPage):
    """``loaded`` follows when pages and verdict are there; ``changed`` when the row's state moved;
    ``more_copies_wanted``: a person wants to ask the sender for further copies."""

    loaded = Signal()
    changed = Signal()
    printed = Signal(object)
    more_copies_wanted = Signal()

    def __init__(self, office: Office, row: IncomingRow) -> None:
        super().__init__("incoming_view", words.INCOMING_STATES[row.state])
        self._office = office
        self.row = row
        self.dialog: AcceptDialog | ReturnDialog | PrintDialog | CopyDialog | None = None
        self.attachments = AttachmentList()
        self.attachments.file_wanted.connect(self.file_wanted)
        self.tickets = TicketsTab()
        self.paper = PaperDesk(self, office, self.tickets)
        self._attachments_tab = self.reader.add_tab("附件", self.attachments)
        self.reader.add_tab("打印记录", self.tickets)
        self._facts_tab = self.panel.add_tab("公文要素")
        self.add_check_tab()
        self.add_info_tab()
        self.return_button = self.add_action(
            button("退文(&T)", self.open_return, kind="danger", picture="returned", name="return")
        )
        self.copy_button = self.add_action(
            button("下载副本(&D)", self.paper.open_copy, picture="download", name="copy")
        )
        self.print_button = self.add_action(
            button(
                "打印原件(&P)",
                self.paper.open_print,
                kind="primary",
                picture="print",
                name="print",
                tip="Ctrl+P",
            )
        )
        self.accept_button = self.add_action(
            button("核验并接收(&J)", self.open_accept, kind="primary", picture="accept", name="accept")
        )
        self._show_row()
        self.load()

    # -- loading ----------------------------------------------------------------------------------------

    def load(self) -> None:
        """Download what is missing, draw, verify."""
        delivery = self.row.delivery_id
        self.reader.pages.show_message("正在下载公文")
        self.reader.verdict.show_checking()
        work(self, lambda: self._office.incoming.open(delivery)).then(self._files_came).failed(
            self._no_files
        ).start()
        self.paper.load()

    def _files_came(self, files: IncomingFiles) -> None:
        self.attachments.show_files(files.attachments)
        count = len(files.attachments)
        self.reader.tabs.setTabText(self._attachments_tab, f"附件 {count}" if count else "附件")
        self.refresh()
        work(self, lambda: open_drawing(self._office, files.body.path, all_sizes=False)).then(
            self._drawing_came
        ).failed(self._no_drawing).start()
        work(self, self.verify_now).then(self._verified).failed(self.show_unverified).start()

    def _drawing_came(self, drawing: Drawing) -> None:
        self.show_drawing(drawing)

    def _no_files(self, error: GongwenError) -> None:
        said = sentence(error)
        self.reader.pages.show_message("公文没有下载完成")
        self.reader.verdict.show_state(_NOT_READ, f"{said.what}{said.do}")

    def _no_drawing(self, error: GongwenError) -> None:
        said = sentence(error)
        self.reader.pages.show_message(f"{said.what}\n{said.do}")

    def _verified(self, verification: Verification) -> None:
        self.show_verification(verification)
        if report.verdict_of(verification) != "valid":
            self.show_check()
        self.loaded.emit()
        if verification.layout_pending:
            delivery = self.row.delivery_id
            work(self, lambda: self._office.incoming.verify_layout(delivery, verification)).then(
                self._layout_known
            ).failed(lambda _error: None).start()  # it stays unknown

    def _layout_known(self, verification: Verification) -> None:
        self.verification = verification
        self.check.show_layout(verification)
        change_kind(self.accept_button, "" if report.failed(verification.checks) else "primary", "accept")

    def show_verification(self, verification: Verification) -> None:
        super().show_verification(verification)
        change_kind(self.accept_button, "" if report.failed(verification.checks) else "primary", "accept")
        self._show_row()

    @property
    def file_name(self) -> str:
        return self.row.elements.title

    def verify_now(self) -> Verification:
        return self._office.incoming.verify(self.row.delivery_id)

    def export_report(self, verification: Verification, target: Path) -> None:
        self._office.incoming.export_report(self.row.delivery_id, verification, target)

    def make_bundle(self, target: Path) -> BundleMade:
        return self._office.incoming.make_bundle(self.row.delivery_id, target)

    def refresh(self) -> None:
        """Read the row again (after a change here or at the exchange)."""
        delivery = self.row.delivery_id
        work(self, lambda: self._office.incoming.get(delivery)).then(self._row_came).start()
        self.paper.load()

    def _row_came(self, row: IncomingRow) -> None:
        self.row = row
        self._show_row()

    # -- what is shown ----------------------------------------------------------------------------------

    def _show_row(self) -> None:
        row = self.row
        self.title.setText(row.elements.title)
        parts = (row.elements.doc_number, row.sender_name, f"{words.when(row.sent_at)} 发送")
        self.subtitle.setText(" · ".join(part for part in parts if part))
        self.chip.show_state(words.INCOMING_STATES[row.state])
        open_ = row.state in (
            IncomingState.PENDING,
            IncomingState.DOWNLOADING,
            IncomingState.LOCKED,
            IncomingState.TO_VERIFY,
        )
        for act in (self.accept_button, self.return_button):
            act.setVisible(open_)
            act.setEnabled(self.verification is not None)
        if row.state is IncomingState.LOCKED:  # what cannot be opened can still be sent back
            self.return_button.setEnabled(True)
        for act in (self.print_button, self.copy_button):
            act.setVisible(row.state in (IncomingState.RECEIVED, IncomingState.VERIFIED))
            act.setEnabled(not row.pending)
        self.panel.fill(self._facts_tab, self._facts())
        if row.refusal:
            said, small = words.said_parts(row.refusal)
            self.notice.show_text(said, "", small, Tone.INVALID)
        elif row.pending:
            self.notice.show_text(words.INTENTS.get(row.pending, ""), "联网后自动完成，不需要重复操作。")
        self.show_notice(shown=bool(row.refusal or row.pending))

    def _facts(self) -> Sequence[Section]:
        row, elements = self.row, self.row.elements
        about = FactList(element_lines(elements))
        how = FactList(
            (
                ("发文单位", row.sender_name),
                ("发送时间", words.stamp(row.sent_at)),
                ("本单位", words.ROLES[row.role]),
                ("打印份数", f"{row.copies} 份，已打印 {row.printed} 份"),
                ("接收时间", words.stamp(row.received_at) if row.received_at else ""),
                ("退文时间", words.stamp(row.returned_at) if row.returned_at else ""),
                ("退文原因", words.return_reason(row.return_reason) if row.returned_at else ""),
                ("大小", words.size(row.size)),
            )
        )
        return (Section("公文", about), Section("收发", how))

    # -- acts -------------------------------------------------------------------------------------------

    def open_accept(self) -> None:
        """核验并接收."""
        if self.verification is None:
            return
        dialog = AcceptDialog(self, self.row, self.verification)
        dialog.accept_wanted.connect(lambda: self._accept(dialog))
        dialog.return_wanted.connect(self.open_return)
        self.show_dialog(dialog)

    def _accept(self, dialog: AcceptDialog) -> None:
        verification, delivery = self.verification, self.row.delivery_id
        assert verification is not None

        def done(row: IncomingRow) -> None:
            dialog.accept()
            self._moved(row)

        def failed(error: GongwenError) -> None:
            dialog.accept_button.setEnabled(True)
            dialog.explain(error)

        checks = verification.checks
        work(dialog, lambda: self._office.incoming.accept(delivery, checks)).then(done).failed(failed).start()

    def open_return(self) -> None:
        """退文."""
        dialog = ReturnDialog(self, self.row, self._likely_reason())
        dialog.return_wanted.connect(lambda reason, note: self._return(dialog, reason, note))
        self.show_dialog(dialog)

    def _likely_reason(self) -> ReturnReason | None:
        if self.verification is None:
            return None
        checks = self.verification.checks
        found = (
            (checks.body, ReturnReason.BODY_FAULT),
            (checks.seal, ReturnReason.SEAL_FAULT),
            (checks.attachments, ReturnReason.ATTACHMENT_FAULT),
            (checks.layout, ReturnReason.LAYOUT_FAULT),
        )
        return next((reason for finding, reason in found if finding is Finding.FAILED), None)

    def _return(self, dialog: ReturnDialog, reason: ReturnReason, note: str) -> None:
        delivery = self.row.delivery_id
        checks = self.verification.checks if self.verification else None

        def done(row: IncomingRow) -> None:
            dialog.accept()
            self._moved(row)

        def failed(error: GongwenError) -> None:
            dialog.return_button.setEnabled(True)
            dialog.explain(error)

        work(dialog, lambda: self._office.incoming.return_document(delivery, reason, note, checks)).then(
            done
        ).failed(failed).start()

    def _moved(self, row: IncomingRow) -> None:
        self._row_came(row)
        self.changed.emit()

    def open_print(self) -> None:
        """打印原件 (asks first what is left)."""
        self.paper.open_print()

    def show_dialog(self, dialog: AcceptDialog | ReturnDialog | PrintDialog | CopyDialog) -> None:
        """Open a dialog over this page; ``dialog`` is it until it is closed."""
        self.dialog = dialog
        dialog.finished.connect(self._dialog_closed)
        dialog.open()

    def _dialog_closed(self) -> None:
        if self.dialog is self.sender():
            self.dialog = None
