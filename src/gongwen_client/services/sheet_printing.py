"""Printing what the program itself sets on paper: register books, the ledger, statistics."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

from gongwen_client.exchange.files import disk_errors
from gongwen_client.host.printing import PrinterPort, PrintResult
from gongwen_crypto.errors import KnownError


class SheetPrinter:
    """``folder`` holds the sheets while they are handed over; nothing stays in it."""

    def __init__(self, printer: PrinterPort, folder: Path) -> None:
        self._printer = printer
        self._folder = folder

    def printers(self) -> list[str]:
        """Names of the printers of this PC."""
        return [printer.name for printer in self._printer.printers()]

    def print_sheets(self, write: Callable[[Path], object], printer: str, job_name: str) -> Path | None:
        """Slow. ``write`` puts the sheets into a PDF file of that name; where a virtual printer left them.

        Raises KnownError: host.no_printer, host.printer_refused, register.not_printed, and what ``write``
        raises.
        """
        with disk_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
        pdf = self._folder / f"{uuid.uuid4().hex}.pdf"
        try:
            write(pdf)
            outcome = self._printer.print_pdf(pdf, printer, job_name=job_name)
        finally:
            pdf.unlink(missing_ok=True)
        if outcome.result is PrintResult.NOT_PRINTED:
            raise KnownError("register.not_printed", reason=outcome.reason)
        return outcome.file
