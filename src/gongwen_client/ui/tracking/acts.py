"""What is done about a sent document from its view: which dialog opens, which file is written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from gongwen_client.domain.board import OpenRequest
from gongwen_client.domain.drafts import Draft
from gongwen_client.domain.rows import DeliveryRow
from gongwen_client.services.addressing import Addressing
from gongwen_client.services.following_sheets import board_table, replies_table
from gongwen_client.services.office import Office
from gongwen_client.services.table_files import write_table
from gongwen_client.ui import words
from gongwen_client.ui.compose.recipients_dialog import RecipientsDialog
from gongwen_client.ui.tasks import work
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.tracking.board import state_of
from gongwen_client.ui.tracking.call import CallDialog
from gongwen_client.ui.tracking.correcting import CorrectDialog
from gongwen_client.ui.tracking.remind import RemindDialog
from gongwen_client.ui.tracking.replies import answer as reply_word
from gongwen_client.ui.tracking.replies import reply_of, summary
from gongwen_client.ui.tracking.requests_page import answer
from gongwen_client.ui.tracking.taking_back import PaperDialog, RecallDialog, ResendDialog
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_crypto.errors import GongwenError
from gongwen_docs.register import RegisterTable
from gongwen_protocol.messages import Recipient
from gongwen_protocol.states import CLOSED_TO_RECEIVER

if TYPE_CHECKING:
    from gongwen_client.ui.sending.sent_view import SentView

_FORMATS = "Excel 工作簿 (*.xlsx);;CSV 文件 (*.csv);;PDF 文件（A4 横向） (*.pdf)"
_DIALOGS = {"remind": RemindDialog, "recall": RecallDialog, "resend": ResendDialog, "paper": PaperDialog}


class SentActs(QObject):
    """``corrected`` carries the draft of a correction; ``exported`` the file that was written."""

    corrected = Signal(object)
    exported = Signal(object)

    def __init__(self, view: SentView, office: Office) -> None:
        super().__init__(view)
        self._view = view
        self._office = office
        self.dialogs: list[Sheet] = []

    def open(self, name: str, rows: Sequence[DeliveryRow]) -> None:
        """Open the dialog of an act for these units."""
        if name == "call":
            self._call(rows)
            return
        dialog = _DIALOGS[name](self._view, self._office, self._view.row, rows)
        if isinstance(dialog, RemindDialog):
            asked = dialog
            asked.accepted.connect(lambda: self._call(rows) if asked.calls_too else None)
        self._show(dialog)

    def _show(self, dialog: Sheet) -> None:
        self.dialogs.append(dialog)
        dialog.finished.connect(lambda _result: self._closed(dialog))
        dialog.open()

    def _closed(self, dialog: Sheet) -> None:
        self.dialogs.remove(dialog)
        self._view.refresh()

    def _call(self, rows: Sequence[DeliveryRow]) -> None:
        found = self._view.followed
        if not rows or found is None:
            return
        line = rows[0]
        earlier = [call for call in found.calls if call.unit_code == line.unit_code]
        contact = found.units.get(line.unit_code)
        self._show(CallDialog(self._view, self._office, self._view.row, line, contact, earlier))

    def answer(self, one: OpenRequest, *, grant: bool) -> None:
        """Grant or refuse a receiver's request."""
        dialog = answer(self._view, self._office, one, grant=grant)
        self.dialogs.append(dialog)
        dialog.finished.connect(lambda _result: self._closed(dialog))

    # -- 补发 and 更正 ----------------------------------------------------------------------------------

    def supplement(self, chosen: Sequence[Recipient] = (), why: GongwenError | None = None) -> None:
        """Choose units that were left out and send them the same document. ``why``: these were chosen and it
        could not be done."""
        found = self._view.followed
        known = {line.row.unit_code for line in found.board.lines} if found else set()
        session = self._office.login.session
        if session is not None:
            known.add(session.unit_code)

        def came(addressing: Addressing) -> None:
            dialog = RecipientsDialog(self._view, self._office, addressing, chosen)
            dialog.setWindowTitle("补发：选择接收单位")
            dialog.headline.setText("同一份公文补发给漏选的单位；已在接收单位中的不能再选。")
            dialog.chosen.connect(self.send_to)
            self._show(dialog)
            if why is not None:
                dialog.explain(why)

        work(self, lambda: self._office.addressing.open(known)).then(came).failed(self._view.not_done).start()

    def send_to(self, recipients: Sequence[Recipient]) -> None:
        """补发 to these units."""
        document = self._view.row.document_id
        work(self, lambda: self._office.followup.supplement(document, recipients)).then(
            lambda _nothing: self._view.refresh()
        ).failed(lambda error: self.supplement(recipients, error)).start()

    def correct(self) -> None:
        """更正: asks once, then a draft that takes this document's place is opened."""
        dialog = CorrectDialog(self._view, self._office, self._view.row)
        dialog.drafted.connect(self._drafted)
        self._show(dialog)

    def _drafted(self, draft: object) -> None:
        assert isinstance(draft, Draft)
        self.corrected.emit(draft)

    # -- files ------------------------------------------------------------------------------------------

    def export_board(self) -> None:
        """Ask where the board goes, write it."""
        self._ask("导出接收情况", "公文接收情况.xlsx", self.write_board)

    def export_replies(self) -> None:
        """Ask where the replies go, write them."""
        self._ask("导出会议回执", "会议回执汇总.xlsx", self.write_replies)

    def _ask(self, title: str, name: str, write: object) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self._view, title, name, _FORMATS)
        if chosen and callable(write):
            write(Path(chosen))

    def write_board(self, target: Path) -> None:
        """接收情况 as it is shown, all units."""
        found = self._view.followed
        if found is None:
            return
        now = found.board.now
        rows = []
        for line in found.board.lines:
            one, due = line.row, terms.due(line, now)
            note = "；".join(
                part
                for part in (
                    words.return_reason(one.return_reason) if one.return_reason else "",
                    one.return_note,
                    one.sender_note,
                )
                if part
            )
            rows.append(
                (
                    one.unit_name,
                    words.ROLES[one.role],
                    str(one.copies),
                    line.ranges,
                    state_of(line).word,
                    due.word if due else "",
                    words.stamp(one.at),
                    one.handled_by,
                    str(line.reminders or ""),
                    note,
                )
            )
        self._write(board_table(found.row, found.board, rows), target)

    def write_replies(self, target: Path) -> None:
        """会议回执 of all units."""
        found = self._view.followed
        meeting = self._office.boards.document(self._view.row.document_id).more.meeting
        if found is None or meeting is None:
            return
        lines = [line for line in found.board.lines if line.row.state not in CLOSED_TO_RECEIVER]
        rows = []
        for line in lines:
            reply = reply_of(line)
            told = ("、".join(reply.posts), reply.contact, reply.note) if reply else ("", "", "")
            rows.append((line.row.unit_name, reply_word(line).word, *told))
        self._write(replies_table(found.row, meeting.meeting, summary(lines), rows), target)

    def _write(self, table: RegisterTable, target: Path) -> None:
        render = self._office.render
        work(self, lambda: write_table(table, target, render)).then(lambda _n: self._written(target)).failed(
            self._view.not_done
        ).start()

    def _written(self, target: Path) -> None:
        self._view.reader.pages.hint.say(f"已导出到 {target}。")
        self.exported.emit(target)
