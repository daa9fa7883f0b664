"""送文登记簿: what went out on paper, to whom, how, and whether it was signed for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QVBoxLayout, QWidget

from gongwen_client.domain.paper_track import PaperLine
from gongwen_client.services.office import Office
from gongwen_client.services.paper_book import content
from gongwen_client.ui import words
from gongwen_client.ui.lists.page import ListPage
from gongwen_client.ui.lists.table import Column, RowModel, RowTable
from gongwen_client.ui.registers.print_dialog import PrintSheetsDialog, printed_words
from gongwen_client.ui.registers.strip import BookStrip
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import FactList
from gongwen_client.ui.widgets.basics import button, column, label, row
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.states import EmptyState
from gongwen_client.ui.words import StateWord

_TITLE = "送文登记簿"
_ALL_YEARS = "全部年度"
_FORMATS = "Excel 工作簿 (*.xlsx);;CSV 文件 (*.csv);;PDF 文件（A4 横向） (*.pdf)"
_SIGNED = StateWord("已到件", "check", Tone.VALID)
_NOT_YET = StateWord("未到件", "clock", Tone.WARNING)


def arrival(line: PaperLine) -> StateWord:
    """已到件 once the receiver has ticked it."""
    return _SIGNED if line.arrived_at else _NOT_YET


_COLUMNS: Sequence[Column[PaperLine]] = (
    Column("日期", lambda line: line.day.isoformat(), 100),
    Column("封号", lambda line: line.words.envelope, 84),
    Column("发往机关", lambda line: line.unit, 168, most=260),
    Column("内容", content),
    Column("份数", lambda line: str(line.copies), 56, sort=lambda line: line.copies, right=True),
    Column("发送方式", lambda line: line.way, 112, most=220),
    Column("到件", lambda line: arrival(line).word, 92, state=arrival),
    Column(
        "签收时间",
        lambda line: words.when(line.arrived_at) if line.arrived_at else "",
        100,
        sort=lambda line: line.arrived_at.timestamp() if line.arrived_at else 0.0,
    ),
    Column("签收人", lambda line: line.arrived_by, 72, quiet=True),
    Column("备注", lambda line: line.words.remark, 110, quiet=True, most=240),
)


class PaperBookPage(ListPage):
    """``exported`` tells of a finished file."""

    exported = Signal(object)

    def __init__(self, office: Office) -> None:
        self._office = office
        self._known: list[PaperLine] = []
        self.dialog: LineDialog | PrintSheetsDialog | None = None
        super().__init__(
            "paper_register",
            _TITLE,
            RowTable(RowModel(_COLUMNS, lambda line: line.key), "paper_register_table", f"{_TITLE}列表"),
            EmptyState("register", "还没有送文", "纸质同送、特殊附件和转纸质办理的公文会自动记在这里。"),
            self._load_lines,
            lambda line, text: line.matches(text),
        )
        self.search.setPlaceholderText("查找单位、标题、封号、备注")
        self.search.setAccessibleName(f"在{_TITLE}中查找单位、标题、封号、备注")
        self.years = QComboBox()
        self.years.setObjectName("paper_year")
        self.years.setAccessibleName("年度")
        self.years.addItem(_ALL_YEARS, None)
        self.years.activated.connect(lambda _number: self.reload())
        self.acts.addWidget(self.years)
        self.print_button = button("打印(&P)", self.print_book, picture="print", name="print_paper")
        self.export_button = button("导出(&E)", self.choose_file, picture="save", name="export")
        for act in (self.print_button, self.export_button):
            self.add_action(act)
        self.opened.connect(self.show_line)
        self.strip = BookStrip("paper_register")
        self.strip.chosen.connect(self.room_wanted.emit)
        whole = self.layout()
        assert isinstance(whole, QVBoxLayout), "a list stands under its head"
        whole.insertLayout(0, row(self.strip, None, margins=(Space.GROUP, Space.INSIDE, 0, 0)))
        self.shown_rows.connect(lambda _count: self._show_years())

    def _load_lines(self) -> list[PaperLine]:
        self._known = self._office.paper_book.lines()
        year = self.years.currentData()
        return [line for line in self._known if year in (None, line.day.year)]

    def _show_years(self) -> None:
        known = {self.years.itemData(number) for number in range(self.years.count())}
        for year in sorted({line.day.year for line in self._known} - known, reverse=True):
            self.years.addItem(f"{year} 年", year)
        for act in (self.print_button, self.export_button):
            act.setEnabled(bool(self._known))

    def show_line(self, line: object) -> None:
        """One line, to write 封号 and 备注."""
        assert isinstance(line, PaperLine)
        dialog = LineDialog(self.window(), self._office, line)
        dialog.kept.connect(self.reload)
        self._show_dialog(dialog)

    def _show_dialog(self, dialog: LineDialog | PrintSheetsDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._dialog_closed)
        dialog.open()

    def _dialog_closed(self) -> None:
        self.dialog = None

    # -- files ------------------------------------------------------------------------------------------

    def _writer(self) -> Callable[[Path], None]:
        """Puts the lines in sight into a file."""
        lines, period = list(self.table.rows.rows), self.years.currentText()
        book = self._office.paper_book
        return lambda target: book.export(lines, period, target)

    def choose_file(self) -> None:
        """Ask where the book goes."""
        name, _ = QFileDialog.getSaveFileName(self, f"导出{_TITLE}", f"{_TITLE}.xlsx", _FORMATS)
        if name:
            self.export(Path(name))

    def export(self, target: Path) -> None:
        """Write the lines in sight to a file; its suffix says how."""
        write = self._writer()
        work(self, lambda: write(target)).then(lambda _done: self._exported(target)).failed(
            self.notice.explain
        ).start()

    def _exported(self, target: Path) -> None:
        self.notice.show_text(f"已导出到 {target.name}。", f"位置：{target.parent}", tone=Tone.VALID)
        self.exported.emit(target)

    def print_book(self) -> None:
        """打印 the lines in sight."""
        facts = (("范围", self.years.currentText()), ("条数", f"{len(self.table.rows.rows):,} 条"))
        dialog = PrintSheetsDialog(self.window(), self._office.sheets, _TITLE, facts, self._writer())
        dialog.printed.connect(
            lambda place: self.notice.show_text(printed_words(_TITLE, place), tone=Tone.VALID)
        )
        self._show_dialog(dialog)


class LineDialog(Sheet):
    """One thing of paper; ``kept`` tells that 封号 or 备注 was written."""

    kept = Signal()

    def __init__(self, parent: QWidget | None, office: Office, line: PaperLine) -> None:
        super().__init__(parent, "paper_line_dialog", "送文登记", f"《{line.title}》", picture="register")
        self.compact(Size.PANEL + 200)
        self._office = office
        self._line = line
        self.body.addWidget(
            FactList(
                (
                    ("日期", line.day.isoformat()),
                    ("发往机关", line.unit),
                    ("内容", f"{line.name}　{line.copies} 份"),
                    ("发文字号", line.doc_number),
                    ("发送方式", line.way),
                    ("签收时间", words.stamp(line.arrived_at) if line.arrived_at else "未到件"),
                    ("签收人", line.arrived_by),
                )
            )
        )
        self.envelope = _line("envelope", "封号", line.words.envelope)
        self.remark = _line("remark", "备注", line.words.remark)
        for caption, field in (("封号", self.envelope), ("备注", self.remark)):
            head = label(caption, "small")
            head.setBuddy(field)
            self.body.addLayout(column(head, field, gap=Space.HAIR))
        self.add_safe("取消(&C)")
        self.save_button = self.add_action("保存(&S)", self.save, picture="save", name="save_line")

    def save(self) -> None:
        """Keep what was written."""
        book, key = self._office.paper_book, self._line.key
        envelope, remark = self.envelope.text(), self.remark.text()
        work(self, lambda: book.write(key, envelope, remark)).then(lambda _done: self._saved()).failed(
            self.explain
        ).start()

    def _saved(self) -> None:
        self.kept.emit()
        self.accept()


def _line(name: str, spoken: str, text: str) -> QLineEdit:
    field = QLineEdit(text)
    field.setObjectName(name)
    field.setAccessibleName(spoken)
    field.setFixedHeight(Size.CONTROL)
    return field
