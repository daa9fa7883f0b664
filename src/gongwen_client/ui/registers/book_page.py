"""收文登记簿 or 发文登记簿: one year's book, a part of it at a time."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QStackedWidget

from gongwen_client.domain.registers import BOOK_NAMES, Book, RegisterEntry, RegisterPage, RegisterQuery
from gongwen_client.services.office import Office
from gongwen_client.ui.lists.table import RowModel, RowTable
from gongwen_client.ui.registers.columns import columns_of
from gongwen_client.ui.registers.entry_dialog import EntryDialog
from gongwen_client.ui.registers.paper_dialog import PaperDialog
from gongwen_client.ui.registers.print_dialog import PrintSheetsDialog, printed_words
from gongwen_client.ui.registers.strip import BookStrip
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import button, column, label, row, tool
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.search import SearchField
from gongwen_client.ui.widgets.states import EmptyState, Skeleton
from gongwen_client.ui.widgets.table_page import TablePage
from gongwen_crypto.errors import GongwenError

PART = 100
"""Entries in sight at once."""
_FORMATS = "Excel 工作簿 (*.xlsx);;CSV 文件 (*.csv);;PDF 文件（A4 横向） (*.pdf);;OFD 文件（A4 横向） (*.ofd)"
_WAIT_MS = 250
_EMPTY = {
    Book.RECEIVED: (
        "还没有收文登记",
        "核验并接收的公文自动登记、自动编号；只有纸质件的来文，请按“手工登记”。",
    ),
    Book.SENT: ("还没有发文登记", "发出的公文自动登记、自动编号；只发纸质件的公文，请按“手工登记”。"),
}
ROOM_OF = {Book.RECEIVED: "receive_register", Book.SENT: "send_register"}


class BookPage(TablePage):
    """The newest numbers first. ``exported`` tells of a finished file, ``shown`` that a part is in sight."""

    table: RowTable
    search: SearchField

    exported = Signal(object)
    shown = Signal()

    def __init__(self, office: Office, book: Book) -> None:
        super().__init__()
        self._office = office
        self.book = book
        self.page_title = BOOK_NAMES[book]
        self.setObjectName(ROOM_OF[book])
        self.dialog: EntryDialog | PaperDialog | PrintSheetsDialog | None = None
        self.part: RegisterPage | None = None
        self._first = 0
        self._asked = 0
        self.strip = BookStrip(ROOM_OF[book])
        self.strip.chosen.connect(self.room_wanted.emit)
        self.notice = Notice("list_notice")
        self._make_filters()
        self._make_acts()
        model = RowModel(columns_of(book), lambda entry: entry.entry_id)
        self.table = RowTable(model, f"{ROOM_OF[book]}_table", f"{BOOK_NAMES[book]}列表")
        self.table.setSortingEnabled(False)
        self.table.activated.connect(lambda _index: self.open_chosen())
        title, advice = _EMPTY[book]
        self._empty = EmptyState("register", title, advice)
        self._nothing_found = EmptyState(
            "search", "没有符合条件的登记", "请换一个条件，或按 Esc 清除查找条件。"
        )
        self._skeleton = Skeleton()
        self._stack = QStackedWidget()
        for part in (self._skeleton, self.table, self._empty, self._nothing_found):
            self._stack.addWidget(part)
        self._lay_out()
        self._skeleton.begin()

    # -- layout -----------------------------------------------------------------------------------------

    def _make_filters(self) -> None:
        kind = "来文机关" if self.book is Book.RECEIVED else "发往机关"
        self.search = SearchField("search", "查找标题、字号、编号、备注", f"在{self.page_title}中查找")
        self.search.setFixedWidth(250)
        self.search.setToolTip("Ctrl+F")
        self.unit = SearchField("unit", kind, f"按{kind}筛选")
        self.unit.setFixedWidth(190)
        self.years = _choice("year", "年度")
        self.months = _choice("month", "月份")
        self.months.addItem("全年", 0)
        for month in range(1, 13):
            self.months.addItem(f"{month} 月", month)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(_WAIT_MS)
        self._typed.timeout.connect(self._from_start)
        for field in (self.search, self.unit):
            field.textChanged.connect(lambda _text: self._typed.start())
            field.returnPressed.connect(self._from_start)
        for box in (self.years, self.months):
            box.activated.connect(lambda _number: self._from_start())

    def _make_acts(self) -> None:
        self.add_button = button("手工登记(&H)", self.add_paper, picture="plus", name="add_paper")
        self.print_button = button("打印(&P)", self.print_book, picture="print", name="print_book")
        self.export_button = button("导出(&E)", self.choose_file, picture="save", name="export")
        self.earlier = button("上一页(&U)", lambda: self._turn(-PART), name="earlier")
        self.later = button("下一页(&D)", lambda: self._turn(PART), name="later")
        self._place = label("", "muted")

    def _lay_out(self) -> None:
        acts = (self.add_button, self.print_button, self.export_button)
        head = row(self.strip, None, *acts, margins=(Space.GROUP, Space.INSIDE, Space.GROUP, Space.INSIDE))
        filters = row(
            self.years,
            self.months,
            self.unit,
            self.search,
            tool("refresh", "刷新", self.reload, name="refresh"),
            None,
            self._place,
            self.earlier,
            self.later,
            gap=Space.INSIDE,
            margins=(Space.GROUP, 0, Space.GROUP, Space.INSIDE),
        )
        notice = column(self.notice, margins=(Space.GROUP, 0, Space.GROUP, 0))
        whole = column(head, filters, notice, gap=0)
        whole.addWidget(self._stack, 1)
        self.setLayout(whole)

    # -- what is shown ----------------------------------------------------------------------------------

    @property
    def query(self) -> RegisterQuery:
        """What the filters say."""
        year = self.years.currentData()
        return RegisterQuery(
            self.book,
            int(year) if year is not None else self._office.registers.today().year,
            int(self.months.currentData()),
            self.unit.text().strip(),
            self.search.text().strip(),
        )

    def reload(self) -> None:
        """Ask for the part in sight again, and which years there are."""
        registers = self._office.registers
        work(self, lambda: registers.years(self.book)).then(self._show_years).failed(self._failed).start()
        self._ask()

    def _show_years(self, years: list[int]) -> None:
        chosen = self.years.currentData()
        self.years.clear()
        for year in years:
            self.years.addItem(f"{year} 年", year)
        self.years.setCurrentIndex(max(0, self.years.findData(chosen)))

    def _from_start(self) -> None:
        self._typed.stop()
        self._first = 0
        self._ask()

    def _turn(self, by: int) -> None:
        self._first = max(0, self._first + by)
        self._ask()

    def _ask(self) -> None:
        self._asked += 1
        asked, query, first = self._asked, self.query, self._first
        registers = self._office.registers
        work(self, lambda: registers.page(query, first, PART)).then(
            lambda part: self._arrived(asked, part)
        ).failed(self._failed).start()

    def _arrived(self, asked: int, part: RegisterPage) -> None:
        if asked != self._asked:
            return  # an answer that was overtaken
        if not part.entries and part.total and self._first:
            self._from_start()
            return
        self.part = part
        self.notice.read()
        self._first = part.first
        self.table.show_rows(part.entries)
        last = part.first + len(part.entries)
        self._place.setText(f"第 {part.first + 1}—{last} 条，共 {part.total:,} 条" if part.total else "")
        self.earlier.setEnabled(part.first > 0)
        self.later.setEnabled(last < part.total)
        for turn in (self.earlier, self.later):
            turn.setVisible(part.total > PART)
        narrowed = bool(self.search.text().strip() or self.unit.text().strip() or self.months.currentData())
        for act in (self.print_button, self.export_button):
            act.setEnabled(bool(part.total))
        if part.total:
            self._stack.setCurrentWidget(self.table)
        else:
            self._stack.setCurrentWidget(self._nothing_found if narrowed else self._empty)
        self.first_read()
        self.shown.emit()

    def _failed(self, error: GongwenError) -> None:
        self.notice.not_read(error)
        if self.part is None:
            self._stack.setCurrentWidget(self._empty)

    # -- acts -------------------------------------------------------------------------------------------

    def open_chosen(self) -> None:
        """One entry in full."""
        entry = self.table.chosen()
        if isinstance(entry, RegisterEntry):
            dialog = EntryDialog(self.window(), self._office, entry)
            dialog.changed.connect(self._changed)
            self._show(dialog)

    def add_paper(self) -> None:
        """手工登记."""
        dialog = PaperDialog(self.window(), self._office, self.book)
        dialog.entered.connect(self._entered)
        self._show(dialog)

    def print_book(self) -> None:
        """打印."""
        query, registers = self.query, self._office.registers
        period = f"{query.year} 年" + (f" {query.month} 月" if query.month else "全年")
        limits = "、".join(filter(None, (query.unit, query.words)))
        count = self.part.total if self.part else 0
        dialog = PrintSheetsDialog(
            self.window(),
            self._office.sheets,
            self.page_title,
            (("范围", period), ("条件", limits or "全部"), ("条数", f"{count:,} 条")),
            lambda pdf: registers.export(query, pdf),
        )
        dialog.printed.connect(self._printed)
        self._show(dialog)

    def _show(self, dialog: EntryDialog | PaperDialog | PrintSheetsDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._dialog_closed)
        dialog.open()

    def _dialog_closed(self) -> None:
        self.dialog = None

    def _changed(self) -> None:
        self.notice.clear()
        self._ask()

    def _entered(self, entry: RegisterEntry) -> None:
        self.notice.show_text(
            f"已登记：{entry.label}《{entry.text('title')}》",
            "请把编号写在纸质件的收文章内。",
            "",
            Tone.VALID,
        )
        self.reload()

    def _printed(self, place: Path | None) -> None:
        told = printed_words(self.page_title, place)
        self.notice.show_text(told, "A4 横向，上边装订。", "", Tone.VALID)

    def choose_file(self) -> None:
        """Ask where the book goes."""
        proposed = f"{self.page_title}{self.query.year}.xlsx"
        name, _ = QFileDialog.getSaveFileName(self, f"导出{self.page_title}", proposed, _FORMATS)
        if name:
            self.export(Path(name))

    def export(self, target: Path) -> None:
        """Write what is found to a file; its suffix says how."""
        query, registers = self.query, self._office.registers
        self.export_button.setEnabled(False)
        work(self, lambda: registers.export(query, target)).always(
            lambda: self.export_button.setEnabled(True)
        ).then(lambda count: self._written(count, target)).failed(self.notice.explain).start()

    def _written(self, count: int, target: Path) -> None:
        self.notice.show_text(f"已导出 {count:,} 条到 {target.name}。", "", "", Tone.VALID)
        self.exported.emit(target)

    # -- the page ---------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and (self.search.text() or self.unit.text()):
            self.search.clear()
            self.unit.clear()
            self.table.setFocus()
            return
        super().keyPressEvent(event)


def _choice(name: str, spoken: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(spoken)
    return box
