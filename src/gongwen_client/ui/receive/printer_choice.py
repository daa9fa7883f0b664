"""Choosing a printer: what each says of itself stands beside it, and a test sheet is one click away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from gongwen_client.host.printing import Printer, PrinterState
from gongwen_client.ui import words
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import button, column, row
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.words import StateWord

_SHAPES = {
    PrinterState.READY: ("check", Tone.VALID),
    PrinterState.BUSY: ("progress", Tone.INFO),
    PrinterState.UNKNOWN: ("unknown", Tone.NEUTRAL),
    PrinterState.NO_PAPER: ("warning", Tone.INVALID),
    PrinterState.NO_INK: ("warning", Tone.INVALID),
    PrinterState.JAM: ("warning", Tone.INVALID),
    PrinterState.DOOR_OPEN: ("warning", Tone.INVALID),
    PrinterState.STOPPED: ("stop", Tone.INVALID),
    PrinterState.OFFLINE: ("offline", Tone.INVALID),
}
_NONE = StateWord("没有打印机", "offline", Tone.INVALID)


def state_word(state: PrinterState) -> StateWord:
    """A printer's state as a person sees it."""
    return StateWord(state.in_words, *_SHAPES[state])


class PrinterChoice(QWidget):
    """``changed``: another printer, or its state; ``look_wanted``: ask the printers again;
    ``trial_wanted``: print a test sheet."""

    changed = Signal()
    look_wanted = Signal()
    trial_wanted = Signal(str)

    def __init__(self, printers: Sequence[Printer]) -> None:
        super().__init__()
        self._printers: tuple[Printer, ...] = ()
        self.names = QComboBox()
        self.names.setObjectName("printer")
        self.names.setAccessibleName("打印机")
        self.chip = Chip(_NONE)
        self.look_button = button("重新检测(&K)", self.look_wanted.emit, kind="link", name="look_again")
        self.trial_button = button("打印测试页(&T)", self._try, kind="link", name="trial")
        self.setLayout(
            column(
                self.names,
                row(self.chip, None, self.look_button, self.trial_button, gap=Space.INSIDE),
                gap=Space.HAIR,
            )
        )
        self.names.currentIndexChanged.connect(self._tell)
        self.show_printers(printers)

    def show_printers(self, printers: Sequence[Printer]) -> None:
        """What there is now; the chosen one stays chosen."""
        chosen = self.name
        self._printers = tuple(printers)
        self.names.blockSignals(True)
        self.names.clear()
        for printer in printers:
            self.names.addItem(words.printer(printer.name), printer.name)
        self.names.setCurrentIndex(max(0, self.names.findData(chosen)))
        self.names.blockSignals(False)
        self._tell()

    @property
    def name(self) -> str:
        """The chosen printer; empty without any."""
        return str(self.names.currentData() or "")

    @property
    def ready(self) -> bool:
        """Whether the chosen one can print now, as far as is known."""
        return self._chosen is not None and self._chosen.ready

    @property
    def _chosen(self) -> Printer | None:
        return next((printer for printer in self._printers if printer.name == self.name), None)

    def _tell(self) -> None:
        chosen = self._chosen
        self.chip.show_state(_NONE if chosen is None else state_word(chosen.state))
        self.trial_button.setEnabled(self.ready)
        self.changed.emit()

    def _try(self) -> None:
        self.trial_wanted.emit(self.name)
