"""A printer that jams, runs out of paper and goes offline on command, and keeps what it printed."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from gongwen_client.host.printing import Printer, PrintOutcome, PrintResult
from gongwen_crypto.errors import KnownError


class Fault(StrEnum):
    """What can be wrong with it."""

    NONE = ""
    OFFLINE = "offline"  # refuses the job: nothing is printed
    NO_PAPER = "no_paper"  # takes the job, prints nothing, says so
    JAM = "jam"  # takes the job, and nobody knows how far it got


class FakePrinter:
    """Set ``fault`` before printing. ``paper`` holds the bytes of each copy that came out;
    ``on_paper`` is called when one does."""

    NAME = "HP-1"

    def __init__(self) -> None:
        self.fault = Fault.NONE
        self.paper: list[bytes] = []
        self.on_paper: Callable[[], object] = lambda: None
        self._jobs = 0

    def printers(self) -> tuple[Printer, ...]:
        return (Printer(self.NAME, "收发室打印机", ready=self.fault is not Fault.OFFLINE),)

    def print_pdf(
        self, pdf: Path, printer: str, *, copies: int = 1, job_name: str = "公文", timeout: float = 120.0
    ) -> PrintOutcome:
        if printer != self.NAME:
            raise KnownError("host.no_printer", printer=printer)
        self._jobs += 1
        job = f"{self.NAME}-{self._jobs}"
        match self.fault:
            case Fault.OFFLINE:
                raise KnownError("host.printer_refused", printer=printer, reason="offline")
            case Fault.NO_PAPER:
                code = "host.printer_refused"
                return PrintOutcome(PrintResult.NOT_PRINTED, printer, job, code, "media-empty")
            case Fault.JAM:
                return PrintOutcome(PrintResult.IN_DOUBT, printer, job, "host.print_unconfirmed", "media-jam")
            case Fault.NONE:
                self.paper += [pdf.read_bytes()] * copies
                self.on_paper()
                return PrintOutcome(PrintResult.PRINTED, printer, job)
