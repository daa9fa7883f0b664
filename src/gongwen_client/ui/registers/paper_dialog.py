"""手工登记: a document on paper; where its electronic one is entered already, it joins that line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QLineEdit, QSpinBox, QWidget

from gongwen_client.domain.registers import (
    BOOK_NAMES,
    DATE_NAMES,
    NUMBER_NAMES,
    ON_PAPER,
    Book,
    RegisterEntry,
)
from gongwen_client.services.office import Office
from gongwen_client.ui.registers.fields import ColumnForm, DayField
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.widgets.basics import button, column, holder, label, row
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_crypto.errors import GongwenError


class PaperDialog(Sheet):
    """``entered`` carries the line that was made or joined."""

    entered = Signal(object)

    def __init__(self, parent: QWidget | None, office: Office, book: Book) -> None:
        track = "收到" if book is Book.RECEIVED else "发出"
        super().__init__(
            parent,
            "paper_dialog",
            "手工登记",
            f"登记只有纸质件的公文：记入{BOOK_NAMES[book]}，给出下一个{NUMBER_NAMES[book]}，编号不再改变。",
            picture="register",
        )
        self.compact(Size.PANEL * 2)
        self._office = office
        self._book = book
        self.known: RegisterEntry | None = None
        self.day = DayField("day", f"{track}日期")
        today = office.registers.today()
        self.day.setDate(QDate(today.year, today.month, today.day))
        self.day.setFixedHeight(Size.CONTROL)
        self.form = ColumnForm(book, ON_PAPER[book])
        caption = label(DATE_NAMES[book], "small")
        caption.setBuddy(self.day)
        self.body.addLayout(row(column(caption, self.day, gap=2), None))
        self.body.addWidget(self.form)
        self._secrecy = label("涉密文件不得在本机录入，请按保密规定另册登记。", "small", wrap=True)
        self.body.addWidget(self._secrecy)
        self._known_words = label("", wrap=True)
        self.join_button = button("作为它的纸质件登记(&J)", self._join, name="join_known")
        self._known = holder(row(self._known_words, self.join_button, gap=Space.ROW))
        self._known.hide()
        self.body.addWidget(self._known)
        self.first = QSpinBox()
        self.first.setObjectName("first_number")
        self.first.setAccessibleName(f"本年起始{NUMBER_NAMES[book]}")
        self.first.setRange(1, 999_999)
        self.first.setFixedHeight(Size.CONTROL)
        self.first.lineEdit().setTextMargins(Space.INSIDE, 0, 0, 0)
        self._start = holder(
            row(label(f"本年第一条登记。接续纸质登记簿的，起始{NUMBER_NAMES[book]}："), self.first, None)
        )
        self._start.hide()
        self.body.addWidget(self._start)
        self.add_safe("取消(&C)")
        self.enter_button = self.add_action("登记(&R)", self.enter, picture="register", name="enter")
        for key in ("doc_number", "title"):
            field = self.form.fields[key]
            assert isinstance(field, QLineEdit)
            field.editingFinished.connect(self._look)
        registers, year = office.registers, today.year
        work(self, registers.secrecy_article).then(self._cite).failed(lambda _error: None).start()
        work(self, lambda: registers.last_number(book, year)).then(self._show_start).failed(
            self.explain
        ).start()

    def _cite(self, article: str) -> None:
        if article:
            self._secrecy.setText(f"涉密文件不得在本机录入，请按保密规定另册登记（{article}）。")

    def _show_start(self, last: int) -> None:
        self._start.setVisible(last == 0)
        self.fit_soon()

    def _look(self) -> None:
        """Whether the electronic document is entered already."""
        if self._book is not Book.RECEIVED:
            return
        values, registers = self.form.values, self._office.registers
        work(self, lambda: registers.like(self._book, values["doc_number"], values["title"])).then(
            self._found
        ).failed(self.explain).start()

    def _found(self, entries: Sequence[RegisterEntry]) -> None:
        self.known = next((one for one in entries if one.subject), None)
        if self.known is not None:
            self._known_words.setText(
                f"平台已收到同一份公文（{self.known.label}《{self.known.text('title')[:30]}》）。"
                "纸质件并入那一条，不另编号。"
            )
        self._known.setVisible(self.known is not None)
        self.fit_soon()

    def enter(self) -> None:
        """A line of its own."""
        day = self.day.day or self._office.registers.today()
        values, registers, book = self.form.values, self._office.registers, self._book
        first = self.first.value() if self._start.isVisibleTo(self) else 1

        def make() -> RegisterEntry:
            if first > 1:
                registers.start(book, day.year, first, f"接续纸质登记簿，自第 {first} 号起")
            return registers.add_paper(book, day, values)

        self.enter_button.setEnabled(False)
        work(self, make).then(self._done).failed(self._failed).start()

    def _join(self) -> None:
        known, day = self.known, self.day.day or self._office.registers.today()
        if known is None:
            return
        registers = self._office.registers
        work(self, lambda: registers.paper_arrived(known.entry_id, day)).then(self._done).failed(
            self._failed
        ).start()

    def _done(self, entry: RegisterEntry) -> None:
        self.entered.emit(entry)
        self.accept()

    def _failed(self, error: GongwenError) -> None:
        self.enter_button.setEnabled(True)
        self.explain(error)
