"""The tabs above the register books: all books of the unit in one room."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabBar

ROOMS = (
    ("receive_register", "收文登记簿"),
    ("send_register", "发文登记簿"),
    ("paper_register", "送文登记簿"),
    ("seal_ledger", "用印台账"),
)


class BookStrip(QTabBar):
    """One of these stands above each book; ``chosen`` names the page to go to."""

    chosen = Signal(str)

    def __init__(self, current: str) -> None:
        super().__init__()
        self.setObjectName("books")
        self.setAccessibleName("登记簿")
        self.setDrawBase(False)
        self.setExpanding(False)
        self._current = [name for name, _title in ROOMS].index(current)
        for _name, title in ROOMS:
            self.addTab(title)
        self.setCurrentIndex(self._current)
        self.currentChanged.connect(self._go)

    def _go(self, index: int) -> None:
        if index == self._current:
            return
        self.setCurrentIndex(self._current)
        self.chosen.emit(ROOMS[index][0])
