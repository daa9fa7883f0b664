"""用印台账: every use of a seal on this PC, by year, checked each time it is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QVBoxLayout, QWidget

from gongwen_client.domain.seal_ledger import LedgerStep, SealUse
from gongwen_client.services.ledger_book import (
    SIGNERS,
    break_sentences,
    export_ledger,
    place_words,
    reason,
    record_words,
    result_words,
)
from gongwen_client.services.office import Office
from gongwen_client.services.seal_ledger import LedgerState
from gongwen_client.ui import words
from gongwen_client.ui.lists.page import ListPage
from gongwen_client.ui.lists.table import Column, RowModel, RowTable
from gongwen_client.ui.registers.print_dialog import PrintSheetsDialog, printed_words
from gongwen_client.ui.registers.strip import BookStrip
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import FactList, Section
from gongwen_client.ui.widgets.basics import button, column, holder, row
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.scrolled import Scrolled
from gongwen_client.ui.widgets.states import EmptyState
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import KnownError
from gongwen_protocol.sentences import sentence

RESULTS = {
    LedgerStep.BEGUN: StateWord("进行中", "progress", Tone.INFO),
    LedgerStep.SEALED: StateWord("已盖章", "check", Tone.VALID),
    LedgerStep.REFUSED: StateWord("已拒绝", "stop", Tone.WARNING),
    LedgerStep.FAILED: StateWord("未成功", "warning", Tone.WARNING),
    LedgerStep.INTERRUPTED: StateWord("中断", "unknown", Tone.NEUTRAL),
}
_BROKEN = StateWord("记录有误", "invalid", Tone.INVALID)
_ALL_YEARS, _ALL_RESULTS = "全部年度", "全部结果"
_FORMATS = "Excel 工作簿 (*.xlsx);;CSV 文件 (*.csv);;PDF 文件（A4 横向） (*.pdf)"


def use_state(use: SealUse) -> StateWord:
    """The result; a line whose record was changed says so instead."""
    return _BROKEN if use.problem else RESULTS[use.result]


_COLUMNS: Sequence[Column[SealUse]] = (
    Column("编号", lambda use: use.label, 92, sort=lambda use: (use.year, use.number)),
    Column(
        "时间",
        lambda use: words.when(use.started_at),
        100,
        sort=lambda use: use.started_at.timestamp(),
        tip=lambda use: words.stamp(use.started_at),
    ),
    Column("公文标题", lambda use: use.title),
    Column("文号", lambda use: use.doc_number, 166, most=190),
    Column("印章", lambda use: use.seal_name, 132, most=240),
    Column("页", lambda use: use.pages, 66, quiet=True, tip=place_words, most=120),
    Column("盖章人", lambda use: use.post, 76, tip=lambda use: _keepers(use)),
    Column("秘钥盘号", lambda use: use.key_serial, 112, quiet=True, most=150),
    Column("发文记录", record_words, 92, quiet=True),
    Column("结果", lambda use: use_state(use).word, 96, state=use_state),
)


class SealLedgerPage(ListPage):
    """The ledger as a list. What is wrong with the chain stands above it, in words and by line.
    ``exported`` tells of a finished file."""

    exported = Signal(object)

    def __init__(self, office: Office) -> None:
        self._office = office
        self.state: LedgerState | None = None
        self.dialog: UseDialog | PrintSheetsDialog | None = None
        model = RowModel(_COLUMNS, lambda use: use.use_id)
        super().__init__(
            "seal_ledger",
            "用印台账",
            RowTable(model, "seal_ledger_table", "用印台账列表"),
            EmptyState("register", "还没有用印记录", "每次用印（含未成功和被拒绝的）都会记在这里。"),
            self._load_uses,
            lambda use, text: use.matches(text),
        )
        self.search.setPlaceholderText("查找标题、文号、印章、秘钥盘")
        self.search.setAccessibleName("在用印台账中查找标题、文号、印章、秘钥盘编号或岗位")
        self.years = _filter("ledger_year", "年度", _ALL_YEARS)
        self.results = _filter("ledger_result", "结果", _ALL_RESULTS)
        for step, state in RESULTS.items():
            self.results.addItem(state.word, step)
        for box in (self.years, self.results):
            box.activated.connect(lambda _number: self.reload())
            self.acts.addWidget(box)
        self.export_button = button("导出(&E)", self.choose_file, picture="save", name="export")
        self.print_button = button("打印(&P)", self.print_ledger, picture="print", name="print_ledger")
        self.add_action(self.print_button)
        self.add_action(self.export_button)
        self.opened.connect(self.show_use)
        self.strip = BookStrip("seal_ledger")
        self.strip.chosen.connect(self.room_wanted.emit)
        whole = self.layout()
        assert isinstance(whole, QVBoxLayout), "a list stands under its head"
        whole.insertLayout(0, row(self.strip, None, margins=(Space.GROUP, Space.INSIDE, 0, 0)))
        self.shown_rows.connect(lambda _count: self._show_state())

    def _load_uses(self) -> list[SealUse]:
        """The year's lines, newest first. In the background."""
        self.state = self._office.seal_ledger.state()
        return [use for use in reversed(self.state.uses) if self._wanted(use)]

    def _wanted(self, use: SealUse) -> bool:
        year, result = self.years.currentData(), self.results.currentData()
        return year in (None, use.year) and result in (None, use.result)

    def _show_state(self) -> None:
        state = self.state
        if state is None:
            return
        known = {self.years.itemData(number) for number in range(self.years.count())}
        for year in sorted({use.year for use in state.uses} - known, reverse=True):
            self.years.addItem(f"{year} 年", year)
        for act in (self.print_button, self.export_button):
            act.setEnabled(bool(state.uses))
        problems = list(break_sentences(state))
        if problems:
            more = f"另有 {len(problems) - 1} 处。" if len(problems) > 1 else ""
            first = problems[0]
            self.notice.show_text(
                f"{first.what}{more}", first.do, f"{first.rule} · {first.code}", Tone.INVALID
            )
        elif state.uses:
            when = words.stamp(state.uses[-1].started_at)
            self.notice.show_text(
                f"台账完整：{len(state.uses)} 次用印逐条核对无误。",
                "",
                f"最近一次 {when} · 末端摘要 {state.head.digest[:16]}…",
                Tone.VALID,
            )

    def show_use(self, use: object) -> None:
        """One line with everything it says."""
        assert isinstance(use, SealUse)
        dialog = UseDialog(self.window(), use)
        self.dialog = dialog
        dialog.finished.connect(self._dialog_closed)
        dialog.open()

    def _dialog_closed(self) -> None:
        self.dialog = None

    def choose_file(self) -> None:
        """Ask where the book goes."""
        name, _ = QFileDialog.getSaveFileName(self, "导出用印台账", "用印台账.xlsx", _FORMATS)
        if name:
            self.export(Path(name))

    def export(self, target: Path) -> None:
        """Write the lines in sight to a file; its suffix says how."""
        write = self._writer()
        work(self, lambda: write(target)).then(lambda _done: self.exported.emit(target)).failed(
            self.notice.explain
        ).start()

    def _writer(self) -> Callable[[Path], None]:
        """Puts the lines in sight into a file, in the order of their numbers."""
        uses = list(reversed(self.table.rows.rows))
        year = self.years.currentData()
        whole = self.state is not None and self.state.whole
        render = self._office.render
        return lambda target: export_ledger(uses, target, render, year=year, whole=whole)

    def print_ledger(self) -> None:
        """打印 the lines in sight."""
        year = self.years.currentData()
        limits = (
            self.search.text().strip(),
            self.results.currentText() if self.results.currentData() else "",
        )
        facts = (
            ("范围", f"{year} 年" if year else _ALL_YEARS),
            ("条件", "、".join(filter(None, limits)) or "全部"),
            ("条数", f"{len(self.table.rows.rows):,} 条"),
        )
        dialog = PrintSheetsDialog(self.window(), self._office.sheets, "用印台账", facts, self._writer())
        dialog.printed.connect(
            lambda place: self.notice.show_text(printed_words("用印台账", place), tone=Tone.VALID)
        )
        self.dialog = dialog
        dialog.finished.connect(self._dialog_closed)
        dialog.open()


class UseDialog(Sheet):
    """A line of the ledger in full."""

    def __init__(self, parent: QWidget | None, use: SealUse) -> None:
        super().__init__(
            parent, "use_dialog", f"用印记录 {use.label}", f"《{use.title}》", picture="register"
        )
        self.resize(Size.PANEL * 2, 620)
        finished = "" if use.finished_at is None else words.stamp(use.finished_at)
        facts = FactList(
            (
                ("结果", result_words(use)),
                ("开始", words.stamp(use.started_at)),
                ("结束", finished),
                ("发文字号", use.doc_number),
                ("发文记录", f"{words.record_number(use.document_id)}　{record_words(use)}".strip()),
                ("单位", use.unit),
                ("盖章人", use.post),
            )
        )
        seal = FactList(
            (
                ("印章", use.seal_name),
                ("印章编码", use.seal_id),
                ("秘钥盘", use.key_serial),
                ("口令保管", use.pin_holder),
                ("载体保管", use.carrier_holder),
                ("位置", place_words(use)),
            )
        )
        evidence = FactList(
            (
                ("公文摘要", use.document_digest),
                ("盖章后", use.sealed_digest),
                ("页面图像", use.page_digest),
                ("台账记录", f"第 {'、'.join(map(str, use.sequences))} 条，由{SIGNERS[use.signed_by]}签名"),
            )
        )
        sections = [Section("用印", facts), Section("印章和位置", seal), Section("凭据（SM3）", evidence)]
        area = Scrolled(holder(column(*sections, None, gap=16)))
        self.body.addWidget(area, 1)
        self.add_safe("关闭(&C)")
        if use.problem:
            self.problem.say(sentence(KnownError(use.problem, sequence=use.sequences[0])), Tone.INVALID)
        elif use.code:
            self.problem.show_text(use.why or reason(use), "", use.code, Tone.WARNING)


def _keepers(use: SealUse) -> str:
    """Who kept PIN and carrier when the seal was used."""
    return f"口令保管：{use.pin_holder or '未登记'}；载体保管：{use.carrier_holder or '未登记'}"


def _filter(name: str, spoken: str, first: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(spoken)
    box.addItem(first, None)
    return box
