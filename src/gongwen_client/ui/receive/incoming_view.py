"""A received document that is open: paper, verdict, facts; accept, return, print."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QPushButton

from gongwen_client.domain.rows import Counts, IncomingFiles, IncomingRow, IncomingState
from gongwen_client.services.exchange_bundles import BundleMade
from gongwen_client.services.incoming import Verification
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.copying.download import CopyDialog
from gongwen_client.ui.receive.accept import AcceptPanel
from gongwen_client.ui.receive.acts import FORWARD_TIP, IncomingActs
from gongwen_client.ui.receive.paper_desk import PaperDesk
from gongwen_client.ui.receive.paper_parts import PaperParts
from gongwen_client.ui.receive.print_original import PrintDialog
from gongwen_client.ui.receive.return_document import ReturnDialog
from gongwen_client.ui.receive.standing import (
    GONE,
    Standing,
    StandingNotes,
    gone_error,
    look,
    moved_note,
    moved_to,
)
from gongwen_client.ui.receive.tickets import TicketsTab
from gongwen_client.ui.receive.timeline import timeline
from gongwen_client.ui.receive.unseal import UnsealDialog
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.tracking.wishes import WishNotes
from gongwen_client.ui.viewer import report
from gongwen_client.ui.viewer.attachments import AttachmentList
from gongwen_client.ui.viewer.checked_page import CheckedPage
from gongwen_client.ui.viewer.drawing import Drawing, open_drawing
from gongwen_client.ui.viewer.elements import element_lines
from gongwen_client.ui.viewer.panel import FactList, Section
from gongwen_client.ui.viewer.unlocker import Unlocker
from gongwen_client.ui.widgets.basics import button, change_kind
from gongwen_client.ui.widgets.kept import KeptFields
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.messages import Finding, ReturnReason
from gongwen_protocol.sentences import sentence

_MAY_ASK = (
    IncomingState.PENDING,
    IncomingState.TO_VERIFY,
    IncomingState.LOCKED,
    IncomingState.VERIFIED,
    IncomingState.RECEIVED,
)
_NOT_READ = StateWord("未能读取", "invalid", Tone.INVALID)


class IncomingView(CheckedPage):
    """``loaded`` follows when pages and verdict are there; ``changed`` when the row's state moved;
    ``other_wanted`` asks for another document by its identity."""

    loaded = Signal()
    changed = Signal()
    printed = Signal(object)
    other_wanted = Signal(str)
    moved = Signal(str)
    """The list that the document belongs to since now."""
    next_wanted = Signal()
    """On to the other documents that wait."""
    draft_made = Signal(object)
    """转发: the draft to which the document is attached."""

    def __init__(self, office: Office, row: IncomingRow) -> None:
        super().__init__("incoming_view", words.INCOMING_STATES[row.state])
        self._office = office
        self.row = row
        self.dialog: AcceptPanel | ReturnDialog | PrintDialog | CopyDialog | UnsealDialog | None = None
        self.standing: Standing | None = None
        self.acts_of = IncomingActs(self, office)
        self.acts_of.done.connect(self.refresh)
        self.said.put("moved", ())  # an answer to what was done just now comes first
        self.acts_of.draft_made.connect(self.draft_made)
        self.wishes = WishNotes(self.said, self.acts_of.put_aside)
        self.notes = StandingNotes(self.said, self._offers())
        self.parts: PaperParts | None = None
        self.attachments = AttachmentList()
        self.attachments.file_wanted.connect(self.file_wanted)
        self.tickets = TicketsTab()
        self.unlocker = Unlocker(self, office.local)
        self.unlocker.opened.connect(self.load)
        self._body: Path | None = None
        self.paper = PaperDesk(self, office, self.tickets)
        self.paper.more_copies_wanted.connect(lambda: self.acts_of.ask(copies=True))
        self._attachments_tab = self.reader.add_tab("附件", self.attachments)
        self.reader.add_tab("打印记录", self.tickets)
        self._facts_tab = self.panel.add_tab("公文要素")
        self.add_check_tab()
        self.add_info_tab()
        self._times_tab = self.panel.add_tab("收发记录")
        self.ask_button = self.add_action(self._ask_button())
        self.return_button = self.add_action(
            button("退文(&T)", self.open_return, kind="danger", picture="returned", name="return")
        )
        self.unseal_button = self.add_action(
            button("用秘钥盘解密(&U)", self.open_unseal, kind="primary", picture="lock", name="unseal")
        )
        self.forward_button = self.add_action(
            button("转发(&F)", self.acts_of.forward, picture="send", name="forward", tip=FORWARD_TIP)
        )
        self.copy_button = self.add_action(
            button("下载副本(&D)", self.paper.open_copy, picture="download", name="copy")
        )
        self.print_button = self.add_action(
            button(
                "打印原件(&P)", self.open_print, kind="primary", picture="print", name="print", tip="Ctrl+P"
            )
        )
        self.accept_button = self.add_action(
            button("核验并接收(&J)", self.open_accept, kind="primary", picture="accept", name="accept")
        )
        self._show_row()
        self.load()

    def _offers(self) -> dict[str, Callable[[str], object]]:
        """What the notices above the paper offer."""
        acts = self.acts_of
        return {
            "open": self.other_wanted.emit,
            "paper_arrived": lambda _subject: acts.arrived(None),
            "reply": lambda _subject: acts.reply(),
            "withdraw": acts.withdraw,
        }

    def _ask_button(self) -> QPushButton:
        result = button("申请(&Q)", name="ask_menu", tip="向发文单位申请追加打印份数或重发")
        menu = QMenu(result)
        for text, copies in (("申请追加打印份数…", True), ("申请重发…", False)):
            act = menu.addAction(text)
            act.triggered.connect(lambda _checked=False, copies=copies: self.acts_of.ask(copies=copies))
        result.setMenu(menu)
        return result

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
        self._body, self.unlocker.locked = files.body.path, False
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
        self.reader.pages.show_message("公文没有下载完成")
        self.reader.verdict.show_state(_NOT_READ, words.explained_in_line(error))

    def _no_drawing(self, error: GongwenError) -> None:
        self.reader.pages.show_message(words.explained(error))
        if self.unlocker.looks_locked(error):
            self._ask_to_unlock()

    def _ask_to_unlock(self) -> None:
        """The body itself is encrypted (GM/T 0099): before it was read nothing can be answered for."""
        assert self._body is not None
        self.unlocker.ask(self._body, self.row.elements.title)

    def show_reasons(self) -> None:
        """The action in the bar: ask for what opens the body, or show the reasons."""
        self._ask_to_unlock() if self.unlocker.locked else super().show_reasons()

    def verify_again(self) -> None:
        """An encrypted body is opened first."""
        self._ask_to_unlock() if self.unlocker.locked else super().verify_again()

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
        if isinstance(self.dialog, AcceptPanel):
            self.dialog.show_verification(verification)
        change_kind(self.accept_button, "" if report.failed(verification.checks) else "primary", "accept")

    def show_verification(self, verification: Verification) -> None:
        super().show_verification(verification)
        if self.unlocker.locked:
            self.unlocker.say()
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
        office, delivery = self._office, self.row.delivery_id
        work(self, lambda: look(office, delivery)).then(self._standing_came).failed(self.not_done).start()
        self.paper.load()

    def not_done(self, error: GongwenError) -> None:
        """Say above the paper why something could not be read or begun."""
        self.notice.explain(error)

    def _standing_came(self, standing: Standing) -> None:
        self.standing = standing
        self._row_came(standing.row)
        self.notes.show_standing(standing)
        besides = [wish for wish in standing.waiting if wish.kind != standing.row.pending]
        self.wishes.show_wishes(besides, standing.refused)  # the notice tells of the row's own
        self.panel.fill(self._times_tab, timeline(standing, self.acts_of.prove))
        self._show_parts(standing)
        gone = gone_error(standing.row, standing.rules.article_of("recall"))
        if gone is not None:
            self._out_of_hands(gone)

    def _show_parts(self, standing: Standing) -> None:
        special, unit = standing.more.special_attachments, standing.details.unit_code
        ours = sum(one.copies_for(unit) > 0 for one in special)
        if not ours:
            return
        if self.parts is None:
            self.parts = PaperParts()
            self.parts.tick_wanted.connect(self.acts_of.arrived)
            self.reader.add_tab(f"纸质件 {ours}", self.parts)
        returned = standing.row.state is IncomingState.RETURNED or standing.row.state in GONE
        self.parts.show_parts(special, standing.details.arrivals, unit, enabled=not returned)

    def _out_of_hands(self, error: GongwenError) -> None:
        """Recalled, replaced or gone on paper, perhaps while it is open: nothing of it is shown any more."""
        self.reader.pages.show_message(words.explained(error))
        self.attachments.show_files(())
        self.reader.verdict.show_state(words.INCOMING_STATES[self.row.state], sentence(error).what)
        if isinstance(self.dialog, AcceptPanel | ReturnDialog):
            self.dialog.close_for(error)

    def _row_came(self, row: IncomingRow) -> None:
        place = moved_to(self.row.state, row.state)
        self.row = row
        self._show_row()
        if place:
            work(self, self._office.duty.counts).then(self._say_where).failed(self.not_done).start()
            self.moved.emit(place)

    def _say_where(self, counts: Counts) -> None:
        self.said.put("moved", moved_note(self.row.state, counts.pending, self.next_wanted.emit))

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
        self.ask_button.setVisible(row.state in _MAY_ASK)
        undecided = open_ and not isinstance(self._beside, AcceptPanel)  # the panel has both acts itself
        for act in (self.accept_button, self.return_button):
            act.setVisible(undecided)
            act.setEnabled(self.verification is not None)
        locked = row.state is IncomingState.LOCKED
        self.unseal_button.setVisible(locked)
        self.accept_button.setVisible(undecided and not locked)
        if locked:  # what cannot be opened can still be sent back
            self.return_button.setEnabled(True)
        for act in (self.print_button, self.copy_button):
            act.setVisible(row.state in (IncomingState.RECEIVED, IncomingState.VERIFIED))
            act.setEnabled(not row.pending)
        self.forward_button.setVisible(self._office.forwarding.may_forward(row))
        self.panel.fill(self._facts_tab, self._facts())
        if row.refusal:
            said, small = words.said_parts(row.refusal)
            self.notice.show_text(said, "", small, Tone.INVALID)
        elif row.pending:
            self.notice.show_text(words.INTENTS.get(row.pending, ""), "联网后自动完成，不需要重复操作。")
        else:
            self.notice.clear()

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
        """核验并接收; what is encrypted is opened first."""
        if self.verification is None:
            return
        if self.unlocker.locked:
            self._ask_to_unlock()
            return
        if isinstance(self.dialog, AcceptPanel):
            return
        rules = self.standing.rules if self.standing else None
        panel = AcceptPanel(None, self.row, self.verification, rules, self.attachments.names)
        panel.accept_wanted.connect(lambda: self._accept(panel))
        panel.return_wanted.connect(self.open_return)
        panel.places_wanted.connect(self.point_at)
        panel.finished.connect(lambda: self._close_side(panel))
        self.dialog = panel
        self.show_beside(panel)
        self._show_row()
        panel.open()

    def _close_side(self, panel: AcceptPanel) -> None:
        if self.dialog is panel:
            self.dialog = None
        self.show_beside(None)
        self._show_row()
        self.reader.pages.setFocus()

    def _accept(self, dialog: AcceptPanel) -> None:
        verification, delivery = self.verification, self.row.delivery_id
        assert verification is not None

        def done(row: IncomingRow) -> None:
            dialog.accept()
            self._moved(row)

        checks = verification.checks
        work(dialog, lambda: self._office.incoming.accept(delivery, checks)).then(done).failed(
            dialog.explain
        ).start()

    def open_unseal(self) -> None:
        """用秘钥盘解密."""
        dialog = UnsealDialog(self, self._office, self.row.delivery_id)
        dialog.opened.connect(self.load)
        self.show_dialog(dialog)

    def open_return(self) -> None:
        """退文."""
        dialog = ReturnDialog(self, self.row, self._likely_reason())
        kept = dialog.keep(self._office.notepad, self.row.delivery_id)
        dialog.return_wanted.connect(lambda reason, note: self._return(dialog, reason, note, kept))
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

    def _return(self, dialog: ReturnDialog, reason: ReturnReason, note: str, kept: KeptFields) -> None:
        delivery = self.row.delivery_id
        checks = self.verification.checks if self.verification else None

        def done(row: IncomingRow) -> None:
            kept.handed_in()
            dialog.accept()
            self.show_beside(None)
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

    def show_dialog(self, dialog: ReturnDialog | PrintDialog | CopyDialog | UnsealDialog) -> None:
        """Open a dialog over this page; ``dialog`` is it until it is closed."""
        self.dialog = dialog
        dialog.finished.connect(self._dialog_closed)
        dialog.open()

    def _dialog_closed(self) -> None:
        if self.dialog is self.sender():
            self.dialog = None
