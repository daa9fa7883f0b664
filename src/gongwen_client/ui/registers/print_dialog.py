"""打印登记簿: what will be printed, on which printer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from gongwen_client.domain.registers import BOOK_NAMES, RegisterQuery
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size
from gongwen_client.ui.viewer.panel import FactList
from gongwen_client.ui.widgets.basics import label
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_crypto.errors import GongwenError


class PrintBookDialog(Sheet):
    """``printed`` carries the file of a virtual printer, or None."""

    printed = Signal(object)

    def __init__(self, parent: QWidget | None, office: Office, query: RegisterQuery, count: int) -> None:
        super().__init__(
            parent,
            "print_book_dialog",
            "打印登记簿",
            f"打印 {query.year} 年{BOOK_NAMES[query.book]}，A4 横向，每页都有栏目名称和页码。",
            picture="print",
        )
        self.compact(Size.PANEL + 160)
        self._office = office
        self._query = query
        period = f"{query.year} 年" + (f" {query.month} 月" if query.month else "全年")
        limits = "、".join(filter(None, (query.unit, query.words)))
        self.body.addWidget(
            FactList((("范围", period), ("条件", limits or "全部"), ("条数", f"{count:,} 条")))
        )
        self.printers = QComboBox()
        self.printers.setObjectName("printers")
        self.printers.setAccessibleName("打印机")
        self.printers.setFixedHeight(Size.CONTROL)
        caption = label("打印机", "small")
        caption.setBuddy(self.printers)
        self.body.addWidget(caption)
        self.body.addWidget(self.printers)
        self.add_safe("取消(&C)")
        self.print_button = self.add_action("打印(&P)", self.print_now, picture="print", name="print_now")
        self.print_button.setEnabled(False)
        work(self, office.registers.printers).then(self._show_printers).failed(self.explain).start()

    def _show_printers(self, names: Sequence[str]) -> None:
        for name in names:
            self.printers.addItem(words.printer(name), name)
        self.print_button.setEnabled(bool(names))

    def print_now(self) -> None:
        """Set the sheets and hand them to the printer."""
        printer, query, registers = self.printers.currentData(), self._query, self._office.registers
        self.print_button.setEnabled(False)
        work(self, lambda: registers.print_book(query, printer)).then(self._done).failed(self._failed).start()

    def _done(self, place: Path | None) -> None:
        self.printed.emit(place)
        self.accept()

    def _failed(self, error: GongwenError) -> None:
        self.print_button.setEnabled(True)
        self.explain(error)
