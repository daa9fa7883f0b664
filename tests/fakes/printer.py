"""A printer that jams, runs out of paper, goes offline and dies on command, and keeps what it printed."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from gongwen_client.host.printing import Printer, PrinterState, PrintOutcome, PrintResult, Sides
from gongwen_crypto.errors import KnownError


class Fault(StrEnum):
    """What can be wrong with it."""

    NONE = ""
    OFFLINE = "offline"  # says so beforehand
    REFUSES = "refuses"  # says that it is ready, then refuses the job: nothing is printed
    NO_PAPER = "no_paper"  # takes the job, prints nothing, says so
    JAM = "jam"  # takes the job, and nobody knows how far it got
    CRUMPLED = "crumpled"  # the paper comes out, spoiled, and nobody reports it
    POWER_CUT = "power_cut"  # the paper comes out and the PC goes out before anything is written down


class PowerCut(SystemExit):
    """The PC went out while the printer had the copy."""


class FakePrinter:
    """Set ``fault`` before printing. ``paper`` holds the bytes of each copy that came out, ``sides`` how;
    ``on_paper`` is called when one does. ``tray``: sheets left; an empty one is Fault.NO_PAPER."""

    NAME = "HP-1"

    def __init__(self) -> None:
        self.fault = Fault.NONE
        self.tray: int | None = None
        self.paper: list[bytes] = []
        self.sides: list[Sides] = []
        self.on_paper: Callable[[], object] = lambda: None
        self._jobs = 0

    def reset(self) -> None:
        """In order again, and nothing in its tray of finished copies."""
        self.fault, self.tray, self.on_paper = Fault.NONE, None, lambda: None
        self.paper.clear()
        self.sides.clear()

    def printers(self) -> tuple[Printer, ...]:
        state = PrinterState.OFFLINE if self.fault is Fault.OFFLINE else PrinterState.READY
        return (Printer(self.NAME, "收发室打印机", state=state),)

    def print_pdf(
        self,
        pdf: Path,
        printer: str,
        *,
        sides: Sides = Sides.BOTH,
        job_name: str = "公文",
        timeout: float = 120.0,
    ) -> PrintOutcome:
        if printer != self.NAME:
            raise KnownError("host.no_printer", printer=printer)
        self._jobs += 1
        job = f"{self.NAME}-{self._jobs}"
        match Fault.NO_PAPER if self.tray == 0 else self.fault:
            case Fault.OFFLINE | Fault.REFUSES:
                raise KnownError("host.printer_refused", printer=printer, reason="offline")
            case Fault.NO_PAPER:
                state = PrinterState.NO_PAPER.in_words
                return PrintOutcome(PrintResult.NOT_PRINTED, printer, job, "host.printer_not_ready", state)
            case Fault.JAM | Fault.CRUMPLED:
                if self.fault is Fault.CRUMPLED:
                    self._come_out(pdf, sides)
                return PrintOutcome(PrintResult.IN_DOUBT, printer, job, "host.print_unconfirmed", "media-jam")
            case Fault.POWER_CUT:
                self._come_out(pdf, sides)
                raise PowerCut
            case Fault.NONE:
                self._come_out(pdf, sides)
                self.on_paper()
                return PrintOutcome(PrintResult.PRINTED, printer, job)

    def _come_out(self, pdf: Path, sides: Sides) -> None:
        self.paper.append(pdf.read_bytes())
        self.sides.append(sides)
        if self.tray is not None:
            self.tray -= 1
