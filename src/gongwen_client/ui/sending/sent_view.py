"""A sent document: the paper, the board of its units, and the exchange's signed receipts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from gongwen_client.domain.board import Board, BoardLine, Call, OpenRequest
from gongwen_client.domain.intents import Intent, RefusedWish
from gongwen_client.domain.rows import IncomingFiles, ReceiptRow, SentRow
from gongwen_client.services.exchange_bundles import BundleMade
from gongwen_client.services.office import Office
from gongwen_client.services.verification import Verification
from gongwen_client.ui import words
from gongwen_client.ui.lists.catalog import sent_state
from gongwen_client.ui.sending.receipts import NOT_SIGNED, receipt_lines
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.tracking.acts import SentActs
from gongwen_client.ui.tracking.arrivals import ArrivalsTab, parts_of
from gongwen_client.ui.tracking.board import BoardPanel
from gongwen_client.ui.tracking.replies import RepliesTab
from gongwen_client.ui.tracking.requests_bar import RequestsBar
from gongwen_client.ui.tracking.unit_card import unit_sections
from gongwen_client.ui.tracking.wishes import WishNotes
from gongwen_client.ui.viewer.attachments import AttachmentList
from gongwen_client.ui.viewer.checked_page import CheckedPage
from gongwen_client.ui.viewer.drawing import Drawing, open_drawing
from gongwen_client.ui.viewer.elements import element_lines
from gongwen_client.ui.viewer.panel import FactList, Section
from gongwen_client.ui.widgets.basics import button, label
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.messages import Unit
from gongwen_protocol.succession import successor_of

_LOOK_AGAIN_MS = 60_000


@dataclass(frozen=True)
class Followed:
    """Everything that is known of a sent document now."""

    row: SentRow
    board: Board
    receipts: list[ReceiptRow]
    calls: list[Call]
    requests: list[OpenRequest]
    waiting: list[Intent]
    refused: list[RefusedWish]
    units: dict[str, Unit]


class SentView(CheckedPage):
    """Follows every change of the board while it is open. ``edit_wanted`` carries the draft that corrects."""

    edit_wanted = Signal(object)

    def __init__(self, office: Office, row: SentRow) -> None:
        super().__init__("sent_view", sent_state(row))
        self._office = office
        self.row = row
        self.followed: Followed | None = None
        self.receipts: list[ReceiptRow] = []
        self.board = BoardPanel()
        self.requests = RequestsBar(self.said)
        self.wishes = WishNotes(self.said, self._put_aside)
        self.attachments = AttachmentList()
        self.attachments.file_wanted.connect(self.file_wanted)
        self.acts_of = SentActs(self, office)
        self.board_tab = self.reader.add_tab("接收情况", self.board)
        self._attachments_tab = self.reader.add_tab("附件", self.attachments)
        self.replies: RepliesTab | None = None
        self.replies_tab = -1
        self.arrivals: ArrivalsTab | None = None
        self.arrivals_tab = -1
        self._units_tab = self.panel.add_tab("单位")
        self._receipts_tab = self.panel.add_tab("回执")
        self._facts_tab = self.panel.add_tab("要素")
        self.add_check_tab()
        self.add_info_tab()
        self.remind_button = self.add_action(
            button("催办(&U)", self._remind_all, kind="primary", picture="urge", name="remind_all")
        )
        self.remind_button.hide()
        self._connect()
        self._clock = QTimer(self)
        self._clock.timeout.connect(self.refresh)  # who was on time may be late a minute later
        self._clock.start(_LOOK_AGAIN_MS)
        self.reader.pages.show_message("正在打开公文")
        document = row.document_id
        work(self, lambda: office.tracking.sent_files(document)).then(self._files).failed(
            self._no_files
        ).start()
        self._show_row()
        self.refresh()

    def _connect(self) -> None:
        board, acts = self.board, self.acts_of
        board.act_wanted.connect(acts.open)
        board.supplement_wanted.connect(acts.supplement)
        board.correct_wanted.connect(acts.correct)
        board.export_wanted.connect(acts.export_board)
        board.unit_shown.connect(self._show_unit)
        acts.corrected.connect(self.edit_wanted)
        self.requests.answer_wanted.connect(lambda one, grant: acts.answer(one, grant=grant))
        self.reader.tabs.currentChanged.connect(self._tab_turned)

    # -- reading ----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read board, receipts and wishes again."""
        work(self, self._look).then(self._came).failed(self.not_done).start()

    def not_done(self, error: GongwenError) -> None:
        """Say above the paper why something could not be read or done."""
        self.notice.explain(error)

    def _look(self) -> Followed:
        office, document = self._office, self.row.document_id
        row = office.tracking.sent_one(document)
        requests = [one for one in office.boards.open_requests() if one.sent.document_id == document]
        board = office.boards.board(document)
        asked = [
            one.request_id for line in board.lines if line.row.details for one in line.row.details.requests
        ]
        subjects = [document, *asked]
        refused = office.followup.refused(subjects)
        for wish in refused:
            office.notepad.bring_back(wish)
        return Followed(
            row,
            board,
            office.tracking.receipts(document),
            office.boards.calls(document),
            requests,
            [intent for subject in subjects for intent in office.boards.waiting(subject)],
            refused,
            {unit.code: unit for unit in office.directory.units()},
        )

    def _came(self, found: Followed) -> None:
        self.followed, self.row, self.receipts = found, found.row, found.receipts
        self._show_row()
        self._add_tabs(found.board)
        self.board.show_board(found.board)
        self.requests.show_requests(found.requests)
        self.wishes.show_wishes(found.waiting, found.refused)
        self._offer_reminder()
        self.reader.tabs.setTabText(self.board_tab, _board_title(found.board))
        self._show_unit(self.board.table.chosen())
        self.panel.fill(self._receipts_tab, receipt_lines(found.receipts))

    def _add_tabs(self, board: Board) -> None:
        """The tabs that not every document has: replies to a meeting, parts that go by paper."""
        more = self._office.boards.document(self.row.document_id).more
        if more.meeting is not None:
            if self.replies is None:
                self.replies = RepliesTab(more.meeting)
                self.replies.export_wanted.connect(self.acts_of.export_replies)
                self.replies_tab = self.reader.add_tab("会议回执", self.replies)
            self.replies.show_board(board)
        if parts_of(board, more.special_attachments):
            if self.arrivals is None:
                self.arrivals = ArrivalsTab()
                self.arrivals_tab = self.reader.add_tab("纸质件", self.arrivals)
            self.arrivals.show_board(board, more.special_attachments)

    def _put_aside(self, wish: RefusedWish) -> None:
        work(self, lambda: self._office.followup.put_aside(wish)).then(lambda _n: self.refresh()).failed(
            self.not_done
        ).start()

    # -- showing ----------------------------------------------------------------------------------------

    def show_board(self, delivery_id: str = "") -> None:
        """Turn to the board; ``delivery_id``: choose that unit once it is known."""
        self.reader.tabs.setCurrentIndex(self.board_tab)
        if not delivery_id:
            return
        if self.followed is not None:
            self.board.show_unit(delivery_id)
            return

        def came(found: Followed) -> None:
            self._came(found)
            self.board.show_unit(delivery_id)

        work(self, self._look).then(came).failed(self.not_done).start()

    def _tab_turned(self, tab: int) -> None:
        self.reader.verdict.setVisible(tab == 0)  # the lists say the same in their heads
        self._offer_reminder()
        if tab == self.board_tab:
            self.panel.show_tab(self._units_tab)

    def _offer_reminder(self) -> None:
        """Remind all who are awaited; the board has its own act, for those who are chosen."""
        found = self.followed
        here = self.reader.tabs.currentIndex() == self.board_tab
        self.remind_button.setVisible(found is not None and bool(found.board.awaited) and not here)

    def _show_unit(self, line: object) -> None:
        found = self.followed
        if not isinstance(line, BoardLine) or found is None:
            nobody = label("在“接收情况”中选择一个单位，这里显示它的联系电话和办理经过。", "muted", wrap=True)
            self.panel.fill(self._units_tab, [nobody])
            return
        unit = found.units.get(line.row.unit_code)
        now = found.board.now
        today = self._office.boards.day(now)
        successor = successor_of(unit, found.units.get, today) if unit is not None else None
        sections = unit_sections(line, unit, found.calls, found.receipts, now, successor)
        self.panel.fill(self._units_tab, sections)

    def _files(self, files: IncomingFiles) -> None:
        self.attachments.show_files(files.attachments)
        count = len(files.attachments)
        self.reader.tabs.setTabText(self._attachments_tab, f"附件 {count}" if count else "附件")
        path = files.body.path
        work(self, lambda: open_drawing(self._office, path, all_sizes=False)).then(self._drawn).failed(
            self._no_files
        ).start()

    def show_reasons(self) -> None:
        """The bar tells of the receipts: they are the reason; of what is overdue: the board."""
        bad = any(not line.verified for line in self.receipts)
        if not bad and self.followed is not None and self.followed.board.late:
            self.show_board()
            self.board.choose("late")
        else:
            self.panel.show_tab(self._receipts_tab)

    def show_verification(self, verification: Verification) -> None:
        """In the tab only: the bar says how far the document has come."""
        self.verification = verification
        self.check.show_verification(verification)
        self.reader.pages.show_stamps(self.check.stamps())
        self._show_row()

    def show_unverified(self, error: GongwenError) -> None:
        """The bar keeps telling how far the document has come."""
        self.check.again.setEnabled(True)
        self._show_row()
        self.reader.pages.hint.explain(error)

    @property
    def file_name(self) -> str:
        return self.row.elements.title

    def verify_now(self) -> Verification:
        return self._office.tracking.verify(self.row.document_id)

    def export_report(self, verification: Verification, target: Path) -> None:
        self._office.tracking.export_report(self.row.document_id, verification, target)

    def make_bundle(self, target: Path) -> BundleMade:
        return self._office.tracking.make_bundle(self.row.document_id, target)

    def _drawn(self, drawing: Drawing) -> None:
        self.show_drawing(drawing)
        work(self, self.verify_now).then(self.show_verification).failed(self.show_unverified).start()

    def _no_files(self, error: GongwenError) -> None:
        self.reader.pages.show_message(words.explained(error))

    def _show_row(self) -> None:
        row, elements = self.row, self.row.elements
        self.title.setText(elements.title)
        parts = (elements.doc_number, elements.urgency, f"{words.stamp(row.sent_at)} 发送")
        self.subtitle.setText(" · ".join(part for part in parts if part))
        self.chip.show_state(sent_state(row))
        state, text, action = self._standing()
        self.reader.verdict.show_state(state, text, action=action)
        facts = FactList(
            (
                *element_lines(elements),
                ("发送时间", words.stamp(row.sent_at)),
                ("大小", words.size(row.size)),
            )
        )
        self.panel.fill(self._facts_tab, [Section("公文", facts)])

    def _standing(self) -> tuple[StateWord, str, str]:
        """What the bar says: receipts that do not hold, what is overdue, else how far it has come."""
        row, board = self.row, self.followed.board if self.followed else None
        receipts = "查看回执(&Y)" if self.receipts else ""
        if any(not line.verified for line in self.receipts):
            return NOT_SIGNED, "有回执的签名核对不上，请查看回执并联系平台管理员。", receipts
        text = f"{row.total} 个单位中已有 {row.received} 个接收"
        if row.returned:
            text += f"，{row.returned} 个退文"
        if board is not None and board.late:
            first = board.late[0]
            over = f"{first.row.unit_name}已超 {terms.span(first.late)}"
            late = f"{len(board.late)} 个单位超过应收时限，最久的{over}"
            return StateWord("有超时", "warning", Tone.WARNING), f"{text}；{late}。", "查看超时(&Y)"
        return sent_state(row), f"{text}。", receipts

    # -- acts -------------------------------------------------------------------------------------------

    def _remind_all(self) -> None:
        if self.followed is not None:
            self.acts_of.open("remind", [line.row for line in self.board.reached()])

    def dialogs(self) -> Sequence[QWidget]:
        """The dialogs that are open, for whoever drives the view."""
        return self.acts_of.dialogs


def _board_title(board: Board) -> str:
    return f"接收 {board.received}/{len(board.counted)}"
