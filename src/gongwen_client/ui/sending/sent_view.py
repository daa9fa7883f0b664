"""A sent document: the paper, who has received it, and the exchange's signed receipts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QWidget

from gongwen_client.domain.rows import DeliveryRow, IncomingFiles, ReceiptRow, SentRow
from gongwen_client.services.exchange_bundles import BundleMade
from gongwen_client.services.office import Office
from gongwen_client.services.verification import Verification
from gongwen_client.ui import words
from gongwen_client.ui.lists.catalog import sent_state
from gongwen_client.ui.lists.table import Column, RowModel, RowTable
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.attachments import AttachmentList
from gongwen_client.ui.viewer.checked_page import CheckedPage
from gongwen_client.ui.viewer.drawing import Drawing, open_drawing
from gongwen_client.ui.viewer.elements import element_lines
from gongwen_client.ui.viewer.panel import FactList, Section, step_line
from gongwen_client.ui.widgets.basics import label, rule
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.messages import ReceiptEvent
from gongwen_protocol.sentences import sentence

_SIGNED = StateWord("签名有效", "valid", Tone.VALID)
_EVENT_TONES = {
    ReceiptEvent.RECEIVED: Tone.VALID,
    ReceiptEvent.PRINTED: Tone.VALID,
    ReceiptEvent.RETURNED: Tone.INVALID,
    ReceiptEvent.PRINT_VOIDED: Tone.WARNING,
}
_NOT_SIGNED = StateWord("签名无效", "invalid", Tone.INVALID)


class SentView(CheckedPage):
    """Follows every change of the board while it is open."""

    def __init__(self, office: Office, row: SentRow) -> None:
        super().__init__("sent_view", sent_state(row))
        self._office = office
        self.row = row
        self._board_model: RowModel[DeliveryRow] = RowModel(_BOARD_COLUMNS, lambda line: line.delivery_id)
        self.board = RowTable(self._board_model, "board", "各单位接收情况")
        self.attachments = AttachmentList()
        self.attachments.file_wanted.connect(self.file_wanted)
        self.receipts: list[ReceiptRow] = []
        self.board_tab = self.reader.add_tab("接收情况", self.board)
        self._attachments_tab = self.reader.add_tab("附件", self.attachments)
        self._units_tab = self.panel.add_tab("接收情况")
        self._receipts_tab = self.panel.add_tab("回执")
        self._facts_tab = self.panel.add_tab("要素")
        self.add_check_tab()
        self.add_info_tab()
        self.reader.pages.show_message("正在打开公文")
        document = row.document_id
        work(self, lambda: office.tracking.sent_files(document)).then(self._files).failed(
            self._no_files
        ).start()
        self._show_row()
        self.refresh()

    def refresh(self) -> None:
        """Read board and receipts again."""
        document, tracking = self.row.document_id, self._office.tracking

        def look() -> tuple[list[SentRow], list[DeliveryRow], list[ReceiptRow]]:
            return tracking.sent(), tracking.board(document), tracking.receipts(document)

        work(self, look).then(lambda found: self._came(*found)).start()

    def _came(self, sent: list[SentRow], board: list[DeliveryRow], receipts: list[ReceiptRow]) -> None:
        self.row = next((row for row in sent if row.document_id == self.row.document_id), self.row)
        self.receipts = receipts
        self._show_row()
        self.board.show_rows(board)
        self.panel.fill(self._units_tab, [_unit_line(line) for line in board])
        self.panel.fill(self._receipts_tab, _receipt_lines(receipts))

    def _files(self, files: IncomingFiles) -> None:
        self.attachments.show_files(files.attachments)
        count = len(files.attachments)
        self.reader.tabs.setTabText(self._attachments_tab, f"附件 {count}" if count else "附件")
        path = files.body.path
        work(self, lambda: open_drawing(self._office, path, all_sizes=False)).then(self._drawn).failed(
            self._no_files
        ).start()

    def show_reasons(self) -> None:
        """The bar tells of the receipts: they are the reason."""
        self.panel.show_tab(self._receipts_tab)

    def show_verification(self, verification: Verification) -> None:
        """In the tab only: the bar says how far the document has come."""
        self.verification = verification
        self.check.show_verification(verification)
        self.reader.pages.show_stamps(self.check.stamps())
        self._show_row()

    def show_unverified(self, error: GongwenError) -> None:
        """The bar keeps telling how far the document has come."""
        said = sentence(error)
        self.check.again.setEnabled(True)
        self._show_row()
        self.reader.pages.hint.say(f"{said.what}{said.do}", warning=True)

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
        said = sentence(error)
        self.reader.pages.show_message(f"{said.what}\n{said.do}")

    def _show_row(self) -> None:
        row, elements = self.row, self.row.elements
        self.title.setText(elements.title)
        self.subtitle.setText(
            " · ".join(part for part in (elements.doc_number, f"{words.stamp(row.sent_at)} 发送") if part)
        )
        state = sent_state(row)
        self.chip.show_state(state)
        text = f"{row.total} 个单位中已有 {row.received} 个接收"
        if row.returned:
            text += f"，{row.returned} 个退文"
        bad = any(not line.verified for line in self.receipts)
        if bad:
            state, text = _NOT_SIGNED, "有回执的签名核对不上，请查看回执并联系平台管理员。"
        self.reader.verdict.show_state(state, f"{text}。", action="查看回执(&Y)" if self.receipts else "")
        facts = FactList(
            (
                *element_lines(elements),
                ("发送时间", words.stamp(row.sent_at)),
                ("大小", words.size(row.size)),
            )
        )
        self.panel.fill(self._facts_tab, [Section("公文", facts)])


def _unit_line(line: DeliveryRow) -> QWidget:
    parts = (
        words.when(line.at),
        f"{words.ROLES[line.role]} {line.copies} 份，已打印 {line.printed} 份",
        line.handled_by,
        _reason(line),
        line.return_note,
    )
    return step_line(_delivery(line), line.unit_name, " · ".join(part for part in parts if part))


def _receipt_lines(receipts: Sequence[ReceiptRow]) -> list[QWidget]:
    """Newest first, each with the client's own check of its signature."""
    if not receipts:
        return [label("还没有回执", "muted")]
    bad = sum(not line.verified for line in receipts)
    state = _NOT_SIGNED if bad else _SIGNED
    whole = f"{bad} 份回执的签名无效" if bad else f"{len(receipts)} 份回执，签名全部有效"
    head = step_line(StateWord("", state.shape, state.tone), whole, "由交换中心签发，与本公文摘要逐份核对")
    return [head, rule(), *(_receipt_line(line) for line in reversed(receipts))]


def _receipt_line(line: ReceiptRow) -> QWidget:
    receipt = line.receipt.receipt
    state = _SIGNED if line.verified else _NOT_SIGNED
    event = words.RECEIPT_EVENTS[receipt.event]
    if receipt.copy_number:
        event = f"{event} 第 {receipt.copy_number} 份"
    reason = words.return_reason(receipt.reason) if receipt.reason else ""
    problem = sentence(line.problem).what if line.problem else ""
    parts = (words.stamp(receipt.at), receipt.by_post, reason, problem)
    note = " · ".join(part for part in parts if part)
    tone = _EVENT_TONES.get(receipt.event, Tone.NEUTRAL)
    result = step_line(StateWord(event, state.shape, state.tone), receipt.unit_name, note, tone=tone)
    result.setToolTip(f"回执序号 {receipt.sequence}，前一回执摘要 {receipt.previous}")
    return result


def _delivery(line: DeliveryRow) -> StateWord:
    return words.DELIVERY_STATES[line.state]


def _reason(line: DeliveryRow) -> str:
    return words.return_reason(line.return_reason) if line.return_reason else ""


_BOARD_COLUMNS: Sequence[Column[DeliveryRow]] = (
    Column("接收单位", lambda line: line.unit_name),
    Column("类别", lambda line: words.ROLES[line.role], 56),
    Column("打印/份数", lambda line: f"{line.printed} / {line.copies}", 80, sort=lambda line: line.copies),
    Column("状态", lambda line: _delivery(line).word, 134, state=_delivery),
    Column(
        "处理时间",
        lambda line: words.when(line.at),
        104,
        sort=lambda line: line.at.timestamp(),
        tip=lambda line: words.stamp(line.at),
    ),
    Column("经办", lambda line: line.handled_by, 72, quiet=True),
    Column("退文原因", _reason, 112, tip=lambda line: f"{_reason(line)} {line.return_note}"),
)
