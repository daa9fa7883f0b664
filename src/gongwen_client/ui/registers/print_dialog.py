"""Printing register books, the ledger or statistics: what will be printed, on which printer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from gongwen_client.services.sheet_printing import SheetPrinter
from gongwen_client.ui import words
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size
from gongwen_client.ui.viewer.panel import FactList
from gongwen_client.ui.widgets.basics import label
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_crypto.errors import GongwenError


class PrintSheetsDialog(Sheet):
    """``write`` sets the sheets of ``title`` as a PDF file. ``printed`` carries the file of a virtual
    printer, or None."""

    printed = Signal(object)

    def __init__(
        self,
        parent: QWidget | None,
        sheets: SheetPrinter,
        title: str,
        facts: Sequence[tuple[str, str]],
        write: Callable[[Path], object],
    ) -> None:
        super().__init__(
            parent,
            "print_book_dialog",
            f"打印{title}",
            f"打印{title}，A4 横向，每页都有栏目名称和页码。",
            picture="print",
        )
        self.compact(Size.PANEL + 160)
        self._sheets = sheets
        self._title = title
        self._write = write
        self.body.addWidget(FactList(facts))
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
        work(self, sheets.printers).then(self._show_printers).failed(self.explain).start()

    def _show_printers(self, names: Sequence[str]) -> None:
        for name in names:
            self.printers.addItem(words.printer(name), name)
        self.print_button.setEnabled(bool(names))

    def print_now(self) -> None:
        """Set the sheets and hand them to the printer."""
        printer, write, title = self.printers.currentData(), self._write, self._title
        self.print_button.setEnabled(False)
        work(self, lambda: self._sheets.print_sheets(write, printer, title)).then(self._done).failed(
            self._failed
        ).start()

    def _done(self, place: Path | None) -> None:
        self.printed.emit(place)
        self.accept()

    def _failed(self, error: GongwenError) -> None:
        self.print_button.setEnabled(True)
        self.explain(error)


def printed_words(title: str, place: Path | None) -> str:
    """What is told afterwards."""
    return f"{title}已送打印机。" if place is None else f"{title}已存为 {place.name}。"
